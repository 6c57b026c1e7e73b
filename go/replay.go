package hooksig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"time"
)

// ReplayStore remembers deliveries for several processes, for as long as any Verifier that uses it
// could accept them again.
//
// A Verifier asks it only about deliveries that it does not know yet, and about each only once at a
// time. It reads the clock before and after, and refuses a delivery that expires meanwhile.
type ReplayStore interface {
	// Claim returns nil to the first caller with a tag, and ErrReplayed to every other one for at least
	// the time remember, which is positive or [Forever]. It must look up and store the tag in one atomic
	// step.
	//
	// An error that wraps [ErrReplayStoreBusy] means that too many callers ask at once. Any other
	// error means that the store cannot tell. The delivery is refused in both cases. ctx does not end
	// when the sender hangs up, so a store needs its own timeouts.
	Claim(ctx context.Context, tag Tag, remember time.Duration) error

	// MaxSkew returns the largest skew of a Verifier that may use the store. Each delivery is
	// remembered for that skew, whatever the skew of the claiming Verifier.
	MaxSkew() time.Duration
}

// Forever is the time to remember a delivery that never expires, and the largest skew of a store
// that never forgets.
const Forever time.Duration = math.MaxInt64

// AcceptOnFailure returns a store that accepts a delivery when store cannot tell whether it is new,
// after calling failed with the reason. While store is down, each Verifier can then accept a replay
// once: use it only if losing deliveries is worse.
//
// It does not apply to a replayed delivery, to a full store, or to failures that strangers could
// cause: a store that too many ask at once, and an ended context. A Verifier that already remembers
// [DefaultMemoryStoreSize] deliveries refuses unknown ones with [ErrReplayGuardFull].
//
// A nil failed is not called. [NewVerifier] refuses a nil store.
func AcceptOnFailure(store ReplayStore, failed func(error)) ReplayStore {
	return acceptOnFailure{store, failed}
}

type acceptOnFailure struct {
	store  ReplayStore
	failed func(error)
}

func (s acceptOnFailure) Claim(ctx context.Context, tag Tag, remember time.Duration) error {
	_, err := s.claim(ctx, tag, remember)
	return err
}

// claim also reports whether the store failed, so that an accepted delivery may be a replay.
func (s acceptOnFailure) claim(ctx context.Context, tag Tag, remember time.Duration) (failed bool, err error) {
	if err := checkStore(s); err != nil {
		return false, err
	}
	failed, err = claimShared(ctx, s.store, tag, remember)
	if err == nil || isRefusal(err) || ctx.Err() != nil {
		return failed, err
	}
	if s.failed != nil {
		s.failed(err)
	}
	return true, nil
}

// claimShared claims a delivery in a store, and reports whether it was accepted because the store
// failed.
func claimShared(ctx context.Context, store ReplayStore, tag Tag, remember time.Duration) (failed bool, err error) {
	if accepting, ok := store.(acceptOnFailure); ok {
		return accepting.claim(ctx, tag, remember)
	}
	return false, store.Claim(ctx, tag, remember)
}

// Format prevents the store's content from being printed.
func (acceptOnFailure) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.AcceptOnFailure{...}")
}

func (s acceptOnFailure) MaxSkew() time.Duration {
	if checkStore(s) != nil {
		return 0
	}
	return s.store.MaxSkew()
}

// isRefusal reports whether err is the refusal of a working store.
func isRefusal(err error) bool {
	return errors.Is(err, ErrReplayed) || errors.Is(err, ErrDateTooOld) ||
		errors.Is(err, ErrReplayGuardFull) || errors.Is(err, ErrReplayStoreBusy)
}

// checkStore returns an error for a nil store.
func checkStore(store ReplayStore) error {
	if accepting, ok := store.(acceptOnFailure); ok {
		return checkStore(accepting.store)
	}
	if isNil(store) {
		return errors.New("hooksig: the replay store is nil; WithoutReplayStore says that there is none")
	}
	return nil
}

// checkSkew returns an error if a store forgets too early for a verifier with this skew.
func checkSkew(store ReplayStore, skew time.Duration) error {
	if skew <= store.MaxSkew() {
		return nil
	}
	if skew == Forever {
		return fmt.Errorf("%w: without a clock nothing expires, and the store forgets after a skew of %v",
			ErrSkewTooLarge, store.MaxSkew())
	}
	return fmt.Errorf("%w: %v, and the store is made for %v", ErrSkewTooLarge, skew, store.MaxSkew())
}

// isNil reports whether v is nil, or a nil pointer or function.
func isNil(v any) bool {
	switch value := reflect.ValueOf(v); value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func:
		return value.IsNil()
	default:
		return false
	}
}
