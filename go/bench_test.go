package hooksig_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// Verify and Sign next to the SHA-256 of the body, which both need. Other receivers in Go are in
// interop; `make bench` compares them.
func BenchmarkDelivery(b *testing.B) {
	for _, size := range []int{358, 4 << 10, 64 << 10, 1 << 20} {
		body := []byte(strings.Replace(`{"event":"build","action":"created","filler":""}`, `""}`,
			`"`+strings.Repeat("x", size-48)+`"}`, 1))
		now := time.Now()
		r := &http.Request{Method: "POST", RequestURI: "/", Header: http.Header{}}
		signer := newSigner(b)
		check(b, signer.Sign(r, body, now))
		v := newVerifier(b, at(now), hooksig.WithoutReplayStore())
		b.Run(fmt.Sprintf("verify/%d", size), func(b *testing.B) {
			for b.Loop() {
				_, err := v.Verify(r, body)
				check(b, err)
			}
		})
		b.Run(fmt.Sprintf("receive/%d", size), func(b *testing.B) {
			for b.Loop() {
				_, err := v.VerifyDelivery(r, body)
				check(b, err)
			}
		})
		b.Run(fmt.Sprintf("sign/%d", size), func(b *testing.B) {
			for b.Loop() {
				check(b, signer.Sign(r, body, now))
			}
		})
		b.Run(fmt.Sprintf("sha256/%d", size), func(b *testing.B) {
			for b.Loop() {
				sha256.Sum256(body)
			}
		})
	}
}
