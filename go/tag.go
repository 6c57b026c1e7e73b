package hooksig

import (
	"fmt"
	"io"
)

// Tag is the MAC of a delivery, which identifies it. Anyone who knows it can send the delivery
// again while its date is good, so nothing prints it: write it in hex where a store needs a key.
type Tag [32]byte

// tagText stands for any tag in output.
const tagText = "hooksig.Tag{...}"

// Format keeps the MAC out of whatever prints a Tag.
func (Tag) Format(f fmt.State, _ rune) {
	io.WriteString(f, tagText)
}

// MarshalText keeps the MAC out of JSON and of structured logs. It cannot be read back.
func (Tag) MarshalText() ([]byte, error) {
	return []byte(tagText), nil
}
