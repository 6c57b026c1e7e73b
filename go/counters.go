package hooksig

import (
	"encoding/json"
	"maps"
	"sync"
)

// Counters counts requests by reason: ok for the accepted, any other of [Reason] for the refused. It
// is an expvar.Var, and its zero value is ready for use. A nil one counts nothing.
type Counters struct {
	mu     sync.Mutex
	counts map[string]uint64
}

// Counts returns the numbers by reason. A reason that never occurred is not there.
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

// String gives the numbers as a JSON object.
func (c *Counters) String() string {
	counts, _ := json.Marshal(c.Counts()) // Words and numbers always can be written.
	return string(counts)
}

// add counts a request that was accepted or refused with err. Nil counters count nothing.
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
