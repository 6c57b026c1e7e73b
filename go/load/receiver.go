package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// receiver is a program to load.
type receiver struct {
	name string
	// keepsClaims is true if accepted deliveries are remembered over a kill.
	keepsClaims bool
	program     string
	args        []string
	env         []string
	// isReplica is true for tower/examples/replica.rs, which takes its address and that of Redis.
	isReplica bool
	redis     string
}

var receivers = []receiver{
	{name: "c", args: []string{"--guard", "131072"}},
	{name: "go", env: []string{serveEnv + "=memory"}},
	{name: "go-redis", keepsClaims: true, env: []string{serveEnv + "=redis"}},
	{name: "rust-redis", keepsClaims: true, isReplica: true},
}

// find looks for the required programs.
func (r *receiver) find(cReceiver, rustReceiver string) (err error) {
	if r.keepsClaims {
		if _, err := exec.LookPath("redis-server"); err != nil {
			return err
		}
	}
	switch {
	case r.isReplica && rustReceiver == "":
		return errors.New("-rust-receiver does not say where the program is")
	case r.isReplica:
		r.program, err = exec.LookPath(rustReceiver)
	case r.env != nil:
		r.program, err = os.Executable()
	case cReceiver == "":
		return errors.New("-c-receiver does not say where the program is")
	default:
		r.program, err = exec.LookPath(cReceiver)
	}
	return err
}

func (r *receiver) arguments(port int) []string {
	if r.isReplica {
		return []string{fmt.Sprintf("127.0.0.1:%d", port), "redis+unix://" + r.redis}
	}
	return append([]string{"--port", strconv.Itoa(port)}, r.args...)
}

// process is a running receiver, with one address through all its lives.
type process struct {
	receiver
	folder string
	port   int
	// kills is the number of kills so far.
	kills atomic.Int32
	// restarting is held from before a kill until it listens again.
	restarting sync.RWMutex
	cmd        *exec.Cmd
}

func newProcess(r receiver, folder string) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	return &process{receiver: r, folder: folder, port: listener.Addr().(*net.TCPAddr).Port}, nil
}

func (p *process) addr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port))
}

// log returns the log of accepted deliveries of the life after so many kills.
func (p *process) log(kills int) string {
	return filepath.Join(p.folder, fmt.Sprintf("log.%d", kills))
}

// start returns when the receiver listens.
func (p *process) start(ctx context.Context) error {
	log, err := os.Create(p.log(int(p.kills.Load())))
	if err != nil {
		return err
	}
	defer log.Close()
	p.cmd = exec.CommandContext(ctx, p.program, p.arguments(p.port)...)
	p.cmd.Env = append(append(os.Environ(), "DRONE_WEBHOOK_SECRET="+secret), p.env...)
	p.cmd.Stderr = log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "listening on ") {
		return fmt.Errorf("it does not listen: %q, %w", line, err)
	}
	return nil
}

// restart kills the receiver as a crash would, and starts it again.
func (p *process) restart(ctx context.Context) error {
	p.restarting.Lock()
	defer p.restarting.Unlock()
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = p.cmd.Wait()
	p.kills.Add(1)
	return p.start(ctx)
}

// isKilled reports whether that life is over. It waits while the receiver is down.
func (p *process) isKilled(life int) bool {
	p.restarting.RLock()
	defer p.restarting.RUnlock()
	return life != int(p.kills.Load())
}

// stop asks the receiver to exit, which it must do cleanly.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.cmd.Wait()
}

var acceptedLine = regexp.MustCompile(`accepted ok build:(\S+)`)

// accepted returns for each id the lives that accepted it.
func (p *process) accepted() (map[string][]int, error) {
	accepted := map[string][]int{}
	for kills := range int(p.kills.Load()) + 1 {
		log, err := os.ReadFile(p.log(kills))
		if err != nil {
			return nil, err
		}
		for _, found := range acceptedLine.FindAllSubmatch(log, -1) {
			id := string(found[1])
			accepted[id] = append(accepted[id], kills)
		}
	}
	return accepted, nil
}

// memory returns the receiver's memory in bytes.
func (p *process) memory() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	return kib << 10, err
}

// connections returns the number of open connections of the receiver.
func (p *process) connections() (int, error) {
	sockets, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return 0, err
	}
	const established, closeWait = "01", "08"
	n := 0
	for line := range strings.Lines(string(sockets)) {
		fields := strings.Fields(line)
		_, port, _ := strings.Cut(fields[1], ":")
		if port == fmt.Sprintf("%04X", p.port) && (fields[3] == established || fields[3] == closeWait) {
			n++
		}
	}
	return n, nil
}

// connectionsLeft waits for the receiver to close unused connections.
func (p *process) connectionsLeft() (n int, err error) {
	for range 50 {
		if n, err = p.connections(); n == 0 || err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return n, err
}
