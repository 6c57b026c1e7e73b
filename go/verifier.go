package hooksig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/textproto"
	"strings"
	"time"
)

// The events of Drone's webhooks.
const (
	EventUser  = "user"
	EventRepo  = "repo"
	EventBuild = "build"
)

// The actions of Drone's webhooks.
const (
	ActionCreated  = "created"
	ActionUpdated  = "updated"
	ActionDeleted  = "deleted"
	ActionEnabled  = "enabled"
	ActionDisabled = "disabled"
)

// DefaultMaxSkew is the largest difference between Date and the clock by default.
const DefaultMaxSkew = 5 * time.Minute

// Verified has the facts about a genuine request.
type Verified struct {
	// Tag identifies the delivery. JSON leaves it out.
	Tag Tag `json:"-"`
	// Date is the Date field, or zero without a clock.
	Date time.Time
	// Expires is the last second at which this request would be accepted. Without a clock it is zero,
	// which means never.
	Expires time.Time
	// KeyIndex is the index of the secret that made the signature: 0 for the one of [NewVerifier], then
	// those of [WithSecrets].
	KeyIndex int
}

// Delivery is a genuine Drone webhook.
type Delivery struct {
	Verified
	// Event is the body's event, such as build, or "" if the body has none.
	Event string
	// HasEvent reports whether the body has an event. Older servers send it only in the X-Drone-Event
	// field, which anyone could change on the way, and requests to most extensions have none.
	HasEvent bool
	// Action is the body's action, such as created, or "".
	Action string
	// Body is the body as received.
	Body []byte
	// The plugin's request, if a plugin decoded the body before the claim.
	request any
}

// Format prevents the MAC from being printed, whatever the verb.
func (v Verified) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "hooksig.Verified{Date: %s, Expires: %s, KeyIndex: %d}", v.Date, v.Expires, v.KeyIndex)
}

// Format prints a Delivery without its MAC, with only the length of the body.
func (d Delivery) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "hooksig.Delivery{%s, Event: %q, Action: %q, Body: %d bytes}", d.Verified, d.Event, d.Action, len(d.Body))
}

// isExpired reports whether the delivery can no longer be accepted.
func (v *Verified) isExpired(now time.Time) bool {
	return !v.Expires.IsZero() && now.Unix() > v.Expires.Unix()
}

// Verifier decides whether requests are genuine. It may be used by several goroutines. A nil or
// zero Verifier refuses every request with [ErrNoKeys].
type Verifier struct {
	receiver
	// Returns the time; nil without a clock.
	clock   func() time.Time
	maxSkew time.Duration
	// Remembers accepted deliveries.
	store ReplayStore
	guard *guard
}

// Format prevents key material from being printed.
func (Verifier) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.Verifier{...}")
}

// Option configures a Verifier.
type Option func(*Verifier) error

// NewVerifier returns a verifier that accepts signatures made with secret. The secret is used byte
// for byte, neither trimmed nor decoded. [WithSecrets] adds others while a secret is being changed.
//
// By default a signature must cover Date and Digest, Date must be within five minutes of the clock,
// and this Verifier accepts a delivery once. Verifiers that share a store accept it once between them
// (see [WithReplayStore]). Drone sends the same signature to all its endpoints, so verifiers of
// different endpoints must not share a store.
//
// The error is [ErrEmptySecret] if the secret is empty, [ErrSkewTooLarge] if the replay store forgets
// too early for the skew, or the error of an option.
func NewVerifier(secret string, opts ...Option) (*Verifier, error) {
	first, err := newKey(secret)
	if err != nil {
		return nil, err
	}
	policy, err := newPolicy()
	if err != nil {
		return nil, err
	}
	v := &Verifier{
		receiver: receiver{keys: []key{first}, policy: policy},
		clock:    time.Now,
		maxSkew:  DefaultMaxSkew,
		store:    defaultStore{},
	}
	for i, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("hooksig: option %d is nil", i)
		}
		if err := opt(v); err != nil {
			return nil, err
		}
	}
	if err := v.makeGuard(); err != nil {
		return nil, err
	}
	return v, nil
}

// defaultStore is replaced by a MemoryStore for the skew of the Verifier.
type defaultStore struct{ ReplayStore }

func (v *Verifier) makeGuard() error {
	skew := v.maxSkew
	if v.clock == nil {
		skew = Forever
	}
	switch v.store.(type) {
	case nil:
		return nil
	case defaultStore:
		v.store = NewMemoryStore(DefaultMemoryStoreSize, skew)
	}
	v.guard = newGuard(v.store)
	return checkSkew(v.store, skew)
}

// WithSecrets also accepts the signatures of other secrets, such as the old one while the secret is being
// changed. The error is [ErrEmptySecret] if one is empty.
func WithSecrets(others ...string) Option {
	return func(v *Verifier) error {
		for _, secret := range others {
			other, err := newKey(secret)
			if err != nil {
				return fmt.Errorf("secret %d: %w", len(v.keys), err)
			}
			v.keys = append(v.keys, other)
		}
		return nil
	}
}

// WithMaxSkew sets the largest difference between Date and the clock in either direction, in whole
// seconds. With a larger skew and without a replay store, a recorded request can be replayed for
// longer.
func WithMaxSkew(skew time.Duration) Option {
	return func(v *Verifier) error {
		if skew < 0 || skew%time.Second != 0 || skew/time.Second > math.MaxUint32 {
			return fmt.Errorf("hooksig: a skew of %v is not a number of whole seconds", skew)
		}
		v.maxSkew = skew
		return setMaxSkew(&v.policy, uint32(skew/time.Second))
	}
}

// WithRequired sets the headers that a signature must cover instead of date and digest. Without
// digest, anyone who sees a request can resend it with another body and its Digest. Without date,
// anyone can resend an old request with a new date. Date and Digest must be present and correct even
// if they are not covered.
func WithRequired(names ...string) Option {
	return func(v *Verifier) error {
		list, err := joinNames(names)
		if err != nil {
			return err
		}
		return setRequired(&v.policy, list)
	}
}

// WithKeyID requires this keyId. By default any is accepted, because Drone always sends hmac-key. The
// error is [ErrInvalidKeyID] if it is empty.
func WithKeyID(keyID string) Option {
	return func(v *Verifier) error {
		if keyID == "" {
			return ErrInvalidKeyID
		}
		return setKeyID(&v.policy, keyID)
	}
}

// WithMissingAlgorithm accepts a signature without an algorithm parameter as HMAC-SHA-256.
// HMAC-SHA-256 is computed in any case, so this only hides a sender that uses another algorithm.
func WithMissingAlgorithm() Option {
	return func(v *Verifier) error { return allowMissingAlgorithm(&v.policy) }
}

// WithHS2019 accepts algorithm="hs2019" as HMAC-SHA-256; see [WithMissingAlgorithm].
func WithHS2019() Option {
	return func(v *Verifier) error { return allowHS2019(&v.policy) }
}

// WithClock sets the clock instead of [time.Now].
func WithClock(now func() time.Time) Option {
	return func(v *Verifier) error {
		if now == nil {
			return errors.New("hooksig: the clock is nil; WithoutClock says that there is none")
		}
		v.clock = now
		return nil
	}
}

// WithoutClock ignores Date. A delivery can then be replayed forever, so a replay store must never
// forget: its MaxSkew must be [Forever].
func WithoutClock() Option {
	return func(v *Verifier) error {
		v.clock = nil
		return nil
	}
}

// WithReplayStore sets the store that remembers accepted deliveries, instead of the Verifier's own
// [MemoryStore]. Verifiers that share a store accept a delivery once between them. A Verifier asks
// the store only about deliveries that it does not know yet.
func WithReplayStore(store ReplayStore) Option {
	return func(v *Verifier) error {
		v.store = store
		return checkStore(store)
	}
}

// WithoutReplayStore accepts a delivery every time it is sent, as long as its Date is accepted.
func WithoutReplayStore() Option {
	return func(v *Verifier) error {
		v.store = nil
		return nil
	}
}

// Verify accepts r if it is genuine with this body and was not accepted before. The body is passed as
// received, before any decompression; r.Body is not read. Names in r.Header must be in canonical
// form, as in net/http.
//
// A signature may cover the request line, which is r.Method and r.RequestURI. If r has a URL but no
// RequestURI, as from adapters or [http.NewRequest], the line is unknown and the error is
// [ErrMissingHeader].
//
// Verify claims the request. Before that, check everything else that can refuse it, such as its
// method.
//
// The error is one of the sentinels of this package, or wraps [ErrReplayStoreFailed]. It is for the
// operator. Give the sender the same answer for every error.
func (v *Verifier) Verify(r *http.Request, body []byte) (Verified, error) {
	var out verdict
	if err := v.receive(r, body, false, &out); err != nil {
		return Verified{}, err
	}
	verified := out.toVerified()
	if err := v.claim(r.Context(), &verified); err != nil {
		return Verified{}, err
	}
	return verified, nil
}

// VerifyDelivery is Verify for a Drone webhook: it also reads event and action from the body, and
// refuses a delivery whose X-Drone-Event field contradicts them.
func (v *Verifier) VerifyDelivery(r *http.Request, body []byte) (*Delivery, error) {
	return v.verifyDelivery(r, body, nil)
}

// verifyDelivery does the same as VerifyDelivery. If look is not nil, it can refuse the delivery before it is
// claimed.
func (v *Verifier) verifyDelivery(r *http.Request, body []byte, look func(*Delivery) error) (*Delivery, error) {
	var out verdict
	if err := v.receive(r, body, true, &out); err != nil {
		return nil, err
	}
	event, hasEvent := out.event(body)
	if hasEvent && !isEvent(r.Header["X-Drone-Event"], event) {
		return nil, ErrEventMismatch
	}
	delivery := &Delivery{Verified: out.toVerified(), Event: event, HasEvent: hasEvent, Action: out.action(body), Body: body}
	if look != nil {
		if err := look(delivery); err != nil {
			return nil, err
		}
	}
	if err := v.claim(r.Context(), &delivery.Verified); err != nil {
		return nil, err
	}
	return delivery, nil
}

// isEvent reports whether all values of X-Drone-Event equal event.
func isEvent(values []string, event string) bool {
	for _, value := range values {
		if textproto.TrimString(value) != event {
			return false
		}
	}
	return true
}

// now returns the time in Unix seconds, or the number for "no clock".
func (v *Verifier) now() int64 {
	if v.clock == nil {
		return noClock
	}
	return max(v.clock().Unix(), noClock+1)
}

// check returns an error for a nil or zero Verifier.
func (v *Verifier) check() error {
	if v == nil || len(v.keys) == 0 {
		return ErrNoKeys
	}
	return nil
}

// signedFields holds the values of the three fields that Drone signs with.
type signedFields struct {
	signature, date, digest string
}

// receive returns the library's verdict. A request signed as by Drone takes one call with three
// fields. A request that depends on other fields is passed whole.
func (v *Verifier) receive(r *http.Request, body []byte, read bool, out *verdict) error {
	if err := v.check(); err != nil {
		return err
	}
	if r == nil {
		return ErrNullPointer
	}
	now := v.now()
	if fields, ok := findFields(r.Header); ok {
		err := toError(v.receiveFields(now, fields, body, read, out))
		if !dependsOnOthers(err, r.Header) {
			return err
		}
	}
	return toError(v.receiveRequest(now, r, body, read, out))
}

// dependsOnOthers reports whether the verdict on the whole head may differ from that on the three
// fields: the signature covers other headers, or Signature-Input marks one of RFC 9421.
func dependsOnOthers(err error, h http.Header) bool {
	return err == ErrMissingHeader || err == ErrMalformedParams && h["Signature-Input"] != nil
}

// verifyHead reports whether a body is worth reading. Its result is not a verdict.
func (v *Verifier) verifyHead(r *http.Request) error {
	return toError(v.checkHead(v.now(), r))
}

// findFields returns the three fields, unless one is repeated or there may be another signature.
func findFields(h http.Header) (signedFields, bool) {
	signature, date, digest := h["Signature"], h["Date"], h["Digest"]
	if len(signature) != 1 || len(date) != 1 || len(digest) != 1 || h["Authorization"] != nil {
		return signedFields{}, false
	}
	return signedFields{signature[0], date[0], digest[0]}, true
}

// claim accepts a verified delivery at most once.
func (v *Verifier) claim(ctx context.Context, verified *Verified) error {
	if v.guard == nil {
		return nil
	}
	err := v.guard.claim(ctx, verified, v.time)
	if err == nil || isRefusal(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrReplayStoreFailed, err)
}

// time returns the time to compare expiry with. Without a clock nothing expires.
func (v *Verifier) time() time.Time {
	if v.clock == nil {
		return time.Now()
	}
	return v.clock()
}

// joinNames makes a list of header names as in a signature.
func joinNames(names []string) (string, error) {
	for _, name := range names {
		if name == "" || strings.Contains(name, " ") {
			return "", ErrMalformedList
		}
	}
	return strings.Join(names, " "), nil
}
