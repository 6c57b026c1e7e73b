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
// A Verifier asks it only about deliveries that it does not know yet, and never twice at the same
// time about the same one. It looks at the clock before and after: a delivery that expires
// meanwhile is refused.
type ReplayStore interface {
	// Claim returns nil to the first who claims tag, and ErrReplayed to any other for at least
	// the time that it is told to remember it, which is positive, [Forever] if there is no end.
	// Looking and remembering must be one atomic step.
	//
	// An error that wraps [ErrReplayStoreBusy] means that too many ask at once. Any other error means
	// that the store cannot tell. The delivery is refused in both cases. ctx does not end when
	// the sender hangs up, so a store needs timeouts of its own.
	Claim(ctx context.Context, tag Tag, remember time.Duration) error

	// MaxSkew returns the largest skew of a Verifier that may use the store. Each delivery is
	// remembered for that skew, whatever the skew of the Verifier that claims it.
	MaxSkew() time.Duration
}

// Forever is the time for which a delivery must be remembered that never expires, and the largest
// skew of a store that never forgets.
const Forever time.Duration = math.MaxInt64

// AcceptOnFailure returns a store that lets a delivery pass when store cannot tell whether it is new,
// once failed was told why. While store is down, replays can then be accepted, at most once by each
// Verifier: choose it only if losing deliveries is worse.
//
// It does not apply to a delivery that was replayed, to a store that is full, and to what strangers
// could cause at will: a store that too many ask at once, and a context that ended.
//
// A failed that is nil is not told. [NewVerifier] refuses a store that is nil.
func AcceptOnFailure(store ReplayStore, failed func(error)) ReplayStore {
	return acceptOnFailure{store, failed}
}

type acceptOnFailure struct {
	store  ReplayStore
	failed func(error)
}

func (s acceptOnFailure) Claim(ctx context.Context, tag Tag, remember time.Duration) error {
	err := checkStore(s)
	if err != nil {
		return err
	}
	err = s.store.Claim(ctx, tag, remember)
	if err == nil || isRefusal(err) || ctx.Err() != nil {
		return err
	}
	if s.failed != nil {
		s.failed(err)
	}
	return nil
}

// Format keeps what the store holds out of whatever prints it.
func (acceptOnFailure) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.AcceptOnFailure{...}")
}

func (s acceptOnFailure) MaxSkew() time.Duration {
	if checkStore(s) != nil {
		return 0
	}
	return s.store.MaxSkew()
}

// isRefusal reports whether a store that says so works, and refuses the delivery.
func isRefusal(err error) bool {
	return errors.Is(err, ErrReplayed) || errors.Is(err, ErrDateTooOld) ||
		errors.Is(err, ErrReplayGuardFull) || errors.Is(err, ErrReplayStoreBusy)
}

// checkStore returns an error for a store that is nil.
func checkStore(store ReplayStore) error {
	if accepting, ok := store.(acceptOnFailure); ok {
		return checkStore(accepting.store)
	}
	if isNil(store) {
		return errors.New("hooksig: the replay store is nil; WithoutReplayStore says that there is none")
	}
	return nil
}

// checkSkew returns an error if a store forgets too soon for a verifier with this skew.
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

// isNil reports whether v is nil, or a pointer or function that is.
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
