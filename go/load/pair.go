package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// whileDown is the number of new deliveries that are sent while Redis is down, and that of replays.
const whileDown = 20

// pairPatience is how long a pair may need to find Redis again.
const pairPatience = 15 * time.Second

// pair is two processes of one receiver that share a Redis server.
type pair struct {
	ctx       context.Context
	folder    string
	redis     *exec.Cmd
	processes [2]*process
}

// pairResult counts the outcomes of deliveries that were sent to both processes at the same moment.
type pairResult struct {
	receiver string
	sent     int
	// once were accepted by one of the two, byFirst of them by the first.
	once, byFirst int
	// refused were answered 503 by both while Redis was down, and back accepted by one of them after that.
	refused, back int
	replays       int
	faults        []string
	err           error
}

func (r *pairResult) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// runPair sends so many deliveries to two processes at once, stops Redis, and starts it again with the data
// that it kept.
func runPair(ctx context.Context, r receiver, n int) (result pairResult) {
	result.receiver = r.name
	p, err := startPair(ctx, r)
	if err != nil {
		result.err = err
		return result
	}
	defer p.end()
	p.sendAll(&result, n)
	result.err = p.check(&result)
	return result
}

func startPair(ctx context.Context, r receiver) (*pair, error) {
	folder, err := os.MkdirTemp("", "hooksig-pair-")
	if err != nil {
		return nil, err
	}
	p := &pair{ctx: ctx, folder: folder}
	if p.redis, err = startRedis(ctx, folder); err != nil {
		p.end()
		return nil, err
	}
	r.redis = redisSocket(folder)
	r.env = append(r.env[:len(r.env):len(r.env)], redisEnv+"="+r.redis)
	for i := range p.processes {
		own := filepath.Join(folder, fmt.Sprint(i))
		if err = os.Mkdir(own, 0o700); err == nil {
			p.processes[i], err = newProcess(r, own)
		}
		if err == nil {
			err = p.processes[i].start(ctx)
		}
		if err != nil {
			p.end()
			return nil, err
		}
	}
	return p, nil
}

func (p *pair) end() {
	for _, process := range p.processes {
		if process != nil && process.cmd != nil && process.cmd.ProcessState == nil {
			_ = process.cmd.Process.Kill()
			_ = process.cmd.Wait()
		}
	}
	p.stopRedis()
	os.RemoveAll(p.folder)
}

func (p *pair) stopRedis() {
	if p.redis != nil {
		_ = p.redis.Process.Kill()
		_ = p.redis.Wait()
		p.redis = nil
	}
}

func (p *pair) sendAll(result *pairResult, n int) {
	var known []*delivery
	for i := range n {
		d := newGenuine(fmt.Sprintf("p%07d", i))
		known = append(known, d)
		p.mustAcceptOnce(result, d)
	}
	replays := known[max(0, n-whileDown):]
	p.stopRedis()
	p.mustRefuse(result, replays)
	lost := p.sendWithoutRedis(result)
	var err error
	if p.redis, err = startRedis(p.ctx, p.folder); err != nil {
		result.err = err
		return
	}
	p.await(result)
	for _, d := range lost {
		if p.mustAcceptOnce(result, d) {
			result.back++
		}
	}
	p.mustRefuse(result, replays)
}

// mustAcceptOnce sends a delivery to both processes.
func (p *pair) mustAcceptOnce(result *pairResult, d *delivery) bool {
	result.sent++
	switch codes := p.sendToBoth(d); codes {
	case [2]int{http.StatusNoContent, http.StatusUnauthorized}:
		result.byFirst++
	case [2]int{http.StatusUnauthorized, http.StatusNoContent}:
	default:
		result.fault("%s was answered %v", d.id, codes)
		return false
	}
	result.once++
	return true
}

// mustRefuse sends deliveries that both processes know. They need no Redis for that.
func (p *pair) mustRefuse(result *pairResult, replays []*delivery) {
	for _, d := range replays {
		result.replays++
		if codes := p.sendToBoth(d); codes != [2]int{http.StatusUnauthorized, http.StatusUnauthorized} {
			result.fault("%s, a replay, was answered %v", d.id, codes)
		}
	}
}

// sendWithoutRedis returns the deliveries that were refused, which nobody claimed.
func (p *pair) sendWithoutRedis(result *pairResult) (refused []*delivery) {
	for i := range whileDown {
		d := newGenuine(fmt.Sprintf("q%07d", i))
		if codes := p.sendToBoth(d); codes != [2]int{http.StatusServiceUnavailable, http.StatusServiceUnavailable} {
			result.fault("%s was answered %v without Redis", d.id, codes)
		}
		refused = append(refused, d)
	}
	result.refused = len(refused)
	return refused
}

// await waits until both processes have found Redis again.
func (p *pair) await(result *pairResult) {
	end := time.Now().Add(pairPatience)
	for i := 0; time.Now().Before(end) && p.ctx.Err() == nil; i++ {
		codes := p.sendToBoth(newGenuine(fmt.Sprintf("r%07d", i)))
		if codes[0] != http.StatusServiceUnavailable && codes[1] != http.StatusServiceUnavailable {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	result.fault("Redis was not found again within %v", pairPatience)
}

// sendToBoth returns the statuses of the answers, 0 for none.
func (p *pair) sendToBoth(d *delivery) (codes [2]int) {
	start := make(chan struct{})
	var senders sync.WaitGroup
	for i, process := range p.processes {
		senders.Go(func() {
			c := &connection{process: process}
			defer c.close()
			_ = c.open()
			<-start
			codes[i] = c.send(d, 0, 0).code
		})
	}
	close(start)
	senders.Wait()
	return codes
}

// check stops the processes, and compares their logs with the deliveries that were sent.
func (p *pair) check(result *pairResult) error {
	total := map[string]int{}
	for _, process := range p.processes {
		if err := process.stop(); err != nil {
			result.fault("it did not end in peace: %v", err)
		}
		accepted, err := process.accepted()
		if err != nil {
			return err
		}
		for id, lives := range accepted {
			total[id] += len(lives)
		}
	}
	logged := 0
	for id, times := range total {
		if times != 1 {
			result.fault("%s was accepted %d times", id, times)
		}
		if !strings.HasPrefix(id, "r") {
			logged++
		}
	}
	if logged != result.once {
		result.fault("%d deliveries were logged as accepted, and %d answered so", logged, result.once)
	}
	return result.err
}

// pairTable returns the results of the pairs in Markdown.
func pairTable(results []pairResult) string {
	var out strings.Builder
	out.WriteString("| two of | sent to both | accepted once | by the first | 503 without Redis | accepted once it was back | replays refused |\n")
	out.WriteString("|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d | %d |\n",
			r.receiver, r.sent, r.once, r.byFirst, r.refused, r.back, r.replays)
	}
	return out.String()
}
