package hooksig

import "net/http"

// VerifyWhole verifies with the whole head, whatever is in it.
func (v *Verifier) VerifyWhole(r *http.Request, body []byte) (Verified, error) {
	var out verdict
	if err := toError(v.receiveRequest(v.now(), r, body, false, &out)); err != nil {
		return Verified{}, err
	}
	return out.toVerified(), nil
}

// Len is how many deliveries are held.
func (s *MemoryStore) Len() int {
	return len(s.entries)
}
