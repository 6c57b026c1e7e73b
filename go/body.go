package hooksig

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxUnread is the buffer for a body before any of it has arrived. Drone's bodies are rarely
// longer. A stranger who announces more and sends nothing does not get more.
const maxUnread = 4 << 10

// maxDrain and maxDrainTime limit how much of a refused request's body is read and discarded.
// Closing a connection with unread bytes breaks it, and the sender may never read the answer.
const (
	maxDrain     = 8 << 20
	maxDrainTime = 5 * time.Second
)

// requestBody is the body of a request.
type requestBody struct {
	// nil for requests that no server made.
	reader io.Reader
	// begun and ended are set when reading has begun and has reached the end.
	begun, ended bool
}

// read reads at most limit bytes. length may be unknown, and is not trusted far.
func (b *requestBody) read(length, limit int64) ([]byte, error) {
	if b.reader == nil {
		return nil, nil
	}
	b.begun = true
	var body bytes.Buffer
	if length > 0 {
		body.Grow(int(min(length, maxUnread)) + bytes.MinRead)
	}
	_, err := body.ReadFrom(io.LimitReader(b.reader, max(limit, limit+1)))
	switch {
	case int64(body.Len()) > limit:
		return nil, ErrBodyTooLarge
	case err != nil:
		return nil, ErrBodyUnreadable
	default:
		b.ended = true
		return body.Bytes(), nil
	}
}

// refuse answers, drains the rest that the sender is still sending, and closes the connection,
// because net/http would reuse one even if its body could not be read to the end.
func (b *requestBody) refuse(w http.ResponseWriter, r *http.Request, err error) {
	control := http.NewResponseController(w)
	if !b.isDrainable(r) || control.EnableFullDuplex() != nil ||
		control.SetReadDeadline(time.Now().Add(maxDrainTime)) != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Connection", "close")
	refuse(w, err)
	if control.Flush() == nil {
		_, _ = io.CopyN(io.Discard, b.reader, maxDrain)
	}
}

// isDrainable reports whether the sender is sending a body, so that the connection depends on its
// end.
func (b *requestBody) isDrainable(r *http.Request) bool {
	if b.reader == nil || b.ended || r.ProtoMajor != 1 || r.ContentLength == 0 {
		return false
	}
	return b.begun || !strings.EqualFold(r.Header.Get("Expect"), "100-continue")
}

func refuse(w http.ResponseWriter, err error) {
	code := answer(err)
	text := http.StatusText(code) + "\n"
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	header.Set("X-Content-Type-Options", "nosniff")
	switch code {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", "Signature")
	case http.StatusMethodNotAllowed:
		header.Set("Allow", http.MethodPost)
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}

func answer(err error) int {
	switch {
	case errors.Is(err, ErrMethodNotAllowed):
		return http.StatusMethodNotAllowed
	case errors.Is(err, ErrBodyTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrBodyUnreadable):
		return http.StatusBadRequest
	case errors.Is(err, ErrReplayStoreFailed), errors.Is(err, ErrReplayStoreBusy), errors.Is(err, ErrReplayGuardFull):
		return http.StatusServiceUnavailable
	case errors.Is(err, ErrNoKeys), errors.Is(err, ErrEmptySecret), errors.Is(err, ErrNoHandler):
		return http.StatusInternalServerError
	default:
		return http.StatusUnauthorized
	}
}
