package hooksig

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Signer signs requests as a Drone server does. It may be used by several goroutines. A nil or zero
// Signer signs nothing and returns [ErrWrongState].
type Signer struct {
	key key
}

// NewSigner returns a signer. The secret is used byte for byte; an empty one is refused with
// [ErrEmptySecret].
func NewSigner(secret string) (*Signer, error) {
	key, err := newKey(secret)
	if err != nil {
		return nil, err
	}
	return &Signer{key: key}, nil
}

// Format prevents key material from being printed.
func (Signer) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.Signer{...}")
}

// Sign sets Date, Digest and Signature of r for body at the time now, as Drone does for its
// webhooks. Drone also sets X-Drone-Event, which is not signed, and Content-Type.
func (s *Signer) Sign(r *http.Request, body []byte, now time.Time) error {
	if err := s.check(r); err != nil {
		return err
	}
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
// body is covered only if names has Digest and r has that field (see [Digest]). The request line is
// the one that a client sends; for a request without a URL it is r.Method and r.RequestURI.
func (s *Signer) SignHeaders(r *http.Request, keyID string, names ...string) error {
	if err := s.check(r); err != nil {
		return err
	}
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

// check returns an error if there is no key or no request.
func (s *Signer) check(r *http.Request) error {
	switch {
	case s == nil:
		return ErrWrongState
	case r == nil:
		return ErrNullPointer
	default:
		return nil
	}
}

// SigningString returns the text that a signature over names is made from, for diagnostics.
func SigningString(r *http.Request, names ...string) ([]byte, error) {
	if r == nil {
		return nil, ErrNullPointer
	}
	list, err := joinNames(names)
	if err != nil {
		return nil, err
	}
	return signingString(r, list)
}

// Digest returns the value of the Digest field for body.
func Digest(body []byte) string {
	return digestField(body)
}

// ParseDate parses an HTTP-date in any of its three forms, as [Verifier.Verify] parses Date. A
// two-digit year is the latest one with which the date is at most 50 years after now. The error is
// [ErrMalformedDate].
func ParseDate(text string, now time.Time) (time.Time, error) {
	seconds, err := parseDate(text, now.Unix())
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(seconds, 0), nil
}

func setHeader(r *http.Request, name, value string) {
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	r.Header.Set(name, value)
}

// Transport is an [http.RoundTripper] that signs every request. It holds the body in memory.
//
// It refuses to send a redirected request, with [ErrRedirected]. Otherwise any server that
// redirects would get a signature over the body that the client then sends, valid for any receiver.
type Transport struct {
	// Signer signs. If it is nil, nothing is sent and the error is [ErrWrongState].
	Signer *Signer
	// Base sends; nil is [http.DefaultTransport].
	Base http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	signed, err := t.sign(r)
	if err != nil {
		return nil, err
	}
	return t.base().RoundTrip(signed)
}

// sign returns a signed copy of r, and reads and closes its body.
func (t *Transport) sign(r *http.Request) (*http.Request, error) {
	if r == nil {
		return nil, ErrNullPointer
	}
	body, err := drain(r.Body)
	switch {
	case r.Response != nil: // The redirect that caused this request.
		return nil, ErrRedirected
	case err != nil:
		return nil, err
	}
	signed := r.Clone(r.Context())
	setBody(signed, body)
	return signed, t.signer().Sign(signed, body, time.Now())
}

func (t *Transport) signer() *Signer {
	if t == nil {
		return nil
	}
	return t.Signer
}

func (t *Transport) base() http.RoundTripper {
	if isNil(t.Base) {
		return http.DefaultTransport
	}
	return t.Base
}

// drain reads a body to its end and closes it.
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
