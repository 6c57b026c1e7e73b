package hooksig

// #include "library.h"
import "C"

import (
	"cmp"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// head lays a request's head out as the library reads it. All text stands in one buffer, so that
// two pins hold whatever the views point to.
type head struct {
	text   []byte
	fields []C.hooksig_header
	pinner runtime.Pinner
}

var heads = sync.Pool{New: func() any { return new(head) }}

// newHead gives a head to lay out; it and its views may be used until it is released.
func newHead() *head {
	return heads.Get().(*head)
}

func (h *head) release() {
	h.pinner.Unpin()
	clear(h.fields) // A pointer that is left behind would be one to memory that is not pinned.
	heads.Put(h)
}

// layOutReceived lays out a request that a server received. Its line is unknown without a RequestURI:
// what adapters leave in the URL need not be the target as received.
func (h *head) layOutReceived(r *http.Request) C.hooksig_request {
	if r.RequestURI == "" {
		return h.layOut(r, "", "", r.Host)
	}
	return h.layOut(r, r.Method, r.RequestURI, r.Host)
}

// layOutSent lays out a request that a client will send.
func (h *head) layOutSent(r *http.Request) C.hooksig_request {
	method, target := requestLine(r)
	return h.layOut(r, method, target, hostOf(r))
}

func (h *head) layOut(r *http.Request, method, target, host string) C.hooksig_request {
	h.text = append(append(h.text[:0], method...), target...)
	h.fields = h.fields[:0]
	for name, values := range r.Header {
		for _, value := range values {
			h.add(name, value)
		}
	}
	h.addMoved(r, host)
	return h.view(len(method), len(target))
}

// addMoved adds the fields that net/http moves from the header to the request.
//
// Under HTTP/2, host is the :authority, by which requests are routed, and a Host field stays in the
// header. If they differ there are two, which a signature that covers host does not survive.
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
	h.fields = append(h.fields, C.hooksig_header{
		name_len:  C.size_t(len(name)),
		value_len: C.size_t(len(value)),
	})
}

// view points into the text once that no longer moves: method, target, then each name and value.
func (h *head) view(methodLen, targetLen int) C.hooksig_request {
	h.pin()
	rest := h.text
	take := func(n C.size_t) *C.char {
		if n == 0 {
			return nil
		}
		first := chars(rest)
		rest = rest[n:]
		return first
	}
	request := C.hooksig_request{
		method:      take(C.size_t(methodLen)),
		method_len:  C.size_t(methodLen),
		target:      take(C.size_t(targetLen)),
		target_len:  C.size_t(targetLen),
		headers:     start(h.fields),
		headers_len: C.size_t(len(h.fields)),
	}
	for i := range h.fields {
		field := &h.fields[i]
		field.name = take(field.name_len)
		field.value = take(field.value_len)
	}
	return request
}

func (h *head) pin() {
	if len(h.text) > 0 {
		h.pinner.Pin(start(h.text))
	}
	if len(h.fields) > 0 {
		h.pinner.Pin(start(h.fields))
	}
}

// requestLine returns method and target as a client will send them, or as a server received them.
func requestLine(r *http.Request) (method, target string) {
	if r.RequestURI != "" || r.URL == nil {
		return r.Method, r.RequestURI
	}
	return cmp.Or(r.Method, http.MethodGet), r.URL.RequestURI()
}

func hostOf(r *http.Request) string {
	if r.Host == "" && r.URL != nil {
		return r.URL.Host
	}
	return r.Host
}
