//go:build hooksig_cgo || hooksig_static

package hooksig

// #cgo !hooksig_static pkg-config: ${SRCDIR}/install-hooksig-or-use-tags-hooksig_static-or-no-tags-for-pure-Go.pc
// #cgo hooksig_static CFLAGS: -I${SRCDIR}/../target/c/include
// #cgo hooksig_static LDFLAGS: ${SRCDIR}/../target/c/lib/libhooksig.a
// #cgo noescape receive_fields
// #cgo nocallback receive_fields
// #cgo noescape receive_request
// #cgo nocallback receive_request
// #cgo noescape check_head
// #cgo nocallback check_head
// #include "library.h"
import "C"

import (
	"net/http"
	"runtime"
	"slices"
	"unsafe"
)

// Keys and policy hold no pointers, so Go memory holds them by value and nothing needs releasing.
type (
	key    = C.hooksig_key
	policy = C.hooksig_policy
)

// receiver holds the parts of a Verifier that the library needs.
type receiver struct {
	keys   []key
	policy policy
}

func (v *receiver) receiveFields(now int64, f signedFields, body []byte, read bool, out *verdict) status {
	var found result
	s := C.receive_fields(start(v.keys), C.size_t(len(v.keys)), &v.policy, C.int64_t(now),
		text(f.signature), C.size_t(len(f.signature)),
		text(f.date), C.size_t(len(f.date)),
		text(f.digest), C.size_t(len(f.digest)),
		octets(body), C.size_t(len(body)), &found.verified, found.wanted(read))
	found.tell(out)
	return status(s)
}

func (v *receiver) receiveRequest(now int64, r *http.Request, body []byte, read bool, out *verdict) status {
	h := newHead()
	defer h.release()
	h.layOutReceived(r)
	request := h.view()
	var found result
	s := C.receive_request(start(v.keys), C.size_t(len(v.keys)), &v.policy, C.int64_t(now),
		&request, octets(body), C.size_t(len(body)), &found.verified, found.wanted(read))
	found.tell(out)
	return status(s)
}

func (v *receiver) checkHead(now int64, r *http.Request) status {
	h := newHead()
	defer h.release()
	h.layOutReceived(r)
	request := h.view()
	return status(C.check_head(start(v.keys), C.size_t(len(v.keys)), &v.policy, C.int64_t(now), &request))
}

// result is a verdict in the library's types.
type result struct {
	verified C.hooksig_verified
	delivery C.hooksig_delivery
}

// wanted returns where to write event and action, or nil if they are not wanted.
func (r *result) wanted(read bool) *C.hooksig_delivery {
	if read {
		return &r.delivery
	}
	return nil
}

func (r *result) tell(out *verdict) {
	v, d := &r.verified, &r.delivery
	out.tag = *(*Tag)(unsafe.Pointer(&v.tag))
	out.date, out.expires, out.keyIndex = int64(v.date), int64(v.expires), int(v.key_index)
	out.eventKind, out.eventText = int32(d.event), span{int(d.event_at), int(d.event_len)}
	out.actionKind, out.actionText = int32(d.action), span{int(d.action_at), int(d.action_len)}
}

// views are the library's views of a head. Two pins hold everything that they point to.
type views struct {
	headers []C.hooksig_header
	pinner  runtime.Pinner
}

func (v *views) release() {
	v.pinner.Unpin()
	clear(v.headers) // An old pointer would point to memory that is not pinned.
}

// view points into the text, which no longer moves.
func (h *head) view() C.hooksig_request {
	h.text = append(h.text, 0) // An empty text has an address too.
	h.headers = slices.Grow(h.headers[:0], len(h.fields))[:len(h.fields)]
	h.pin()
	rest := h.text
	take := func(n int) *C.char {
		first := chars(rest)
		rest = rest[n:]
		return first
	}
	request := C.hooksig_request{
		headers:     start(h.headers),
		headers_len: C.size_t(len(h.headers)),
	}
	if h.isLineKnown { // To the library, a target at NULL is an unknown one.
		request.method_len, request.target_len = C.size_t(h.method), C.size_t(h.target)
		request.method, request.target = take(h.method), take(h.target)
	}
	for i, f := range h.fields {
		h.headers[i] = C.hooksig_header{
			name:      take(f.name),
			name_len:  C.size_t(f.name),
			value:     take(f.value),
			value_len: C.size_t(f.value),
		}
	}
	return request
}

func (h *head) pin() {
	h.pinner.Pin(start(h.text))
	if len(h.headers) > 0 {
		h.pinner.Pin(start(h.headers))
	}
}

func newKey(secret string) (key, error) {
	var k key
	err := toError(status(C.hooksig_key_init(&k, unsafe.Pointer(text(secret)), C.size_t(len(secret)))))
	return k, err
}

func newPolicy() (policy, error) {
	var p policy
	err := toError(status(C.hooksig_policy_init(&p)))
	return p, err
}

func setMaxSkew(p *policy, seconds uint32) error {
	return toError(status(C.hooksig_policy_set_max_skew(p, C.uint32_t(seconds))))
}

func setRequired(p *policy, list string) error {
	return toError(status(C.hooksig_policy_require(p, text(list), C.size_t(len(list)))))
}

func setKeyID(p *policy, keyID string) error {
	return toError(status(C.hooksig_policy_expect_key_id(p, text(keyID), C.size_t(len(keyID)))))
}

func allowMissingAlgorithm(p *policy) error {
	return toError(status(C.hooksig_policy_allow_missing_algorithm(p, true)))
}

func allowHS2019(p *policy) error {
	return toError(status(C.hooksig_policy_allow_hs2019(p, true)))
}

func signDelivery(k *key, body []byte, now int64) (deliveryHeaders, error) {
	var out C.hooksig_delivery_headers
	err := toError(status(C.hooksig_delivery_sign(k, octets(body), C.size_t(len(body)), C.int64_t(now), &out)))
	if err != nil {
		return deliveryHeaders{}, err
	}
	return deliveryHeaders{
		date:      C.GoString(&out.date[0]),
		digest:    C.GoString(&out.digest[0]),
		signature: C.GoString(&out.signature[0]),
	}, nil
}

func signRequest(k *key, keyID string, r *http.Request, list string) (string, error) {
	h := newHead()
	defer h.release()
	h.layOutSent(r)
	request := h.view()
	out := make([]byte, signatureBaseLen+len(keyID)+len(list))
	var n C.size_t
	s := C.hooksig_sign(k, text(keyID), C.size_t(len(keyID)), &request, text(list), C.size_t(len(list)),
		chars(out), C.size_t(len(out)), &n)
	return string(out[:n]), toError(status(s))
}

func signingString(r *http.Request, list string) ([]byte, error) {
	h := newHead()
	defer h.release()
	h.layOutSent(r)
	request := h.view()
	var n C.size_t
	s := C.hooksig_signing_string(&request, text(list), C.size_t(len(list)), nil, 0, &n)
	if s != C.HOOKSIG_STATUS_BUFFER_TOO_SMALL {
		return nil, toError(status(s))
	}
	out := make([]byte, n)
	s = C.hooksig_signing_string(&request, text(list), C.size_t(len(list)), chars(out), n, &n)
	return out, toError(status(s))
}

func digestField(body []byte) string {
	var out [digestFieldLen]byte
	var n C.size_t
	_ = C.hooksig_digest_field(octets(body), C.size_t(len(body)), chars(out[:]), C.size_t(len(out)), &n)
	return string(out[:n])
}

func parseDate(date string, now int64) (int64, error) {
	var seconds C.int64_t
	s := C.hooksig_date_parse(text(date), C.size_t(len(date)), C.int64_t(now), &seconds)
	return int64(seconds), toError(status(s))
}

func statusName(code int) string {
	return C.GoString(C.hooksig_status_name(C.int32_t(code)))
}

func statusText(code int) string {
	return C.GoString(C.hooksig_status_text(C.int32_t(code)))
}

// text points to the bytes of a string, which C reads only during the call. Each of these helpers returns
// NULL for an empty input, because its pointer may be invalid or point to memory that is not pinned.
func text(s string) *C.char {
	if s == "" {
		return nil
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(s)))
}

func chars(b []byte) *C.char {
	return (*C.char)(unsafe.Pointer(start(b)))
}

func octets(b []byte) unsafe.Pointer {
	return unsafe.Pointer(start(b))
}

// start points to the first element of a slice.
func start[E any](s []E) *E {
	if len(s) == 0 {
		return nil
	}
	return unsafe.SliceData(s)
}
