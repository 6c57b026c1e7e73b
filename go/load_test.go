package hooksig_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math"
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
	v := newVerifier(t, hooksig.WithMaxSkew(time.Second), hooksig.WithReplayStore(hooksig.NewMemoryStore(1<<20, time.Second)))
	counters := new(hooksig.Counters)
	done := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(hooksig.Middleware(v, hooksig.WithCounters(counters))(done))
	defer server.Close()

	var sent, failed atomic.Uint64
	var senders sync.WaitGroup
	end := time.Now().Add(*load)
	for range 2 * runtime.GOMAXPROCS(0) {
		senders.Add(1)
		go func() {
			defer senders.Done()
			deliverUntil(t, end, server.Listener.Addr().String(), &sent, &failed)
		}()
	}
	before := livingHeap()
	largest, rate := watch(t, end, &sent)
	senders.Wait()
	t.Logf("%d deliveries in %v, %.0f a second, %d failed, %s", sent.Load(), *load,
		float64(sent.Load())/load.Seconds(), failed.Load(), counters)
	if failed.Load() != 0 {
		t.Error("deliveries failed")
	}
	if most := before + storeLen(rate) + slack; largest > most {
		t.Errorf("the living heap has %d KiB, and at %.0f a second the store explains %d", largest>>10, rate, most>>10)
	}
}

// slack is for the buffers of the senders and the server.
const slack = 4 << 20

// storeLen returns the bytes of a store with a skew of a second at this rate. It holds the deliveries
// of five seconds twice, because it forgets when their number has doubled, and those of the second
// before it may forget again. A map has a power of two of places, seven eighths of them filled.
func storeLen(rate float64) uint64 {
	const bytesOfPlace = 48
	places := rate * (2*5 + 1) * 8 / 7
	return bytesOfPlace << bits.Len64(uint64(places))
}

// deliverUntil sends one delivery after the other over one connection.
func deliverUntil(t *testing.T, end time.Time, addr string, sent, failed *atomic.Uint64) {
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
		body := fmt.Sprintf(`{"event":"build","action":"created","id":%d,"text":"%s"}`, sent.Add(1), filler)
		r := httptest.NewRequest("POST", "/hooks", strings.NewReader(body))
		if signer.Sign(r, []byte(body), time.Now()) != nil || !isAccepted(connection, answers, r) {
			failed.Add(1)
		}
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
func watch(t *testing.T, end time.Time, sent *atomic.Uint64) (uint64, float64) {
	var sizes []uint64
	rate, was, at := 0.0, sent.Load(), time.Now()
	pause := time.Until(end) / 20
	for range 20 {
		time.Sleep(pause)
		sizes = append(sizes, livingHeap()>>10)
		is, now := sent.Load(), time.Now()
		rate = max(rate, float64(is-was)/now.Sub(at).Seconds())
		was, at = is, now
	}
	t.Logf("living heap, KiB: %v; got from the system: %d KiB", sizes, residentMemory())
	return slices.Max(sizes) << 10, rate
}

// livingHeap returns the bytes that the collector found in use, in the best of three collections: what
// is allocated while it works counts as used, which on a busy machine is more than all the rest.
func livingHeap() uint64 {
	living := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	least := uint64(math.MaxUint64)
	for range 3 {
		runtime.GC()
		metrics.Read(living)
		least = min(least, living[0].Value.Uint64())
	}
	return least
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
