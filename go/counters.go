package hooksig

import (
	"encoding/json"
	"maps"
	"sync"
)

// Counters counts requests by reason: ok for accepted ones, any other of [Reason] for refused ones.
// It is an expvar.Var. Its zero value is ready for use. A nil Counters counts nothing.
type Counters struct {
	mu     sync.Mutex
	counts map[string]uint64
}

// Counts returns the numbers by reason. A reason that never occurred is missing.
func (c *Counters) Counts() map[string]uint64 {
	if c == nil {
		return map[string]uint64{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := make(map[string]uint64, len(c.counts))
	maps.Copy(counts, c.counts)
	return counts
}

// String returns the numbers as a JSON object.
func (c *Counters) String() string {
	counts, _ := json.Marshal(c.Counts()) // Words and numbers can always be written.
	return string(counts)
}

// add counts a request that was accepted, or refused with err. A nil Counters counts nothing.
func (c *Counters) add(err error) {
	if c == nil {
		return
	}
	reason := Reason(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = make(map[string]uint64)
	}
	c.counts[reason]++
}
