package hooksig

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"time"
)

// DefaultMemoryStoreSize is how many deliveries a Verifier remembers by default: 109 a second
// over the ten minutes for which each can be replayed.
const DefaultMemoryStoreSize = 1 << 16

// memoryMargin is for how many seconds a delivery is remembered after the last one in which it could
// be accepted.
const memoryMargin = 2

// never is a second that does not come.
const never = math.MaxInt64

// MemoryStore is a ReplayStore in the memory of one process. Verifiers that share one accept a
// delivery once between them.
//
// It reads the clock of the Verifier under its lock, and never accepts what it may have forgotten,
// whatever clocks say: if one is set back, deliveries as old as the forgotten ones are refused with
// [ErrDateTooOld].
type MemoryStore struct {
	size    int
	maxSkew time.Duration

	mu sync.Mutex
	// The last Unix second in which each delivery is remembered.
	entries map[Tag]int64
	// The latest of these seconds of the entries that were forgotten.
	forgotten int64
	// How many entries there are before it is time to forget some, and the second from which it is worth while.
	limit   int
	forgets int64
}

// minLimit is how many entries are kept without a look at their times.
const minLimit = 1 << 10

// NewMemoryStore returns a store for at most size deliveries, 60 to 100 bytes each, and for
// verifiers whose skew is at most maxSkew, which is [DefaultMaxSkew] for most and [Forever] for one
// without a clock. When the store is full it refuses with [ErrReplayGuardFull] rather than forget what
// could still be replayed. One of no size, like a zero MemoryStore, is always full.
func NewMemoryStore(size int, maxSkew time.Duration) *MemoryStore {
	return &MemoryStore{
		size:      size,
		maxSkew:   maxSkew,
		entries:   make(map[Tag]int64),
		forgotten: math.MinInt64,
		limit:     min(size, minLimit),
		forgets:   never,
	}
}

// Format keeps MACs out of whatever prints a MemoryStore.
func (*MemoryStore) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.MemoryStore{...}")
}

// MaxSkew implements [ReplayStore].
func (s *MemoryStore) MaxSkew() time.Duration { return s.maxSkew }

// Claim implements [ReplayStore], by the clock of the system.
func (s *MemoryStore) Claim(_ context.Context, tag Tag, remember time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	until := int64(never)
	if remember != Forever {
		until = now.Add(remember).Unix() + 1
	}
	if err := s.check(tag, until); err != nil {
		return err
	}
	return s.add(tag, until, now)
}

// claim claims a verified delivery, which must not have expired by this clock.
func (s *MemoryStore) claim(d *Verified, clock func() time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := clock()
	if err := s.checkDelivery(d, now); err != nil {
		return err
	}
	return s.add(d.Tag, s.until(d), now)
}

// look returns the error with which d is refused, if it is, and for how long it must be remembered.
func (s *MemoryStore) look(d *Verified, clock func() time.Time) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := clock()
	return remaining(s.until(d), now), s.checkDelivery(d, now)
}

// remember keeps d if there is room. It returns an error if d should be forgotten already.
func (s *MemoryStore) remember(d *Verified, clock func() time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, until := clock(), s.until(d)
	if now.Unix() > until {
		return ErrDateTooOld
	}
	_ = s.add(d.Tag, until, now)
	return nil
}

func (s *MemoryStore) checkDelivery(d *Verified, now time.Time) error {
	if err := s.check(d.Tag, s.until(d)); err != nil {
		return err
	}
	if d.isExpired(now) {
		return ErrDateTooOld
	}
	return nil
}

// check refuses what is remembered and what may have been forgotten.
func (s *MemoryStore) check(tag Tag, until int64) error {
	if _, ok := s.entries[tag]; ok {
		return ErrReplayed
	}
	if until <= s.forgotten {
		return ErrDateTooOld
	}
	return nil
}

// until returns the last second in which d is remembered. It is the same whatever the skew of the verifier.
func (s *MemoryStore) until(d *Verified) int64 {
	if d.Date.IsZero() || s.maxSkew == Forever {
		return never
	}
	return d.Date.Unix() + int64((s.maxSkew+time.Second-1)/time.Second) + memoryMargin
}

func (s *MemoryStore) add(tag Tag, until int64, now time.Time) error {
	if len(s.entries) >= s.limit {
		s.forget(now.Unix())
	}
	if len(s.entries) >= s.size {
		return ErrReplayGuardFull
	}
	s.entries[tag] = until
	s.forgets = min(s.forgets, until)
	return nil
}

// forget drops the entries that may be forgotten. It looks for them when their number has doubled
// or the store is full, and not twice in a second, so that its cost is small for each claim.
func (s *MemoryStore) forget(now int64) {
	if now > s.forgets {
		s.forgets = never
		for tag, until := range s.entries {
			if until < now {
				delete(s.entries, tag)
				s.forgotten = max(s.forgotten, until)
			} else {
				s.forgets = min(s.forgets, until)
			}
		}
		s.forgets = max(s.forgets, now)
	}
	s.limit = min(s.size, max(2*len(s.entries), minLimit))
}

// remaining returns the time to the end of the second until.
func remaining(until int64, now time.Time) time.Duration {
	if until == never {
		return Forever
	}
	return time.Unix(until+1, 0).Sub(now)
}
