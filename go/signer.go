package hooksig

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Signer signs requests as a Drone server does. It may be used by several goroutines.
type Signer struct {
	key key
}

// NewSigner makes a signer. The secret is used byte for byte; the error is [ErrEmptySecret] if it
// is empty.
func NewSigner(secret []byte) (*Signer, error) {
	key, err := newKey(secret)
	if err != nil {
		return nil, err
	}
	return &Signer{key: key}, nil
}

// Format keeps what is as good as the secret out of whatever prints a Signer.
func (Signer) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.Signer{...}")
}

// Sign sets Date, Digest and Signature of r for body, at the time now, as Drone does for its
// webhooks. Drone also sets X-Drone-Event, which is not signed, and Content-Type.
func (s *Signer) Sign(r *http.Request, body []byte, now time.Time) error {
	signed, err := signDelivery(&s.key, body, now.Unix())
	if err != nil {
		return err
	}
	setHeader(r, "Date", signed.date)
	setHeader(r, "Digest", signed.digest)
	setHeader(r, "Signature", signed.signature)
	return nil
}

// SignHeaders sets Signature of r over the headers in names, which r must have, under keyID. The
// body is covered only through a Digest field (see [Digest]) that names holds.
func (s *Signer) SignHeaders(r *http.Request, keyID string, names ...string) error {
	list, err := joinNames(names)
	if err != nil {
		return err
	}
	field, err := signRequest(&s.key, keyID, r, list)
	if err != nil {
		return err
	}
	setHeader(r, "Signature", field)
	return nil
}

// SigningString gives the text that a signature over names is made of, for diagnostics.
func SigningString(r *http.Request, names ...string) ([]byte, error) {
	list, err := joinNames(names)
	if err != nil {
		return nil, err
	}
	return signingString(r, list)
}

// Digest gives the value of the Digest field for body.
func Digest(body []byte) string {
	return digestField(body)
}

func setHeader(r *http.Request, name, value string) {
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	r.Header.Set(name, value)
}

// Transport is a [http.RoundTripper] that signs every request, with its body held in memory.
type Transport struct {
	// Signer signs.
	Signer *Signer
	// Base sends; nil is [http.DefaultTransport].
	Base http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(r.Body)
	if err != nil {
		return nil, err
	}
	signed := r.Clone(r.Context())
	setBody(signed, body)
	if err := t.Signer.Sign(signed, body, time.Now()); err != nil {
		return nil, err
	}
	return t.base().RoundTrip(signed)
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer body.Close()
	return io.ReadAll(body)
}

func setBody(r *http.Request, body []byte) {
	r.ContentLength = int64(len(body))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	if len(body) == 0 {
		r.Body = http.NoBody
	}
}
