//go:build !hooksig_cgo && !hooksig_static && !race

// With the race detector, a pool drops some of its elements.

package hooksig

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hooksig/hooksig/go/internal/core"
)

// Memory does not grow with the body. An instance that had to grow would be dropped, and the next
// one made.
func TestLargeBodiesNeedNoMemory(t *testing.T) {
	v := receiverOf(t)
	body := bodyOf(`"event":"build","action":"created",`, "", 1<<20)
	r := sent(t, body)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		_, err := v.VerifyDelivery(r, body)
		must(t, err)
	}
	runtime.ReadMemStats(&after)
	// A collection may empty the pool now and then.
	if used := after.TotalAlloc - before.TotalAlloc; used > 1000*256+10*pageLen {
		t.Errorf("1,000 deliveries of 1 MiB allocated %d bytes", used)
	}
	if size := memoryLen(); size != pageLen {
		t.Errorf("an instance has %d bytes", size)
	}
	if n := testing.AllocsPerRun(20, func() { _, _ = v.Verify(r, body) }); n != 0 {
		t.Errorf("Verify makes %v allocations", n)
	}
	if n := testing.AllocsPerRun(20, func() { _, _ = v.VerifyDelivery(r, body) }); n != 1 {
		t.Errorf("VerifyDelivery makes %v allocations", n)
	}
}

// The core uses little of its stack, whatever the input.
func TestStack(t *testing.T) {
	secrets := make([]string, 40)
	for i := range secrets {
		secrets[i] = string(rune(i + 1))
	}
	v := receiverOf(t, secrets...)
	body := bodyOf(`"event":"build","action":"created",`, "", 100_000)
	r := sent(t, body)
	long := sent(t, body)
	names := []string{"(request-target)", "date", "digest"}
	for i := range 100 {
		name := fmt.Sprintf("x-%d", i)
		long.Header[http.CanonicalHeaderKey(name)] = []string{strings.Repeat("x", 20)}
		names = append(names, name)
	}
	signer, err := NewSigner(testSecret)
	must(t, err)
	must(t, signer.SignHeaders(long, "hmac-key", names...))
	for name, use := range map[string]func() error{
		"Verify":         func() error { _, err := v.VerifyDelivery(r, body); return err },
		"many headers":   func() error { _, err := v.VerifyDelivery(long, body); return err },
		"Sign":           func() error { return signer.Sign(r, body, time.Now()) },
		"SignHeaders":    func() error { return signer.SignHeaders(long, "hmac-key", names...) },
		"signing string": func() error { _, err := SigningString(long, names...); return err },
	} {
		in := core.Get()
		stack := in.At(0, stackLen)
		for i := range stack {
			stack[i] = 0xa5
		}
		in.Put(new(int32))
		must(t, use())
		untouched := len(stack) - len(bytes.TrimLeft(stack, "\xa5"))
		// Memory that is wiped after a call counts as used.
		if used := stackLen - untouched; used > core.StackUsed || used == 0 {
			t.Errorf("%s uses %d bytes of the stack", name, used)
		}
	}
}
