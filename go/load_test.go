package hooksig_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

var load = flag.Duration("load", 0, "how long TestLoad delivers at full speed, such as 60s")

// Under load all genuine deliveries are accepted, and no more memory is used than the store needs.
// Every delivery is new, because its body holds a number.
func TestLoad(t *testing.T) {
	if *load == 0 {
		t.Skip("without -load: a minute, to tell a leak from noise")
	}
	v := newVerifier(t, hooksig.WithMaxSkew(skew), hooksig.WithReplayStore(hooksig.NewMemoryStore(1<<21, skew)))
	counters := new(hooksig.Counters)
	done := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(hooksig.Middleware(v, hooksig.WithCounters(counters))(done))
	defer server.Close()

	var d deliveries
	var senders sync.WaitGroup
	end := time.Now().Add(*load)
	for range 2 * runtime.GOMAXPROCS(0) {
		senders.Add(1)
		go func() {
			defer senders.Done()
			d.sendUntil(t, end, server.Listener.Addr().String())
		}()
	}
	before := d.livingHeap()
	largest, rate := d.watch(t, end)
	senders.Wait()
	t.Logf("%d deliveries in %v, %.0f a second, %d failed, %s", d.sent.Load(), *load,
		float64(d.sent.Load())/load.Seconds(), d.failed.Load(), counters)
	if d.failed.Load() != 0 {
		t.Error("deliveries failed")
	}
	if most := before + storeLen(rate) + slack; largest > most {
		t.Errorf("the living heap has %d KiB, and at %.0f a second the store explains %d", largest>>10, rate, most>>10)
	}
}

const (
	// skew is short, so that the store forgets often, but longer than a busy machine stops a program.
	skew = 2 * time.Second
	// slack is for the buffers of the senders and the server.
	slack = 4 << 20
)

// storeLen returns the bytes of a store at this rate. It holds the deliveries of the skew and four
// seconds twice, because it forgets when their number has doubled, and those of the second before it
// may forget again. A map has a power of two of places, seven eighths of them filled.
func storeLen(rate float64) uint64 {
	const bytesOfPlace = 48
	places := rate * (2*(skew.Seconds()+4) + 1) * 8 / 7
	return bytesOfPlace << bits.Len64(uint64(places))
}

type deliveries struct {
	sent, failed atomic.Uint64
	// Each delivery holds this for reading. Whoever measures the heap holds it for writing.
	running sync.RWMutex
}

// sendUntil sends one delivery after the other over one connection.
func (d *deliveries) sendUntil(t *testing.T, end time.Time, addr string) {
	signer := newSigner(t)
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer connection.Close()
	answers := bufio.NewReader(connection)
	filler := strings.Repeat("x", 300)
	for time.Now().Before(end) {
		d.running.RLock()
		body := fmt.Sprintf(`{"event":"build","action":"created","id":%d,"text":"%s"}`, d.sent.Add(1), filler)
		r := httptest.NewRequest("POST", "/hooks", strings.NewReader(body))
		if signer.Sign(r, []byte(body), time.Now()) != nil || !isAccepted(connection, answers, r) {
			d.failed.Add(1)
		}
		d.running.RUnlock()
	}
}

func isAccepted(connection io.Writer, answers *bufio.Reader, r *http.Request) bool {
	var out bytes.Buffer
	if r.Write(&out) != nil {
		return false
	}
	if _, err := connection.Write(out.Bytes()); err != nil {
		return false
	}
	answer, err := http.ReadResponse(answers, r)
	return err == nil && answer.StatusCode == http.StatusNoContent
}

// watch reads the living heap twenty times until the end. It returns the largest, and the largest number
// of deliveries in a second.
func (d *deliveries) watch(t *testing.T, end time.Time) (uint64, float64) {
	var sizes []uint64
	rate, was, at := 0.0, d.sent.Load(), time.Now()
	pause := time.Until(end) / 20
	for range 20 {
		time.Sleep(pause)
		sizes = append(sizes, d.livingHeap()>>10)
		is, now := d.sent.Load(), time.Now()
		rate = max(rate, float64(is-was)/now.Sub(at).Seconds())
		was, at = is, now
	}
	t.Logf("living heap, KiB: %v; got from the system: %d KiB", sizes, residentMemory())
	return slices.Max(sizes) << 10, rate
}

// livingHeap returns the bytes that a collection finds in use. No delivery runs meanwhile: what is
// allocated during a collection counts as used, which on a busy machine is more than all the rest.
func (d *deliveries) livingHeap() uint64 {
	d.running.Lock()
	defer d.running.Unlock()
	living := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtime.GC()
	metrics.Read(living)
	return living[0].Value.Uint64()
}

// residentMemory returns 0 without /proc.
func residentMemory() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	size, _ := strconv.Atoi(strings.Fields(rest)[0])
	return size
}
