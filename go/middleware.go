package hooksig

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// DefaultMaxBody is the longest body that the middleware takes by default, in bytes.
const DefaultMaxBody = 1 << 20

// maxUntested is how much of a body is read before the head was found genuine.
const maxUntested = 64 << 10

// MiddlewareOption changes what Middleware does.
type MiddlewareOption func(*middleware)

// WithMaxBody sets the longest body, in bytes. A longer one is answered 413. A limit below 0 is 0.
func WithMaxBody(n int64) MiddlewareOption {
	return func(m *middleware) { m.maxBody = max(n, 0) }
}

// WithOnRefused sets what is told of each refused request and why. [Reason] gives a word for
// the error. Whatever a sender wrote must be escaped before it is logged. The answer waits for f, so f should
// not block, as writing to a pipe that nobody reads does. Nil tells nobody.
func WithOnRefused(f func(*http.Request, error)) MiddlewareOption {
	return func(m *middleware) { m.onRefused = f }
}

// WithCounters counts each request under its reason.
func WithCounters(c *Counters) MiddlewareOption {
	return func(m *middleware) { m.counters = c }
}

type middleware struct {
	verifier *Verifier
	// Why every request is refused, or nil.
	unusable  error
	maxBody   int64
	onRefused func(*http.Request, error)
	counters  *Counters
	next      http.Handler
	// What next can find wrong with a genuine delivery, or nil.
	look func(*Delivery) error
}

// Middleware lets genuine deliveries pass to the handler that it is given; v gives the verdict. The
// handler finds the [Delivery] with [DeliveryFrom] and can read the body once more.
//
// Put it directly around the handler of deliveries: a delivery is claimed when it passes, so a router
// or a check of unsigned fields behind it would let anyone use up a recorded delivery before Drone's
// own arrives. For the same reason only POST passes.
//
// The context of the handler's request ends, as always, when the sender hangs up. A delivery is
// accepted once even so: what must be done with it should not depend on that context.
//
// A method other than POST is answered 405, a body that is too long 413, one that cannot be read 400, a
// delivery of which the replay store cannot tell whether it is new 503. Any other refusal is answered 401
// with the same text whatever the reason: an attacker would learn from the difference. After a
// refusal a bounded part of the body is read and discarded, so that the sender reads the answer.
//
// If v or the handler is nil, every request is refused with 500. A nil option changes nothing.
func Middleware(v *Verifier, opts ...MiddlewareOption) func(http.Handler) http.Handler {
	return newMiddleware(v, v.check(), opts)
}

// newMiddleware refuses every request with unusable if that is an error.
func newMiddleware(v *Verifier, unusable error, opts []MiddlewareOption) func(http.Handler) http.Handler {
	m := middleware{verifier: v, unusable: unusable, maxBody: DefaultMaxBody}
	for _, opt := range opts {
		if opt != nil {
			opt(&m)
		}
	}
	return func(next http.Handler) http.Handler {
		m := m
		m.next = next
		if plugin, ok := next.(decoder); ok {
			m.look = plugin.decode
		}
		if isNil(next) && m.unusable == nil {
			m.unusable = ErrNoHandler
		}
		return &m
	}
}

// ServeHTTP implements [http.Handler].
func (m *middleware) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := requestBody{reader: r.Body}
	delivery, err := m.receive(r, &body)
	m.counters.add(err)
	if err != nil {
		if m.onRefused != nil {
			m.onRefused(r, err)
		}
		body.refuse(w, r, err)
		return
	}
	r = r.WithContext(context.WithValue(r.Context(), deliveryKey{}, delivery))
	r.Body = io.NopCloser(bytes.NewReader(delivery.Body))
	m.next.ServeHTTP(w, r)
}

func (m *middleware) receive(r *http.Request, body *requestBody) (*Delivery, error) {
	switch {
	case m.unusable != nil:
		return nil, m.unusable
	case r.Method != http.MethodPost:
		return nil, ErrMethodNotAllowed
	case r.ContentLength > m.maxBody:
		return nil, ErrBodyTooLarge
	}
	if r.ContentLength < 0 || r.ContentLength > maxUntested {
		if err := m.verifier.verifyHead(r); err != nil {
			return nil, err
		}
	}
	octets, err := body.read(r.ContentLength, m.maxBody)
	if err != nil {
		return nil, err
	}
	return m.verifier.verifyDelivery(r, octets, m.look)
}

type deliveryKey struct{}

// DeliveryFrom gives the delivery that [Middleware] accepted. It is not there, and ok is false, in
// a handler that no middleware stands before.
func DeliveryFrom(ctx context.Context) (delivery *Delivery, ok bool) {
	if ctx == nil {
		return nil, false
	}
	delivery, ok = ctx.Value(deliveryKey{}).(*Delivery)
	return delivery, ok
}
