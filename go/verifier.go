package hooksig

import (
	"context"
	"encoding/hex"
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

// Tag is the MAC of a delivery. It identifies the delivery and is no secret: whoever saw the
// request knows it.
type Tag [32]byte

// String gives the tag in hex.
func (t Tag) String() string {
	return hex.EncodeToString(t[:])
}

// Verified is what is known of a request that is genuine: MAC, date and body belong together.
type Verified struct {
	// Tag identifies the delivery.
	Tag Tag
	// Date is the Date field, or zero without a clock.
	Date time.Time
	// Expires is the last second at which this request would be accepted, or zero, which means
	// never, without a clock.
	Expires time.Time
	// KeyIndex is the index of the secret that made the signature.
	KeyIndex int
}

// Delivery is a genuine Drone webhook.
type Delivery struct {
	Verified
	// Event is the body's event, such as build, or "" where the body has none: older servers send
	// it only in the X-Drone-Event field, which anyone could change on the way.
	Event string
	// Action is the body's action, such as created, or "".
	Action string
	// Body is the body as received.
	Body []byte
}

// Verifier decides whether requests are genuine. It may be used by several goroutines.
type Verifier struct {
	receiver
	// What tells the time, or a number that stands for what does.
	clock  func() time.Time
	now    int64
	replay ReplayStore
}

// Format keeps what is as good as the secrets out of whatever prints a Verifier.
func (Verifier) Format(f fmt.State, _ rune) {
	io.WriteString(f, "hooksig.Verifier{...}")
}

// Option changes what a Verifier demands.
type Option func(*Verifier) error

// NewVerifier makes a verifier that takes the signature of any of secrets: several are what the
// rotation of a secret needs. They are used byte for byte, nothing is trimmed or decoded.
//
// By default a signature must cover Date and Digest, Date must lie within five minutes of
// the clock, and a delivery is accepted once by this process (see [NewMemoryStore]).
//
// The error is [ErrNoKeys] without a secret, [ErrEmptySecret] if one is empty, or that of an option.
func NewVerifier(secrets [][]byte, opts ...Option) (*Verifier, error) {
	keys, err := newKeys(secrets)
	if err != nil {
		return nil, err
	}
	policy, err := newPolicy()
	if err != nil {
		return nil, err
	}
	v := &Verifier{
		receiver: receiver{keys: keys, policy: policy},
		now:      systemClock,
		replay:   NewMemoryStore(DefaultMemoryStoreSize),
	}
	for _, opt := range opts {
		if err := opt(v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func newKeys(secrets [][]byte) ([]key, error) {
	if len(secrets) == 0 {
		return nil, ErrNoKeys
	}
	keys := make([]key, len(secrets))
	for i, secret := range secrets {
		var err error
		if keys[i], err = newKey(secret); err != nil {
			return nil, fmt.Errorf("secret %d: %w", i, err)
		}
	}
	return keys, nil
}

// WithMaxSkew sets how far Date may lie from the clock on either side, in whole seconds. A larger
// one makes a recorded request useful for longer where no replay store stands.
func WithMaxSkew(skew time.Duration) Option {
	return func(v *Verifier) error {
		if skew < 0 || skew%time.Second != 0 || skew/time.Second > math.MaxUint32 {
			return fmt.Errorf("hooksig: a skew of %v is not a number of whole seconds", skew)
		}
		return setMaxSkew(&v.policy, uint32(skew/time.Second))
	}
}

// WithRequired sets the headers that a signature must cover, in place of date and digest. Without
// digest, anyone who sees one request can send it on with another body and the Digest of that;
// without date, an old one with a new date.
func WithRequired(names ...string) Option {
	return func(v *Verifier) error {
		list, err := joinNames(names)
		if err != nil {
			return err
		}
		return setRequired(&v.policy, list)
	}
}

// WithKeyID demands a keyId. By default any is taken: Drone always sends hmac-key.
func WithKeyID(keyID string) Option {
	return func(v *Verifier) error { return setKeyID(&v.policy, keyID) }
}

// WithMissingAlgorithm takes a signature without an algorithm parameter for HMAC-SHA-256. The key
// alone decides what is computed; this only hides a sender that means another algorithm.
func WithMissingAlgorithm() Option {
	return func(v *Verifier) error { return allowMissingAlgorithm(&v.policy) }
}

// WithHS2019 takes algorithm="hs2019" for HMAC-SHA-256; see [WithMissingAlgorithm].
func WithHS2019() Option {
	return func(v *Verifier) error { return allowHS2019(&v.policy) }
}

// WithClock sets what tells the time, in place of [time.Now].
func WithClock(now func() time.Time) Option {
	return func(v *Verifier) error {
		if now == nil {
			return errors.New("hooksig: the clock is nil; WithoutClock says that there is none")
		}
		v.clock = now
		return nil
	}
}

// WithoutClock leaves Date unread. A delivery can then be replayed for ever, and a replay store
// must never forget.
func WithoutClock() Option {
	return func(v *Verifier) error {
		v.clock, v.now = nil, noClock
		return nil
	}
}

// WithReplayStore sets where accepted deliveries are remembered, in place of the memory of
// this process.
func WithReplayStore(store ReplayStore) Option {
	return func(v *Verifier) error {
		if store == nil {
			return errors.New("hooksig: the replay store is nil; WithoutReplayStore says that there is none")
		}
		v.replay = store
		return nil
	}
}

// WithoutReplayStore accepts a delivery as often as it comes while its Date is recent.
func WithoutReplayStore() Option {
	return func(v *Verifier) error {
		v.replay = nil
		return nil
	}
}

// Verify decides whether r with body, as received and before any decompression, is genuine and was
// not accepted before. r.Body is not read. Names in r.Header are in canonical form, as net/http has them.
//
// The error is one of the sentinels of this package, or wraps [ErrReplayStoreFailed]. It is for
// the operator; the sender should be told the same whatever it is.
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
	var out verdict
	if err := v.receive(r, body, true, &out); err != nil {
		return nil, err
	}
	event, hasEvent := out.event(body)
	if hasEvent && !isEvent(r.Header["X-Drone-Event"], event) {
		return nil, ErrEventMismatch
	}
	verified := out.toVerified()
	if err := v.claim(r.Context(), &verified); err != nil {
		return nil, err
	}
	return &Delivery{Verified: verified, Event: event, Action: out.action(body), Body: body}, nil
}

// isEvent reports whether no value of X-Drone-Event is another than event.
func isEvent(values []string, event string) bool {
	for _, value := range values {
		if textproto.TrimString(value) != event {
			return false
		}
	}
	return true
}

// present is the time in Unix seconds, or the number that stands for a clock.
func (v *Verifier) present() int64 {
	if v.clock == nil {
		return v.now
	}
	return v.clock().Unix()
}

// signedFields are the values of the three fields that Drone signs with.
type signedFields struct {
	signature, date, digest string
}

// receive gives the library's verdict. A request that is signed as Drone signs costs one call with
// its three fields; one that depends on others is handed over whole.
func (v *Verifier) receive(r *http.Request, body []byte, read bool, out *verdict) error {
	now := v.present()
	if fields, ok := findFields(r.Header); ok {
		err := toError(v.receiveFields(now, fields, body, read, out))
		if !dependsOnOthers(err, r.Header) {
			return err
		}
	}
	return toError(v.receiveRequest(now, r, body, read, out))
}

// dependsOnOthers reports whether a verdict on the three fields may be another on the whole head: the
// signature covers other headers, or is one of RFC 9421, which Signature-Input tells.
func dependsOnOthers(err error, h http.Header) bool {
	return err == ErrMissingHeader || err == ErrMalformedParams && h["Signature-Input"] != nil
}

// verifyHead tells whether a body is worth reading. What it finds is no verdict.
func (v *Verifier) verifyHead(r *http.Request) error {
	return toError(v.checkHead(v.present(), r))
}

// findFields finds the three fields, unless there is a repeated one or perhaps another signature.
func findFields(h http.Header) (signedFields, bool) {
	signature, date, digest := h["Signature"], h["Date"], h["Digest"]
	if len(signature) != 1 || len(date) != 1 || len(digest) != 1 || h["Authorization"] != nil {
		return signedFields{}, false
	}
	return signedFields{signature[0], date[0], digest[0]}, true
}

// claim accepts a verified delivery at most once.
func (v *Verifier) claim(ctx context.Context, verified *Verified) error {
	if v.replay == nil {
		return nil
	}
	err := v.replay.Claim(ctx, verified.Tag, v.remember(verified.Expires))
	if err == nil || errors.Is(err, ErrReplayed) || errors.Is(err, ErrReplayGuardFull) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrReplayStoreFailed, err)
}

// remember is for how long a delivery could be accepted again: to the end of the second expires. It
// is a second at least, in case that the clock moved on meanwhile.
func (v *Verifier) remember(expires time.Time) time.Duration {
	if expires.IsZero() {
		return Forever
	}
	now := time.Now
	if v.clock != nil {
		now = v.clock
	}
	return max(expires.Add(time.Second).Sub(now()), time.Second)
}

// joinNames makes a list of header names as a signature holds it.
func joinNames(names []string) (string, error) {
	for _, name := range names {
		if name == "" || strings.Contains(name, " ") {
			return "", ErrMalformedList
		}
	}
	return strings.Join(names, " "), nil
}
