package hooksig_test

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	hooksig "github.com/hooksig/hooksig/go"
)

// A request without header fields is refused like any other, also after one that had some.
func TestRequestWithoutFields(t *testing.T) {
	bare := func() *http.Request { return &http.Request{Method: "POST", RequestURI: "/"} }
	v := newVerifier(t)
	for range 3 {
		for name, r := range map[string]*http.Request{"none": bare(), "some": signed(t, body), "empty": new(http.Request)} {
			r.Header.Del("Signature")
			if _, err := v.Verify(r, nil); err != hooksig.ErrMissingSignature {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := hooksig.SigningString(r, "x-absent"); err != hooksig.ErrMissingHeader {
				t.Errorf("%s: the signing string: %v", name, err)
			}
			if err := newSigner(t).SignHeaders(r, "hmac-key", "x-absent"); err != hooksig.ErrMissingHeader {
				t.Errorf("%s: signing: %v", name, err)
			}
		}
	}
	if got, err := hooksig.SigningString(bare(), "(request-target)"); err != nil || string(got) != "(request-target): post /" {
		t.Errorf("%q, %v", got, err)
	}
}

// The same over HTTP, with and without an announced length.
func TestHTTPRequestWithoutFields(t *testing.T) {
	var refused refusals
	handler := hooksig.Middleware(newVerifier(t), hooksig.WithOnRefused(refused.add))(new(seen))
	server := httptest.NewServer(handler)
	defer server.Close()
	for _, raw := range []string{
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.0\r\n\r\n",
		"POST / HTTP/1.0\r\nContent-Length: 99999\r\n\r\n" + strings.Repeat("x", 99999),
		"POST / HTTP/1.0\r\n\r\n",
	} {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		check(t, err)
		_, err = connection.Write([]byte(raw))
		check(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		check(t, err)
		connection.Close()
		if answer.StatusCode != http.StatusUnauthorized || !errors.Is(refused.last(), hooksig.ErrMissingSignature) {
			t.Errorf("%.20q: %d, %v", raw, answer.StatusCode, refused.last())
		}
	}
}
