// Command conform runs conformance cases against the Go package. Like `hooksig conform`, it prints
// one line per case, `ID TAB valid|invalid TAB REASON`.
//
//	go run ./cmd/conform ../vectors/cases/*.jsonl ../vectors/cases/peers/*.jsonl
//
// Exit codes: 0 if every case has the expected result, 1 if one has not, 2 if a file cannot be
// read.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
	"github.com/hooksig/hooksig/go/internal/cases"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: conform FILE.jsonl...")
		os.Exit(2)
	}
	code := 0
	for _, path := range os.Args[1:] {
		code = max(code, conform(path))
	}
	os.Exit(code)
}

// conform runs the cases of one file and returns the exit code.
func conform(path string) int {
	all, err := cases.Read(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conform:", err)
		return 2
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	surprises := 0
	for _, c := range all {
		got := run(&c)
		fmt.Fprintf(out, "%s\t%s\t%s\n", c.ID, got.verdict(), got.reason())
		if !got.expected(&c) {
			surprises++
			fmt.Fprintf(os.Stderr, "conform: %s: %s: unexpected: %s\n", path, c.ID, got.reason())
		}
	}
	fmt.Fprintf(os.Stderr, "conform: %s: %d of %d cases as expected\n", path, len(all)-surprises, len(all))
	return min(surprises, 1)
}

// The differences of a signature, and of a date.
var (
	errOtherBytes = errors.New("other bytes")
	errOtherTime  = errors.New("another time")
)

// outcome is the result of a case: nil for valid.
type outcome struct {
	keyIndex int
	err      error
}

func run(c *cases.Case) outcome {
	switch {
	case c.Text != nil:
		return outcome{err: readDate(c)}
	case c.List != nil:
		return outcome{err: sign(c)}
	}
	verified, err := verify(c)
	return outcome{verified.KeyIndex, err}
}

func (o outcome) verdict() string {
	if o.err == nil {
		return "valid"
	}
	return "invalid"
}

func (o outcome) reason() string {
	switch o.err {
	case errOtherBytes:
		return "other-bytes"
	case errOtherTime:
		return "other-time"
	default:
		return hooksig.Reason(o.err)
	}
}

func (o outcome) expected(c *cases.Case) bool {
	switch {
	case o.err == errOtherBytes || o.err == errOtherTime:
		return false
	case isRefused(c):
		return o.err != nil
	default:
		return o.err == nil && (c.Matched == nil || *c.Matched == o.keyIndex)
	}
}

// isRefused reports whether the case must be refused.
func isRefused(c *cases.Case) bool {
	return c.Expect == "invalid" || c.ExpectError != "" || c.Text != nil && c.Unix == nil
}

func readDate(c *cases.Case) error {
	read, err := hooksig.ParseDate(string(*c.Text), time.Unix(*c.Now, 0))
	if err == nil && c.Unix != nil && read.Unix() != *c.Unix {
		return errOtherTime
	}
	return err
}

func verify(c *cases.Case) (hooksig.Verified, error) {
	clock := hooksig.WithoutClock()
	if c.Now != nil {
		clock = hooksig.WithClock(func() time.Time { return time.Unix(*c.Now, 0) })
	}
	verifier, err := hooksig.NewVerifier(c.Keys()[0], hooksig.WithSecrets(c.Keys()[1:]...), clock, hooksig.WithoutReplayStore())
	if err != nil {
		return hooksig.Verified{}, err
	}
	return verifier.Verify(c.Request(), c.Body)
}

func sign(c *cases.Case) error {
	signer, err := hooksig.NewSigner(c.Keys()[0])
	if err != nil {
		return err
	}
	r := c.Request()
	if err := signer.SignHeaders(r, string(c.KeyID), c.Names()...); err != nil {
		return err
	}
	field := r.Header.Get("Signature")
	text, err := hooksig.SigningString(r, c.Names()...)
	if err != nil {
		return err
	}
	if c.ExpectError == "" && !isExpected(c, field, text) {
		return errOtherBytes
	}
	return nil
}

// isExpected compares a signature and its signing string with those of the case.
func isExpected(c *cases.Case, field string, text []byte) bool {
	return bytes.Equal(text, c.SigningString) &&
		strings.Contains(field, `signature="`+c.Signature+`"`) &&
		(c.SignatureHeader == nil || field == string(*c.SignatureHeader))
}
