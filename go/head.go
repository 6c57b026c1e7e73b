package hooksig

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// head lays out a request's head for the library. All text is in one buffer: method, target, then
// each name and value.
type head struct {
	text           []byte
	isLineKnown    bool
	method, target int
	fields         []field
	views
}

// field holds the lengths of a name and a value.
type field struct{ name, value int }

var heads = sync.Pool{New: func() any { return new(head) }}

// newHead returns an empty head; it may be used until it is released.
func newHead() *head {
	return heads.Get().(*head)
}

func (h *head) release() {
	h.views.release()
	heads.Put(h)
}

// line is the request line. Method and target may be empty; known tells whether there is a line.
type line struct {
	method, target string
	known          bool
}

// layOutReceived lays out a request that a server received.
func (h *head) layOutReceived(r *http.Request) {
	h.layOut(r, receivedLine(r), r.Host)
}

// layOutSent lays out a request that a client will send.
func (h *head) layOutSent(r *http.Request) {
	h.layOut(r, sentLine(r), hostOf(r))
}

func (h *head) layOut(r *http.Request, l line, host string) {
	h.text = append(append(h.text[:0], l.method...), l.target...)
	h.isLineKnown, h.method, h.target = l.known, len(l.method), len(l.target)
	h.fields = h.fields[:0]
	for name, values := range r.Header {
		for _, value := range values {
			h.add(name, value)
		}
	}
	h.addMoved(r, host)
}

// addMoved adds the fields that net/http moves from the header to the request.
//
// Under HTTP/2, host is the :authority, which routes requests, and a Host field stays in the
// header. If they differ there are two, and a signature that covers host is refused.
func (h *head) addMoved(r *http.Request, host string) {
	isHost := func(field string) bool { return strings.EqualFold(field, host) }
	if host != "" && !slices.ContainsFunc(r.Header["Host"], isHost) {
		h.add("Host", host)
	}
	if r.ContentLength > 0 && r.Header["Content-Length"] == nil {
		h.add("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	if len(r.TransferEncoding) > 0 {
		h.add("Transfer-Encoding", strings.Join(r.TransferEncoding, ", "))
	}
}

func (h *head) add(name, value string) {
	h.text = append(append(h.text, name...), value...)
	h.fields = append(h.fields, field{len(name), len(value)})
}

// receivedLine returns the request line as a server received it. It is unknown if r has a URL but
// no RequestURI, because the URL from an adapter or a test may differ from the received target.
func receivedLine(r *http.Request) line {
	if r.RequestURI == "" && r.URL != nil {
		return line{}
	}
	return line{r.Method, r.RequestURI, true}
}

// sentLine returns the request line as a client will send it, or as a server received it.
func sentLine(r *http.Request) line {
	if r.RequestURI == "" && r.URL != nil {
		return line{cmp.Or(r.Method, http.MethodGet), r.URL.RequestURI(), true}
	}
	return line{r.Method, r.RequestURI, true}
}

func hostOf(r *http.Request) string {
	if r.Host == "" && r.URL != nil {
		return r.URL.Host
	}
	return r.Host
}
