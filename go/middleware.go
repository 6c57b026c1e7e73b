package hooksig

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
)

// DefaultMaxBody is the longest body that the middleware takes by default, in bytes.
const DefaultMaxBody = 1 << 20

// maxUnread is how much memory a body takes before any of it came. Drone's are rarely longer; a
// stranger who announces more and sends nothing shall not get more.
const maxUnread = 4 << 10

// maxUntested is how much of a body is read before the head was found genuine.
const maxUntested = 64 << 10

// MiddlewareOption changes what Middleware does.
type MiddlewareOption func(*middleware)

// WithMaxBody sets the longest body, in bytes. A longer one is answered 413.
func WithMaxBody(n int64) MiddlewareOption {
	return func(m *middleware) { m.maxBody = n }
}

// WithOnRefused sets what is told of each refused request and why. [Reason] gives a word for
// the error.
func WithOnRefused(f func(*http.Request, error)) MiddlewareOption {
	return func(m *middleware) { m.onRefused = f }
}

// WithCounters counts each request under its reason.
func WithCounters(c *Counters) MiddlewareOption {
	return func(m *middleware) { m.counters = c }
}

type middleware struct {
	verifier  *Verifier
	maxBody   int64
	onRefused func(*http.Request, error)
	counters  *Counters
	next      http.Handler
}

// Middleware lets genuine deliveries pass to the handler that it is given; v gives the verdict. The
// handler finds the [Delivery] with [DeliveryFrom] and can read the body once more.
//
// The context of the handler's request ends, as always, when the sender hangs up. A delivery is
// accepted once even so: what must be done with it should not depend on that context.
//
// A body that is too long is answered 413, one that cannot be read 400, a delivery of which the
// replay store cannot tell whether it is new 503. Any other refusal is answered 401 with the same
// text whatever the reason: an attacker would learn from the difference.
func Middleware(v *Verifier, opts ...MiddlewareOption) func(http.Handler) http.Handler {
	m := middleware{verifier: v, maxBody: DefaultMaxBody, onRefused: func(*http.Request, error) {}}
	for _, opt := range opts {
		opt(&m)
	}
	return func(next http.Handler) http.Handler {
		m := m
		m.next = next
		return &m
	}
}

// ServeHTTP implements [http.Handler].
func (m *middleware) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	delivery, err := m.receive(w, r)
	m.counters.add(err)
	if err != nil {
		m.onRefused(r, err)
		refuse(w, err)
		return
	}
	r = r.WithContext(context.WithValue(r.Context(), deliveryKey{}, delivery))
	r.Body = io.NopCloser(bytes.NewReader(delivery.Body))
	m.next.ServeHTTP(w, r)
}

func (m *middleware) receive(w http.ResponseWriter, r *http.Request) (*Delivery, error) {
	if r.ContentLength > m.maxBody {
		return nil, ErrBodyTooLarge
	}
	if r.ContentLength < 0 || r.ContentLength > maxUntested {
		if err := m.verifier.verifyHead(r); err != nil {
			return nil, err
		}
	}
	body, err := readBody(w, r, m.maxBody)
	if err != nil {
		return nil, err
	}
	// A sender who hangs up must not break off a claim: it may have been made, and the delivery would
	// be refused ever after without having been handled.
	return m.verifier.VerifyDelivery(r.WithContext(context.WithoutCancel(r.Context())), body)
}

// readBody reads at most limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body.Grow(int(min(r.ContentLength, maxUnread)) + bytes.MinRead)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, ErrBodyTooLarge
	case err != nil:
		return nil, ErrBodyUnreadable
	default:
		return body.Bytes(), nil
	}
}

func refuse(w http.ResponseWriter, err error) {
	code := answer(err)
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Signature")
	}
	http.Error(w, http.StatusText(code), code)
}

func answer(err error) int {
	switch {
	case errors.Is(err, ErrBodyTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrBodyUnreadable):
		return http.StatusBadRequest
	case errors.Is(err, ErrReplayStoreFailed), errors.Is(err, ErrReplayGuardFull):
		return http.StatusServiceUnavailable
	default:
		return http.StatusUnauthorized
	}
}

type deliveryKey struct{}

// DeliveryFrom gives the delivery that [Middleware] accepted. It is not there, and ok is false, in
// a handler that no middleware stands before.
func DeliveryFrom(ctx context.Context) (delivery *Delivery, ok bool) {
	delivery, ok = ctx.Value(deliveryKey{}).(*Delivery)
	return delivery, ok
}
