package hooksig

import (
	"context"
	"errors"
	"sync"
	"time"
)

// guard accepts each verified delivery once.
type guard struct {
	// The deliveries known to this process. Without a shared store it decides alone.
	known  *MemoryStore
	shared ReplayStore

	mu sync.Mutex
	// The deliveries that the shared store is being asked about.
	open map[Tag]*question
}

// question is a question to the shared store. Other claims of the same delivery wait for the
// answer.
type question struct {
	answered chan struct{}
	err      error
}

// errNoAnswer is the answer of a store that panicked.
var errNoAnswer = errors.New("hooksig: the replay store gave no answer")

func newGuard(store ReplayStore) *guard {
	if memory, ok := store.(*MemoryStore); ok {
		return &guard{known: memory}
	}
	return &guard{
		known:  NewMemoryStore(DefaultMemoryStoreSize, store.MaxSkew()),
		shared: store,
		open:   make(map[Tag]*question),
	}
}

func (g *guard) claim(ctx context.Context, d *Verified, clock func() time.Time) error {
	if g.shared == nil {
		return g.known.claim(d, clock)
	}
	g.mu.Lock()
	remember, err := g.known.look(d, clock)
	if err != nil {
		g.mu.Unlock()
		return err
	}
	if q := g.open[d.Tag]; q != nil {
		g.mu.Unlock()
		return q.wait(ctx)
	}
	q := &question{answered: make(chan struct{}), err: errNoAnswer}
	g.open[d.Tag] = q
	g.mu.Unlock()
	defer g.close(d.Tag, q)
	q.err = g.ask(ctx, d, remember, clock)
	return q.err
}

// ask asks the shared store, and remembers a delivery that it accepted or called replayed. A failed
// claim is not remembered.
//
// The sender may hang up meanwhile. That must not cancel the claim: if it has been made, the
// delivery would be refused forever without having been handled.
func (g *guard) ask(ctx context.Context, d *Verified, remember time.Duration, clock func() time.Time) error {
	failed, err := claimShared(context.WithoutCancel(ctx), g.shared, d.Tag, remember)
	if err != nil && !errors.Is(err, ErrReplayed) {
		return err
	}
	switch unknown := g.known.remember(d, clock); {
	case errors.Is(unknown, ErrReplayGuardFull) && !failed:
		return err // The store is asked again next time.
	case unknown != nil:
		return unknown
	default:
		return err
	}
}

func (g *guard) close(tag Tag, q *question) {
	g.mu.Lock()
	delete(g.open, tag)
	g.mu.Unlock()
	close(q.answered)
}

// wait returns the answer for another claim of the same delivery.
func (q *question) wait(ctx context.Context) error {
	select {
	case <-q.answered:
	case <-ctx.Done():
		return ctx.Err()
	}
	if q.err == nil {
		return ErrReplayed
	}
	return q.err
}
