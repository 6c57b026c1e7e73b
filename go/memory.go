package hooksig

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"time"
)

// DefaultMemoryStoreSize is the number of deliveries that a Verifier remembers by default: 109 per
// second for ten minutes, the longest time until a delivery expires.
const DefaultMemoryStoreSize = 1 << 16

// memoryMargin is the number of seconds that a delivery is remembered after it has expired.
const memoryMargin = 2

// never is a second in the unreachable future.
const never = math.MaxInt64

// MemoryStore is a ReplayStore in the memory of one process. Verifiers that share one accept each
// delivery once between them.
//
// It reads the clock of the Verifier under its lock, and never accepts a delivery that it may have
// forgotten: if a clock is set back, deliveries as old as the forgotten ones are refused with
// [ErrDateTooOld].
type MemoryStore struct {
	size    int
	maxSkew time.Duration

	mu sync.Mutex
	// The last Unix second until which each delivery is remembered.
	entries map[Tag]int64
	// The latest of these seconds among the forgotten entries.
	forgotten int64
	// Entries are swept when there are limit of them, but not before a second.
	limit   int
	forgets int64
}

// minLimit is the number of entries that are kept without a sweep.
const minLimit = 1 << 10

// NewMemoryStore returns a store for at most size deliveries of 60 to 100 bytes, and for verifiers
// with a skew of at most maxSkew: usually [DefaultMaxSkew], and [Forever] for one without a clock.
// While it drops expired deliveries, it needs twice the memory of the others. A full store refuses
// with [ErrReplayGuardFull] rather than forget a delivery that could still be replayed. A store of
// size 0, like a nil or zero MemoryStore, is always full.
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

// Format prevents MACs from being printed.
func (*MemoryStore) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.MemoryStore{...}")
}

// MaxSkew implements [ReplayStore].
func (s *MemoryStore) MaxSkew() time.Duration {
	if s == nil {
		return 0
	}
	return s.maxSkew
}

// Claim implements [ReplayStore] with the system clock.
func (s *MemoryStore) Claim(_ context.Context, tag Tag, remember time.Duration) error {
	if s == nil {
		return ErrReplayGuardFull
	}
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

// look returns how long d must be remembered, or the error with which it is refused.
func (s *MemoryStore) look(d *Verified, clock func() time.Time) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := clock()
	return remaining(s.until(d), now), s.checkDelivery(d, now)
}

// remember keeps a delivery about which another store was asked. It returns ErrReplayGuardFull if there
// is no space, and ErrDateTooOld if that store may have forgotten an earlier claim by now, so that its
// answer is worthless.
func (s *MemoryStore) remember(d *Verified, clock func() time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, until := clock(), s.until(d)
	if now.Unix() > until {
		return ErrDateTooOld
	}
	return s.add(d.Tag, until, now)
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

// check refuses deliveries that are remembered or may have been forgotten.
func (s *MemoryStore) check(tag Tag, until int64) error {
	if _, ok := s.entries[tag]; ok {
		return ErrReplayed
	}
	if until <= s.forgotten {
		return ErrDateTooOld
	}
	return nil
}

// until returns the second until which d is remembered. It does not depend on the verifier's skew.
func (s *MemoryStore) until(d *Verified) int64 {
	if d.Date.IsZero() || s.maxSkew == Forever {
		return never
	}
	seconds := int64(s.maxSkew / time.Second)
	if s.maxSkew%time.Second > 0 {
		seconds++
	}
	return d.Date.Unix() + seconds + memoryMargin
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

// forget moves the entries that have not expired to a new map. It sweeps when their number has doubled
// or the store is full, and at most once a second, so that each claim stays cheap.
func (s *MemoryStore) forget(now int64) {
	if now > s.forgets {
		live := 0
		for _, until := range s.entries {
			if until >= now {
				live++
			}
		}
		// A map whose entries come and go grows although their number stays the same.
		kept := make(map[Tag]int64, live)
		s.forgets = never
		for tag, until := range s.entries {
			if until < now {
				s.forgotten = max(s.forgotten, until)
			} else {
				kept[tag] = until
				s.forgets = min(s.forgets, until)
			}
		}
		s.entries = kept
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
