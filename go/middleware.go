package hooksig

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
)

// DefaultMaxBody is the default limit for the length of a body, in bytes.
const DefaultMaxBody = 1 << 20

// maxUntested is the longest body that is read before the head is verified. With Expect the head is
// verified first, because reading would ask the sender for the body.
const maxUntested = 64 << 10

// MiddlewareOption configures Middleware.
type MiddlewareOption func(*middleware)

// WithMaxBody sets the limit for the length of a body, in bytes. A longer body is answered 413. A
// limit below 0 counts as 0.
func WithMaxBody(n int64) MiddlewareOption {
	return func(m *middleware) { m.maxBody = max(n, 0) }
}

// WithOnRefused sets a function to be called with each refused request and its error. [Reason]
// returns a word for the error. Escape the sender's text before you log it. The answer waits for f,
// so f must not block, as writing to a pipe that nobody reads does. A nil function is not called.
func WithOnRefused(f func(*http.Request, error)) MiddlewareOption {
	return func(m *middleware) { m.onRefused = f }
}

// WithCounters counts each request by its reason.
func WithCounters(c *Counters) MiddlewareOption {
	return func(m *middleware) { m.counters = c }
}

type middleware struct {
	verifier *Verifier
	// The error with which every request is refused, or nil.
	unusable  error
	maxBody   int64
	onRefused func(*http.Request, error)
	counters  *Counters
	next      http.Handler
	// Finds faults of a genuine delivery for next; may be nil.
	look func(*Delivery) error
}

// Middleware passes genuine deliveries, as judged by v, to the handler that it wraps. The handler
// gets the [Delivery] with [DeliveryFrom], and can read the body again. The request has no
// Content-Encoding, which anyone could add.
//
// Wrap the handler of deliveries directly. A delivery is claimed when it passes, so with a router
// or a check of unsigned fields inside, anyone could use up a recorded delivery before Drone's own
// arrives. For the same reason only POST passes.
//
// As in any handler, the context of the request ends when the sender hangs up. The delivery stays
// claimed, so its processing should not depend on that context.
//
// A method other than POST is answered 405, a body that is too long 413, an unreadable one 400. If
// the replay store cannot tell whether a delivery is new, the answer is 503. Any other refusal is
// answered 401 with the same text, because an attacker would learn from a difference. After a refusal
// a bounded part of the body is read and discarded, so that the sender reads the answer.
//
// If v or the handler is nil, every request is refused with 500. A nil option changes nothing.
func Middleware(v *Verifier, opts ...MiddlewareOption) func(http.Handler) http.Handler {
	return newMiddleware(v, v.check(), opts)
}

// newMiddleware refuses every request with unusable if that is not nil.
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
	if r.Header["Content-Encoding"] != nil {
		// The body was read as JSON. An unsigned Content-Encoding could make a handler inside spoil it.
		r.Header = r.Header.Clone()
		delete(r.Header, "Content-Encoding")
	}
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
	isTested := r.ContentLength < 0 || r.ContentLength > maxUntested || r.Header["Expect"] != nil
	if isTested {
		if err := m.verifier.verifyHead(r); err != nil {
			return nil, err
		}
	}
	octets, err := body.read(r.ContentLength, m.maxBody)
	switch {
	case err != nil && !isTested:
		// A forged head gets the same answer, whatever becomes of the body.
		return nil, cmp.Or(m.verifier.verifyHead(r), err)
	case err != nil:
		return nil, err
	}
	return m.verifier.verifyDelivery(r, octets, m.look)
}

type deliveryKey struct{}

// DeliveryFrom returns the delivery that [Middleware] accepted. Without a Middleware, ok is false.
func DeliveryFrom(ctx context.Context) (delivery *Delivery, ok bool) {
	if ctx == nil {
		return nil, false
	}
	delivery, ok = ctx.Value(deliveryKey{}).(*Delivery)
	return delivery, ok
}
