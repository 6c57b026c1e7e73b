package interop

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/drone/drone-go/drone"
	"github.com/drone/drone-go/plugin/admission"
	"github.com/drone/drone-go/plugin/config"
	"github.com/drone/drone-go/plugin/converter"
	"github.com/drone/drone-go/plugin/environ"
	"github.com/drone/drone-go/plugin/registry"
	plugin "github.com/drone/drone-go/plugin/secret"
	"github.com/drone/drone-go/plugin/validator"
)

// extension is a kind of extension: drone-go's client asks it, drone-go's handler answers for it.
type extension struct {
	name string
	// ask sends a request and returns the answer as text.
	ask     func(url string) (string, error)
	handler http.Handler
}

var (
	sampleRepo  = drone.Repo{ID: 42, UID: "7", UserID: 7, Namespace: "ada", Name: "lighthouse", Slug: "ada/lighthouse", Branch: "main", Active: true, Config: ".drone.yml", Timeout: 60}
	sampleBuild = drone.Build{ID: 9, RepoID: 42, Trigger: "@hook", Number: 3, Status: drone.StatusPending, Event: drone.EventPush, Message: "<lens> & “brass”", Ref: "refs/heads/main", Source: "main", Target: "main", Author: "ada", Sender: "ada", Params: map[string]string{"lamp": "on"}}
	sampleUser  = drone.User{Login: "ada", Email: "ada@example.org", Active: true, Syncing: true}
	sampleYAML  = drone.Config{Data: "kind: pipeline\nname: lens\n"}
)

var extensions = []extension{
	{"admission", func(url string) (string, error) {
		request := admission.Request{Event: admission.EventRegister, User: sampleUser}
		return text(admission.Client(url, secret, false).Admit(context.Background(), &request))
	}, admission.Handler(answers{}, secret, nil)},
	{"config", func(url string) (string, error) {
		request := config.Request{Build: sampleBuild, Repo: sampleRepo}
		return text(config.Client(url, secret, false).Find(context.Background(), &request))
	}, config.Handler(answers{}, secret, nil)},
	{"convert", func(url string) (string, error) {
		request := converter.Request{Build: sampleBuild, Config: sampleYAML, Repo: sampleRepo}
		return text(converter.Client(url, secret, false).Convert(context.Background(), &request))
	}, converter.Handler(answers{}, secret, nil)},
	{"environ", func(url string) (string, error) {
		list, err := environ.Client(url, secret, false).List(context.Background(), &environ.Request{Repo: sampleRepo, Build: sampleBuild})
		if err != nil || len(list) == 0 {
			return "", err
		}
		return text(list[0], nil)
	}, environ.Handler(secret, variables{}, nil)},
	{"registry", func(url string) (string, error) {
		list, err := registry.Client(url, secret, false).List(context.Background(), &registry.Request{Repo: sampleRepo, Build: sampleBuild})
		if err != nil || len(list) == 0 {
			return "", err
		}
		return text(list[0], nil)
	}, registry.Handler(secret, registries{}, nil)},
	{"secret", func(url string) (string, error) {
		request := plugin.Request{Path: "harbour", Name: "key", Repo: sampleRepo, Build: sampleBuild}
		return text(plugin.Client(url, secret, false).Find(context.Background(), &request))
	}, plugin.Handler(secret, secrets{}, nil)},
	{"validate", func(url string) (string, error) {
		request := validator.Request{Build: sampleBuild, Config: sampleYAML, Repo: sampleRepo}
		return "", validator.Client(url, secret, false).Validate(context.Background(), &request)
	}, validator.Handler(secret, answers{}, nil)},
}

// text formats the answer that a pointer holds.
func text[T any](answer *T, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%+v", *answer), nil
}

// answers is a plugin for drone-go's handlers. It refuses a request that drone-go's types could not
// read from the body.
type answers struct{}

func (answers) Admit(_ context.Context, in *admission.Request) (*drone.User, error) {
	return &drone.User{Login: in.User.Login, Admin: true}, missingIn(in.Event, in.User.Login)
}

func (answers) Find(_ context.Context, in *config.Request) (*drone.Config, error) {
	return &drone.Config{Data: "name: " + in.Repo.Slug}, missingIn(in.Repo.Slug, in.Build.Event)
}

func (answers) Convert(_ context.Context, in *converter.Request) (*drone.Config, error) {
	return &drone.Config{Data: "# converted\n" + in.Config.Data}, missingIn(in.Repo.Slug, in.Config.Data)
}

func (answers) Validate(_ context.Context, in *validator.Request) error {
	return missingIn(in.Repo.Slug, in.Config.Data)
}

type (
	secrets    struct{}
	registries struct{}
	variables  struct{}
)

func (secrets) Find(_ context.Context, in *plugin.Request) (*drone.Secret, error) {
	return &drone.Secret{Name: in.Name, Data: "brass"}, missingIn(in.Path, in.Name, in.Repo.Slug)
}

func (registries) List(_ context.Context, in *registry.Request) ([]*drone.Registry, error) {
	return []*drone.Registry{{Address: "registry.example", Username: in.Repo.Namespace}}, missingIn(in.Repo.Slug)
}

func (variables) List(_ context.Context, in *environ.Request) ([]*environ.Variable, error) {
	return []*environ.Variable{{Name: "SLUG", Data: in.Repo.Slug}}, missingIn(in.Repo.Slug, in.Build.Event)
}

func missingIn(members ...string) error {
	for i, member := range members {
		if member == "" {
			return fmt.Errorf("member %d is not there", i)
		}
	}
	return nil
}

var host = regexp.MustCompile(`Host: [0-9.:]+`)

// varying are the parts of a recording that differ each time.
var varying = regexp.MustCompile(`(?m)^(?:Date|Signature): .*$`)

// The recorded requests of drone-go's client are those that it sends.
func TestRecordedExtensionRequests(t *testing.T) {
	for _, extension := range extensions {
		sent := record(t, extension)
		path := "../../vectors/deliveries/drone-go-1.7.1/extension-" + extension.name + ".http"
		if *update {
			check(t, os.WriteFile(path, sent, 0o644))
		}
		recorded, err := os.ReadFile(path)
		check(t, err)
		if !bytes.Equal(varying.ReplaceAll(recorded, nil), varying.ReplaceAll(sent, nil)) {
			t.Errorf("%s was recorded as\n%s\nand is sent as\n%s", extension.name, recorded, sent)
		}
	}
}

// record returns the raw request of drone-go's client. The Host, which is not signed, is replaced.
func record(t *testing.T, extension extension) []byte {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer listener.Close()
	requests := make(chan []byte, 1)
	go func() {
		defer close(requests)
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		var raw bytes.Buffer
		r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(connection, &raw)))
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		requests <- raw.Bytes()
		_, _ = io.WriteString(connection, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
	}()
	_, err = extension.ask("http://" + listener.Addr().String() + "/" + extension.name)
	check(t, err)
	return host.ReplaceAll(<-requests, []byte("Host: extension.example"))
}
