package hooksig

import (
	"fmt"
	"io"
)

// Tag is the MAC of a delivery, which identifies it. Anyone who knows it can send the delivery again
// while its date is accepted, so it is never printed. Write it in hex if a store needs a key.
type Tag [32]byte

// tagText replaces any tag in output.
const tagText = "hooksig.Tag{...}"

// Format prevents the MAC from being printed.
func (Tag) Format(f fmt.State, _ rune) {
	io.WriteString(f, tagText)
}

// MarshalText keeps the MAC out of JSON and structured logs. The text cannot be parsed.
func (Tag) MarshalText() ([]byte, error) {
	return []byte(tagText), nil
}
