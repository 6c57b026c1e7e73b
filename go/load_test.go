package hooksig_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// longRun is the shortest run that shows a growth of memory: the store takes ten seconds to reach
// its size, and the first half must be longer.
const longRun = 40 * time.Second

var load = flag.Duration("load", 0, "how long TestLoad delivers at full speed, such as 60s")

// Under load all genuine deliveries are accepted, and memory stays flat. Every delivery is new,
// because its body holds a number, and is remembered for the two seconds until it expires.
func TestLoad(t *testing.T) {
	if *load == 0 {
		t.Skip("without -load: a minute, because the store takes ten seconds to reach its size")
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
	sizes := watch(t, end)
	senders.Wait()
	t.Logf("%d deliveries in %v, %.0f a second, %d failed, %s", sent.Load(), *load,
		float64(sent.Load())/load.Seconds(), failed.Load(), counters)
	if failed.Load() != 0 {
		t.Error("deliveries failed")
	}
	early, late := slices.Max(sizes[:len(sizes)/2]), slices.Max(sizes[len(sizes)/2:])
	if *load >= longRun && late > early+4<<10 {
		t.Errorf("the living heap grew from %d KiB in the first half to %d in the second", early, late)
	}
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

// watch records the living heap in KiB twenty times until the end.
func watch(t *testing.T, end time.Time) []uint64 {
	var sizes []uint64
	pause := time.Until(end) / 20
	for range 20 {
		time.Sleep(pause)
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		sizes = append(sizes, stats.HeapAlloc>>10)
	}
	t.Logf("living heap, KiB: %v; got from the system: %d KiB", sizes, residentMemory())
	return sizes
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
