package interop

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	hooksig "github.com/hooksig/hooksig/go"
)

// expectedAnswers are parts of the answers of drone-go's handlers, as `trigger` and drone-go's clients
// read them. Validation is answered without a body.
var expectedAnswers = map[string][2]string{
	"admission": {`"admin":true`, "Admin:true"},
	"config":    {`"data":"name: ada/lighthouse"`, "Data:name: ada/lighthouse"},
	"convert":   {`"data":"# converted\n`, "Data:# converted"},
	"environ":   {`"data":"ada/lighthouse"`, "Data:ada/lighthouse"},
	"registry":  {`"username":"ada"`, "Username:ada"},
	"secret":    {`"data":"brass"`, "Data:brass"},
	"validate":  {"", ""},
}

// behindMiddleware puts our middleware in front of an extension. It has no replay guard, because Drone
// may send the same request twice.
func behindMiddleware(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	v, err := hooksig.NewVerifier(secret, hooksig.WithoutReplayStore())
	check(t, err)
	return hooksig.Middleware(v)(next)
}

// drone-go's handlers accept the requests of `hooksig trigger`, and read every member that they need.
func TestTriggerAsksDroneGosHandlers(t *testing.T) {
	program := findProgram(t)
	for _, extension := range extensions {
		for name, handler := range map[string]http.Handler{
			"alone":             extension.handler,
			"behind Middleware": behindMiddleware(t, extension.handler),
		} {
			t.Run(extension.name+" "+name, func(t *testing.T) {
				command := exec.Command(program, "trigger", "--json", "--answer", "extension:"+extension.name, start(t, handler))
				command.Env = append(os.Environ(), "DRONE_WEBHOOK_SECRET="+secret)
				out, err := command.Output()
				if err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				var sent struct{ Event, Action, Outcome, Answer string }
				check(t, json.Unmarshal(out, &sent))
				want := expectedAnswers[extension.name][0]
				if sent.Event != "extension" || sent.Action != extension.name || sent.Outcome != "accepted" || !strings.Contains(sent.Answer, want) {
					t.Errorf("%+v", sent)
				}
			})
		}
	}
}

// drone-go's clients read the answers of extensions that our receivers protect.
func TestDroneGosClientsAreAnswered(t *testing.T) {
	program := findProgram(t)
	for _, extension := range extensions {
		for name, url := range map[string]string{
			"Middleware":     start(t, behindMiddleware(t, extension.handler)),
			"hooksig listen": serveListen(t, program, "--no-replay-guard", "--forward", start(t, extension.handler)),
		} {
			// The second request has the same bytes if it is sent within the same second.
			for range 2 {
				answer, err := extension.ask(url)
				if err != nil || !strings.Contains(answer, expectedAnswers[extension.name][1]) {
					t.Errorf("%s behind %s: %q, %v", extension.name, name, answer, err)
				}
			}
		}
	}
}

// 204 of a receiver that does not answer itself means "nothing of mine" or "admitted" to drone-go's
// clients.
func TestDroneGosClientsReadNoContent(t *testing.T) {
	program := findProgram(t)
	cReceiver = buildCReceiver(t)
	if cReceiver == "" {
		missing(t, "libmicrohttpd, for the C receiver")
	}
	for name, url := range map[string]string{
		"hooksig C receiver": serveCReceiver(t, nil),
		"hooksig listen":     serveListen(t, program, "--no-replay-guard"),
	} {
		for _, extension := range extensions {
			if _, err := extension.ask(url); err != nil {
				t.Errorf("%s of %s: %v", extension.name, name, err)
			}
		}
	}
}

// With our middleware an extension refuses 26 tampered requests, without it 18.
func TestTamperedExtensionRequests(t *testing.T) {
	program := findProgram(t)
	handler := extensions[1].handler
	for url, refused := range map[string]int{
		start(t, behindMiddleware(t, handler)): 26,
		start(t, handler):                      18,
	} {
		if found := examine(t, program, "extension:config", url); found.Refused != refused || found.Of != 26 {
			t.Errorf("%+v", found)
		}
	}
}
