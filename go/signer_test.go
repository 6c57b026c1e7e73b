package hooksig_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

func TestTransport(t *testing.T) {
	s := serve(t, newVerifier(t))
	client := &http.Client{Transport: &hooksig.Transport{Signer: newSigner(t), Base: s.Client().Transport}}
	for _, sent := range []string{body, "{}"} {
		response, err := client.Post(s.URL, "application/json", strings.NewReader(sent))
		check(t, err)
		response.Body.Close()
		if response.StatusCode != http.StatusNoContent || s.seen.body != sent {
			t.Errorf("%d, %q arrived: %v", response.StatusCode, s.seen.body, s.refused.last())
		}
	}
}

// A server that redirects a request gets no signature, neither over the same body nor over none.
func TestTransportSignsNoRedirectedRequest(t *testing.T) {
	var signatures []string
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		signatures = append(signatures, r.Header.Get("Signature"))
	}))
	defer stranger.Close()
	client := &http.Client{Transport: &hooksig.Transport{Signer: newSigner(t)}}
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{stranger.URL, "/again"} {
			sent := 0
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sent++
				http.Redirect(w, r, target, code)
			}))
			_, err := client.Post(receiver.URL, "application/json", strings.NewReader(body))
			receiver.Close()
			if !errors.Is(err, hooksig.ErrRedirected) || sent != 1 || len(signatures) != 0 {
				t.Errorf("%d to %s: %v, sent %d times, the stranger got %q", code, target, err, sent, signatures)
			}
		}
	}
	direct, err := client.Post(stranger.URL, "application/json", strings.NewReader(body))
	check(t, err)
	direct.Body.Close()
	if len(signatures) != 1 || signatures[0] == "" {
		t.Errorf("without a redirect: %q", signatures)
	}
}

func TestTransportLeavesTheRequestAlone(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	transport := &hooksig.Transport{Signer: newSigner(t)}
	r, err := http.NewRequest("GET", server.URL, nil)
	check(t, err)
	response, err := transport.RoundTrip(r)
	check(t, err)
	response.Body.Close()
	if len(r.Header) != 0 || response.Request.Header.Get("Signature") == "" {
		t.Errorf("the caller's header is %v, the sent one %v", r.Header, response.Request.Header)
	}
}

func TestTransportWithABodyThatBreaksOff(t *testing.T) {
	r, err := http.NewRequest("POST", "http://127.0.0.1:1", io.MultiReader(strings.NewReader(body), brokenReader{}))
	check(t, err)
	if _, err := (&hooksig.Transport{Signer: newSigner(t)}).RoundTrip(r); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestSignerRefuses(t *testing.T) {
	signer := newSigner(t)
	if err := signer.Sign(new(http.Request), nil, time.Unix(1<<40, 0)); !errors.Is(err, hooksig.ErrTimeOutOfRange) {
		t.Errorf("a time without a date: %v", err)
	}
	for name, refused := range map[string]struct {
		keyID string
		names []string
		want  error
	}{
		"an absent header":   {"hmac-key", []string{"date", "x-absent"}, hooksig.ErrMissingHeader},
		"no names":           {"hmac-key", nil, hooksig.ErrEmptyList},
		"two names in one":   {"hmac-key", []string{"date digest"}, hooksig.ErrMalformedList},
		"a quote in keyId":   {`"`, []string{"date"}, hooksig.ErrInvalidKeyID},
		"a forged line":      {"hmac-key", []string{"date", "x-forged"}, hooksig.ErrControlByte},
		"a long field":       {"hmac-key", []string{"date", "x-long"}, hooksig.ErrSigningStringTooLong},
		"(created) and HMAC": {"hmac-key", []string{"date", "(created)"}, hooksig.ErrUnsupportedName},
	} {
		r := signed(t, body)
		r.Header.Set("X-Forged", "a\ndigest: b")
		r.Header.Set("X-Long", strings.Repeat("a", 4096))
		before := r.Header.Get("Signature")
		if err := signer.SignHeaders(r, refused.keyID, refused.names...); !errors.Is(err, refused.want) {
			t.Errorf("%s: got %v, want %v", name, err, refused.want)
		}
		if r.Header.Get("Signature") != before {
			t.Errorf("%s: the signature was changed", name)
		}
	}
}

func TestSigningString(t *testing.T) {
	r, err := http.NewRequest("POST", "http://ci.example/hooks?from=drone", nil)
	check(t, err)
	r.Header["X-Twice"] = []string{" a ", "b"}
	got, err := hooksig.SigningString(r, "(request-target)", "Host", "x-twice")
	check(t, err)
	if want := "(request-target): post /hooks?from=drone\nhost: ci.example\nx-twice: a, b"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
