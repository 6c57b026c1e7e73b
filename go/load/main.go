// Command load attacks receivers over loopback and counts the accepted deliveries. It sends genuine,
// tampered, stale, replayed, truncated, slow and stalled deliveries in one mix, from many
// connections, while the receiver is killed and started again. Then two of those that share a Redis
// get each delivery at the same moment, and Redis stops in the middle. It prints two tables.
//
//	go run . -c-receiver ../../target/c-example/receiver \
//		-rust-receiver ../../target/debug/examples/replica
//
// Exit codes: 0 if each receiver kept its promises, 1 if one did not, 2 if one cannot be started.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("load: ")
	if kind := os.Getenv(serveEnv); kind != "" {
		if err := serve(kind); err != nil {
			log.Fatal(err)
		}
		return
	}
	var plan plan
	flag.IntVar(&plan.deliveries, "deliveries", 10_000, "how many `deliveries` each receiver gets")
	flag.IntVar(&plan.connections, "connections", 64, "from how many `connections` at once")
	flag.IntVar(&plan.kills, "kills", 1, "how often each receiver is killed and started again")
	flag.DurationVar(&plan.limit, "limit", 5*time.Minute, "when to give up")
	flag.IntVar(&plan.together, "together", 1000, "how many `deliveries` two receivers with one Redis get at once")
	cReceiver := flag.String("c-receiver", "", "the `program` built of c-example/receiver.c")
	rustReceiver := flag.String("rust-receiver", "", "the `program` built of tower/examples/replica.rs")
	only := flag.String("only", "", "the one receiver to load: "+strings.Join(names(receivers), ", "))
	flag.Parse()
	os.Exit(loadAll(plan, *cReceiver, *rustReceiver, *only))
}

// loadAll loads all receivers in parallel, because most of the time is spent waiting for slow
// deliveries.
func loadAll(plan plan, cReceiver, rustReceiver, only string) (code int) {
	ctx, cancel := context.WithTimeout(context.Background(), plan.limit)
	defer cancel()
	var chosen []receiver
	for _, r := range receivers {
		if only != "" && only != r.name {
			continue
		}
		if err := r.find(cReceiver, rustReceiver); err != nil {
			code = max(code, missing(r.name, err))
			continue
		}
		chosen = append(chosen, r)
	}
	results := make([]result, len(chosen))
	var runs sync.WaitGroup
	for i, r := range chosen {
		runs.Go(func() { results[i] = plan.run(ctx, r) })
	}
	runs.Wait()
	fmt.Print(table(results))
	var pairs []pairResult
	for _, r := range chosen {
		if r.keepsClaims {
			pairs = append(pairs, runPair(ctx, r, plan.together))
		}
	}
	fmt.Print("\n", pairTable(pairs))
	for _, r := range pairs {
		code = max(code, tell("two of "+r.receiver, r.faults, r.err))
	}
	for _, r := range results {
		code = max(code, tell(r.receiver, r.faults, r.err))
	}
	return code
}

// tell prints the promises that a receiver did not keep, and returns the exit code.
func tell(receiver string, faults []string, err error) (code int) {
	for _, fault := range faults {
		code = 1
		log.Printf("%s: %s", receiver, fault)
	}
	if err != nil {
		code = 2
		log.Printf("%s: %v", receiver, err)
	}
	return code
}

// missing prints the name of a skipped receiver. It is a failure if CI is set.
func missing(name string, err error) int {
	if os.Getenv("CI") != "" {
		log.Printf("%s: %v", name, err)
		return 2
	}
	log.Printf("skipped: %s: %v", name, err)
	return 0
}

func names(receivers []receiver) []string {
	var names []string
	for _, r := range receivers {
		names = append(names, r.name)
	}
	return names
}

// table returns the results in Markdown.
func table(results []result) string {
	var out strings.Builder
	out.WriteString("| receiver | deliveries | a second | accepted once | lost by the kill | again after it | else accepted | wrong answers | connections left | memory, MiB |\n")
	out.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&out, "| %s | %d | %.0f | %d of %d | %d | %d | %d | %d | %d | %s |\n",
			r.receiver, r.sent, float64(r.sent)/r.took.Seconds(), r.once, r.genuine, r.lost, r.again, r.forged,
			r.wrong, r.left, cmp.Or(r.memory, "–"))
	}
	return out.String()
}
