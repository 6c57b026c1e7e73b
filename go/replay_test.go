package hooksig_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

func TestMemoryStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := hooksig.NewMemoryStore(2, time.Minute)
		claim := func(tag byte, remember time.Duration, want error) {
			t.Helper()
			if err := store.Claim(context.Background(), hooksig.Tag{tag}, remember); err != want {
				t.Errorf("tag %d: got %v, want %v", tag, err, want)
			}
		}
		claim(1, 10*time.Second, nil)
		claim(1, 10*time.Second, hooksig.ErrReplayed)
		claim(2, 20*time.Second, nil)
		claim(3, time.Second, hooksig.ErrReplayGuardFull)
		time.Sleep(11 * time.Second)
		claim(1, time.Second, hooksig.ErrReplayed)
		claim(3, time.Second, hooksig.ErrReplayGuardFull)
		time.Sleep(time.Second)
		claim(3, hooksig.Forever, nil)
		claim(2, time.Second, hooksig.ErrReplayed)
		claim(1, time.Second, hooksig.ErrReplayGuardFull)
		time.Sleep(1000 * time.Hour)
		claim(3, time.Second, hooksig.ErrReplayed)
		claim(4, time.Second, nil)
	})
}

// Expired entries are removed long before the store is full.
func TestMemoryStoreStaysSmall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := hooksig.NewMemoryStore(1<<20, time.Minute)
		for i := range 10_000 {
			tag := hooksig.Tag{byte(i), byte(i >> 8)}
			check(t, store.Claim(context.Background(), tag, 10*time.Second))
			time.Sleep(100 * time.Millisecond)
		}
		if store.Len() > 2048 {
			t.Errorf("%d deliveries are held, of which 100 can be replayed", store.Len())
		}
	})
}

func TestMemoryStoreAcceptsOnceAmongMany(t *testing.T) {
	store := hooksig.NewMemoryStore(100, time.Minute)
	var accepted atomic.Int32
	var claims sync.WaitGroup
	for range 100 {
		claims.Add(1)
		go func() {
			defer claims.Done()
			if store.Claim(context.Background(), hooksig.Tag{}, time.Minute) == nil {
				accepted.Add(1)
			}
		}()
	}
	claims.Wait()
	if accepted.Load() != 1 {
		t.Errorf("accepted %d times", accepted.Load())
	}
}

func TestAcceptOnFailure(t *testing.T) {
	down := errors.New("down")
	var told error
	store := hooksig.AcceptOnFailure(failingStore{down}, func(err error) { told = err })
	if err := store.Claim(context.Background(), hooksig.Tag{}, time.Minute); err != nil || told != down {
		t.Errorf("got %v, was told %v", err, told)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := store.Claim(gone, hooksig.Tag{}, time.Minute); err != down {
		t.Errorf("from a sender that hung up: %v", err)
	}
}
