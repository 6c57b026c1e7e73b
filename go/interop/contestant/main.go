// Command contestant times one receiver of Drone webhooks for the comparison of `make bench`.
//
//	contestant NAME FOLDER UNIX_TIME
//
// It prints its name, and then answers questions on standard input, one per line: OPERATION CALLS.
// The answer is "accepted NS" or "refused NS" with the time of all calls, or "-".
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: contestant NAME FOLDER UNIX_TIME")
	}
	c, ok := contestants[os.Args[1]]
	if !ok {
		log.Fatalf("no contestant is called %q", os.Args[1])
	}
	fmt.Println(c.title())
	if err := serve(c, os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

// contestant is a receiver to time.
type contestant struct {
	// name precedes the version of module in tables, or that of Go. extra follows it.
	name, module, extra string
	// make returns a receiver with the secrets; the last one fits.
	make func(secrets []string) (receiver, error)
}

func (c contestant) title() string {
	if c.module == "" {
		return c.name + strings.TrimPrefix(runtime.Version(), "go") + c.extra
	}
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == c.module {
			return c.name + " " + shortVersion(module.Version)
		}
	}
	return c.name
}

// shortVersion removes the commit of a version without a tag.
func shortVersion(version string) string {
	if parts := strings.Split(version, "-"); len(parts) == 3 {
		return parts[2]
	}
	return strings.TrimPrefix(version, "v")
}

// receiver holds the operations, nil for those it does not support. Each reports whether the
// request was accepted.
type receiver struct {
	sign   func(r *http.Request, body []byte) error
	head   func(r *http.Request) error
	verify func(r *http.Request, body []byte) error
}

func serve(c contestant, folder string) error {
	prepared := map[string]func() bool{}
	questions := bufio.NewScanner(os.Stdin)
	for questions.Scan() {
		last := strings.LastIndexByte(questions.Text(), ' ')
		operation := questions.Text()[:max(last, 0)]
		calls, err := strconv.Atoi(questions.Text()[last+1:])
		if err != nil {
			return err
		}
		call, ok := prepared[operation]
		if !ok {
			if call, err = prepare(c, folder, operation); err != nil {
				return err
			}
			prepared[operation] = call
		}
		if call == nil {
			fmt.Println("-")
			continue
		}
		accepted, took := measure(call, calls)
		fmt.Println(word(accepted), took.Nanoseconds())
	}
	return questions.Err()
}

func word(accepted bool) string {
	if accepted {
		return "accepted"
	}
	return "refused"
}

// measure times calls, after a few that warm the caches.
func measure(call func() bool, calls int) (accepted bool, took time.Duration) {
	for range calls/8 + 1 {
		call()
	}
	accepted = true
	start := time.Now()
	for range calls {
		accepted = call() && accepted
	}
	return accepted, time.Since(start)
}

// prepare prepares an operation, or returns nil if the contestant does not support it.
func prepare(c contestant, folder, operation string) (func() bool, error) {
	var kind, delivery string
	var known int
	if _, err := fmt.Sscanf(operation, "%s %s %d", &kind, &delivery, &known); err != nil {
		return nil, err
	}
	r, body, err := readDelivery(filepath.Join(folder, delivery+".http"))
	if err != nil {
		return nil, err
	}
	list, err := os.ReadFile(filepath.Join(folder, "secrets"))
	if err != nil {
		return nil, err
	}
	secrets := strings.Fields(string(list))
	made, err := c.make(secrets[len(secrets)-known:])
	if err != nil {
		return nil, err
	}
	switch {
	case kind == "sign" && made.sign != nil:
		return func() bool { return made.sign(r, body) == nil }, nil
	case kind == "head" && made.head != nil:
		return func() bool { return made.head(r) == nil }, nil
	case kind == "verify" && made.verify != nil:
		return func() bool { return made.verify(r, body) == nil }, nil
	}
	return nil, nil
}

func readDelivery(path string) (*http.Request, []byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(r.Body)
	return r, body, err
}
