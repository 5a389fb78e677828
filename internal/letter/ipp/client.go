package ipp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Operations of a printer (4.2, 4.3; numbers in 5.4.15).
const (
	printJob      = 0x0002
	cancelJob     = 0x0008
	getJob        = 0x0009
	getJobs       = 0x000A
	getAttributes = 0x000B
)

// Client speaks with one printer. Its zero value reaches none.
type Client struct {
	url  string // of the printer, as it names itself: ipps://…
	http *http.Client
	post string // where requests go: https://…:631/…
	user string
}

// Options say how a printer is reached.
type Options struct {
	User    string         // the name that jobs are sent under
	Timeout time.Duration  // of one request with its answer
	CAs     *x509.CertPool // who may have signed the printer's certificate; nil: whom this machine trusts
}

// UsualPort is the port of IPP (RFC 8010, 3.3).
const UsualPort = "631"

// New makes a client of the printer at ipps://host/path, or ipp:// where nothing needs to be protected on the way.
func New(printer *url.URL, o Options) (*Client, error) {
	scheme, ok := map[string]string{"ipp": "http", "ipps": "https"}[printer.Scheme]
	if !ok || printer.Hostname() == "" || printer.User != nil {
		return nil, errors.New("a printer's address is ipps://host/path")
	}
	to := *printer
	to.Scheme = scheme
	if to.Port() == "" {
		to.Host = net.JoinHostPort(to.Hostname(), UsualPort)
	}
	transport := &http.Transport{
		DialContext:     (&net.Dialer{Timeout: o.Timeout}).DialContext,
		TLSClientConfig: &tls.Config{RootCAs: o.CAs, MinVersion: tls.VersionTLS12},
		MaxIdleConns:    2, IdleConnTimeout: 30 * time.Second,
		DisableCompression: true,
	}
	return &Client{
		url: printer.String(), post: to.String(), user: o.User,
		http: &http.Client{Transport: transport, Timeout: o.Timeout, CheckRedirect: stay},
	}, nil
}

// stay follows no redirection: a letter goes to the printer that was named and nowhere else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Status is how a printer stands (5.4).
type Status struct {
	Name      string
	State     string // idle, processing or stopped
	Reasons   []string
	Accepting bool
	PDF       bool // it says that it prints PDF
	Complete  bool // it knows every operation that handing letters over needs
}

// The states of a printer (5.4.11).
var printerStates = map[int]string{3: "idle", 4: "processing", 5: "stopped"}

// Status asks the printer how it stands.
func (c *Client) Status(ctx context.Context) (Status, error) {
	answer, err := c.ask(ctx, getAttributes, nil, text(keywordTag, "requested-attributes", "printer-name", "printer-state",
		"printer-state-reasons", "printer-is-accepting-jobs", "document-format-supported", "operations-supported"))
	if err != nil {
		return Status{}, fmt.Errorf("ask the printer: %w", err)
	}
	printers := answer.of(printerGroup)
	if len(printers) == 0 {
		return Status{}, fmt.Errorf("ask the printer: %w", errGarbled)
	}
	p := printers[0]
	state, _ := p.int("printer-state")
	accepting, said := p.bool("printer-is-accepting-jobs")
	known := p.ints("operations-supported")
	needed := []int{printJob, cancelJob, getJob, getJobs, getAttributes}
	return Status{
		Name: clipped(p.string("printer-name")), State: printerStates[state], Reasons: reasons(p, "printer-state-reasons"), Accepting: accepting || !said,
		PDF:      slices.ContainsFunc(p.strings("document-format-supported"), func(f string) bool { return strings.EqualFold(f, pdf) }),
		Complete: !slices.ContainsFunc(needed, func(op int) bool { return !slices.Contains(known, op) }),
	}, nil
}

// reasons gives keywords without the one that says that there are none.
func reasons(g group, name string) []string {
	list := slices.DeleteFunc(g.strings(name), func(s string) bool { return s == "none" || s == "" })
	for i := range list {
		list[i] = clipped(list[i])
	}
	return list[:min(len(list), 8)]
}

// State is what became of a job (5.3.7).
type State int

// The states of a job.
const (
	Pending    State = 3
	Held       State = 4
	Processing State = 5
	Stopped    State = 6
	Canceled   State = 7
	Aborted    State = 8
	Completed  State = 9
)

var stateNames = map[State]string{
	Pending: "pending", Held: "held", Processing: "processing", Stopped: "stopped", Canceled: "cancelled", Aborted: "aborted", Completed: "completed",
}

func (s State) String() string {
	if name, ok := stateNames[s]; ok {
		return name
	}
	return fmt.Sprintf("in the unknown state %d", int(s))
}

// Lost tells whether the job ended without being printed.
func (s State) Lost() bool { return s == Canceled || s == Aborted }

// Job is one job of a printer.
type Job struct {
	ID      int
	Name    string
	State   State
	Reasons []string
}

var jobAttributes = text(keywordTag, "requested-attributes", "job-id", "job-name", "job-state", "job-state-reasons")

// pdf is the only form of what is printed.
const pdf = "application/pdf"

// Print sends a document (4.2.1). After an error nobody knows whether the printer took it: Named tells.
func (c *Client) Print(ctx context.Context, name string, document []byte) (Job, error) {
	answer, err := c.ask(ctx, printJob, document, text(nameTag, "job-name", name), truth("ipp-attribute-fidelity", false), text(mimeTag, "document-format", pdf))
	if err != nil {
		return Job{}, fmt.Errorf("send the document: %w", err)
	}
	jobs, err := jobsOf(answer)
	if err != nil || len(jobs) != 1 {
		return Job{}, fmt.Errorf("send the document: %w", errGarbled)
	}
	jobs[0].Name = name
	return jobs[0], nil
}

// maxJobs bounds how far back ended jobs are looked through; printers list the youngest first (4.2.6).
const maxJobs = 2000

// Named finds the jobs with a name that the printer still knows, ended ones too, newest first.
func (c *Client) Named(ctx context.Context, name string) (found []Job, err error) {
	for _, which := range []string{"not-completed", "completed"} {
		answer, err := c.ask(ctx, getJobs, nil, number(integerTag, "limit", maxJobs), jobAttributes, text(keywordTag, "which-jobs", which))
		if err != nil {
			return nil, fmt.Errorf("look for a job: %w", err)
		}
		jobs, err := jobsOf(answer)
		if err != nil {
			return nil, fmt.Errorf("look for a job: %w", err)
		}
		found = append(found, slices.DeleteFunc(jobs, func(j Job) bool { return j.Name != name })...)
	}
	slices.SortFunc(found, func(a, b Job) int { return b.ID - a.ID })
	return slices.CompactFunc(found, func(a, b Job) bool { return a.ID == b.ID }), nil
}

// Job asks what became of a job. Known is false if the printer has forgotten it, as it may after a minute.
func (c *Client) Job(ctx context.Context, id int) (j Job, known bool, err error) {
	answer, err := c.ask(ctx, getJob, nil, number(integerTag, "job-id", id), jobAttributes)
	if refused, ok := errors.AsType[refusal](err); ok && refused.status == notFound {
		return Job{}, false, nil
	}
	if err != nil {
		return Job{}, false, fmt.Errorf("ask for job %d: %w", id, err)
	}
	jobs, err := jobsOf(answer)
	if err != nil || len(jobs) != 1 {
		return Job{}, false, fmt.Errorf("ask for job %d: %w", id, errGarbled)
	}
	return jobs[0], true, nil
}

// Cancel takes a job back that is not printed yet.
func (c *Client) Cancel(ctx context.Context, id int) error {
	if _, err := c.ask(ctx, cancelJob, nil, number(integerTag, "job-id", id)); err != nil {
		return fmt.Errorf("cancel job %d: %w", id, err)
	}
	return nil
}

func jobsOf(answer message) (list []Job, err error) {
	for _, g := range answer.of(jobGroup) {
		id, known := g.int("job-id")
		state, stated := g.int("job-state")
		if !known || !stated {
			return nil, errGarbled
		}
		list = append(list, Job{ID: id, Name: g.string("job-name"), State: State(state), Reasons: reasons(g, "job-state-reasons")})
	}
	return list, nil
}

// ask sends a request and reads the answer. The attributes that every request begins with come in their fixed order (4.1.4, 4.1.5);
// the user's name stands behind the job's number, if there is one (4.3.1).
func (c *Client) ask(ctx context.Context, operation uint16, document []byte, more ...attribute) (message, error) {
	target := []attribute{
		text(charsetTag, "attributes-charset", "utf-8"), text(languageTag, "attributes-natural-language", "en"), text(uriTag, "printer-uri", c.url),
	}
	if len(more) > 0 && more[0].name == "job-id" {
		target, more = append(target, more[0]), more[1:]
	}
	target = append(target, text(nameTag, "requesting-user-name", c.user))
	request := message{code: operation, id: 1, groups: []group{{operationGroup, append(target, more...)}}}
	body, err := c.send(ctx, append(request.encode(), document...))
	if err != nil {
		return message{}, err
	}
	answer, err := decode(body)
	switch {
	case err != nil:
		return message{}, err
	case answer.id != request.id:
		return message{}, errGarbled
	case answer.code >= 0x0100: // up to here, the request was carried out
		return message{}, refusal{answer.code, statusMessage(answer)}
	}
	return answer, nil
}

func statusMessage(answer message) string {
	if operation := answer.of(operationGroup); len(operation) > 0 {
		return operation[0].string("status-message")
	}
	return ""
}

// send posts a request (RFC 8010, 4).
func (c *Client) send(ctx context.Context, body []byte) (_ []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.post, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/ipp")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unreached(err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the printer answers %s instead of IPP; see the address, and whether it wants a user name", response.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, unreached(err)
	}
	if len(answer) > maxAnswer {
		return nil, errGarbled
	}
	return answer, nil
}

// unreached says why there was no answer.
func unreached(err error) error {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return fmt.Errorf("the printer does not answer in time: %w", err)
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Errorf("the printer's certificate is not trusted: %w", certificate.Err)
	}
	return fmt.Errorf("the printer is not reached: %w", err)
}
