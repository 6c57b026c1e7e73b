package hooksig_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// FuzzVerify looks for requests on which the two ways to the library disagree, or pure Go and the C
// library (both.sh), and for accepted ones that the standard library would not have signed.
func FuzzVerify(f *testing.F) {
	for _, sent := range recordings(f) {
		h := sent.request.Header
		f.Add(h.Get("Signature"), h.Get("Date"), h.Get("Digest"), h.Get("Accept"), sent.body, sent.date.Unix())
	}
	for _, c := range sharedCases(f) {
		if c.Text != nil || c.List != nil {
			continue
		}
		h := c.Request().Header
		var now int64
		if c.Now != nil {
			now = *c.Now
		}
		f.Add(h.Get("Signature"), h.Get("Date"), h.Get("Digest"), h.Get("Accept"), c.Body, now)
	}
	f.Fuzz(func(t *testing.T, signature, date, digest, accept string, body []byte, now int64) {
		v := newVerifier(t, at(time.Unix(now, 0)), hooksig.WithoutReplayStore())
		r := &http.Request{Method: "POST", RequestURI: "/", Header: http.Header{
			"Signature": {signature}, "Date": {date}, "Digest": {digest}, "Accept": {accept},
		}}
		checkBoth(t, r, body, time.Unix(now, 0))
		verified, err := v.Verify(r, body)
		whole, wholeErr := v.VerifyWhole(r, body)
		if err != wholeErr || verified != whole {
			t.Fatalf("by fields %v %v, whole %v %v", verified, err, whole, wholeErr)
		}
		if err == nil {
			checkAccepted(t, r.Header, body, verified)
		}
	})
}

// checkAccepted recomputes MAC and digest of an accepted request.
func checkAccepted(t *testing.T, h http.Header, body []byte, verified hooksig.Verified) {
	t.Helper()
	sum := sha256.Sum256(body)
	if !strings.Contains(h.Get("Digest"), base64.StdEncoding.EncodeToString(sum[:])) {
		t.Errorf("Digest %q was accepted with a body of %x", h.Get("Digest"), sum)
	}
	if !strings.Contains(h.Get("Signature"), base64.StdEncoding.EncodeToString(verified.Tag[:])) {
		t.Errorf("Signature %q was accepted with the tag %x", h.Get("Signature"), verified.Tag[:])
	}
	if !strings.HasSuffix(h.Get("Signature"), `headers="date digest"`) {
		return
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("date: " + strings.Trim(h.Get("Date"), " \t") + "\ndigest: " + strings.Trim(h.Get("Digest"), " \t")))
	if !hmac.Equal(mac.Sum(nil), verified.Tag[:]) {
		t.Errorf("%v was accepted with the MAC %x", h, verified.Tag[:])
	}
}
