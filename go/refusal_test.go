package hooksig_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// A recorded delivery sent first with another method is refused and not claimed, so Drone's own is
// accepted afterwards.
func TestOnlyPostIsClaimed(t *testing.T) {
	receivers := map[string]http.Handler{
		"Middleware": hooksig.Middleware(newVerifier(t))(new(seen)),
		"Handler":    hooksig.Handler(new(plugin), secret, nil),
	}
	for name, handler := range receivers {
		sent := signed(t, body)
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "", "POST"} {
			r := sent.Clone(t.Context())
			r.Method, r.Body = method, io.NopCloser(strings.NewReader(body))
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			want, allow := http.StatusMethodNotAllowed, "POST"
			if method == "POST" {
				want, allow = http.StatusNoContent, ""
			}
			if w.Code != want || w.Header().Get("Allow") != allow {
				t.Errorf("%s, %q: %d, Allow %q", name, method, w.Code, w.Header().Get("Allow"))
			}
		}
	}
}

// Requests of adapters and tests may have no body, no header, no line or nothing at all.
func TestRequestsThatNoServerMade(t *testing.T) {
	for name, made := range map[string]struct {
		r    *http.Request
		want error
	}{
		"nothing":          {new(http.Request), hooksig.ErrMethodNotAllowed},
		"no header":        {&http.Request{Method: "POST"}, hooksig.ErrMissingSignature},
		"a length of none": {&http.Request{Method: "POST", ContentLength: 5}, hooksig.ErrMissingSignature},
		"no length":        {&http.Request{Method: "POST", ContentLength: -1}, hooksig.ErrMissingSignature},
	} {
		var refused refusals
		handler := hooksig.Middleware(newVerifier(t), hooksig.WithOnRefused(refused.add), nil)(new(seen))
		handler.ServeHTTP(httptest.NewRecorder(), made.r)
		if !errors.Is(refused.last(), made.want) {
			t.Errorf("%s: %v", name, refused.last())
		}
	}
	empty := signed(t, "")
	empty.Body = nil
	w := httptest.NewRecorder()
	hooksig.Middleware(newVerifier(t))(new(seen)).ServeHTTP(w, empty)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("a nil body, signed as empty: %d", w.Code) // It is genuine, and no JSON.
	}
	if _, err := newVerifier(t).Verify(empty, nil); err != nil {
		t.Errorf("a nil body, signed as empty: %v", err)
	}
}

// A nil argument is an error, or changes nothing. None disables a check.
func TestNilArguments(t *testing.T) {
	for _, v := range []*hooksig.Verifier{nil, new(hooksig.Verifier)} {
		if _, err := v.Verify(signed(t, body), []byte(body)); err != hooksig.ErrNoKeys {
			t.Errorf("no verifier: %v", err)
		}
		if _, err := v.VerifyDelivery(nil, nil); err != hooksig.ErrNoKeys {
			t.Errorf("no verifier, no request: %v", err)
		}
	}
	if _, err := newVerifier(t).Verify(nil, nil); err != hooksig.ErrNullPointer {
		t.Errorf("no request: %v", err)
	}
	for _, signer := range []*hooksig.Signer{nil, new(hooksig.Signer)} {
		if err := signer.Sign(signed(t, body), nil, time.Now()); err != hooksig.ErrWrongState {
			t.Errorf("no signer: %v", err)
		}
		if err := signer.SignHeaders(signed(t, body), "hmac-key", "date"); err != hooksig.ErrWrongState {
			t.Errorf("no signer, headers: %v", err)
		}
		if _, err := (&hooksig.Transport{Signer: signer}).RoundTrip(signed(t, body)); err != hooksig.ErrWrongState {
			t.Errorf("a transport without signer: %v", err)
		}
	}
	if err := newSigner(t).Sign(nil, nil, time.Now()); err != hooksig.ErrNullPointer {
		t.Errorf("nothing to sign: %v", err)
	}
	if _, err := hooksig.SigningString(nil, "date"); err != hooksig.ErrNullPointer {
		t.Errorf("no signing string: %v", err)
	}
	var none context.Context
	if _, ok := hooksig.DeliveryFrom(none); ok {
		t.Error("a delivery from no context")
	}
	if _, err := (*hooksig.Transport)(nil).RoundTrip(signed(t, body)); err != hooksig.ErrWrongState {
		t.Errorf("no transport: %v", err)
	}
	if _, err := (&hooksig.Transport{Signer: newSigner(t)}).RoundTrip(nil); err != hooksig.ErrNullPointer {
		t.Errorf("nothing to send: %v", err)
	}
	for name, store := range map[string]hooksig.ReplayStore{
		"a zero store":    new(hooksig.MemoryStore),
		"no size":         hooksig.NewMemoryStore(0, time.Minute),
		"a negative size": hooksig.NewMemoryStore(-1, time.Minute),
	} {
		if err := store.Claim(context.Background(), hooksig.Tag{}, time.Minute); err != hooksig.ErrReplayGuardFull {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := hooksig.AcceptOnFailure(nil, nil).Claim(context.Background(), hooksig.Tag{}, time.Minute); err == nil {
		t.Error("no store accepts")
	}
	if _, err := hooksig.ParseDate("", time.Time{}); err != hooksig.ErrMalformedDate {
		t.Errorf("no date: %v", err)
	}
	if hooksig.Digest(nil) != hooksig.Digest([]byte{}) {
		t.Error("no body is not an empty one")
	}
	if hooksig.Reason(nil) != "ok" {
		t.Error("no error is one")
	}
	var nobody *hooksig.Counters
	if nobody.String() != "{}" || len(nobody.Counts()) != 0 {
		t.Errorf("no counters: %s", nobody)
	}
	var handled seen
	middleware := hooksig.Middleware(newVerifier(t), nil, hooksig.WithOnRefused(nil), hooksig.WithCounters(nil), hooksig.WithMaxBody(-1))
	w := httptest.NewRecorder()
	middleware(&handled).ServeHTTP(w, signed(t, body))
	if w.Code != http.StatusRequestEntityTooLarge || handled.body != "" {
		t.Errorf("a limit below 0: %d", w.Code)
	}
}

// A sender of a long body that is refused can read the answer.
func TestRefusedSendersReadTheAnswer(t *testing.T) {
	const posts, short, long = 100, 1_400_000, 5_000_000
	forged := hooksig.Middleware(newVerifier(t), hooksig.WithMaxBody(8<<20))(new(seen))
	limited := hooksig.Middleware(newVerifier(t))(new(seen))
	unusable := hooksig.Middleware(nil)(new(seen))
	for _, run := range []struct {
		name    string
		handler http.Handler
		line    string
		length  int
		chunked bool
		want    int
	}{
		{"too long", limited, "POST / HTTP/1.1", short, false, 413},
		{"too long", limited, "POST / HTTP/1.1", long, false, 413},
		{"too long, HTTP/1.0", limited, "POST / HTTP/1.0\r\nConnection: keep-alive", short, false, 413},
		{"forged", forged, "POST / HTTP/1.1", short, false, 401},
		{"forged", forged, "POST / HTTP/1.1", long, false, 401},
		{"chunked", limited, "POST / HTTP/1.1", short, true, 401},
		{"chunked", limited, "POST / HTTP/1.1", long, true, 401},
		{"PUT", limited, "PUT / HTTP/1.1", short, false, 405},
		{"no verifier", unusable, "POST / HTTP/1.1", short, false, 500},
	} {
		server := httptest.NewServer(run.handler)
		raw := postRaw(run.line, bytes.Repeat([]byte("x"), run.length), run.chunked)
		answered := 0
		for range posts {
			if post(t, server.Listener.Addr().String(), raw) == run.want {
				answered++
			}
		}
		server.Close()
		t.Logf("%s, %d bytes: %d of %d read the answer", run.name, run.length, answered, posts)
		if answered < posts-1 {
			t.Error("too few")
		}
	}
}

// postRaw returns a forged request.
func postRaw(line string, body []byte, chunked bool) []byte {
	if chunked {
		return fmt.Appendf(nil, "%s\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", line, len(body), body)
	}
	return fmt.Appendf(nil, "%s\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", line, len(body), body)
}

// post writes a whole request before it reads the answer, as simple senders do. It returns the
// status, or 0.
func post(t *testing.T, addr string, raw []byte) int {
	t.Helper()
	connection, err := net.Dial("tcp", addr)
	check(t, err)
	defer connection.Close()
	check(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
	if _, err := connection.Write(raw); err != nil {
		return 0
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0
	}
	return answer.StatusCode
}

// The answer does not wait for a silent sender, and the drain ends in any case.
func TestDrainIsBounded(t *testing.T) {
	server := httptest.NewServer(hooksig.Middleware(newVerifier(t))(new(seen)))
	t.Cleanup(server.Close)
	for name, head := range map[string]string{
		"chunked":  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
		"told":     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\nabc",
		"too long": "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\nabc",
		"PUT":      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, err := net.Dial("tcp", server.Listener.Addr().String())
			check(t, err)
			defer connection.Close()
			check(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
			start := time.Now()
			_, err = connection.Write([]byte(head))
			check(t, err)
			answers := bufio.NewReader(connection)
			answer, err := http.ReadResponse(answers, nil)
			check(t, err)
			if took := time.Since(start); took > time.Second {
				t.Errorf("%d after %v", answer.StatusCode, took)
			}
			_, err = io.Copy(io.Discard, answers)
			if took := time.Since(start); err != nil || took < 4*time.Second || took > 8*time.Second {
				t.Errorf("closed after %v: %v", took, err)
			}
		})
	}
}

// A sender that never stops is cut off.
func TestDrainEnds(t *testing.T) {
	server := httptest.NewServer(hooksig.Middleware(newVerifier(t))(new(seen)))
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	check(t, err)
	defer connection.Close()
	check(t, connection.SetDeadline(time.Now().Add(20*time.Second)))
	fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", int64(1)<<40)
	sent, chunk := 0, make([]byte, 64<<10)
	for err == nil && sent < 1<<30 {
		var n int
		n, err = connection.Write(chunk)
		sent += n
	}
	if err == nil || sent > 64<<20 {
		t.Errorf("%d bytes were taken: %v", sent, err)
	}
}
