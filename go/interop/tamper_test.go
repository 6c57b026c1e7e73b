package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
)

// examination is the last line of `hooksig trigger --tamper all --json`.
type examination struct {
	Refused, Of      int
	Accepted, Failed []string
}

// Ours refuse every delivery of `hooksig trigger --tamper all`. The table on the front page lists
// those that the others accept.
func TestTamperAll(t *testing.T) {
	program := findProgram(t)
	cReceiver = buildCReceiver(t)
	receivers := append([]verifier{{"hooksig `listen`", func(t *testing.T, _ hooksig.Option) string { return serveListen(t, program) }}}, verifiers...)
	var lines strings.Builder
	lines.WriteString("| receiver | refused | accepted |\n|---|---|---|\n")
	for _, receiver := range receivers {
		url := receiver.serve(t, hooksig.WithClock(time.Now))
		if url == "" {
			missing(t, "libmicrohttpd, for the C receiver")
		}
		found := examine(t, program, "build:created", url)
		if strings.HasPrefix(receiver.name, "hooksig") && found.Refused != found.Of {
			t.Errorf("%s: %+v", receiver.name, found)
		}
		accepted := strings.Join(found.Accepted, ", ")
		if accepted == "" {
			accepted = "none"
		}
		fmt.Fprintf(&lines, "| %s | %d of %d | %s |\n", receiver.name, found.Refused, found.Of, accepted)
	}
	checkTable(t, "../../README.md", "tamper", lines.String())
}

func examine(t *testing.T, program, kind, url string) examination {
	t.Helper()
	command := exec.Command(program, "trigger", "--json", "--tamper", "all", kind, url)
	command.Env = append(os.Environ(), "DRONE_WEBHOOK_SECRET="+secret)
	// 1 means that one was not refused.
	out, err := command.Output()
	if err != nil && command.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var found examination
	check(t, json.Unmarshal(lines[len(lines)-1], &found))
	return found
}
