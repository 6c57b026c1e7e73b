package hooksig

import (
	"net/http"
	"time"
)

// VerifyWhole verifies with the whole head, whatever its content.
func (v *Verifier) VerifyWhole(r *http.Request, body []byte) (Verified, error) {
	var out verdict
	if err := toError(v.receiveRequest(v.now(), r, body, false, &out)); err != nil {
		return Verified{}, err
	}
	return out.toVerified(), nil
}

// Len returns the number of deliveries held.
func (s *MemoryStore) Len() int {
	return len(s.entries)
}

// Forget drops what may be forgotten, as a claim does if there are many entries.
func (s *MemoryStore) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(time.Now().Unix())
}
