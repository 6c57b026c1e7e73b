// Package cases reads the conformance cases that test every interface of hooksig.
package cases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// Octets is a byte string: in JSON each code point 0 to 255 is one octet.
type Octets string

// UnmarshalJSON implements [json.Unmarshaler].
func (o *Octets) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	octets := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 255 {
			return errors.New("a code point above 255 in a byte string")
		}
		octets = append(octets, byte(r))
	}
	*o = Octets(octets)
	return nil
}

// Case is a request to verify; or, if it has a List, one to sign; or, if it has a Text, a date.
type Case struct {
	ID      string
	Secret  *Octets
	Secrets []Octets
	Method  Octets
	Target  Octets
	Headers [][2]Octets

	// To verify.
	Body    []byte `json:"body_b64"`
	Now     *int64
	Expect  string
	Reason  string
	Matched *int

	// To sign.
	List            *[]Octets
	KeyID           Octets
	SigningString   []byte  `json:"signing_string_b64"`
	Signature       string  `json:"signature"`
	SignatureHeader *Octets `json:"signature_header"`
	ExpectError     string  `json:"expect_error"`

	// A date to read at Now, and its time, or nil if it is invalid.
	Text *Octets
	Unix *int64
}

// Find returns the paths of all case files under a folder.
func Find(folder string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}

// Read reads the cases of a file, one JSON object per line.
func Read(path string) ([]Case, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var cases []Case
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
		var c Case
		switch err := decoder.Decode(&c); {
		case errors.Is(err, io.EOF):
			return cases, nil
		case err != nil:
			return nil, fmt.Errorf("%s: case %d: %w", path, len(cases)+1, err)
		}
		if c.Secret != nil {
			c.Secrets = []Octets{*c.Secret}
		}
		if len(c.Secrets) == 0 && c.Text == nil {
			return nil, fmt.Errorf("%s: %s: one of secret and secrets is needed", path, c.ID)
		}
		cases = append(cases, c)
	}
}

// Keys returns the secrets to verify or sign with.
func (c *Case) Keys() []string {
	var keys []string
	for _, secret := range c.Secrets {
		keys = append(keys, string(secret))
	}
	return keys
}

// Names returns the header names to sign.
func (c *Case) Names() []string {
	var names []string
	for _, name := range *c.List {
		names = append(names, string(name))
	}
	return names
}

// Request returns the head of the request, as a server would.
func (c *Case) Request() *http.Request {
	r := &http.Request{Method: string(c.Method), RequestURI: string(c.Target), Header: make(http.Header)}
	for _, header := range c.Headers {
		r.Header.Add(string(header[0]), string(header[1]))
	}
	return r
}
