//go:build !hooksig_cgo && !hooksig_static

package hooksig

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hooksig/hooksig/go/internal/core"
)

const (
	pageLen  = 64 << 10
	stackLen = 16 << 10
)

const testSecret = "bea26a2221fd8090ea38720fc445eca6"

// sent returns a delivery of a body, signed now.
func sent(t testing.TB, body []byte) *http.Request {
	t.Helper()
	signer, err := NewSigner(testSecret)
	must(t, err)
	r := httptest.NewRequest("POST", "/", nil)
	must(t, signer.Sign(r, body, time.Now()))
	return r
}

func receiverOf(t testing.TB, secrets ...string) *Verifier {
	t.Helper()
	v, err := NewVerifier(testSecret, WithSecrets(secrets...), WithoutReplayStore())
	must(t, err)
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bodyOf returns a JSON object with the given start and end.
func bodyOf(start, end string, size int) []byte {
	filler := strings.Repeat("x", max(0, size-len(start)-len(end)-9))
	return []byte("{" + start + `"f":"` + filler + `"` + end + "}")
}

// Bodies of any length are read as one in memory would be, wherever event and action are.
func TestBodiesInPieces(t *testing.T) {
	v := receiverOf(t)
	both := `"event":"build","action":"created"`
	for _, size := range []int{50, 357, 4095, maxPieceLen - 1, maxPieceLen, maxPieceLen + 1, 3*maxPieceLen + 77, 200_000} {
		for name, body := range map[string][]byte{
			"start": bodyOf(both+",", "", size),
			"end":   bodyOf("", ","+both, size),
			"split": bodyOf(`"event":"build",`, `,"action":"created"`, size),
			"other": bodyOf("", `,"event":"b\u0075ild","action":"m\u006fved"`, size),
		} {
			r := sent(t, body)
			d, err := v.VerifyDelivery(r, body)
			if err != nil || d.Event != EventBuild || name != "other" && d.Action != ActionCreated || name == "other" && d.Action != `m\u006fved` {
				t.Errorf("%s, %d bytes: %v, %v", name, len(body), d, err)
			}
			body[len(body)/2] ^= 1
			if _, err := v.VerifyDelivery(r, body); err != ErrDigestMismatch {
				t.Errorf("%s, %d bytes, one changed: %v", name, len(body), err)
			}
		}
		for _, bad := range []string{",", `,"event":1`, `,"Event":"build"`} {
			body := bodyOf("", bad, size)
			if _, err := v.VerifyDelivery(sent(t, body), body); err != ErrMalformedBody {
				t.Errorf("%d bytes with %s: %v", len(body), bad, err)
			}
		}
	}
}

// memoryLen returns the size of the memory of an instance that was used.
func memoryLen() int {
	in := core.Get()
	defer in.Put(new(int32))
	at, rest := in.Rest(0)
	return int(at) + len(rest)
}

// A head that does not fit grows the memory of only one call.
func TestLargeHeads(t *testing.T) {
	v := receiverOf(t)
	r := sent(t, nil)
	for i := range 200 {
		r.Header.Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 2000))
	}
	signer, err := NewSigner(testSecret)
	must(t, err)
	must(t, signer.SignHeaders(r, "hmac-key", "date", "digest", "x-1"))
	for range 3 {
		if _, err := v.Verify(r, nil); err != nil {
			t.Fatal(err)
		}
		if size := memoryLen(); size != pageLen {
			t.Errorf("an instance of %d bytes is used again", size)
		}
	}
}

// A core that stops refuses the request, and is not used again.
func TestTraps(t *testing.T) {
	// A broken instance may stay in the pool of another processor. The second collection empties the pools.
	defer runtime.GC()
	defer runtime.GC()
	v := receiverOf(t)
	r := sent(t, nil)
	middleware := Middleware(v)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was let through") }))
	traps := 0
	for range 50 {
		breakInstance()
		_, err := v.Verify(r, nil)
		switch {
		case errors.Is(err, ErrCoreFailed):
			traps++
		case err != nil:
			t.Fatal(err)
		}
		if _, err := v.Verify(r, nil); err != nil {
			t.Fatalf("after a trap: %v", err)
		}
	}
	if traps < 10 {
		t.Errorf("%d traps", traps)
	}
	if Reason(ErrCoreFailed) != "core-failed" {
		t.Error(Reason(ErrCoreFailed))
	}
	for range 50 {
		breakInstance()
		answer := httptest.NewRecorder()
		request := httptest.NewRequest("POST", "/", nil)
		request.Header = r.Header.Clone()
		request.Header.Set("Date", "none")
		middleware.ServeHTTP(answer, request)
		if answer.Code < 400 {
			t.Errorf("answered %d", answer.Code)
		}
	}
}

// breakInstance leaves an instance in the pool that stops when used.
func breakInstance() {
	in := core.Get()
	in.Put(new(int32))
	*in.Xmemory().Slice() = nil
}

// No instance keeps keys or secrets.
func TestSecretsAreWiped(t *testing.T) {
	const secret = "a secret that nobody else has: 01"
	v := receiverOf(t, secret)
	body := bodyOf("", "", 20_000)
	r := sent(t, body)
	signer, err := NewSigner(secret)
	must(t, err)
	for name, use := range map[string]func(){
		"NewVerifier": func() { _, _ = NewVerifier(secret) },
		"Verify":      func() { _, _ = v.Verify(r, body) },
		"whole head":  func() { _, _ = v.VerifyWhole(r, body) },
		"Sign":        func() { _ = signer.Sign(r.Clone(t.Context()), body, time.Now()) },
	} {
		use()
		in := core.Get()
		at, _ := in.Rest(0)
		memory := in.At(0, pageLen)
		if at < stackLen || len(memory) != pageLen {
			t.Fatal("this is no memory")
		}
		if bytes.Contains(memory, []byte(secret)) {
			t.Errorf("%s leaves the secret", name)
		}
		// The key holds two states of 32 bytes after a tag of 8.
		for from := 8; from < 72; from += 32 {
			if state := v.keys[1][from:][:32]; bytes.Contains(memory, state) {
				t.Errorf("%s leaves a midstate at %d", name, bytes.Index(memory, state))
			}
		}
		in.Put(new(int32))
	}
}

// Small and large bodies are signed as the C library signs them; the shared cases cover small ones.
func TestSignOfAnyLength(t *testing.T) {
	for _, size := range []int{0, 1, 55, 56, 63, 64, 65, 1000, 1 << 20} {
		body := bytes.Repeat([]byte("x"), size)
		if _, err := receiverOf(t).Verify(sent(t, body), body); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
