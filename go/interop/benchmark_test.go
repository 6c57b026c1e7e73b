package interop

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"testing"
	"time"

	httpsignatures "github.com/99designs/httpsignatures-go"
	"github.com/go-fed/httpsig"

	hooksig "github.com/hooksig/hooksig/go"
)

// BenchmarkVerify compares receivers that check the same: signature, Date within an hour, which is
// enough for the longest run, and the body against Digest. One leaves Date out.
func BenchmarkVerify(b *testing.B) {
	for _, size := range []int{358, 4 << 10, 64 << 10} {
		body := []byte(strings.Repeat("x", size))
		r := signedRequest(b, body)
		for _, receiver := range receivers(b) {
			b.Run(fmt.Sprintf("%d/%s", size, receiver.name), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(size))
				for b.Loop() {
					if err := receiver.verify(r, body); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func signedRequest(tb testing.TB, body []byte) *http.Request {
	tb.Helper()
	signer, err := hooksig.NewSigner([]byte(secret))
	if err != nil {
		tb.Fatal(err)
	}
	r := &http.Request{Method: "POST", RequestURI: "/", Header: http.Header{
		"Content-Type":    {"application/json"},
		"User-Agent":      {"Go-http-client/1.1"},
		"X-Drone-Event":   {"build"},
		"Accept-Encoding": {"gzip"},
	}}
	if err := signer.Sign(r, body, time.Now()); err != nil {
		tb.Fatal(err)
	}
	return r
}

type receiver struct {
	name   string
	verify func(r *http.Request, body []byte) error
}

func receivers(tb testing.TB) []receiver {
	verifier, err := hooksig.NewVerifier([][]byte{[]byte(secret)}, hooksig.WithMaxSkew(time.Hour), hooksig.WithoutReplayStore())
	if err != nil {
		tb.Fatal(err)
	}
	pure := newPureGo([]byte(secret))
	return []receiver{
		{"hooksig", func(r *http.Request, body []byte) error {
			_, err := verifier.Verify(r, body)
			return err
		}},
		{"pure-go", pure.verify},
		{"pure-go-without-date", pure.verifySignatureAndBody},
		{"99designs", with99designs},
		{"go-fed", withGoFed},
	}
}

var errRefused = errors.New("refused")

// pureGo is a receiver for what Drone sends and nothing else, as careful hands would write it on the
// standard library: the HMAC is made once and reset, nothing is allocated.
type pureGo struct {
	mac     hash.Hash
	message []byte
	sum     []byte
}

func newPureGo(secret []byte) *pureGo {
	return &pureGo{mac: hmac.New(sha256.New, secret), message: make([]byte, 0, 128), sum: make([]byte, 0, sha256.Size)}
}

const (
	beforeSignature = `keyId="hmac-key",algorithm="hmac-sha256",signature="`
	afterSignature  = `",headers="date digest"`
	beforeDigest    = "SHA-256="
)

func (p *pureGo) verify(r *http.Request, body []byte) error {
	if err := p.verifySignatureAndBody(r, body); err != nil {
		return err
	}
	return checkDate(r.Header["Date"][0])
}

func (p *pureGo) verifySignatureAndBody(r *http.Request, body []byte) error {
	signature, date, digest := r.Header["Signature"], r.Header["Date"], r.Header["Digest"]
	if len(signature) != 1 || len(date) != 1 || len(digest) != 1 || r.Header["Authorization"] != nil {
		return errRefused
	}
	if !p.isSignature(signature[0], date[0], digest[0]) || !isDigest(digest[0], body) {
		return errRefused
	}
	return nil
}

func (p *pureGo) isSignature(field, date, digest string) bool {
	rest, ok := strings.CutPrefix(field, beforeSignature)
	if !ok {
		return false
	}
	encoded, ok := strings.CutSuffix(rest, afterSignature)
	if !ok || len(encoded) != 44 {
		return false
	}
	p.message = append(p.message[:0], "date: "...)
	p.message = append(p.message, date...)
	p.message = append(p.message, "\ndigest: "...)
	p.message = append(p.message, digest...)
	p.mac.Reset()
	p.mac.Write(p.message)
	return isBase64Of(encoded, p.mac.Sum(p.sum))
}

func isDigest(field string, body []byte) bool {
	encoded, ok := strings.CutPrefix(field, beforeDigest)
	sum := sha256.Sum256(body)
	return ok && isBase64Of(encoded, sum[:])
}

func isBase64Of(encoded string, sum []byte) bool {
	var expected [44]byte
	base64.StdEncoding.Encode(expected[:], sum)
	return len(encoded) == len(expected) && subtle.ConstantTimeCompare([]byte(encoded), expected[:]) == 1
}

func checkDate(field string) error {
	date, err := http.ParseTime(field)
	if err != nil || time.Since(date).Abs() > time.Hour {
		return errRefused
	}
	return nil
}

func with99designs(r *http.Request, body []byte) error {
	signature, err := httpsignatures.FromRequest(r)
	if err != nil {
		return err
	}
	if !signature.IsValid(secret, r) || !isDigest(r.Header.Get("Digest"), body) {
		return errRefused
	}
	return checkDate(r.Header.Get("Date"))
}

func withGoFed(r *http.Request, body []byte) error {
	verifier, err := httpsig.NewVerifier(r)
	if err != nil {
		return err
	}
	if err := verifier.Verify([]byte(secret), httpsig.HMAC_SHA256); err != nil {
		return err
	}
	if !isDigest(r.Header.Get("Digest"), body) {
		return errRefused
	}
	return checkDate(r.Header.Get("Date"))
}
