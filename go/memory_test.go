package hooksig

import (
	"encoding/binary"
	"runtime"
	"testing"
	"time"
)

// The clock is read under the lock. Otherwise times could reach the store out of order.
func TestClockIsReadUnderTheLock(t *testing.T) {
	s := NewMemoryStore(10, DefaultMaxSkew)
	read := 0
	clock := func() time.Time {
		read++
		if s.mu.TryLock() {
			s.mu.Unlock()
			t.Error("the clock is read without the lock")
		}
		return time.Unix(1000, 0)
	}
	d := &Verified{Date: time.Unix(1000, 0), Expires: time.Unix(1300, 0)}
	if err := s.claim(d, clock); err != nil {
		t.Error(err)
	}
	if _, err := s.look(d, clock); err != ErrReplayed {
		t.Error(err)
	}
	if err := s.remember(d, clock); err != nil || read != 3 {
		t.Errorf("%v, the clock was read %d times", err, read)
	}
}

// The memory of a store depends on the number of deliveries that it remembers, however many came before.
func TestMemoryStaysAtItsSize(t *testing.T) {
	const rate, seconds, settled = 5000, 150, 20
	s := NewMemoryStore(1<<20, time.Second)
	var first, most uint64
	for second := range int64(seconds) {
		now := time.Unix(1_700_000_000+second, 0)
		for i := range int64(rate) {
			d := Verified{Date: now, Expires: now.Add(time.Second)}
			// As evenly spread as MACs.
			binary.LittleEndian.PutUint64(d.Tag[:], uint64(second*rate+i)*0x9e3779b97f4a7c15)
			if err := s.claim(&d, func() time.Time { return now }); err != nil {
				t.Fatal(err)
			}
		}
		size := livingHeap()
		switch {
		case second < settled:
			first = max(first, size)
		default:
			most = max(most, size)
		}
	}
	runtime.KeepAlive(s)
	if most > first+256<<10 {
		t.Errorf("the store takes %d KiB in its first %d seconds, and %d later", first>>10, settled, most>>10)
	}
}

func livingHeap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
