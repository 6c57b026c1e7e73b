package hooksig

import "errors"

// StatusError is a status of the library other than success. Each known one is a variable of this package, to
// be compared with [errors.Is]. For a number that this version does not know, a new StatusError is returned.
type StatusError struct {
	// Code is the number, as in hooksig.h.
	Code int
}

// Error gives one sentence for the operator. It is not meant for the sender.
func (e *StatusError) Error() string {
	return "hooksig: " + statusText(e.Code)
}

// Reason gives the library's word for the status, such as digest-mismatch.
func (e *StatusError) Reason() string {
	return statusName(e.Code)
}

// The statuses of the library.
var (
	// ErrNullPointer: a pointer is NULL, and neither its length nor its text allows that.
	ErrNullPointer = sentinel(statusNullPointer)
	// ErrInvalidLength: a length is larger than any object can be.
	ErrInvalidLength = sentinel(statusInvalidLength)
	// ErrWrongState: a handle was not initialised, was wiped, or is finished.
	ErrWrongState = sentinel(statusWrongState)
	// ErrBufferTooSmall: an output buffer is too small, or a list or keyId is too long for a policy.
	ErrBufferTooSmall = sentinel(statusBufferTooSmall)
	// ErrEmptySecret: the secret has no bytes, or only NUL bytes.
	ErrEmptySecret = sentinel(statusEmptySecret)
	// ErrNoKeys: no key was given.
	ErrNoKeys = sentinel(statusNoKeys)
	// ErrInvalidKeyID: the keyId to sign with is empty or holds a quote, a backslash or a control byte.
	ErrInvalidKeyID = sentinel(statusInvalidKeyID)
	// ErrEmptyList: the list of headers to sign or to require is empty.
	ErrEmptyList = sentinel(statusEmptyList)
	// ErrTimeOutOfRange: the time has no HTTP-date: its year is not in 0 to 9999.
	ErrTimeOutOfRange = sentinel(statusTimeOutOfRange)
	// ErrMissingSignature: there is neither a Signature field nor an Authorization field with the Signature scheme.
	ErrMissingSignature = sentinel(statusMissingSignature)
	// ErrRepeatedSignature: there is more than one signature.
	ErrRepeatedSignature = sentinel(statusRepeatedSignature)
	// ErrRFC9421Signature: the signature follows RFC 9421, which Drone does not use.
	ErrRFC9421Signature = sentinel(statusRFC9421Signature)
	// ErrMalformedParams: the signature's parameters are not a list of RFC 7235 auth-params.
	ErrMalformedParams = sentinel(statusMalformedParams)
	// ErrRepeatedParam: a parameter appears twice.
	ErrRepeatedParam = sentinel(statusRepeatedParam)
	// ErrMissingParam: keyId, algorithm, headers or signature is absent or empty.
	ErrMissingParam = sentinel(statusMissingParam)
	// ErrUnsupportedAlgorithm: the algorithm is not one that the policy allows.
	ErrUnsupportedAlgorithm = sentinel(statusUnsupportedAlgorithm)
	// ErrMalformedSignature: the signature is not the canonical, padded base64 of 32 bytes.
	ErrMalformedSignature = sentinel(statusMalformedSignature)
	// ErrMalformedList: a list of headers is not a list of header names separated by single spaces.
	ErrMalformedList = sentinel(statusMalformedList)
	// ErrRepeatedName: a list of headers holds a name twice.
	ErrRepeatedName = sentinel(statusRepeatedName)
	// ErrTooManyNames: a list of headers holds more than 128 names, or more than 16 fields of the request repeat
	// one of them.
	ErrTooManyNames = sentinel(statusTooManyNames)
	// ErrUnsupportedName: a list of headers holds (created) or (expires), which cannot be used with HMAC.
	ErrUnsupportedName = sentinel(statusUnsupportedName)
	// ErrMissingHeader: a listed header is not in the request.
	ErrMissingHeader = sentinel(statusMissingHeader)
	// ErrControlByte: a covered value has a control byte other than HTAB, or the method or target has a control
	// byte or a space.
	ErrControlByte = sentinel(statusControlByte)
	// ErrMissingDate: there is no Date field.
	ErrMissingDate = sentinel(statusMissingDate)
	// ErrRepeatedDate: there is more than one Date field.
	ErrRepeatedDate = sentinel(statusRepeatedDate)
	// ErrMalformedDate: Date is not an HTTP-date.
	ErrMalformedDate = sentinel(statusMalformedDate)
	// ErrMissingDigest: there is no Digest field.
	ErrMissingDigest = sentinel(statusMissingDigest)
	// ErrRepeatedDigest: there is more than one Digest field.
	ErrRepeatedDigest = sentinel(statusRepeatedDigest)
	// ErrMalformedDigest: Digest is not a list of algorithm=value, or its SHA-256 is not canonical base64 of 32 bytes.
	ErrMalformedDigest = sentinel(statusMalformedDigest)
	// ErrUnsupportedDigest: Digest has no SHA-256.
	ErrUnsupportedDigest = sentinel(statusUnsupportedDigest)
	// ErrNotCovered: a required header is not covered by the signature.
	ErrNotCovered = sentinel(statusNotCovered)
	// ErrUnexpectedKeyID: keyId is not the one that the policy expects.
	ErrUnexpectedKeyID = sentinel(statusUnexpectedKeyID)
	// ErrDateTooOld: Date lies further in the past than the policy allows.
	ErrDateTooOld = sentinel(statusDateTooOld)
	// ErrDateTooNew: Date lies further in the future than the policy allows.
	ErrDateTooNew = sentinel(statusDateTooNew)
	// ErrSignatureMismatch: no key makes this signature.
	ErrSignatureMismatch = sentinel(statusSignatureMismatch)
	// ErrDigestMismatch: the body is not the one that Digest was computed from.
	ErrDigestMismatch = sentinel(statusDigestMismatch)
	// ErrEventMismatch: X-Drone-Event contradicts the event in the body.
	ErrEventMismatch = sentinel(statusEventMismatch)
	// ErrReplayed: the delivery was accepted before.
	ErrReplayed = sentinel(statusReplayed)
	// ErrReplayGuardFull: the replay guard is full of deliveries that may still be replayed.
	ErrReplayGuardFull = sentinel(statusReplayGuardFull)
	// ErrMalformedBody: the body is not a JSON object, its event or action is not a string or is repeated, or a
	// name differs from event or action only in ASCII case.
	ErrMalformedBody = sentinel(statusMalformedBody)
	// ErrMalformedHead: a raw head is not the head of an HTTP/1.1 (or 1.0) request.
	ErrMalformedHead = sentinel(statusMalformedHead)
	// ErrHostMismatch: host is covered, and the field appears twice, or an absolute target names another host.
	ErrHostMismatch = sentinel(statusHostMismatch)
	// ErrSkewTooLarge: the delivery was verified under a policy with a larger skew than the replay guard's.
	ErrSkewTooLarge = sentinel(statusSkewTooLarge)
	// ErrSigningStringTooLong: the signing string, which is all covered names and values, is longer than 4096 bytes.
	ErrSigningStringTooLong = sentinel(statusSigningStringTooLong)
)

// statuses maps numbers to sentinels.
var statuses = map[status]error{}

// status is a number that the library returned.
type status int32

// statusTrapped is the status of a call in which the core stopped. A linked library never
// returns it.
const statusTrapped status = -1

func sentinel(s status) error {
	err := &StatusError{Code: int(s)}
	statuses[s] = err
	return err
}

func toError(s status) error {
	if s == statusOK {
		return nil
	}
	if err, ok := statuses[s]; ok {
		return err
	}
	if s == statusTrapped {
		return ErrCoreFailed
	}
	return &StatusError{Code: int(s)}
}

// Refusals besides the library's.
var (
	// ErrMethodNotAllowed: the method is not POST.
	ErrMethodNotAllowed error = &refusal{"method-not-allowed", "the method is not POST"}
	// ErrBodyTooLarge: the body is longer than the middleware allows.
	ErrBodyTooLarge error = &refusal{"body-too-large", "the body is longer than allowed"}
	// ErrBodyUnreadable: the connection failed before the end of the body.
	ErrBodyUnreadable error = &refusal{"body-unreadable", "the body could not be read"}
	// ErrReplayStoreFailed: the replay store could not tell whether the delivery is new.
	ErrReplayStoreFailed error = &refusal{"replay-store-failed", "the replay store failed"}
	// ErrReplayStoreBusy: too many callers ask the replay store at once.
	ErrReplayStoreBusy error = &refusal{"replay-store-busy", "too many ask the replay store at once"}
	// ErrCoreFailed: the core stopped in the middle of a call, which is a bug in hooksig.
	ErrCoreFailed error = &refusal{"core-failed", "the core failed; please report this"}
	// ErrNoHandler: the middleware has no handler to pass a delivery to, or the handler has no plugin.
	ErrNoHandler error = &refusal{"no-handler", "there is no handler for deliveries"}
)

// ErrRedirected is the error of [Transport] for a redirected request, which is not signed again.
var ErrRedirected = errors.New("hooksig: a redirected request is not signed: its receiver is one that the first one chose")

type refusal struct{ reason, text string }

func (r *refusal) Error() string  { return "hooksig: " + r.text }
func (r *refusal) Reason() string { return r.reason }

// Reason returns a stable word for an error of Verify or the middleware, for logs and metrics: ok
// for nil, the library's name of a status such as digest-mismatch, method-not-allowed,
// body-too-large, body-unreadable, replay-store-failed, replay-store-busy, no-handler, or other.
func Reason(err error) string {
	var known interface{ Reason() string }
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &known):
		return known.Reason()
	default:
		return "other"
	}
}
