package config

import (
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/redis"
)

// minSecret is the least length of a secret that can be guessed at: 32 random
// characters are beyond any search.
const minSecret = 32

// check returns a line for everything that can't work, and under PRODUCTION for
// everything that isn't safe.
func (c Config) check() []string {
	k := &checker{c: c, value: reflect.ValueOf(c)}
	for _, s := range settings() {
		if allowed := s.field.Tag.Get("allowed"); allowed != "" {
			value := k.value.FieldByIndex(s.field.Index).String()
			k.want(s.Variable, slices.Contains(strings.Split(allowed, ","), value), s.allowedValues())
		}
	}
	c.checkNumbers(k)
	c.checkAddresses(k)
	c.checkSecrets(k)
	c.checkChatPage(k)
	if c.Production {
		c.checkProduction(k)
	}
	return k.problems
}

// minPrompt is the least room, in tokens, for instructions, tools, articles and
// results.
const minPrompt = 8000

// maxCoreTimeout is shorter than the time after which another worker takes over
// an action that is being carried out.
const maxCoreTimeout = 15 * time.Second

// maxRedisTimeout bounds what a request may lose to a server that it doesn't need.
const maxRedisTimeout = 10 * time.Second

type checker struct {
	c        Config
	value    reflect.Value
	problems []string
}

// want notes a problem with a variable unless ok.
func (k *checker) want(variable string, ok bool, allowed string) {
	if ok {
		return
	}
	for _, s := range settings() {
		if s.Variable == variable {
			k.problems = append(k.problems, s.problem(text(k.value.FieldByIndex(s.field.Index)), allowed))
		}
	}
}

func (c Config) checkNumbers(k *checker) {
	for variable, port := range map[string]int{
		"CONCIERGE_PORT": c.ConciergePort, "RAG_PORT": c.RAGPort, "GUARDRAILS_PORT": c.GuardrailsPort,
	} {
		k.want(variable, port >= 0 && port <= 65535, "a port from 1 to 65535, or 0 for any free one")
	}
	k.want("POSTGRES_PORT", c.PostgresPort >= 1 && c.PostgresPort <= 65535, "a port from 1 to 65535")
	k.want("DATABASE_MAX_CONNECTIONS", c.DatabaseMaxConns >= 1 && c.DatabaseMaxConns <= 1000, "a whole number from 1 to 1000")
	k.want("MEMORY_CEILING_MB", c.MemoryCeilMB >= 0 && c.MemoryCeilMB <= 1<<20, "a whole number from 0 to 1048576")
	k.want("TOGETHER_MAX_TOKENS", c.TogetherMaxTokens >= 1 && c.TogetherMaxTokens <= 128_000, "a whole number from 1 to 128000")
	k.want("TOGETHER_TEMPERATURE", c.TogetherTemperature >= 0 && c.TogetherTemperature <= 2, "a number from 0 to 2")
	k.want("TOGETHER_TIMEOUT", c.TogetherTimeout > 0, "more than 0 seconds")
	k.want("TOGETHER_STALL_TIMEOUT", c.TogetherStallTimeout > 0, "more than 0 seconds")
	k.want("TOGETHER_MAX_RETRIES", c.TogetherRetries >= 0 && c.TogetherRetries <= 10, "a whole number from 0 to 10")
	k.want("TOGETHER_MAX_CONCURRENT", c.TogetherConcurrency >= 1 && c.TogetherConcurrency <= 10_000, "a whole number from 1 to 10000")
	k.want("TOGETHER_CONTEXT_TOKENS", c.TogetherContextTokens >= c.TogetherMaxTokens+minPrompt && c.TogetherContextTokens <= 10_000_000,
		"at least 8000 more than TOGETHER_MAX_TOKENS")
	k.want("TOGETHER_MODEL", c.TogetherModel != "", "the name of a model")
	k.want("COMPANY_RULES", len(c.CompanyRules) <= 4000, "at most 4000 bytes")
	k.want("DISPUTE_WINDOW_DAYS", c.DisputeWindow >= 0 && c.DisputeWindow <= 3650, "a whole number from 0 to 3650")
	_, err := time.LoadLocation(c.BankTimezone)
	k.want("BANK_TIMEZONE", err == nil && c.BankTimezone != "Local", "an IANA time zone such as America/New_York")
	k.want("CORE_BANKING_TIMEOUT", c.CoreBankingTimeout > 0 && time.Duration(c.CoreBankingTimeout) <= maxCoreTimeout, "more than 0 and at most 15 seconds")
	k.want("MAX_CONCURRENT_TURNS", c.MaxTurns >= 0 && c.MaxTurns <= 100_000, "a whole number from 0 to 100000")
	k.want("MAX_WAITING_TURNS", c.MaxWaitingTurns >= 0 && c.MaxWaitingTurns <= 100_000, "a whole number from 0 to 100000")
	k.want("BACKUP_RETENTION_DAYS", c.BackupRetentionDays >= 0 && c.BackupRetentionDays <= 36500, "a whole number from 0 to 36500")
	k.want("CONVERSATION_RETENTION_DAYS", c.ConversationDays >= 0 && c.ConversationDays <= 36500, "a whole number from 0 to 36500")
	k.want("BACKUP_MAX_AGE_HOURS", c.BackupMaxAgeHours >= 1 && c.BackupMaxAgeHours <= 8784, "a whole number from 1 to 8784")
	k.want("BACKUP_AGE_RECIPIENT", c.BackupAgeRecipient == "" || recipient(c.BackupAgeRecipient), "an age public key (age1...), never a secret one")
	k.want("REDIS_TIMEOUT", c.RedisTimeout > 0 && time.Duration(c.RedisTimeout) <= maxRedisTimeout, "more than 0 and at most 10 seconds")
	k.want("TURN_TIMEOUT", c.TurnTimeout > 0, "more than 0 seconds")
	k.want("CIRCUIT_BREAKER_FAILURE_THRESHOLD", c.BreakerThreshold >= 1 && c.BreakerThreshold <= 1000, "a whole number from 1 to 1000")
	k.want("CIRCUIT_BREAKER_TIMEOUT", c.BreakerTimeout > 0, "more than 0 seconds")
	k.want("CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS", c.BreakerHalfOpenCalls >= 1 && c.BreakerHalfOpenCalls <= 1000, "a whole number from 1 to 1000")
	k.want("RATE_LIMIT_TOKENS_PER_SECOND", c.RateLimitPerSecond >= 0 && c.RateLimitPerSecond <= 1e6, "a number from 0 to 1000000")
	k.want("RATE_LIMIT_BUCKET_SIZE", c.RateLimitBurst >= 1 && c.RateLimitBurst <= 1e6, "a whole number from 1 to 1000000")
}

func (c Config) checkAddresses(k *checker) {
	for variable, address := range map[string]string{
		"RAG_SERVICE_URL": c.RAGServiceURL, "GUARDRAILS_SERVICE_URL": c.GuardrailsServiceURL,
		"TOGETHER_BASE_URL": c.TogetherBaseURL, "JWKS_URL": c.JWKSURL, "CORE_BANKING_URL": c.CoreBankingURL, "OTEL_EXPORTER_OTLP_ENDPOINT": c.OTLPEndpoint,
		"PROMETHEUS_URL": c.PrometheusURL,
	} {
		k.want(variable, address == "" || webAddress(address), "an http:// or https:// address")
	}
	k.want("BIND_ADDRESS", c.BindAddress == "" || net.ParseIP(c.BindAddress) != nil || c.BindAddress == "localhost", "an IP address")
	k.want("PROFILING_ADDRESS", c.ProfilingAddress == "" || loopback(c.ProfilingAddress), "a loopback address with a port, such as 127.0.0.1:6060")
	k.want("DATABASE_URL", c.DatabaseURL == "" || strings.HasPrefix(c.DatabaseURL.Reveal(), "postgres://") ||
		strings.HasPrefix(c.DatabaseURL.Reveal(), "postgresql://"), "an address of the form postgres://user:password@host:port/database")
	k.want("REDIS_URL", c.RedisURL == "" || redis.ValidURL(c.RedisURL.Reveal()), "an address of the form redis://user:password@host:port, or rediss:// with TLS")
	for _, origin := range c.CORSOrigins {
		u, err := url.Parse(origin)
		k.want("CORS_ALLOWED_ORIGINS", origin == "*" || err == nil && webAddress(origin) && u.Path == "", "origins such as https://app.example.com, or *")
	}
	k.want("TLS_CERT_FILE", c.TLSCertFile == "" && c.TLSKeyFile == "" || fileExists(c.TLSCertFile), "a readable file, together with TLS_KEY_FILE")
	k.want("TLS_KEY_FILE", c.TLSCertFile == "" && c.TLSKeyFile == "" || fileExists(c.TLSKeyFile), "a readable file, together with TLS_CERT_FILE")
}

// recipient says whether a backup could be encrypted to a key.
func recipient(key string) bool {
	_, err := age.ParseX25519Recipient(key)
	return err == nil
}

func loopback(address string) bool {
	host, port, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && port != "" && ip != nil && ip.IsLoopback()
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func (c Config) checkSecrets(k *checker) {
	k.want("JWT_SECRET", c.JWTSecret == "" || len(c.JWTSecret) >= minSecret, "a text of at least 32 characters")
	k.want("OPERATOR_TOKEN", c.OperatorToken == "" || len(c.OperatorToken) >= minSecret, "a text of at least 32 characters")
	k.want("INCIDENT_WEBHOOK_TOKEN", c.IncidentToken == "" || len(c.IncidentToken) >= minSecret, "a text of at least 32 characters")
	k.want("AUDIT_KEY", c.AuditKey == "" || len(c.AuditKey) >= minSecret, "a text of at least 32 characters")
	k.want("GUARDRAILS_MODEL", c.GuardrailsModel == "" || c.TogetherAPIKey != "", "a model only together with TOGETHER_API_KEY")
	k.want("AUTH_REQUIRED", !c.AuthRequired || c.JWTSecret != "" || c.JWKSURL != "", "true only together with JWT_SECRET or JWKS_URL")
}

// weakPasswords are those that examples and images come with.
var weakPasswords = []string{"", "password", "postgres", "swipesavvy", "changeme", "change-me", "secret", "admin", "example"}

func (c Config) checkProduction(k *checker) {
	k.want("AUTH_REQUIRED", c.AuthRequired, "true with PRODUCTION=true")
	k.want("TOGETHER_API_KEY", c.TogetherAPIKey != "", "a key with PRODUCTION=true")
	k.want("OPERATOR_TOKEN", c.OperatorToken != "", "a token of at least 32 characters with PRODUCTION=true")
	k.want("CORE_BANKING_URL", c.CoreBankingURL == "" || strings.HasPrefix(c.CoreBankingURL, "https://") || c.CoreBankingToken == "", "an https:// address with PRODUCTION=true")
	k.want("DEMO_DATA", c.DemoData == nil || !*c.DemoData, "false with PRODUCTION=true")
	k.want("CORS_ALLOWED_ORIGINS", !slices.Contains(c.CORSOrigins, "*"), "named origins with PRODUCTION=true")
	password, from := c.PostgresPassword.Reveal(), "POSTGRES_PASSWORD"
	if u, err := url.Parse(c.DatabaseURL.Reveal()); c.DatabaseURL != "" && err == nil {
		password, _ = u.User.Password()
		from = "DATABASE_URL"
	}
	if c.PostgresURL() != "" {
		k.want(from, !slices.Contains(weakPasswords, strings.ToLower(password)), "a password of your own with PRODUCTION=true")
	}
}
