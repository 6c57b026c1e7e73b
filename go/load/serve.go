package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	hooksig "github.com/hooksig/hooksig/go"
	"github.com/hooksig/hooksig/go/redisstore"
)

// serveEnv is the environment variable that turns this program into a receiver in Go. Its value
// names the store for accepted deliveries.
const serveEnv = "HOOKSIG_LOAD_SERVE"

// redisEnv is the environment variable with the address of the Redis server.
const redisEnv = "HOOKSIG_LOAD_REDIS"

// serve receives until SIGTERM. It logs accepted deliveries as the C receiver does.
func serve(kind string) error {
	remember, err := remember(kind)
	if err != nil {
		return err
	}
	v, err := hooksig.NewVerifier(secret, remember)
	if err != nil {
		return err
	}
	return serveHandler(hooksig.Middleware(v)(http.HandlerFunc(logAccepted)))
}

func serveHandler(handler http.Handler) error {
	port := flag.Int("port", 0, "")
	flag.Parse()
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(*port)))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second,
		IdleTimeout:       10 * time.Second,
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go server.Serve(listener)
	fmt.Println("listening on", listener.Addr())
	<-stop
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

func remember(kind string) (hooksig.Option, error) {
	switch kind {
	case "memory":
		return hooksig.WithReplayStore(hooksig.NewMemoryStore(1<<17, hooksig.DefaultMaxSkew)), nil
	case "redis":
		store, err := redisstore.New(redis.NewClient(&redis.Options{Addr: os.Getenv(redisEnv)}))
		return hooksig.WithReplayStore(store), err
	default:
		return hooksig.WithoutReplayStore(), nil
	}
}

// One write per line, so that a kill leaves no partial line.
func logAccepted(w http.ResponseWriter, r *http.Request) {
	delivery, _ := hooksig.DeliveryFrom(r.Context())
	_, _ = fmt.Fprintf(os.Stderr, "accepted ok %s:%s\n", delivery.Event, delivery.Action)
	w.WriteHeader(http.StatusNoContent)
}
