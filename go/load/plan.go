package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// plan is the load of each receiver.
type plan struct {
	deliveries  int
	connections int
	kills       int
	limit       time.Duration
	// together is how many deliveries a pair gets.
	together int
}

// mix is the number of each kind in a hundred deliveries. A replay repeats an earlier delivery.
var mix = []struct {
	percent int
	send    func(*run, *connection, string)
}{
	{34, (*run).sendGenuine},
	{30, (*run).sendForgery},
	{15, (*run).sendReplay},
	{3, (*run).sendAtOnce},
	{1, (*run).sendAroundTheEnd},
	{1, (*run).sendAroundTheBeginning},
	{8, (*run).sendAfterTruncated},
	{4, (*run).sendSlowly},
	{4, (*run).sendAfterHangUp},
}

// stalls is the number of senders, per thousand deliveries, that fall silent in the middle.
const stalls = 5

// run is one receiver under load.
type run struct {
	plan
	ctx     context.Context
	process *process

	next  atomic.Int64
	stuck atomic.Int64

	mu   sync.Mutex
	sent []*delivery
}

func (p plan) run(ctx context.Context, r receiver) result {
	result := result{receiver: r.name}
	folder, err := os.MkdirTemp("", "hooksig-load-")
	if err != nil {
		return result.failed(err)
	}
	defer os.RemoveAll(folder)
	if r.keepsClaims {
		redis, err := startRedis(ctx, folder)
		if err != nil {
			return result.failed(err)
		}
		defer func() {
			_ = redis.Process.Kill()
			_ = redis.Wait()
		}()
		r.redis = redisSocket(folder)
		r.env = append(r.env, redisEnv+"="+r.redis)
	}
	process, err := newProcess(r, folder)
	if err != nil {
		return result.failed(err)
	}
	run := &run{plan: p, ctx: ctx, process: process}
	return run.all(result)
}

func redisSocket(folder string) string { return folder + "/redis" }

// startRedis starts a Redis server that keeps its data in the folder. There may be data from an
// earlier run.
func startRedis(ctx context.Context, folder string) (*exec.Cmd, error) {
	socket := redisSocket(folder)
	_ = os.Remove(socket)
	redis := exec.CommandContext(ctx, "redis-server", "--port", "0", "--unixsocket", socket, "--save", "",
		"--appendonly", "yes", "--appendfsync", "always", "--dir", folder)
	if err := redis.Start(); err != nil {
		return nil, err
	}
	for range 100 {
		if _, err := os.Stat(socket); err == nil {
			return redis, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return redis, fmt.Errorf("redis-server has no socket %s", socket)
}

// all runs the plan: parts of the load with a kill in the middle between each two. It reads the
// memory before the last half of the last part, and at the end.
func (r *run) all(result result) result {
	if err := r.process.start(r.ctx); err != nil {
		return result.failed(err)
	}
	started := time.Now()
	var stalled sync.WaitGroup
	part := r.deliveries / (r.kills + 1)
	for range r.kills {
		r.stall(&stalled, part)
		if err := r.loadAndKill(part); err != nil {
			return result.failed(err)
		}
	}
	r.stall(&stalled, part)
	r.load(part / 2)
	half, err := r.process.memory()
	if err != nil {
		return result.failed(err)
	}
	halved := time.Now()
	r.load(part - part/2)
	result.took = time.Since(started)
	result.settled = time.Since(halved) >= settles
	stalled.Wait()
	return r.finish(result, half)
}

// finish counts once all senders are done, and stops the receiver.
func (r *run) finish(result result, half int) result {
	left, err := r.process.connectionsLeft()
	if err != nil {
		return result.failed(err)
	}
	end, err := r.process.memory()
	if err != nil {
		return result.failed(err)
	}
	if err := r.process.stop(); err != nil {
		result.fault("it did not end in peace: %v", err)
	}
	accepted, err := r.process.accepted()
	if err != nil {
		return result.failed(err)
	}
	if r.ctx.Err() != nil {
		return result.failed(r.ctx.Err())
	}
	result.left = left + int(r.stuck.Load())
	result.addMemory(half, end)
	result.count(r.sent, accepted, r.process.receiver)
	return result
}

// load sends n deliveries over all connections.
func (r *run) load(n int) {
	jobs := make(chan func(*connection))
	var senders sync.WaitGroup
	for range r.connections {
		senders.Go(func() {
			c := &connection{process: r.process}
			defer c.close()
			for job := range jobs {
				job(c)
			}
		})
	}
	for range n {
		if r.ctx.Err() != nil {
			break
		}
		send := choose()
		id := r.newID()
		jobs <- func(c *connection) { send(r, c, id) }
	}
	close(jobs)
	senders.Wait()
}

// loadAndKill kills the receiver when about half is sent, and restarts it.
func (r *run) loadAndKill(n int) error {
	from := r.next.Load()
	killed := make(chan error)
	go func() {
		for r.next.Load() < from+int64(n/2) && r.ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		killed <- r.process.restart(r.ctx)
	}()
	done := make(chan struct{})
	go func() {
		r.load(n)
		close(done)
	}()
	err := <-killed
	<-done
	return err
}

func choose() func(*run, *connection, string) {
	n := rand.IntN(100)
	for _, m := range mix {
		if n -= m.percent; n < 0 {
			return m.send
		}
	}
	panic("the mix is not of a hundred")
}

func (r *run) newID() string {
	return fmt.Sprintf("n%07d", r.next.Add(1))
}

func (r *run) remember(d *delivery) *delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, d)
	return d
}

// deliver sends until there is an answer: a delivery whose answer was lost by a kill is sent again.
func (r *run) deliver(c *connection, d *delivery, piece int, pause time.Duration) {
	for range 3 {
		if a := c.send(d, piece, pause); a.err == nil || r.ctx.Err() != nil {
			return
		}
	}
}

func (r *run) sendGenuine(c *connection, id string) {
	r.deliver(c, r.remember(newGenuine(id)), 0, 0)
}

var ways = slices.Sorted(maps.Keys(forgeries))

func (r *run) sendForgery(c *connection, id string) {
	how := forgeries[ways[rand.IntN(len(ways))]]
	r.deliver(c, r.remember(newForgery(id, how)), 0, 0)
}

func (r *run) sendReplay(c *connection, id string) {
	d := r.anyGenuine()
	if d == nil {
		d = r.remember(newGenuine(id))
		r.deliver(c, d, 0, 0)
	}
	r.deliver(c, d, 0, 0)
}

// anyGenuine returns a delivery that was sent before, perhaps to a receiver killed since.
func (r *run) anyGenuine() *delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	for range 10 {
		if len(r.sent) == 0 {
			break
		}
		if d := r.sent[rand.IntN(len(r.sent))]; d.genuine {
			return d
		}
	}
	return nil
}

// sendAtOnce sends the same delivery over several connections at the same moment.
func (r *run) sendAtOnce(c *connection, id string) {
	d := r.remember(newGenuine(id))
	var senders sync.WaitGroup
	start := make(chan struct{})
	for range 4 {
		senders.Go(func() {
			c := &connection{process: r.process}
			defer c.close()
			_ = c.open()
			<-start
			r.deliver(c, d, 0, 0)
		})
	}
	close(start)
	senders.Wait()
}

// A delivery is repeated for this time before and after an end of the window: longer than a
// receiver's clock may lag, and than the margin that it remembers an expired delivery.
const (
	beforeEnd = 2 * time.Second
	afterEnd  = 4 * time.Second
)

// sendAroundTheEnd replays a delivery until it has expired and any receiver may have forgotten it.
func (r *run) sendAroundTheEnd(c *connection, id string) {
	d := newDated(id, time.Now().Add(beforeEnd-hooksig.DefaultMaxSkew))
	d.expires = true
	r.remember(d)
	r.deliver(c, d, 0, 0)
	r.sendUntil(d, time.Now().Add(beforeEnd+afterEnd))
}

// sendAroundTheBeginning sends a delivery before it is valid: it is accepted once it is.
func (r *run) sendAroundTheBeginning(_ *connection, id string) {
	d := r.remember(newDated(id, time.Now().Add(beforeEnd+hooksig.DefaultMaxSkew)))
	r.sendUntil(d, time.Now().Add(2*beforeEnd))
}

// sendUntil sends the same delivery over several connections.
func (r *run) sendUntil(d *delivery, end time.Time) {
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			c := &connection{process: r.process}
			defer c.close()
			for time.Now().Before(end) && r.ctx.Err() == nil {
				r.deliver(c, d, 0, 0)
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	senders.Wait()
}

// A truncated delivery is not accepted, and the whole one still is.
func (r *run) sendAfterTruncated(c *connection, id string) {
	d := r.remember(newGenuine(id))
	for range 2 {
		own := &connection{process: r.process}
		own.breakOff(d.raw[:1+rand.IntN(len(d.raw)-1)], rand.IntN(2) == 0)
	}
	r.deliver(c, d, 0, 0)
}

func (r *run) sendSlowly(c *connection, id string) {
	d := r.remember(newGenuine(id))
	r.deliver(c, d, len(d.raw)/8+1, 25*time.Millisecond)
}

// A delivery whose sender hangs up is accepted then or when it comes again, and not lost between
// the two.
func (r *run) sendAfterHangUp(c *connection, id string) {
	d := r.remember(newGenuine(id))
	own := &connection{process: r.process}
	own.breakOff(d.raw, rand.IntN(2) == 0)
	d.add(answer{hungUp: true, life: own.life})
	r.deliver(c, d, 0, 0)
}

// stall starts senders that fall silent, for a part of the given size.
func (r *run) stall(stalled *sync.WaitGroup, part int) {
	for range part * stalls / 1000 {
		d := r.remember(&delivery{id: r.newID()})
		stalled.Go(func() {
			raw := newGenuine(d.id).raw
			own := &connection{process: r.process}
			if !own.isHungUp(raw[:rand.IntN(len(raw))]) {
				r.stuck.Add(1)
			}
		})
	}
}
