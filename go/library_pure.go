//go:build !hooksig_cgo && !hooksig_static

package hooksig

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/hooksig/hooksig/go/internal/core"
)

// Keys and policy are the core's, copied into it only for the length of a call.
type (
	key    [8 * keyWords]byte
	policy [8 * policyWords]byte
)

// Sizes of the core's structs; pointers and lengths have four bytes.
const (
	headerLen   = 16
	requestLen  = 24
	receiverLen = 40
	pendingLen  = 8 * pendingBodyWords
	verifiedLen = 56
	deliveryLen = 24
)

// A body is passed in pieces of whole SHA-256 blocks, which stay in the processor's first cache: 64 KiB in pieces
// of 8 KiB take 1.057 times their SHA-256, and of 16 KiB 1.064 (go test -bench Ratio in interop).
const (
	minPieceLen = 4 << 10
	maxPieceLen = 8 << 10
)

// receiver holds the parts of a Verifier that the core needs.
type receiver struct {
	keys   []key
	policy policy
}

func (v *receiver) receiveFields(now int64, f signedFields, body []byte, read bool, out *verdict) (s status) {
	in := core.Get()
	defer in.Put((*int32)(&s))
	headers := in.Room(3 * headerLen)
	putHeader(in, headers, in.String("Signature"), len("Signature"), in.String(f.signature), len(f.signature))
	putHeader(in, headers+headerLen, in.String("Date"), len("Date"), in.String(f.date), len(f.date))
	putHeader(in, headers+2*headerLen, in.String("Digest"), len("Digest"), in.String(f.digest), len(f.digest))
	request := putRequest(in, 0, 0, 0, 0, headers, 3)
	return v.receive(in, now, request, body, read, out)
}

func (v *receiver) receiveRequest(now int64, r *http.Request, body []byte, read bool, out *verdict) (s status) {
	in := core.Get()
	defer in.Put((*int32)(&s))
	h := newHead()
	defer h.release()
	h.layOutReceived(r)
	return v.receive(in, now, h.put(in), body, read, out)
}

func (v *receiver) checkHead(now int64, r *http.Request) (s status) {
	in := core.Get()
	defer in.Put((*int32)(&s))
	h := newHead()
	defer h.release()
	h.layOutReceived(r)
	if _, s = v.begin(in, now, h.put(in)); s == statusPending {
		return statusOK
	}
	return s
}

func (v *receiver) receive(in *core.Instance, now int64, request uint32, body []byte, read bool, out *verdict) status {
	pending, s := v.begin(in, now, request)
	if s != statusPending {
		return s
	}
	verified, delivery := in.Room(verifiedLen), in.Room(deliveryLen)
	at, room := in.Rest(minPieceLen)
	room = room[:min(len(room)&^(sha256.BlockSize-1), maxPieceLen)]
	for rest := body; len(rest) > 0; {
		n := copy(room, rest)
		if s := status(in.Xhooksig_pending_body_update(int32(pending), int32(at), int32(n))); s != statusPending {
			return s
		}
		rest = rest[n:]
	}
	if s := status(in.Xhooksig_pending_body_finish(int32(pending), int32(verified))); s != statusOK {
		return s
	}
	out.setVerified(in, verified)
	if !read {
		return statusOK
	}
	return readDelivery(in, at, room, body, delivery, out)
}

// begin checks a head and returns the address of the pending body.
func (v *receiver) begin(in *core.Instance, now int64, request uint32) (uint32, status) {
	pending, receiver := in.Room(pendingLen), in.Room(receiverLen)
	keys := in.Secret(len(v.keys) * len(key{}))
	for i := range v.keys {
		copy(in.At(keys+uint32(i*len(key{})), len(key{})), v.keys[i][:])
	}
	in.PutUint32(receiver, keys)
	in.PutUint32(receiver+4, uint32(len(v.keys)))
	in.PutUint32(receiver+8, in.Bytes(v.policy[:]))
	in.PutUint64(receiver+16, uint64(now))
	clear(in.At(receiver+24, receiverLen-24)) // No guard: the stores in Go claim.
	return pending, status(in.Xhooksig_begin(int32(pending), int32(receiver), int32(request)))
}

// readDelivery reads event and action of a body. Its last piece is in room, at address at.
//
// If the body has more pieces, it tries the first piece, which has both in all of Drone's deliveries.
// If that fails, the memory grows for this call and holds the whole body.
func readDelivery(in *core.Instance, at uint32, room, body []byte, delivery uint32, out *verdict) status {
	if len(body) > len(room) {
		n := copy(room, body)
		s := status(in.Xhooksig_delivery_read(int32(at), int32(n), int32(delivery)))
		if s == statusOK && out.setDelivery(in, delivery) {
			return s
		}
		at, room = in.Rest(len(body))
		copy(room, body)
	}
	s := status(in.Xhooksig_delivery_read(int32(at), int32(len(body)), int32(delivery)))
	if s == statusOK {
		out.setDelivery(in, delivery)
	}
	return s
}

func (v *verdict) setVerified(in *core.Instance, verified uint32) {
	copy(v.tag[:], in.At(verified, tagLen))
	v.date = int64(in.Uint64(verified + 32))
	v.expires = int64(in.Uint64(verified + 40))
	v.keyIndex = int(in.Uint32(verified + 48))
}

// setDelivery stores event and action, and reports whether both are present.
func (v *verdict) setDelivery(in *core.Instance, delivery uint32) bool {
	v.eventKind, v.actionKind = int32(in.Uint32(delivery)), int32(in.Uint32(delivery+4))
	v.eventText = span{int(in.Uint32(delivery + 8)), int(in.Uint32(delivery + 12))}
	v.actionText = span{int(in.Uint32(delivery + 16)), int(in.Uint32(delivery + 20))}
	return v.eventKind != eventAbsent && v.actionKind != actionAbsent
}

// views is empty, because only a linked library needs it.
type views struct{}

func (views) release() {}

// put copies a head into the memory and returns the address of the request.
func (h *head) put(in *core.Instance) uint32 {
	headers := in.Room(len(h.fields) * headerLen)
	at := in.Room(len(h.text))
	copy(in.At(at, len(h.text)), h.text)
	take := func(n int) uint32 {
		first := at
		at += uint32(n)
		return first
	}
	var method, target uint32 // To the core, a target at 0 is an unknown one.
	if h.isLineKnown {
		method, target = take(h.method), take(h.target)
	}
	for i, f := range h.fields {
		name := take(f.name)
		putHeader(in, headers+uint32(i*headerLen), name, f.name, take(f.value), f.value)
	}
	return putRequest(in, method, h.method, target, h.target, headers, len(h.fields))
}

func putHeader(in *core.Instance, at, name uint32, nameLen int, value uint32, valueLen int) {
	in.PutUint32(at, name)
	in.PutUint32(at+4, uint32(nameLen))
	in.PutUint32(at+8, value)
	in.PutUint32(at+12, uint32(valueLen))
}

func putRequest(in *core.Instance, method uint32, methodLen int, target uint32, targetLen int, headers uint32, n int) uint32 {
	at := in.Room(requestLen)
	putHeader(in, at, method, methodLen, target, targetLen)
	in.PutUint32(at+16, headers)
	in.PutUint32(at+20, uint32(n))
	return at
}

func newKey(secret string) (k key, err error) {
	s := func() (s status) {
		in := core.Get()
		defer in.Put((*int32)(&s))
		defer in.Wipe()
		at := in.Room(len(k))
		s = status(in.Xhooksig_key_init(int32(at), int32(in.String(secret)), int32(len(secret))))
		copy(k[:], in.At(at, len(k)))
		return s
	}()
	if err = toError(s); err != nil {
		k = key{}
	}
	return k, err
}

func newPolicy() (policy, error) {
	var p policy
	return p, p.change(func(in *core.Instance, p int32) int32 { return in.Xhooksig_policy_init(p) })
}

func setMaxSkew(p *policy, seconds uint32) error {
	return p.change(func(in *core.Instance, p int32) int32 { return in.Xhooksig_policy_set_max_skew(p, int32(seconds)) })
}

func setRequired(p *policy, list string) error {
	return p.change(func(in *core.Instance, p int32) int32 {
		return in.Xhooksig_policy_require(p, int32(in.String(list)), int32(len(list)))
	})
}

func setKeyID(p *policy, keyID string) error {
	return p.change(func(in *core.Instance, p int32) int32 {
		return in.Xhooksig_policy_expect_key_id(p, int32(in.String(keyID)), int32(len(keyID)))
	})
}

func allowMissingAlgorithm(p *policy) error {
	return p.change(func(in *core.Instance, p int32) int32 { return in.Xhooksig_policy_allow_missing_algorithm(p, 1) })
}

func allowHS2019(p *policy) error {
	return p.change(func(in *core.Instance, p int32) int32 { return in.Xhooksig_policy_allow_hs2019(p, 1) })
}

// change calls a function of the core on the policy, and keeps the change only if it succeeds.
func (p *policy) change(call func(in *core.Instance, p int32) int32) error {
	return toError(func() (s status) {
		in := core.Get()
		defer in.Put((*int32)(&s))
		at := in.Bytes(p[:])
		if s = status(call(in, int32(at))); s == statusOK {
			copy(p[:], in.At(at, len(p)))
		}
		return s
	}())
}

// signDelivery signs the date and the digest of body, which crypto/sha256 computes without a copy.
func signDelivery(k *key, body []byte, now int64) (signed deliveryHeaders, err error) {
	signed.digest = digestField(body)
	s := func() (s status) {
		in := core.Get()
		defer in.Put((*int32)(&s))
		date, n := in.Room(dateLen), in.Room(4)
		if s = status(in.Xhooksig_date_format(now, int32(date), dateLen, int32(n))); s != statusOK {
			return s
		}
		signed.date = string(in.At(date, dateLen))
		headers := in.Room(2 * headerLen)
		putHeader(in, headers, in.String("date"), len("date"), date, dateLen)
		putHeader(in, headers+headerLen, in.String("digest"), len("digest"), in.String(signed.digest), digestFieldLen)
		signed.signature, s = sign(in, k, "hmac-key", putRequest(in, 0, 0, 0, 0, headers, 2), "date digest")
		return s
	}()
	if err = toError(s); err != nil {
		return deliveryHeaders{}, err
	}
	return signed, nil
}

func signRequest(k *key, keyID string, r *http.Request, list string) (field string, err error) {
	s := func() (s status) {
		in := core.Get()
		defer in.Put((*int32)(&s))
		h := newHead()
		defer h.release()
		h.layOutSent(r)
		field, s = sign(in, k, keyID, h.put(in), list)
		return s
	}()
	return field, toError(s)
}

func sign(in *core.Instance, k *key, keyID string, request uint32, list string) (string, status) {
	at := in.Secret(len(k))
	copy(in.At(at, len(k)), k[:])
	capacity := signatureBaseLen + len(keyID) + len(list)
	out, n := in.Room(capacity), in.Room(4)
	s := status(in.Xhooksig_sign(int32(at), int32(in.String(keyID)), int32(len(keyID)), int32(request),
		int32(in.String(list)), int32(len(list)), int32(out), int32(capacity), int32(n)))
	if s != statusOK {
		return "", s
	}
	return string(in.At(out, int(in.Uint32(n)))), s
}

func signingString(r *http.Request, list string) (text []byte, err error) {
	s := func() (s status) {
		in := core.Get()
		defer in.Put((*int32)(&s))
		h := newHead()
		defer h.release()
		h.layOutSent(r)
		request, names, n := int32(h.put(in)), int32(in.String(list)), in.Room(4)
		s = status(in.Xhooksig_signing_string(request, names, int32(len(list)), 0, 0, int32(n)))
		if s != statusBufferTooSmall {
			return s
		}
		needed := int(in.Uint32(n))
		out := in.Room(needed)
		s = status(in.Xhooksig_signing_string(request, names, int32(len(list)), int32(out), int32(needed), int32(n)))
		if s == statusOK {
			text = append([]byte(nil), in.At(out, needed)...)
		}
		return s
	}()
	return text, toError(s)
}

func digestField(body []byte) string {
	const name = "SHA-256="
	hash := sha256.Sum256(body)
	field := make([]byte, 0, digestFieldLen)
	return string(base64.StdEncoding.AppendEncode(append(field, name...), hash[:]))
}

func parseDate(date string, now int64) (seconds int64, err error) {
	s := func() (s status) {
		in := core.Get()
		defer in.Put((*int32)(&s))
		at := in.Room(8)
		s = status(in.Xhooksig_date_parse(int32(in.String(date)), int32(len(date)), now, int32(at)))
		seconds = int64(in.Uint64(at))
		return s
	}()
	if err = toError(s); err != nil {
		return 0, err
	}
	return seconds, nil
}

func statusName(code int) string {
	return textOf(func(in *core.Instance) int32 { return in.Xhooksig_status_name(int32(code)) })
}

func statusText(code int) string {
	return textOf(func(in *core.Instance) int32 { return in.Xhooksig_status_text(int32(code)) })
}

func textOf(call func(in *core.Instance) int32) (text string) {
	var s status
	in := core.Get()
	defer in.Put((*int32)(&s))
	return in.Text(call(in))
}
