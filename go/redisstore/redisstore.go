// Package redisstore lets several receivers accept each Drone webhook once: they share a Redis
// server that remembers accepted deliveries.
//
//	store, err := redisstore.New(redis.NewClient(&redis.Options{Addr: "localhost:6379"}))
//	verifier, err := hooksig.NewVerifier(secret, hooksig.WithReplayStore(store))
//
// It needs Redis 7.0 or newer, or Valkey. While Redis is down, deliveries are refused;
// [hooksig.AcceptOnFailure] is the alternative. The timeouts and retries of the client limit how
// long a request waits for Redis.
//
// Redis keeps a claim only as well as any key. A delivery can be accepted again after a restart
// without persistence, a fail-over to a replica that had not received the key, FLUSHALL or an
// eviction, and by receivers with another prefix or database.
package redisstore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	hooksig "github.com/hooksig/hooksig/go"
)

// DefaultPrefix begins each Redis key, before the tag.
const DefaultPrefix = "hooksig:"

// margin is added to the time that a delivery is remembered, because the clocks of other receivers
// may be that far behind.
const margin = time.Minute

// macStart is the number of digits by which the MAC is found in the text of an error.
const macStart = 8

// Store is a [hooksig.ReplayStore] in Redis.
type Store struct {
	client  redis.Cmdable
	prefix  string
	maxSkew time.Duration
}

// Option configures a Store.
type Option func(*Store) error

// WithPrefix sets the start of each Redis key, before the tag. Receivers with the same prefix share
// their accepted deliveries.
func WithPrefix(prefix string) Option {
	return func(s *Store) error {
		s.prefix = prefix
		return nil
	}
}

// WithMaxSkew sets the largest skew of a verifier that uses the store, instead of
// [hooksig.DefaultMaxSkew]. It must be the same in all receivers that share deliveries: each
// delivery is remembered for that long, however small the skew of the claiming verifier.
func WithMaxSkew(skew time.Duration) Option {
	return func(s *Store) error {
		if skew < 0 {
			return fmt.Errorf("redisstore: a skew of %v is negative", skew)
		}
		s.maxSkew = skew
		return nil
	}
}

// New returns a store that uses client, which must be a *redis.Client or a *redis.ClusterClient. A
// *redis.Ring is refused because it moves keys to another shard, which does not know them, when one
// dies, returns or is added.
func New(client redis.UniversalClient, opts ...Option) (*Store, error) {
	if err := checkClient(client); err != nil {
		return nil, err
	}
	s := &Store{client: client, prefix: DefaultPrefix, maxSkew: hooksig.DefaultMaxSkew}
	for i, opt := range opts {
		if opt == nil {
			return nil, fmt.Errorf("redisstore: option %d is nil", i)
		}
		if err := opt(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func checkClient(client redis.UniversalClient) error {
	missing := client == nil
	switch client := client.(type) {
	case nil:
	case *redis.Client:
		missing = client == nil
	case *redis.ClusterClient:
		missing = client == nil
	default:
		return fmt.Errorf("redisstore: a %T may forget what it was told; use a *redis.Client or a *redis.ClusterClient", client)
	}
	if missing {
		return errors.New("redisstore: the client is nil")
	}
	return nil
}

// MaxSkew implements [hooksig.ReplayStore].
func (s *Store) MaxSkew() time.Duration { return s.maxSkew }

// Claim implements [hooksig.ReplayStore] with one command, SET NX GET. The value names the claim. A
// client that repeats it because the answer was lost finds its own name and not a replay. The text of
// an error does not contain the tag.
func (s *Store) Claim(ctx context.Context, tag hooksig.Tag, remember time.Duration) error {
	mac, claim := hex.EncodeToString(tag[:]), rand.Text()
	set := redis.SetArgs{Mode: "NX", Get: true, TTL: ttl(remember)}
	switch holder, err := s.client.SetArgs(ctx, s.prefix+mac, claim, set).Result(); {
	case errors.Is(err, redis.Nil): // Nobody held it before.
		return nil
	case errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted):
		return fmt.Errorf("%w: %w", hooksig.ErrReplayStoreBusy, err)
	case err != nil:
		return withoutMAC(err, mac)
	case holder == claim:
		return nil
	default:
		return hooksig.ErrReplayed
	}
}

// withoutMAC cuts the text of an error off before the MAC. A server that does not know SET, such as
// Sentinel, repeats the command, perhaps not to its end.
func withoutMAC(err error, mac string) error {
	text, _, found := strings.Cut(err.Error(), mac[:macStart])
	if !found {
		return err
	}
	return errors.New(text + "…")
}

// ttl returns how long Redis keeps a key; 0 is forever.
func ttl(remember time.Duration) time.Duration {
	if remember > hooksig.Forever-margin {
		return 0
	}
	return remember + margin
}
