package hooksig

import (
	"math"
	"time"
)

// Numbers instead of a time: no clock, and never.
const (
	noClock  = math.MinInt64
	noExpiry = math.MaxInt64
)

// Does not compile if DefaultMaxSkew differs from the library's.
var _ = [1]struct{}{}[DefaultMaxSkew-defaultMaxSkew*time.Second]

// verdict is the library's result for a request besides the status.
type verdict struct {
	tag                   Tag
	date, expires         int64
	keyIndex              int
	eventKind, actionKind int32
	// Event and action as they are in the body.
	eventText, actionText span
}

// span is a part of a body.
type span struct{ at, len int }

func (s span) of(body []byte) string {
	return string(body[s.at:][:s.len])
}

func (v *verdict) toVerified() Verified {
	return Verified{
		Tag:      v.tag,
		Date:     toTime(v.date, noClock),
		Expires:  toTime(v.expires, noExpiry),
		KeyIndex: v.keyIndex,
	}
}

// toTime returns the zero time for the number none.
func toTime(seconds, none int64) time.Time {
	if seconds == none {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// event returns the event in body, and whether there is one.
func (v *verdict) event(body []byte) (string, bool) {
	switch v.eventKind {
	case eventAbsent:
		return "", false
	case eventUser:
		return EventUser, true
	case eventRepo:
		return EventRepo, true
	case eventBuild:
		return EventBuild, true
	default:
		return v.eventText.of(body), true
	}
}

// action returns the action in body, or "".
func (v *verdict) action(body []byte) string {
	switch v.actionKind {
	case actionAbsent:
		return ""
	case actionCreated:
		return ActionCreated
	case actionUpdated:
		return ActionUpdated
	case actionDeleted:
		return ActionDeleted
	case actionEnabled:
		return ActionEnabled
	case actionDisabled:
		return ActionDisabled
	default:
		return v.actionText.of(body)
	}
}

// deliveryHeaders holds the values of the fields with which Drone signs a delivery.
type deliveryHeaders struct {
	date, digest, signature string
}
