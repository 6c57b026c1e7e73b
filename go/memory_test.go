package hooksig

import (
	"testing"
	"time"
)

// The clock is read under the lock. Otherwise times could reach the store out of order.
func TestClockIsReadUnderTheLock(t *testing.T) {
	s := NewMemoryStore(10, DefaultMaxSkew)
	read := 0
	clock := func() time.Time {
		read++
		if s.mu.TryLock() {
			s.mu.Unlock()
			t.Error("the clock is read without the lock")
		}
		return time.Unix(1000, 0)
	}
	d := &Verified{Date: time.Unix(1000, 0), Expires: time.Unix(1300, 0)}
	if err := s.claim(d, clock); err != nil {
		t.Error(err)
	}
	if _, err := s.look(d, clock); err != ErrReplayed {
		t.Error(err)
	}
	if err := s.remember(d, clock); err != nil || read != 3 {
		t.Errorf("%v, the clock was read %d times", err, read)
	}
}
