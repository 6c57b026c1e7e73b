// Package redisstore lets several receivers accept each Drone webhook once: they share a Redis
// server that remembers what one of them accepted.
//
//	store := redisstore.New(redis.NewClient(&redis.Options{Addr: "localhost:6379"}))
//	verifier, err := hooksig.NewVerifier(secrets, hooksig.WithReplayStore(store))
//
// While Redis is down, deliveries are refused; [hooksig.AcceptOnFailure] is the other choice. How
// long a request waits for it is what the timeouts and retries of the client allow.
package redisstore

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	hooksig "github.com/hooksig/hooksig/go"
)

// DefaultPrefix stands before each tag in a Redis key.
const DefaultPrefix = "hooksig:"

// margin is how much longer a delivery is remembered than it could be replayed by the clock of the
// receiver that accepted it: the clocks of the others may be that far behind.
const margin = time.Minute

// Store is a [hooksig.ReplayStore] in Redis.
type Store struct {
	client redis.Cmdable
	prefix string
}

// Option changes a Store.
type Option func(*Store)

// WithPrefix sets what stands before each tag in a Redis key. Receivers with the same one share
// what they accepted.
func WithPrefix(prefix string) Option {
	return func(s *Store) { s.prefix = prefix }
}

// New makes a store that uses client: a *redis.Client, *redis.ClusterClient or *redis.Ring.
func New(client redis.Cmdable, opts ...Option) *Store {
	s := &Store{client: client, prefix: DefaultPrefix}
	for _, opt := range opts {
		opt(s)
	}
	return s
}

// Claim implements [hooksig.ReplayStore] with SET NX. The value names the claim, so that a client
// that sends it again because the answer was lost finds its own and not a replay.
func (s *Store) Claim(ctx context.Context, tag hooksig.Tag, remember time.Duration) error {
	key, claim := s.prefix+tag.String(), rand.Text()
	err := s.client.SetArgs(ctx, key, claim, redis.SetArgs{Mode: "NX", TTL: ttl(remember)}).Err()
	if !errors.Is(err, redis.Nil) {
		return err
	}
	switch holder, err := s.client.Get(ctx, key).Result(); {
	case err == nil && holder == claim:
		return nil
	case err == nil || errors.Is(err, redis.Nil):
		return hooksig.ErrReplayed
	default:
		return err
	}
}

// ttl is 0 for ever, as Redis has it.
func ttl(remember time.Duration) time.Duration {
	if remember > hooksig.Forever-margin {
		return 0
	}
	return remember + margin
}
