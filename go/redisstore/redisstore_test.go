package redisstore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	hooksig "github.com/hooksig/hooksig/go"
	"github.com/hooksig/hooksig/go/redisstore"
)

const secret = "bea26a2221fd8090ea38720fc445eca6"

// The environment variable that turns the test binary into a receiver with the Redis server at that
// address.
const receiverEnv = "HOOKSIG_TEST_RECEIVER"

func TestMain(m *testing.M) {
	if addr := os.Getenv(receiverEnv); addr != "" {
		log.Fatal(receive(addr))
	}
	os.Exit(m.Run())
}

// receive serves on a free port, which it prints, until the process is killed.
func receive(redisAddr string) error {
	store, err := newStore(redisAddr)
	if err != nil {
		return err
	}
	v, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore(store))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	accept := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return http.Serve(listener, hooksig.Middleware(v)(accept))
}

// newStore returns a store on a client that gives up early.
func newStore(addr string) (*redisstore.Store, error) {
	return redisstore.New(redis.NewClient(&redis.Options{
		Addr: addr, DialTimeout: time.Second, MaxRetries: 1, DialerRetries: 1,
	}))
}

// redisServer is a Redis server of the test.
type redisServer struct {
	addr string
	*exec.Cmd
}

// startRedis starts a server without persistence on a free port.
func startRedis(t testing.TB, args ...string) *redisServer {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("missing: redis-server")
		}
		t.Skip("missing: redis-server")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	addr := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(addr)
	args = append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir()}, args...)
	server := &redisServer{addr, exec.Command(path, args...)}
	check(t, server.Start())
	t.Cleanup(server.stop)
	server.await(t)
	return server
}

func (s *redisServer) await(t testing.TB) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.addr})
	defer client.Close()
	for range 100 {
		if client.Ping(context.Background()).Err() == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("redis-server does not answer")
}

func (s *redisServer) stop() {
	_ = s.Process.Kill()
	_ = s.Wait()
}

// startReceiver starts a receiver process, and returns its address.
func startReceiver(t *testing.T, redisAddr string) string {
	t.Helper()
	receiver := exec.Command(os.Args[0])
	receiver.Env = append(os.Environ(), receiverEnv+"="+redisAddr)
	receiver.Stderr = os.Stderr
	out, err := receiver.StdoutPipe()
	check(t, err)
	check(t, receiver.Start())
	t.Cleanup(func() {
		_ = receiver.Process.Kill()
		_ = receiver.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	check(t, err)
	return strings.TrimSpace(addr)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// delivery returns a genuine delivery as raw HTTP.
func delivery(t *testing.T, number int) []byte {
	t.Helper()
	body := fmt.Appendf(nil, `{"event":"build","action":"created","number":%d}`, number)
	r, err := http.NewRequest("POST", "http://receiver/hooks", bytes.NewReader(body))
	check(t, err)
	signer, err := hooksig.NewSigner(secret)
	check(t, err)
	check(t, signer.Sign(r, body, time.Now()))
	var raw bytes.Buffer
	check(t, r.Write(&raw))
	return raw.Bytes()
}

// peer is a connection to a receiver.
type peer struct {
	net.Conn
	answers *bufio.Reader
}

func connect(t *testing.T, addr string) *peer {
	t.Helper()
	connection, err := net.Dial("tcp", addr)
	check(t, err)
	t.Cleanup(func() { connection.Close() })
	return &peer{connection, bufio.NewReader(connection)}
}

// send returns the status of the answer, or 0.
func (p *peer) send(raw []byte) int {
	if _, err := p.Write(raw); err != nil {
		return 0
	}
	answer, err := http.ReadResponse(p.answers, nil)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// If a delivery is sent to two processes at the same moment, exactly one accepts it, a thousand
// times in a row.
func TestTwoProcessesAcceptOnce(t *testing.T) {
	server := startRedis(t)
	peers := [2]*peer{
		connect(t, startReceiver(t, server.addr)),
		connect(t, startReceiver(t, server.addr)),
	}
	var acceptedBy [2]int
	for number := range 1000 {
		codes := sendToBoth(peers, delivery(t, number))
		switch codes {
		case [2]int{204, 401}:
			acceptedBy[0]++
		case [2]int{401, 204}:
			acceptedBy[1]++
		default:
			t.Fatalf("delivery %d: answers %v", number, codes)
		}
	}
	t.Logf("accepted by the first process %d times, by the second %d times", acceptedBy[0], acceptedBy[1])
}

func sendToBoth(peers [2]*peer, raw []byte) (codes [2]int) {
	start, done := make(chan struct{}), make(chan struct{})
	for i, peer := range peers {
		go func() {
			<-start
			codes[i] = peer.send(raw)
			done <- struct{}{}
		}()
	}
	close(start)
	<-done
	<-done
	return codes
}

// While Redis is down, deliveries are refused; once it is back, they are accepted again.
func TestRedisStopsInTheMiddle(t *testing.T) {
	server := startRedis(t)
	receiver := connect(t, startReceiver(t, server.addr))
	if code := receiver.send(delivery(t, 0)); code != http.StatusNoContent {
		t.Fatalf("with Redis: %d", code)
	}
	server.stop()
	for number := range 3 {
		start := time.Now()
		if code := receiver.send(delivery(t, 1+number)); code != http.StatusServiceUnavailable {
			t.Errorf("without Redis: %d", code)
		}
		t.Logf("refused after %v", time.Since(start).Round(time.Microsecond))
	}
	server.Cmd = exec.Command(server.Path, server.Args[1:]...)
	check(t, server.Start())
	server.await(t)
	if code := receiver.send(delivery(t, 4)); code != http.StatusNoContent {
		t.Errorf("with Redis again: %d", code)
	}
}

func TestAcceptWhileRedisIsDown(t *testing.T) {
	server := startRedis(t)
	var failures int
	shared, err := newStore(server.addr)
	check(t, err)
	store := hooksig.AcceptOnFailure(shared, func(error) { failures++ })
	claim := func() error { return store.Claim(context.Background(), hooksig.Tag{1}, time.Minute) }
	check(t, claim())
	if err := claim(); err != hooksig.ErrReplayed {
		t.Errorf("with Redis, a replay: %v", err)
	}
	server.stop()
	if err := claim(); err != nil || failures != 1 {
		t.Errorf("without Redis: %v, %d failures told", err, failures)
	}
}

// Redis repeats a command that it does not know, whole or in part. The delivery is refused, and its
// MAC would be good for a replay.
func TestErrorsHoldNoMAC(t *testing.T) {
	server := startRedis(t, "--rename-command", "SET", "")
	client := redis.NewClient(&redis.Options{Addr: server.addr})
	defer client.Close()
	for _, prefix := range []string{redisstore.DefaultPrefix, strings.Repeat("x", 100)} {
		shared, err := redisstore.New(client, redisstore.WithPrefix(prefix))
		check(t, err)
		var told error
		store := hooksig.AcceptOnFailure(shared, func(err error) { told = err })
		check(t, store.Claim(context.Background(), hooksig.Tag{0xab, 0xcd, 0xef, 1, 2, 3, 4}, time.Minute))
		for err := told; err != nil; err = errors.Unwrap(err) {
			text := fmt.Sprintf("%v %+v %#v", err, err, err)
			if !strings.Contains(text, "unknown command") || strings.Contains(text, "abcdef01") {
				t.Errorf("the error is %s", text)
			}
		}
	}
}

func TestClaim(t *testing.T) {
	server := startRedis(t)
	client := redis.NewClient(&redis.Options{Addr: server.addr})
	defer client.Close()
	ctx := context.Background()
	for name, claim := range map[string]struct {
		remember time.Duration
		ttl      time.Duration
	}{
		"for a while": {10 * time.Minute, 11 * time.Minute},
		"for ever":    {hooksig.Forever, -1},
	} {
		store, err := redisstore.New(client, redisstore.WithPrefix(name+":"))
		check(t, err)
		check(t, store.Claim(ctx, hooksig.Tag{0xab}, claim.remember))
		if err := store.Claim(ctx, hooksig.Tag{0xab}, claim.remember); err != hooksig.ErrReplayed {
			t.Errorf("%s, again: %v", name, err)
		}
		key := name + ":ab" + strings.Repeat("00", 31)
		if ttl := client.TTL(ctx, key).Val(); ttl > claim.ttl || ttl < claim.ttl-time.Minute {
			t.Errorf("%s: the key lives for %v", name, ttl)
		}
	}
}

// The key is the one that receivers in Rust and C use, to the letter, and lives for as long as the store's
// skew demands, however small the verifier's is.
func TestKeyIsThatOfOtherReceivers(t *testing.T) {
	const key = "hooksig:327194d9cd214bb1c9f1cab40ec511acd2bd7f5af43884f74fd89fbc73def0cf"
	server := startRedis(t)
	client := redis.NewClient(&redis.Options{Addr: server.addr})
	defer client.Close()
	store, err := redisstore.New(client)
	check(t, err)
	now := time.Unix(1795420800, 0)
	secret := "bea26a2221fd8090ea38720fc445eca6"
	verifier, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore(store),
		hooksig.WithMaxSkew(10*time.Second), hooksig.WithClock(func() time.Time { return now }))
	check(t, err)
	signer, err := hooksig.NewSigner(secret)
	check(t, err)
	r, err := http.NewRequest("POST", "http://ci.example/", nil)
	check(t, err)
	check(t, signer.Sign(r, []byte("{}"), now))
	_, err = verifier.Verify(r, []byte("{}"))
	check(t, err)
	ctx := context.Background()
	if keys := client.Keys(ctx, "*").Val(); len(keys) != 1 || keys[0] != key {
		t.Errorf("keys %q", keys)
	}
	if ttl := client.TTL(ctx, key).Val(); ttl < 350*time.Second || ttl > 363*time.Second {
		t.Errorf("the key lives for %v", ttl)
	}
}

// A claim whose answer was lost on the way is sent again by the client, and is no replay.
func TestClaimSentAgain(t *testing.T) {
	server := startRedis(t)
	var lost loseFirstAnswer
	client := redis.NewClient(&redis.Options{
		Addr: server.addr, MaxRetries: 1, ReadTimeout: 200 * time.Millisecond,
		Dialer: lost.dial,
	})
	defer client.Close()
	store, err := redisstore.New(client)
	check(t, err)
	if err := store.Claim(context.Background(), hooksig.Tag{}, time.Minute); err != nil || lost.answers == 0 {
		t.Errorf("%v, %d answers lost", err, lost.answers)
	}
	if err := store.Claim(context.Background(), hooksig.Tag{}, time.Minute); err != hooksig.ErrReplayed {
		t.Errorf("a replay: %v", err)
	}
}

// loseFirstAnswer makes connections; the first loses the answer to a SET.
type loseFirstAnswer struct{ answers int }

func (l *loseFirstAnswer) dial(_ context.Context, network, addr string) (net.Conn, error) {
	connection, err := net.Dial(network, addr)
	return &losingConn{connection, l, false}, err
}

type losingConn struct {
	net.Conn
	lost *loseFirstAnswer
	set  bool
}

func (c *losingConn) Write(b []byte) (int, error) {
	c.set = bytes.Contains(b, []byte("\r\nset\r\n"))
	return c.Conn.Write(b)
}

func (c *losingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.set && c.lost.answers == 0 && err == nil {
		c.lost.answers++
		return 0, io.EOF
	}
	return n, err
}

// BenchmarkClaim reports the memory of a Redis server per delivery, its rate, and its time per
// claim.
func BenchmarkClaim(b *testing.B) {
	server := startRedis(b)
	client := redis.NewClient(&redis.Options{Addr: server.addr})
	defer client.Close()
	store, err := redisstore.New(client)
	check(b, err)
	var number atomic.Uint64
	claim := func() error {
		var tag hooksig.Tag
		binary.BigEndian.PutUint64(tag[:], number.Add(1))
		return store.Claim(context.Background(), tag, 10*time.Minute)
	}
	memory, cpu := serverInfo(b, client, "used_memory"), serverCPU(b, client)
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := claim(); err != nil {
				b.Error(err)
			}
		}
	})
	b.StopTimer()
	claims := float64(b.N)
	b.ReportMetric((serverInfo(b, client, "used_memory")-memory)/claims, "bytes/delivery")
	b.ReportMetric(claims/b.Elapsed().Seconds(), "claims/s")
	b.ReportMetric((serverCPU(b, client)-cpu)*1e6/claims, "server-us/claim")
}

// serverCPU returns the time of the server's main thread in seconds.
func serverCPU(tb testing.TB, client *redis.Client) float64 {
	return serverInfo(tb, client, "used_cpu_user_main_thread") + serverInfo(tb, client, "used_cpu_sys_main_thread")
}

// serverInfo returns a figure of the server's INFO.
func serverInfo(tb testing.TB, client *redis.Client, name string) float64 {
	tb.Helper()
	info, err := client.Info(context.Background()).Result()
	check(tb, err)
	_, rest, _ := strings.Cut(info, "\n"+name+":")
	line, _, _ := strings.Cut(rest, "\r")
	figure, err := strconv.ParseFloat(line, 64)
	check(tb, err)
	return figure
}
