package hooksig_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// Four connections send a delivery from before its window begins until after it ends. It is
// accepted once, in each of 20 rounds.
func TestOnceAroundTheWindow(t *testing.T) {
	const rounds, connections, skew = 20, 4, time.Second
	var accepted [rounds]atomic.Int32
	store := hooksig.NewMemoryStore(2*rounds, skew)
	v := newVerifier(t, hooksig.WithMaxSkew(skew), hooksig.WithReplayStore(store))
	server := httptest.NewServer(hooksig.Middleware(v)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})))
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = rounds * connections
	// A busy store often looks for what to forget.
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		for ctx.Err() == nil {
			store.Forget()
			time.Sleep(5 * time.Millisecond)
		}
	}()
	var senders sync.WaitGroup
	for round := range rounds {
		date := time.Now().Add(2 * time.Second)
		text := fmt.Sprintf(`{"event":"build","action":"created","round":%d}`, round)
		sent := signed(t, text)
		check(t, newSigner(t).Sign(sent, []byte(text), date))
		for range connections {
			senders.Go(func() {
				for time.Now().Before(date.Add(skew + 4*time.Second)) {
					r, err := http.NewRequest("POST", server.URL, strings.NewReader(text))
					if err != nil {
						t.Error(err)
						return
					}
					r.Header = sent.Header
					answer, err := client.Do(r)
					if err != nil {
						t.Error(err)
						return
					}
					answer.Body.Close()
					if answer.StatusCode == http.StatusNoContent {
						accepted[round].Add(1)
					}
				}
			})
		}
		time.Sleep(50 * time.Millisecond) // Rounds begin at different fractions of a second.
	}
	senders.Wait()
	for round := range rounds {
		if n := accepted[round].Load(); n != 1 {
			t.Errorf("round %d: accepted %d times", round, n)
		}
	}
}

// steps is a clock that returns its times one by one, and then always the last.
type steps []time.Time

func (s *steps) now() time.Time {
	now := (*s)[0]
	if len(*s) > 1 {
		*s = (*s)[1:]
	}
	return now
}

// A delivery that expires between its verification and its claim is refused, by each kind of store.
func TestClaimRefusesWhatHasExpired(t *testing.T) {
	date := time.Now().Truncate(time.Second)
	last := date.Add(hooksig.DefaultMaxSkew + time.Second - 1)
	for name, store := range map[string]hooksig.ReplayStore{
		"memory": hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew),
		"shared": hooksig.AcceptOnFailure(hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew), nil),
	} {
		for _, run := range []struct {
			clock steps
			want  error
		}{
			{steps{last, last.Add(1)}, hooksig.ErrDateTooOld},
			{steps{last, last.Add(time.Hour)}, hooksig.ErrDateTooOld},
			{steps{last, last}, nil},
		} {
			r := signed(t, body)
			check(t, newSigner(t).Sign(r, []byte(body), date))
			v := newVerifier(t, hooksig.WithReplayStore(store), hooksig.WithClock(run.clock.now))
			if _, err := v.Verify(r, []byte(body)); err != run.want {
				t.Errorf("%s, %v: got %v, want %v", name, run.clock, err, run.want)
			}
		}
	}
}

// If a shared store answers so late that it may have forgotten an earlier claim, the delivery is
// refused.
func TestLateAnswerOfAStoreIsNone(t *testing.T) {
	date := time.Now().Truncate(time.Second)
	r := signed(t, body)
	check(t, newSigner(t).Sign(r, []byte(body), date))
	clock := steps{date, date, date.Add(hooksig.DefaultMaxSkew + 3*time.Second)}
	store := hooksig.AcceptOnFailure(hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew), nil)
	v := newVerifier(t, hooksig.WithReplayStore(store), hooksig.WithClock(clock.now))
	if _, err := v.Verify(r, []byte(body)); err != hooksig.ErrDateTooOld {
		t.Errorf("got %v", err)
	}
}

// Verifiers with different skews share a store for the largest. A delivery that one accepted and
// that has expired only for it is not accepted by the other.
func TestVerifiersWithDifferentSkews(t *testing.T) {
	date := time.Now().Truncate(time.Second)
	memory := func() hooksig.ReplayStore { return hooksig.NewMemoryStore(1, time.Minute) }
	for name, store := range map[string]hooksig.ReplayStore{
		"memory": memory(),
		"shared": hooksig.AcceptOnFailure(memory(), nil),
	} {
		now := date
		verifier := func(skew time.Duration) *hooksig.Verifier {
			clock := hooksig.WithClock(func() time.Time { return now })
			return newVerifier(t, hooksig.WithMaxSkew(skew), hooksig.WithReplayStore(store), clock)
		}
		short, long := verifier(time.Second), verifier(time.Minute)
		r := signed(t, body)
		check(t, newSigner(t).Sign(r, []byte(body), date))
		if _, err := short.Verify(r, []byte(body)); err != nil {
			t.Errorf("%s, the first time: %v", name, err)
		}
		for _, late := range []time.Duration{1, 2, 10, 59, 60} {
			now = date.Add(late * time.Second)
			if _, err := long.Verify(r, []byte(body)); err != hooksig.ErrReplayed {
				t.Errorf("%s, after %d s: %v", name, late, err)
			}
			other := signed(t, "{}")
			check(t, newSigner(t).Sign(other, []byte("{}"), now))
			if _, err := long.Verify(other, []byte("{}")); err != hooksig.ErrReplayGuardFull {
				t.Errorf("%s, after %d s: the first was forgotten: %v", name, late, err)
			}
		}
		if _, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore(store)); !errors.Is(err, hooksig.ErrSkewTooLarge) {
			t.Errorf("%s, for a larger skew: %v", name, err)
		}
		if _, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore(store), hooksig.WithoutClock()); !errors.Is(err, hooksig.ErrSkewTooLarge) {
			t.Errorf("%s, without a clock: %v", name, err)
		}
	}
}

// After a clock is set back, forgotten deliveries are still refused, and later ones accepted.
func TestClockThatIsSetBack(t *testing.T) {
	date := time.Now().Truncate(time.Second)
	now := date
	v := newVerifier(t, hooksig.WithReplayStore(hooksig.NewMemoryStore(1, hooksig.DefaultMaxSkew)),
		hooksig.WithClock(func() time.Time { return now }))
	deliver := func(at time.Time) error {
		r := signed(t, body)
		check(t, newSigner(t).Sign(r, []byte(body), at))
		_, err := v.Verify(r, []byte(body))
		return err
	}
	check(t, deliver(date))
	now = date.Add(time.Hour)
	check(t, deliver(now)) // The first is forgotten.
	now = date
	if err := deliver(date); err != hooksig.ErrDateTooOld {
		t.Errorf("what was forgotten: %v", err)
	}
	if err := deliver(date.Add(time.Second)); err != hooksig.ErrReplayGuardFull {
		t.Errorf("a later one: %v", err) // Only for want of room.
	}
}

// Each Handler and each Verifier accepts a delivery once; those that share a store accept it once
// between them.
func TestWhoAcceptsOnce(t *testing.T) {
	sent := signed(t, body)
	verify := func(v *hooksig.Verifier) error {
		_, err := v.Verify(sent, []byte(body))
		return err
	}
	check(t, verify(newVerifier(t)))
	check(t, verify(newVerifier(t)))
	store := hooksig.WithReplayStore(hooksig.NewMemoryStore(10, hooksig.DefaultMaxSkew))
	check(t, verify(newVerifier(t, store)))
	if err := verify(newVerifier(t, store)); err != hooksig.ErrReplayed {
		t.Errorf("with the same store: %v", err)
	}
}

// slowStore counts how often it is asked, and answers on command.
type slowStore struct {
	asked  atomic.Int32
	answer chan error
}

func (*slowStore) MaxSkew() time.Duration { return hooksig.DefaultMaxSkew }

func (s *slowStore) Claim(ctx context.Context, _ hooksig.Tag, _ time.Duration) error {
	s.asked.Add(1)
	return <-s.answer
}

// A shared store is asked once about a delivery, however many send it at once or later. A failed
// claim is not remembered.
func TestSharedStoreIsAskedOnce(t *testing.T) {
	failed := errors.New("down")
	for _, run := range []struct {
		name                       string
		answer                     error
		accepted, replayed, failed int32
		askedAgain                 int32
	}{
		{"new", nil, 1, 99, 0, 0},
		{"replayed", hooksig.ErrReplayed, 0, 100, 0, 0},
		{"down", failed, 0, 0, 100, 1},
	} {
		store := &slowStore{answer: make(chan error)}
		v := newVerifier(t, hooksig.WithReplayStore(store))
		sent := signed(t, body)
		var accepted, replayed, failures atomic.Int32
		verify := func() {
			switch _, err := v.Verify(sent, []byte(body)); {
			case err == nil:
				accepted.Add(1)
			case errors.Is(err, hooksig.ErrReplayed):
				replayed.Add(1)
			case errors.Is(err, hooksig.ErrReplayStoreFailed) && errors.Is(err, failed):
				failures.Add(1)
			}
		}
		var senders, ready sync.WaitGroup
		for range 100 {
			ready.Add(1)
			senders.Go(func() {
				ready.Done()
				verify()
			})
		}
		ready.Wait()
		time.Sleep(100 * time.Millisecond) // All of them are waiting for the answer.
		answered := make(chan struct{})
		go func() {
			senders.Wait()
			close(answered)
		}()
		for waiting := true; waiting; {
			select {
			case store.answer <- run.answer:
			case <-answered:
				waiting = false
			}
		}
		if got := [3]int32{accepted.Load(), replayed.Load(), failures.Load()}; got != [3]int32{run.accepted, run.replayed, run.failed} || store.asked.Load() != 1 {
			t.Errorf("%s: accepted, replayed, failed %v times, asked %d times", run.name, got, store.asked.Load())
		}
		close(store.answer) // From now on it accepts.
		verify()
		if again := store.asked.Load() - 1; again != run.askedAgain {
			t.Errorf("%s: asked again %d times", run.name, again)
		}
	}
}

// A panic of the store leaves nobody waiting.
func TestStoreThatPanics(t *testing.T) {
	v := newVerifier(t, hooksig.WithReplayStore(panickingStore{&recordingStore{}}))
	sent := signed(t, body)
	for range 2 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			_, _ = v.Verify(sent, []byte(body))
		}()
	}
}

type panickingStore struct{ *recordingStore }

func (panickingStore) Claim(context.Context, hooksig.Tag, time.Duration) error { panic("broken") }

// While the shared store is down, each Verifier still accepts a delivery at most once, also after
// the store is back.
func TestAcceptingOnFailureAcceptsOnce(t *testing.T) {
	store := &recordingStore{}
	down := true
	v := newVerifier(t, hooksig.WithReplayStore(hooksig.AcceptOnFailure(switchedStore{store, &down}, nil)))
	sent := signed(t, body)
	if _, err := v.Verify(sent, []byte(body)); err != nil {
		t.Errorf("while it is down: %v", err)
	}
	for _, down = range []bool{true, false} {
		if _, err := v.Verify(sent, []byte(body)); err != hooksig.ErrReplayed {
			t.Errorf("again, down %v: %v", down, err)
		}
	}
}

type switchedStore struct {
	*recordingStore
	down *bool
}

func (s switchedStore) Claim(ctx context.Context, tag hooksig.Tag, remember time.Duration) error {
	if *s.down {
		return errors.New("down")
	}
	return s.recordingStore.Claim(ctx, tag, remember)
}
