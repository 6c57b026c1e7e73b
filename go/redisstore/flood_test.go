package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	hooksig "github.com/hooksig/hooksig/go"
	"github.com/hooksig/hooksig/go/redisstore"
)

const distance = 100 * time.Millisecond

// farProxy delays all data to and from a Redis server.
func farProxy(t *testing.T, addr string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", addr)
			if err != nil {
				near.Close()
				continue
			}
			go copyLate(far, near)
			go copyLate(near, far)
		}
	}()
	return listener.Addr().String()
}

func copyLate(to, from net.Conn) {
	defer to.Close()
	type piece struct {
		bytes []byte
		due   time.Time
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			bytes := make([]byte, 32<<10)
			n, err := from.Read(bytes)
			if err != nil {
				return
			}
			pieces <- piece{bytes[:n], time.Now().Add(distance / 2)}
		}
	}()
	for piece := range pieces {
		time.Sleep(time.Until(piece.due))
		if _, err := to.Write(piece.bytes); err != nil {
			return
		}
	}
}

// floodedReceiver is a receiver with a distant Redis server, with the client options of
// docs/replicas.md.
type floodedReceiver struct {
	*httptest.Server
	client            *redis.Client
	handled, failures atomic.Int32
}

func newFloodedReceiver(t *testing.T, redisAddr string, accepting bool) *floodedReceiver {
	t.Helper()
	r := new(floodedReceiver)
	r.client = redis.NewClient(&redis.Options{Addr: redisAddr, DialTimeout: time.Second, ReadTimeout: time.Second})
	t.Cleanup(func() { r.client.Close() })
	store, err := redisstore.New(r.client)
	check(t, err)
	option := hooksig.WithReplayStore(store)
	if accepting {
		option = hooksig.WithReplayStore(hooksig.AcceptOnFailure(store, func(error) { r.failures.Add(1) }))
	}
	v, err := hooksig.NewVerifier(secret, option)
	check(t, err)
	r.Server = httptest.NewServer(hooksig.Middleware(v)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r.handled.Add(1)
		w.WriteHeader(http.StatusNoContent)
	})))
	t.Cleanup(r.Close)
	return r
}

// A used delivery that is sent 2,500 times at once is never handled and delays no genuine one: a
// receiver asks Redis about it once, or not at all if it knows it.
func TestFloodOfReplays(t *testing.T) {
	const replays, connections = 2500, 250
	server := startRedis(t)
	far := farProxy(t, server.addr)
	direct := redis.NewClient(&redis.Options{Addr: server.addr})
	defer direct.Close()
	for _, accepting := range []bool{false, true} {
		for _, known := range []bool{false, true} {
			first := newFloodedReceiver(t, far, accepting)
			flooded := newFloodedReceiver(t, far, accepting)
			number := 0
			if accepting {
				number += 4
			}
			if known {
				number += 2
				flooded = first
			}
			used, genuine := delivery(t, number), delivery(t, number+1)
			if code := connect(t, first.Listener.Addr().String()).send(used); code != http.StatusNoContent {
				t.Fatalf("the first time: %d", code)
			}
			first.handled.Store(0)
			claims := commands(t, direct)
			var refused atomic.Int32
			var senders sync.WaitGroup
			start := time.Now()
			for range connections {
				peer := connect(t, flooded.Listener.Addr().String())
				senders.Go(func() {
					for range replays / connections {
						if peer.send(used) == http.StatusUnauthorized {
							refused.Add(1)
						}
					}
				})
			}
			sent := time.Now()
			code := connect(t, flooded.Listener.Addr().String()).send(genuine)
			waited := time.Since(sent)
			senders.Wait()
			asked := commands(t, direct) - claims
			t.Logf("accepting %v, known %v: %d of %d replays refused in %v, the genuine delivery answered %d after %v, Redis asked %d times",
				accepting, known, refused.Load(), replays, time.Since(start).Round(time.Millisecond), code, waited.Round(time.Millisecond), asked)
			// On a busy machine the client may ask again. The number must not grow with the replays.
			if refused.Load() != replays || code != http.StatusNoContent || flooded.handled.Load() != 1 || asked > 10 || flooded.failures.Load() != 0 {
				t.Errorf("handled %d times, %d failures", flooded.handled.Load(), flooded.failures.Load())
			}
		}
	}
}

// commands returns the number of calls of SET.
func commands(t *testing.T, client *redis.Client) int {
	t.Helper()
	stats, err := client.InfoMap(context.Background(), "commandstats").Result()
	check(t, err)
	calls := 0
	for _, section := range stats {
		_, _ = fmt.Sscanf(section["cmdstat_set"], "calls=%d,", &calls)
	}
	return calls
}

// An exhausted connection pool is not treated as a failure of Redis, because a flood could cause
// it.
func TestPoolThatIsUsedUp(t *testing.T) {
	server := startRedis(t)
	client := redis.NewClient(&redis.Options{
		Addr: farProxy(t, server.addr), PoolSize: 1, PoolTimeout: 10 * time.Millisecond, MaxRetries: -1,
	})
	defer client.Close()
	shared, err := redisstore.New(client)
	check(t, err)
	store := hooksig.AcceptOnFailure(shared, func(err error) { t.Errorf("taken for a failure: %v", err) })
	var claims sync.WaitGroup
	var taken, busy atomic.Int32
	for i := range 50 {
		claims.Go(func() {
			switch err := store.Claim(context.Background(), hooksig.Tag{byte(i)}, time.Minute); {
			case err == nil:
				taken.Add(1)
			case errors.Is(err, hooksig.ErrReplayStoreBusy):
				busy.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	claims.Wait()
	if taken.Load() == 0 || busy.Load() == 0 {
		t.Errorf("%d taken, %d busy", taken.Load(), busy.Load())
	}
}

// A client that may forget or is nil is an error, and so is an invalid option.
func TestNewRefuses(t *testing.T) {
	client := redis.NewClient(&redis.Options{})
	defer client.Close()
	cluster := redis.NewClusterClient(&redis.ClusterOptions{})
	defer cluster.Close()
	ring := redis.NewRing(&redis.RingOptions{})
	defer ring.Close()
	universal := redis.NewUniversalClient(&redis.UniversalOptions{})
	defer universal.Close()
	for name, made := range map[string]struct {
		client  redis.UniversalClient
		options []redisstore.Option
		refused bool
	}{
		"a client":          {client, nil, false},
		"a cluster":         {cluster, nil, false},
		"a universal one":   {universal, nil, false},
		"a ring":            {ring, nil, true},
		"nothing":           {nil, nil, true},
		"a nil client":      {(*redis.Client)(nil), nil, true},
		"a nil cluster":     {(*redis.ClusterClient)(nil), nil, true},
		"a wrapped ring":    {struct{ *redis.Ring }{ring}, nil, true},
		"a nil option":      {client, []redisstore.Option{nil}, true},
		"a negative skew":   {client, []redisstore.Option{redisstore.WithMaxSkew(-1)}, true},
		"a skew and prefix": {client, []redisstore.Option{redisstore.WithMaxSkew(time.Hour), redisstore.WithPrefix("")}, false},
	} {
		store, err := redisstore.New(made.client, made.options...)
		if (err != nil) != made.refused || (store == nil) != made.refused {
			t.Errorf("%s: %v, %v", name, store, err)
		}
	}
	store, err := redisstore.New(client, redisstore.WithMaxSkew(time.Minute))
	check(t, err)
	if _, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore(store)); !errors.Is(err, hooksig.ErrSkewTooLarge) {
		t.Errorf("a verifier with a larger skew: %v", err)
	}
	if _, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore((*redisstore.Store)(nil))); err == nil {
		t.Error("a verifier with a nil store")
	}
}
