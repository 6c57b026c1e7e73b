package hooksig

import (
	"context"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
	"time"
)

// A skew that is nearly Forever is rounded up to seconds without an overflow, in which a delivery would
// be forgotten at once.
func TestLargestSkews(t *testing.T) {
	now := time.Now()
	for _, skew := range []time.Duration{Forever - 1, Forever - time.Second + 1, Forever - time.Second, Forever / 2} {
		memory := NewMemoryStore(10, skew)
		for name, store := range map[string]ReplayStore{"memory": memory, "shared": AcceptOnFailure(memory, nil)} {
			d := &Verified{Date: now, Expires: now, Tag: Tag{name[0]}}
			g := newGuard(store)
			clock := func() time.Time { return now }
			if err := g.claim(t.Context(), d, clock); err != nil {
				t.Errorf("%v, %s: %v", skew, name, err)
			}
			if err := g.claim(t.Context(), d, clock); err != ErrReplayed {
				t.Errorf("%v, %s, again: %v", skew, name, err)
			}
			if left, _ := memory.look(d, clock); left < skew {
				t.Errorf("%v, %s: remembered for %v", skew, name, left)
			}
		}
	}
}

// silentStore gives no answer but its error.
type silentStore struct{ err error }

func (s silentStore) Claim(context.Context, Tag, time.Duration) error { return s.err }
func (silentStore) MaxSkew() time.Duration                            { return DefaultMaxSkew }

// A process that cannot remember a delivery would accept each replay of it while the store is down.
// The answer of a working store needs no memory.
func TestFullMemoryBesideAStore(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	down := AcceptOnFailure(silentStore{errors.New("down")}, nil)
	for _, run := range []struct {
		store ReplayStore
		want  [3]error
	}{
		{down, [3]error{nil, ErrReplayed, ErrReplayGuardFull}},
		{AcceptOnFailure(down, nil), [3]error{nil, ErrReplayed, ErrReplayGuardFull}},
		{silentStore{}, [3]error{nil, ErrReplayed, nil}},
		{AcceptOnFailure(silentStore{}, nil), [3]error{nil, ErrReplayed, nil}},
	} {
		g := newGuard(run.store)
		g.known = NewMemoryStore(1, DefaultMaxSkew)
		for i, want := range run.want {
			d := &Verified{Date: now, Expires: now.Add(time.Minute), Tag: Tag{byte(i / 2)}}
			if err := g.claim(t.Context(), d, clock); err != want {
				t.Errorf("%v, claim %d: got %v, want %v", run.store, i, err, want)
			}
		}
	}
}

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
