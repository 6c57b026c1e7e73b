package hooksig

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"
)

// ReplayStore remembers deliveries for as long as they could be accepted again.
type ReplayStore interface {
	// Claim returns nil to the first who claims tag, and ErrReplayed to any other for at least
	// the time that it is told to remember it, which is positive, [Forever] if there is no end.
	// Any other error means that the store cannot tell; the delivery is then refused. ctx is that of
	// the request; behind a [Middleware] it has no end, so that a store needs timeouts of its own.
	Claim(ctx context.Context, tag Tag, remember time.Duration) error
}

// Forever is the time for which a delivery must be remembered that never expires.
const Forever time.Duration = math.MaxInt64

// DefaultMemoryStoreSize is how many deliveries a Verifier remembers by default: 109 a second
// over the ten minutes for which each can be replayed.
const DefaultMemoryStoreSize = 1 << 16

// MemoryStore is a ReplayStore in the memory of one process. Behind several processes a delivery
// is accepted once by each.
type MemoryStore struct {
	size  int
	start time.Time

	mu sync.Mutex
	// When each delivery may be forgotten, since start.
	entries map[Tag]time.Duration
	// How many entries there are before it is time to forget some, and when that is worth while.
	limit   int
	forgets time.Duration
}

// minLimit is how many entries are kept without a look at their times.
const minLimit = 1 << 10

// NewMemoryStore makes a store for at most size deliveries, 60 to 100 bytes each. When it is full it
// refuses with [ErrReplayGuardFull] rather than forget what could still be replayed.
func NewMemoryStore(size int) *MemoryStore {
	return &MemoryStore{
		size:    size,
		start:   time.Now(),
		entries: make(map[Tag]time.Duration),
		limit:   min(size, minLimit),
		forgets: Forever,
	}
}

// Claim implements [ReplayStore].
func (s *MemoryStore) Claim(_ context.Context, tag Tag, remember time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Since(s.start)
	if until, ok := s.entries[tag]; ok && now < until {
		return ErrReplayed
	}
	if len(s.entries) >= s.limit {
		s.forget(now)
	}
	if len(s.entries) >= s.size {
		return ErrReplayGuardFull
	}
	until := after(now, remember)
	s.entries[tag] = until
	s.forgets = min(s.forgets, until)
	return nil
}

// forget drops the entries that may be forgotten. It looks for them when their number has doubled
// or the store is full, and not twice in a second, so that its cost is small for each claim.
func (s *MemoryStore) forget(now time.Duration) {
	if now >= s.forgets {
		s.forgets = Forever
		for tag, until := range s.entries {
			if until <= now {
				delete(s.entries, tag)
			} else {
				s.forgets = min(s.forgets, until)
			}
		}
		s.forgets = max(s.forgets, now+time.Second)
	}
	s.limit = min(s.size, max(2*len(s.entries), minLimit))
}

// after is now + d, or Forever if that has no end.
func after(now, d time.Duration) time.Duration {
	if d > Forever-now {
		return Forever
	}
	return now + d
}

// AcceptOnFailure makes of store one that lets a delivery pass, once failed was told why, where
// store cannot tell whether it is new. While store is down, replays are then accepted: choose it
// only where losing deliveries is worse. It does not apply to a delivery that was replayed, to a
// store that is full, and to a sender that hung up, who could otherwise make store fail at will.
func AcceptOnFailure(store ReplayStore, failed func(error)) ReplayStore {
	return acceptOnFailure{store, failed}
}

type acceptOnFailure struct {
	ReplayStore
	failed func(error)
}

func (s acceptOnFailure) Claim(ctx context.Context, tag Tag, remember time.Duration) error {
	err := s.ReplayStore.Claim(ctx, tag, remember)
	if err == nil || errors.Is(err, ErrReplayed) || errors.Is(err, ErrReplayGuardFull) || ctx.Err() != nil {
		return err
	}
	if s.failed != nil {
		s.failed(err)
	}
	return nil
}
