package hooksig

// #cgo !hooksig_static pkg-config: ${SRCDIR}/install-hooksig-or-build-with-tags-hooksig_static.pc
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
	"time"
	"unsafe"
)

// Keys and policy hold no pointers, so that they stand in Go memory by value and need no release.
type (
	key    = C.hooksig_key
	policy = C.hooksig_policy
)

// noClock takes the place of a time if there is no clock.
const noClock = C.HOOKSIG_NO_CLOCK

// It does not compile if DefaultMaxSkew is another than the library's.
var _ = [1]struct{}{}[DefaultMaxSkew-C.HOOKSIG_DEFAULT_MAX_SKEW*time.Second]

// receiver is what the library has to know of a Verifier.
type receiver struct {
	keys   []key
	policy policy
}

// verdict is what the library says of a request beside the status.
type verdict struct {
	verified C.hooksig_verified
	delivery C.hooksig_delivery
}

func (v *receiver) receiveFields(now int64, f signedFields, body []byte, read bool, out *verdict) C.hooksig_status {
	return C.receive_fields(start(v.keys), C.size_t(len(v.keys)), &v.policy, C.int64_t(now),
		text(f.signature), C.size_t(len(f.signature)),
		text(f.date), C.size_t(len(f.date)),
		text(f.digest), C.size_t(len(f.digest)),
		octets(body), C.size_t(len(body)), &out.verified, out.wanted(read))
}

func (v *receiver) receiveRequest(now int64, r *http.Request, body []byte, read bool, out *verdict) C.hooksig_status {
	h := newHead()
	defer h.release()
	request := h.layOutReceived(r)
	return C.receive_request(start(v.keys), C.size_t(len(v.keys)), &v.policy, C.int64_t(now),
		&request, octets(body), C.size_t(len(body)), &out.verified, out.wanted(read))
}

func (v *receiver) checkHead(now int64, r *http.Request) C.hooksig_status {
	h := newHead()
	defer h.release()
	request := h.layOutReceived(r)
	return C.check_head(start(v.keys), C.size_t(len(v.keys)), &v.policy, C.int64_t(now), &request)
}

// wanted is where event and action go, if they are to be read.
func (v *verdict) wanted(read bool) *C.hooksig_delivery {
	if read {
		return &v.delivery
	}
	return nil
}

func (v *verdict) toVerified() Verified {
	return Verified{
		Tag:      *(*Tag)(unsafe.Pointer(&v.verified.tag)),
		Date:     toTime(v.verified.date, C.HOOKSIG_NO_CLOCK),
		Expires:  toTime(v.verified.expires, C.HOOKSIG_NEVER),
		KeyIndex: int(v.verified.key_index),
	}
}

// toTime gives the zero time for the number that stands for none.
func toTime(seconds, none C.int64_t) time.Time {
	if seconds == none {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// event is the event in body, and whether there is one.
func (v *verdict) event(body []byte) (string, bool) {
	d := &v.delivery
	switch d.event {
	case C.HOOKSIG_EVENT_ABSENT:
		return "", false
	case C.HOOKSIG_EVENT_USER:
		return EventUser, true
	case C.HOOKSIG_EVENT_REPO:
		return EventRepo, true
	case C.HOOKSIG_EVENT_BUILD:
		return EventBuild, true
	default:
		return string(body[d.event_at:][:d.event_len]), true
	}
}

// action is the action in body, or "".
func (v *verdict) action(body []byte) string {
	d := &v.delivery
	switch d.action {
	case C.HOOKSIG_ACTION_CREATED:
		return ActionCreated
	case C.HOOKSIG_ACTION_UPDATED:
		return ActionUpdated
	case C.HOOKSIG_ACTION_DELETED:
		return ActionDeleted
	case C.HOOKSIG_ACTION_ENABLED:
		return ActionEnabled
	case C.HOOKSIG_ACTION_DISABLED:
		return ActionDisabled
	default:
		return string(body[d.action_at:][:d.action_len])
	}
}

func newKey(secret []byte) (key, error) {
	var k key
	err := toError(C.hooksig_key_init(&k, octets(secret), C.size_t(len(secret))))
	return k, err
}

func newPolicy() (policy, error) {
	var p policy
	err := toError(C.hooksig_policy_init(&p))
	return p, err
}

func setMaxSkew(p *policy, seconds uint32) error {
	return toError(C.hooksig_policy_set_max_skew(p, C.uint32_t(seconds)))
}

func setRequired(p *policy, list string) error {
	return toError(C.hooksig_policy_require(p, text(list), C.size_t(len(list))))
}

func setKeyID(p *policy, keyID string) error {
	return toError(C.hooksig_policy_expect_key_id(p, text(keyID), C.size_t(len(keyID))))
}

func allowMissingAlgorithm(p *policy) error {
	return toError(C.hooksig_policy_allow_missing_algorithm(p, true))
}

func allowHS2019(p *policy) error {
	return toError(C.hooksig_policy_allow_hs2019(p, true))
}

// deliveryHeaders are the values of the fields with which Drone signs a delivery.
type deliveryHeaders struct {
	date, digest, signature string
}

func signDelivery(k *key, body []byte, now int64) (deliveryHeaders, error) {
	var out C.hooksig_delivery_headers
	status := C.hooksig_delivery_sign(k, octets(body), C.size_t(len(body)), C.int64_t(now), &out)
	if status != C.HOOKSIG_STATUS_OK {
		return deliveryHeaders{}, toError(status)
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
	request := h.layOutSent(r)
	out := make([]byte, C.HOOKSIG_SIGNATURE_BASE_LEN+len(keyID)+len(list))
	var n C.size_t
	status := C.hooksig_sign(k, text(keyID), C.size_t(len(keyID)), &request, text(list), C.size_t(len(list)),
		chars(out), C.size_t(len(out)), &n)
	return string(out[:n]), toError(status)
}

func signingString(r *http.Request, list string) ([]byte, error) {
	h := newHead()
	defer h.release()
	request := h.layOutSent(r)
	var n C.size_t
	status := C.hooksig_signing_string(&request, text(list), C.size_t(len(list)), nil, 0, &n)
	if status != C.HOOKSIG_STATUS_BUFFER_TOO_SMALL {
		return nil, toError(status)
	}
	out := make([]byte, n)
	status = C.hooksig_signing_string(&request, text(list), C.size_t(len(list)), chars(out), n, &n)
	return out, toError(status)
}

func digestField(body []byte) string {
	var out [C.HOOKSIG_DIGEST_FIELD_LEN]byte
	var n C.size_t
	_ = C.hooksig_digest_field(octets(body), C.size_t(len(body)), chars(out[:]), C.size_t(len(out)), &n)
	return string(out[:n])
}

func parseDate(date string, now int64) (int64, error) {
	var seconds C.int64_t
	status := C.hooksig_date_parse(text(date), C.size_t(len(date)), C.int64_t(now), &seconds)
	return int64(seconds), toError(status)
}

func statusName(code int) string {
	return C.GoString(C.hooksig_status_name(C.int32_t(code)))
}

func statusText(code int) string {
	return C.GoString(C.hooksig_status_text(C.int32_t(code)))
}

// text points to the bytes of a string, which C reads during the call only. Each of these helpers gives
// NULL for an empty input: its pointer may lead to memory that is not pinned, or to none.
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
