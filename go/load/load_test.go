package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// Receivers that do not keep what ours promise, to see that it is noticed.
const (
	forgetful = "forgetful" // accepts replays
	credulous = "credulous" // accepts everything
)

func TestMain(m *testing.M) {
	var err error
	switch kind := os.Getenv(serveEnv); kind {
	case "":
		os.Exit(m.Run())
	case credulous:
		err = serveHandler(http.HandlerFunc(acceptAll))
	default:
		err = serve(kind)
	}
	if err != nil {
		log.Fatal(err)
	}
}

var actionOf = regexp.MustCompile(`"action":"([^"]*)"`)

func acceptAll(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if found := actionOf.FindSubmatch(body); found != nil {
		log.Printf("accepted ok build:%s", found[1])
	}
	w.WriteHeader(http.StatusNoContent)
}

func load(t *testing.T, kind string) result {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	plan := plan{deliveries: 300, connections: 16, kills: 1}
	r := plan.run(ctx, receiver{name: kind, program: program, env: []string{serveEnv + "=" + kind}})
	if r.err != nil {
		t.Fatal(r.err)
	}
	return r
}

func TestAGoodReceiverPasses(t *testing.T) {
	r := load(t, "memory")
	if len(r.faults) > 0 || r.genuine == 0 || r.once != r.genuine {
		t.Errorf("%+v", r)
	}
}

func TestForgetfulnessIsNoticed(t *testing.T) {
	r := load(t, forgetful)
	if r.forged == 0 || r.once == r.genuine {
		t.Errorf("%+v", r)
	}
}

func TestCredulityIsNoticed(t *testing.T) {
	r := load(t, credulous)
	if r.forged < 50 || r.wrong == 0 {
		t.Errorf("%+v", r)
	}
}

// Two that share nothing accept a delivery twice, which must be noticed.
func TestPairThatSharesNothingIsNoticed(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("missing: redis-server")
		}
		t.Skip("missing: redis-server")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for kind, isGood := range map[string]bool{"redis": true, "memory": false} {
		r := runPair(t.Context(), receiver{name: kind, program: program, env: []string{serveEnv + "=" + kind}}, 50)
		if r.err != nil || (len(r.faults) == 0) != isGood || isGood && (r.once != 50+whileDown || r.back != whileDown) {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}

func TestMemoryIsJudgedOnceItHasSettled(t *testing.T) {
	for settled, faults := range map[bool]int{false: 0, true: 1} {
		r := result{settled: settled}
		r.addMemory(40<<20, 41<<20+maxGrowth)
		if len(r.faults) != faults {
			t.Errorf("settled %v: %q", settled, r.faults)
		}
	}
}

// The deliveries sent, answered and accepted must be consistent.
func TestCount(t *testing.T) {
	memory, shared := receiver{}, receiver{keepsClaims: true}
	accepted := answer{code: http.StatusNoContent}
	refused := answer{code: http.StatusUnauthorized}
	taken := answer{killed: true}
	broken := answer{}
	for name, c := range map[string]struct {
		genuine bool
		answers []answer
		lives   []int
		of      receiver
		isGood  bool
	}{
		"accepted once":                   {true, []answer{accepted, refused}, []int{0}, memory, true},
		"answer taken by the kill":        {true, []answer{taken, refused}, []int{0}, shared, true},
		"claim taken by the kill":         {true, []answer{taken, refused}, nil, shared, true},
		"forgotten when killed":           {true, []answer{accepted, accepted}, []int{0, 1}, memory, true},
		"forgotten though it is shared":   {true, []answer{accepted, accepted}, []int{0, 1}, shared, false},
		"twice in one life":               {true, []answer{accepted, accepted}, []int{0, 0}, memory, false},
		"never accepted":                  {true, []answer{refused}, nil, memory, false},
		"never accepted, claims are kept": {true, []answer{refused}, nil, shared, false},
		"accepted, but refused":           {true, []answer{refused}, []int{0}, memory, false},
		"accepted in the answer alone":    {true, []answer{accepted, accepted}, []int{0}, memory, false},
		"accepted, nobody waited":         {true, []answer{{hungUp: true}, refused}, []int{0}, memory, true},
		"lost, nobody waited":             {true, []answer{{hungUp: true}, refused}, nil, shared, false},
		"nobody waited, and killed":       {true, []answer{{hungUp: true}, {code: http.StatusUnauthorized, life: 1}}, nil, shared, true},
		"no answer":                       {true, []answer{broken, accepted}, []int{0}, memory, false},
		"forgery refused":                 {false, []answer{refused}, nil, memory, true},
		"forgery accepted":                {false, []answer{accepted}, []int{0}, memory, false},
		"forgery without an answer":       {false, []answer{broken}, nil, memory, false},
		"forgery accepted, but refused":   {false, []answer{refused}, []int{0}, memory, false},
	} {
		d := &delivery{id: "n", genuine: c.genuine, answers: c.answers}
		var r result
		r.count([]*delivery{d}, map[string][]int{"n": c.lives}, c.of)
		if (len(r.faults) == 0) != c.isGood {
			t.Errorf("%s: %v", name, r.faults)
		}
	}
}
