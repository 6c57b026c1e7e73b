package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// result is the outcome for one receiver.
type result struct {
	receiver string
	sent     int
	took     time.Duration

	genuine, once int
	// lost counts deliveries claimed by a receiver that was killed before it could answer, or expired
	// while it was down.
	lost int
	// again counts deliveries accepted again by a receiver that forgot them when it was killed.
	again int
	// forged counts accepted forgeries.
	forged int
	// wrong counts answers that contradict the receiver's log.
	wrong int
	// left counts connections that the receiver does not close.
	left   int
	memory string
	// settled is true if the last half took long enough to judge the growth of the memory.
	settled bool

	// faults lists the broken promises.
	faults []string
	// err is the reason why it could not be loaded to the end.
	err error
}

func (r result) failed(err error) result {
	r.err = err
	return r
}

func (r *result) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// A leak per connection shows: 32 KiB for each of thousands of deliveries.
const maxGrowth = 16 << 20

// The memory of a sound receiver grows at first, because of its garbage collector and allocator.
const settles = 20 * time.Second

func (r *result) addMemory(half, end int) {
	r.memory = fmt.Sprintf("%.1f, %.1f", float64(half)/(1<<20), float64(end)/(1<<20))
	if r.settled && end > half+maxGrowth {
		r.fault("its memory grew from %d to %d bytes in the last half", half, end)
	}
}

// count compares the sent deliveries with those that the receiver accepted in each of its lives.
func (r *result) count(sent []*delivery, accepted map[string][]int, of receiver) {
	for _, d := range sent {
		r.sent += len(d.answers)
		lives := accepted[d.id]
		delete(accepted, d.id)
		if d.genuine {
			r.genuine++
			r.countGenuine(d, lives, of)
		} else {
			r.countForgery(d, lives)
		}
	}
	for id := range accepted {
		r.forged++
		r.fault("%s was accepted and never sent", id)
	}
	if r.left > 0 {
		r.fault("%d connections are left", r.left)
	}
}

func (r *result) countForgery(d *delivery, lives []int) {
	if len(lives) > 0 {
		r.forged++
		r.fault("%s was accepted: %s", d.id, d.raw)
	}
	for _, a := range d.answers {
		if a.code != http.StatusUnauthorized && !a.killed {
			r.wrongAnswer(d, lives)
			return
		}
	}
}

func (r *result) countGenuine(d *delivery, lives []int, of receiver) {
	switch {
	case len(lives) == 1:
		r.once++
	case len(lives) == 0 && (of.keepsClaims || d.expires) && d.isTakenByKill():
		r.lost++
	case len(lives) > 1 && !of.keepsClaims && isEachOnce(lives):
		r.once++
		r.again++
	case len(lives) > 1:
		r.forged++
		r.fault("%s was accepted in the lives %v, with the answers %v", d.id, lives, d.answers)
	default:
		r.fault("%s was not accepted, with the answers %v", d.id, d.answers)
	}
	if !d.bearsOut(lives) {
		r.wrongAnswer(d, lives)
	}
}

func (r *result) wrongAnswer(d *delivery, lives []int) {
	r.wrong++
	r.fault("%s, accepted in the lives %v, was answered %v", d.id, lives, d.answers)
}

func isEachOnce(lives []int) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(lives)))) == len(lives)
}

// isTakenByKill reports whether the receiver was killed while it had the delivery.
func (d *delivery) isTakenByKill() bool {
	last := d.answers[len(d.answers)-1].life
	return slices.ContainsFunc(d.answers, func(a answer) bool { return a.killed || a.hungUp && a.life < last })
}

// bearsOut reports whether the answers to a genuine delivery are those of a receiver that accepted
// it in these lives: 204 for each life except those whose answer was lost, 401 for anything else.
func (d *delivery) bearsOut(lives []int) bool {
	accepted, taken := 0, 0
	for _, a := range d.answers {
		switch {
		case a.code == http.StatusNoContent:
			accepted++
		case a.killed || a.hungUp:
			taken++
		case a.code != http.StatusUnauthorized:
			return false
		}
	}
	return accepted <= len(lives) && len(lives) <= accepted+taken
}
