package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/redis"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 8 << 20

// address is where a service is: where it was said to be, or where the settings
// say, or on this machine's port.
func address(given, setting, scheme string, port int) string {
	switch {
	case given != "":
		return strings.TrimRight(given, "/")
	case setting != "" && !strings.Contains(setting, "//localhost:"):
		return strings.TrimRight(setting, "/")
	}
	return fmt.Sprintf("%s://localhost:%d", scheme, port)
}

// service asks one service how it is, and looks at its metrics.
func (d *doctor) service(name, url string) check {
	return func(ctx context.Context) []Finding {
		answer, body, err := d.get(ctx, url+"/ready", "")
		if err != nil {
			return []Finding{unreachable(name, url, err)}
		}
		var ready struct {
			Status, Service string
			Checks          map[string]health.Result
		}
		if json.Unmarshal(body, &ready) != nil || ready.Status == "" {
			return []Finding{failed(name, fmt.Sprintf("%s answers with status %d, but not as a service of this product", url, answer.StatusCode),
				"another program has its port", "stop that program, or give the service another port ("+portSetting(name)+")", "servicedown")}
		}
		if ready.Service != name {
			return []Finding{failed(name, url+" is the service "+ready.Service, "ports or addresses are mixed up", "correct "+portSetting(name)+" or the service's address", "servicedown")}
		}
		found := []Finding{state(name, url, ready.Status)}
		for _, dependency := range slices.Sorted(maps.Keys(ready.Checks)) {
			if r := ready.Checks[dependency]; r.Status != health.OK {
				found = append(found, ill(name, dependency, r))
			}
		}
		if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
			found = append(found, clock("clock ("+name+")", ahead(date, d.Now())))
		}
		return append(found, d.metrics(ctx, name, url)...)
	}
}

// ahead compares with a header that has whole seconds.
func ahead(date, now time.Time) time.Duration {
	diff := date.Sub(now.Truncate(time.Second))
	if diff.Abs() <= time.Second {
		return 0
	}
	return diff
}

// get returns an answer whatever its status, with its body.
func (d *doctor) get(ctx context.Context, url, token string) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, nil, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := d.client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer, body, err
}

func portSetting(service string) string { return strings.ToUpper(service) + "_PORT" }

// unreachable says why a service doesn't answer.
func unreachable(name, url string, err error) Finding {
	var dns *net.DNSError
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	cause, do := "nothing listens there", fmt.Sprintf("start it (docker-compose up -d %s, or swipesavvy %s) and look at its log; %s and the service's address say where it should be", name, name, portSetting(name))
	switch {
	case errors.As(err, &dns):
		cause = "the name is not known"
	case errors.As(err, &certificate):
		cause, do = "its certificate isn't valid for this address, and isn't the one in TLS_CERT_FILE", "renew it, or name the service by the name in its certificate (--"+name+")"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		cause, do = "it doesn't speak TLS", "set TLS_CERT_FILE and TLS_KEY_FILE there, too, or ask it at http://"
	case errors.As(err, &network) && network.Timeout():
		cause, do = "it doesn't answer in time", "look at its log, its CPU and its memory; restart it (docker-compose restart "+name+")"
	}
	return failed(name, url+" is not reachable", cause, do, "servicedown")
}

func state(name, url, status string) Finding {
	switch status {
	case "ready":
		return ok(name, url+" is ready")
	case "degraded":
		return warning(name, url+" is degraded", "something that it can do without is missing", "see what is listed below", "first-look")
	case "draining":
		return warning(name, url+" is draining", "it was told to stop", "wait until it has been replaced", "restart-replace-scale")
	}
	return failed(name, url+" is "+status, "something that it needs is missing", "see what is listed below", "servicedown")
}

// ill explains a dependency that a service reports as not well.
func ill(service, dependency string, r health.Result) Finding {
	name := service + ": " + dependency
	cause, do, section := "it reports this itself", "look at its log for \"dependency state changed\"", "servicedown"
	switch dependency {
	case "knowledge_base":
		cause, do, section = "no article was loaded", "load the articles (POST /api/v1/rag/documents), or restart with DEMO_DATA=true outside production", "knowledgebaseempty"
	case "database":
		cause, do, section = "it has no connection, or the schema is not ready", "look at the check of the database, and at the service's own settings", "databasedown"
	case "rag", "guardrails":
		cause, do = "the concierge gets no answer from it, and goes on without", "see the check of "+dependency+"; if that is well, correct "+strings.ToUpper(dependency)+"_SERVICE_URL of the concierge"
	case "core_banking":
		cause, do = "the core banking system fails", "ask whoever runs it; money doesn't move meanwhile and nothing is lost"
	case "redis":
		cause, do, section = "the service can't reach Redis, or Redis refuses it", "see the check of redis; meanwhile limits and kept answers are each replica's own and nothing fails", "circuitbreakeropen"
	case "together_ai":
		cause, do, section = "the model's provider fails", "nothing at once: cached and local answers go on; see the check of the key", "togetherfailing"
	}
	if r.Required {
		return failed(name, r.Detail, cause, do, section)
	}
	if dependency == "knowledge_base" { // no question finds an answer
		return failed(name, r.Detail, cause, do, section)
	}
	return warning(name, r.Detail, cause, do, section)
}

// metrics finds open breakers, a full connection pool and too much memory.
func (d *doctor) metrics(ctx context.Context, name, url string) []Finding {
	answer, body, err := d.get(ctx, url+"/metrics", "")
	if err != nil || answer.StatusCode != http.StatusOK {
		return []Finding{warning(name+": metrics", "can't be read", "something between blocks /metrics", "ask from inside the network", "monitoringincomplete")}
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(body)))
	if err != nil {
		return []Finding{warning(name+": metrics", "can't be understood", "they are no Prometheus text", "look at what answers there", "monitoringincomplete")}
	}
	found := breakers(name, families["circuit_breaker_state"])
	if active, most := value(families["database_connections_active"]), value(families["database_connections_max"]); most > 0 {
		found = append(found, pool(name+": connection pool", active, most))
	}
	return append(found, d.memory(name, value(families["process_memory_bytes"]))...)
}

func breakers(name string, family *dto.MetricFamily) []Finding {
	var found []Finding
	for _, m := range family.GetMetric() {
		which := name + ": breaker"
		for _, l := range m.GetLabel() {
			which += " " + l.GetValue()
		}
		switch m.GetGauge().GetValue() {
		case 0:
			found = append(found, ok(which, "closed"))
		case 2:
			found = append(found, warning(which, "half-open", "it tries whether its dependency works again", "wait for CIRCUIT_BREAKER_TIMEOUT and run doctor again", "circuitbreakeropen"))
		default:
			found = append(found, failed(which, "open", "its dependency failed several times in a row, so it isn't asked",
				"cure the dependency of this name; requests that come CIRCUIT_BREAKER_TIMEOUT after it opened try it and close the breaker, so where nobody asks it stays open", "circuitbreakeropen"))
		}
	}
	return found
}

// value is a metric without labels, zero where there is none.
func value(family *dto.MetricFamily) float64 {
	if len(family.GetMetric()) == 0 {
		return 0
	}
	return family.GetMetric()[0].GetGauge().GetValue()
}

// memoryWarning is the share of the ceiling from which a restart is near.
const memoryWarning = 0.9

func (d *doctor) memory(name string, bytes float64) []Finding {
	ceiling := float64(d.Config.MemoryCeilMB)
	mib := bytes / (1 << 20)
	if ceiling == 0 || bytes == 0 {
		return nil
	}
	detail := fmt.Sprintf("%.0f of %.0f MiB", mib, ceiling)
	const cause, do = "load, or a leak", "compare with the trend on the dashboard; /live fails above the ceiling, so that the orchestrator restarts it"
	switch {
	case mib >= ceiling:
		return []Finding{failed(name+": memory", detail, cause, do, "highmemory")}
	case mib >= memoryWarning*ceiling:
		return []Finding{warning(name+": memory", detail, cause, do, "highmemory")}
	}
	return []Finding{ok(name+": memory", detail)}
}

// redis asks the server that replicas share limits and answers through.
func (d *doctor) redis(ctx context.Context) []Finding {
	const name, section = "redis", "circuitbreakeropen"
	if d.Config.RedisURL == "" {
		return []Finding{{Check: name, Outcome: Skipped, Detail: "REDIS_URL is not set: limits and kept answers are each replica's own"}}
	}
	client, err := redis.New(redis.Options{URL: d.Config.RedisURL.Reveal(), Timeout: d.Timeout, Breaker: breaker.NewFactory(breaker.Options{}).New(name)})
	if err != nil {
		return []Finding{warning(name, "can't be asked", "REDIS_URL can't be read", "correct REDIS_URL", section)}
	}
	defer client.Close()
	err = client.Ping(ctx)
	switch {
	case err == nil:
		return []Finding{ok(name, "reachable, the password is accepted")}
	case fault.ReasonOf(err) == redis.ReasonRefused:
		return []Finding{warning(name, "the user or the password is refused", "REDIS_URL holds another one than the server, or a user without rights",
			"correct REDIS_URL and replace the concierge; limits and kept answers are each replica's own meanwhile", section)}
	}
	return []Finding{warning(name, fault.As(err).Detail, "the server is down, or the network, a firewall or TLS (rediss://) is between",
		"start it (docker-compose --profile redis up -d redis), or take REDIS_URL away; limits and kept answers are each replica's own meanwhile", section)}
}

// together asks for the list of models, which costs nothing and needs a valid key.
func (d *doctor) together(ctx context.Context) []Finding {
	const name, section = "together.ai", "togetherfailing"
	key := d.Config.TogetherAPIKey.Reveal()
	if key == "" {
		return []Finding{{Check: name, Outcome: Skipped, Detail: "TOGETHER_API_KEY is not set: the local engine answers"}}
	}
	answer, _, err := d.get(ctx, strings.TrimRight(d.Config.TogetherBaseURL, "/")+"/models", key)
	if err != nil {
		return []Finding{failed(name, "not reachable", "the network, a proxy or a firewall is between, or the provider is down",
			"try TOGETHER_BASE_URL with curl from this machine; local answers go on meanwhile", section)}
	}
	switch code := answer.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return []Finding{failed(name, fmt.Sprintf("the key is refused (status %d)", code), "TOGETHER_API_KEY is wrong, expired or without rights",
			"make a new key at the provider, set TOGETHER_API_KEY and restart the concierge", section)}
	case code == http.StatusTooManyRequests:
		return []Finding{warning(name, "the key works, its rate limit is used up", "more calls than the plan allows", "wait, or raise the limit at the provider", section)}
	case code >= 500:
		return []Finding{failed(name, fmt.Sprintf("the provider answers with status %d", code), "the provider has trouble", "look at its status page; local answers go on meanwhile", section)}
	case code != http.StatusOK:
		return []Finding{warning(name, fmt.Sprintf("answers with status %d", code), "TOGETHER_BASE_URL may not be an OpenAI-compatible API", "correct TOGETHER_BASE_URL", section)}
	}
	found := []Finding{ok(name, "the key is accepted")}
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		found = append(found, clock("clock (together.ai)", ahead(date, d.Now())))
	}
	return found
}
