package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"net/http"
	"strings"
	"time"
)

// pureGo is a careful hand-written receiver for exactly the requests that Drone sends, on the
// standard library: each HMAC is made once and reset, and verifying does not allocate.
type pureGo struct {
	macs    []hash.Hash
	message []byte
	sum     []byte
}

func newPureGo(secrets []string) (receiver, error) {
	p := &pureGo{message: make([]byte, 0, 128), sum: make([]byte, 0, sha256.Size)}
	for _, secret := range secrets {
		p.macs = append(p.macs, hmac.New(sha256.New, []byte(secret)))
	}
	return receiver{sign: p.sign, head: p.verifyHead, verify: p.verify}, nil
}

const (
	beforeSignature = `keyId="hmac-key",algorithm="hmac-sha256",signature="`
	afterSignature  = `",headers="date digest"`
	beforeDigest    = "SHA-256="
)

func (p *pureGo) verify(r *http.Request, body []byte) error {
	if err := p.verifyHead(r); err != nil {
		return err
	}
	if !isDigest(r.Header["Digest"][0], body) {
		return errRefused
	}
	return nil
}

// verifyHead checks the date and the MAC.
func (p *pureGo) verifyHead(r *http.Request) error {
	signature, date, digest := r.Header["Signature"], r.Header["Date"], r.Header["Digest"]
	if len(signature) != 1 || len(date) != 1 || len(digest) != 1 || r.Header["Authorization"] != nil {
		return errRefused
	}
	rest, ok := strings.CutPrefix(signature[0], beforeSignature)
	if !ok {
		return errRefused
	}
	encoded, ok := strings.CutSuffix(rest, afterSignature)
	if !ok {
		return errRefused
	}
	if err := checkDate(date[0]); err != nil {
		return err
	}
	p.writeMessage(date[0], digest[0])
	for i := range p.macs {
		if isBase64Of(encoded, p.mac(i)) {
			return nil
		}
	}
	return errRefused
}

func (p *pureGo) writeMessage(date, digest string) {
	p.message = append(p.message[:0], "date: "...)
	p.message = append(p.message, date...)
	p.message = append(p.message, "\ndigest: "...)
	p.message = append(p.message, digest...)
}

// mac returns the MAC of the message under a secret, in memory that the next call reuses.
func (p *pureGo) mac(i int) []byte {
	p.macs[i].Reset()
	p.macs[i].Write(p.message)
	return p.macs[i].Sum(p.sum)
}

func (p *pureGo) sign(r *http.Request, body []byte) error {
	date, digest := time.Now().UTC().Format(http.TimeFormat), digestOf(body)
	p.writeMessage(date, digest)
	encoded := base64.StdEncoding.EncodeToString(p.mac(0))
	r.Header["Date"] = []string{date}
	r.Header["Digest"] = []string{digest}
	r.Header["Signature"] = []string{beforeSignature + encoded + afterSignature}
	return nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return beforeDigest + base64.StdEncoding.EncodeToString(sum[:])
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
	if err != nil || time.Since(date).Abs() > maxSkew {
		return errRefused
	}
	return nil
}
