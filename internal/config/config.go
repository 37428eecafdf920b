// Package config turns environment variables, and a file of them, into checked
// settings. Every setting is one field of Config with its name, default and
// meaning; everything that lists settings is made from those fields. Nothing
// else in the product reads the environment.
package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Config is all settings. The tags are the documentation: env is the variable,
// envDefault its default, doc its meaning, group where it is listed.
type Config struct {
	Production   bool   `env:"PRODUCTION" envDefault:"false" group:"General" doc:"Refuse to start with an insecure setting, and never load demo data"`
	LogLevel     string `env:"LOG_LEVEL" envDefault:"INFO" allowed:"DEBUG,INFO,WARNING,ERROR" doc:"Least severity that is logged"`
	DemoData     *bool  `env:"DEMO_DATA" doc:"Load demo customers and the help articles; default true under 'up', false otherwise"`
	BindAddress  string `env:"BIND_ADDRESS" doc:"Address to listen on; default 127.0.0.1 under 'up', all addresses otherwise"`
	MemoryCeilMB int    `env:"MEMORY_CEILING_MB" envDefault:"0" doc:"Resident memory in MiB above which /live fails so that the process is restarted; 0 for none"`

	ConciergePort  int `env:"CONCIERGE_PORT" envDefault:"8000" group:"Services" doc:"Port of the concierge"`
	RAGPort        int `env:"RAG_PORT" envDefault:"8001" doc:"Port of the retrieval service"`
	GuardrailsPort int `env:"GUARDRAILS_PORT" envDefault:"8002" doc:"Port of the guardrails"`

	RAGServiceURL        string `env:"RAG_SERVICE_URL" envDefault:"http://localhost:8001" doc:"Where 'concierge' finds the retrieval service"`
	GuardrailsServiceURL string `env:"GUARDRAILS_SERVICE_URL" envDefault:"http://localhost:8002" doc:"Where 'concierge' finds the guardrails"`

	DatabaseURL      Secret `env:"DATABASE_URL" group:"Database" doc:"PostgreSQL as one URL (postgres://...); wins over POSTGRES_*"`
	PostgresHost     string `env:"POSTGRES_HOST" doc:"PostgreSQL server; without it and without DATABASE_URL the data is in SQLite"`
	PostgresPort     int    `env:"POSTGRES_PORT" envDefault:"5432" doc:"Port of the PostgreSQL server"`
	PostgresDB       string `env:"POSTGRES_DB" envDefault:"swipesavvy_ai" doc:"Database"`
	PostgresUser     string `env:"POSTGRES_USER" envDefault:"swipesavvy" doc:"Database user"`
	PostgresPassword Secret `env:"POSTGRES_PASSWORD" doc:"Password of the database user"`
	PostgresSSLMode  string `env:"POSTGRES_SSLMODE" envDefault:"prefer" allowed:"disable,allow,prefer,require,verify-ca,verify-full" doc:"TLS to the server"`
	DatabaseMaxConns int    `env:"DATABASE_MAX_CONNECTIONS" envDefault:"10" doc:"Most connections to PostgreSQL per service and process"`
	SQLitePath       string `env:"SQLITE_PATH" envDefault:"data/swipesavvy.db" doc:"SQLite file"`
	AutoMigrate      bool   `env:"AUTO_MIGRATE" envDefault:"true" doc:"Bring the schema up to date at the start; false when 'swipesavvy migrate' does it"`

	AuthRequired  bool   `env:"AUTH_REQUIRED" envDefault:"false" group:"Authentication" doc:"Refuse customers' requests without a token; false believes user_id"`
	JWTSecret     Secret `env:"JWT_SECRET" doc:"Shared secret of HS256/384/512 tokens, at least 32 characters"`
	JWKSURL       string `env:"JWKS_URL" doc:"Where the keys of RS, PS, ES and EdDSA tokens are published; replaces JWT_SECRET"`
	JWTIssuer     string `env:"JWT_ISSUER" doc:"Issuer that tokens must name"`
	JWTAudience   string `env:"JWT_AUDIENCE" doc:"Audience that tokens must name"`
	OperatorToken Secret `env:"OPERATOR_TOKEN" doc:"Bearer token of operators, at least 32 characters; without it operators' functions are off"`

	TransferLimit      Amount   `env:"TRANSFER_LIMIT" envDefault:"2500.00" group:"Bank (the built-in ledger; amounts are of a currency with two decimals, 0 is no limit)" doc:"Most that one transfer may be, between own accounts or to a payee"`
	TransferDailyLimit Amount   `env:"TRANSFER_DAILY_LIMIT" envDefault:"5000.00" doc:"Most that a customer's transfers of a day may add up to"`
	BillLimit          Amount   `env:"BILL_LIMIT" envDefault:"5000.00" doc:"Most that one bill payment may be"`
	BillDailyLimit     Amount   `env:"BILL_DAILY_LIMIT" envDefault:"10000.00" doc:"Most that a customer's bill payments of a day may add up to"`
	ReviewAmount       Amount   `env:"REVIEW_AMOUNT" envDefault:"0" doc:"From this amount on every transfer and payment is left to a human"`
	ReviewNewPayee     Amount   `env:"REVIEW_NEW_PAYEE_AMOUNT" envDefault:"2500.00" doc:"From this amount on the first payment to a payee is left to a human"`
	DisputeWindow      int      `env:"DISPUTE_WINDOW_DAYS" envDefault:"60" doc:"Days after a transaction in which it can be disputed"`
	BankTimezone       string   `env:"BANK_TIMEZONE" envDefault:"America/New_York" doc:"Where a day of the limits begins and ends"`
	CoreBankingURL     string   `env:"CORE_BANKING_URL" doc:"A core banking system that replaces the built-in ledger; see docs/core-banking.openapi.yaml"`
	CoreBankingToken   Secret   `env:"CORE_BANKING_TOKEN" doc:"Bearer token for it"`
	CoreBankingTimeout Duration `env:"CORE_BANKING_TIMEOUT" envDefault:"10" doc:"Seconds for one call to it, at most 15"`
	AuditKey           Secret   `env:"AUDIT_KEY" doc:"Key of the audit chain, at least 32 characters, the same on every replica; without it whoever can write to the database can forge the chain"`

	TogetherAPIKey         Secret   `env:"TOGETHER_API_KEY" group:"Language model" doc:"API key of Together.AI, or of the server at TOGETHER_BASE_URL; without one the local engine answers"`
	TogetherBaseURL        string   `env:"TOGETHER_BASE_URL" envDefault:"https://api.together.xyz/v1" doc:"Any OpenAI-compatible API"`
	TogetherModel          string   `env:"TOGETHER_MODEL" envDefault:"meta-llama/Llama-3.3-70B-Instruct-Turbo" doc:"Model"`
	TogetherFallbackModels []string `env:"TOGETHER_FALLBACK_MODELS" doc:"Models to try when the first fails, comma separated"`
	TogetherMaxTokens      int      `env:"TOGETHER_MAX_TOKENS" envDefault:"1024" doc:"Most tokens of an answer"`
	TogetherTemperature    float64  `env:"TOGETHER_TEMPERATURE" envDefault:"0.2" doc:"Sampling temperature, 0 to 2"`
	TogetherTimeout        Duration `env:"TOGETHER_TIMEOUT" envDefault:"30" doc:"Seconds for one call"`
	TogetherStallTimeout   Duration `env:"TOGETHER_STALL_TIMEOUT" envDefault:"10" doc:"Seconds without a word after which a streamed answer is given up"`
	TogetherRetries        int      `env:"TOGETHER_MAX_RETRIES" envDefault:"2" doc:"Further calls of the same model after one that failed"`
	TogetherConcurrency    int      `env:"TOGETHER_MAX_CONCURRENT" envDefault:"64" doc:"Calls at once; those beyond wait a second, then the local engine answers"`
	TogetherContextTokens  int      `env:"TOGETHER_CONTEXT_TOKENS" envDefault:"16000" doc:"Most tokens of a prompt together with its answer, at most what the smallest of the models takes"`
	CompanyName            string   `env:"COMPANY_NAME" envDefault:"SwipeSavvy" doc:"Whose assistant this is: what the model says, and what stands at the top of the chat page"`
	CompanyTone            string   `env:"COMPANY_TONE" envDefault:"friendly, plain and brief" doc:"How the model speaks"`
	CompanyRules           string   `env:"COMPANY_RULES" doc:"Further instructions to the model, in your own words"`
	EmbeddingModel         string   `env:"EMBEDDING_MODEL" doc:"Model of an OpenAI-compatible embeddings API at TOGETHER_BASE_URL; without it or without TOGETHER_API_KEY help articles are searched by words alone"`

	GuardrailsPolicyFile string `env:"GUARDRAILS_POLICY_FILE" group:"Guardrails" doc:"Policy in YAML that changes the built-in one, see docs/GUARDRAILS.md; read again when it changes"`
	GuardrailsModel      string `env:"GUARDRAILS_MODEL" doc:"Llama Guard model at TOGETHER_BASE_URL that is asked, with personal data masked, where the detectors are unsure; empty asks nobody"`

	BreakerThreshold     int      `env:"CIRCUIT_BREAKER_FAILURE_THRESHOLD" envDefault:"5" group:"Resilience" doc:"Failures in a row that open a circuit breaker"`
	BreakerTimeout       Duration `env:"CIRCUIT_BREAKER_TIMEOUT" envDefault:"60" doc:"Seconds that a breaker stays open"`
	BreakerHalfOpenCalls int      `env:"CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS" envDefault:"3" doc:"Trial calls that must succeed to close it"`
	RateLimitPerSecond   float64  `env:"RATE_LIMIT_TOKENS_PER_SECOND" envDefault:"10" doc:"API requests per second to the concierge for each customer (each address, for anonymous ones), on average; 0 for no limit"`
	RateLimitBurst       int      `env:"RATE_LIMIT_BUCKET_SIZE" envDefault:"20" doc:"Requests that may come at once"`
	RedisURL             Secret   `env:"REDIS_URL" doc:"Redis through which replicas of the concierge share rate limits and kept answers, as redis://user:password@host:port, rediss:// for TLS; without it each has its own"`
	RedisTimeout         Duration `env:"REDIS_TIMEOUT" envDefault:"0.1" doc:"Seconds that one call to it may take, at most 10; then the replica goes on by itself"`
	TurnTimeout          Duration `env:"TURN_TIMEOUT" envDefault:"30" doc:"Seconds for a whole chat turn"`
	MaxTurns             int      `env:"MAX_CONCURRENT_TURNS" envDefault:"256" doc:"Chat turns at once on a replica; 0 for no bound"`
	MaxWaitingTurns      int      `env:"MAX_WAITING_TURNS" envDefault:"256" doc:"Further turns that may wait for a place, the rest gets 503 with Retry-After"`
	MaxTurnWait          Duration `env:"MAX_TURN_WAIT" envDefault:"2" doc:"Seconds that a turn may wait for a place"`
	ResponseCacheTTL     Duration `env:"RESPONSE_CACHE_TTL" envDefault:"3600" doc:"Seconds for which the model's answers to questions that are nobody's own are given again; 0 asks it each time"`
	DrainDelay           Duration `env:"DRAIN_DELAY" envDefault:"0" doc:"Seconds that a stopping service still accepts requests while /ready already fails"`
	DrainTimeout         Duration `env:"DRAIN_TIMEOUT" envDefault:"30" doc:"Seconds that requests in flight get to finish"`

	ChatPage         bool     `env:"CHAT_PAGE" envDefault:"true" group:"Chat page" doc:"Serve the chat page at / of the concierge, and the widget at /widget.js"`
	ChatAccent       string   `env:"CHAT_ACCENT" envDefault:"#0f6b62" doc:"The company's colour, as #rrggbb; shades that can be read are made from it"`
	ChatEmbedOrigins []string `env:"CHAT_EMBED_ORIGINS" doc:"Origins whose pages may embed the chat and hand it tokens, comma separated; without any only its own"`

	CORSOrigins  []string `env:"CORS_ALLOWED_ORIGINS" group:"HTTP" doc:"Origins whose pages may call the API, comma separated; * for all"`
	TLSCertFile  string   `env:"TLS_CERT_FILE" doc:"Certificate chain in PEM; with TLS_KEY_FILE turns TLS on"`
	TLSKeyFile   string   `env:"TLS_KEY_FILE" doc:"Private key in PEM"`
	OTLPEndpoint string   `env:"OTEL_EXPORTER_OTLP_ENDPOINT" group:"Observability" doc:"Base URL of an OTLP/HTTP collector that gets traces"`

	ProfilingAddress string `env:"PROFILING_ADDRESS" doc:"Loopback address and port, such as 127.0.0.1:6060, that serves Go's profiles at /debug/pprof/; empty for none"`

	ConversationDays    int    `env:"CONVERSATION_RETENTION_DAYS" envDefault:"0" group:"Operations" doc:"Days after its last message that a conversation is erased, unless a person has it; 0 keeps all"`
	BackupDir           string `env:"BACKUP_DIR" envDefault:"/backups" doc:"Folder of the backups"`
	BackupRetentionDays int    `env:"BACKUP_RETENTION_DAYS" envDefault:"30" doc:"Days that backups are kept; the newest good one is never removed; 0 keeps all"`
	BackupAgeRecipient  string `env:"BACKUP_AGE_RECIPIENT" doc:"age public key (age1...) that backups are encrypted to; empty doesn't encrypt"`
	BackupMaxAgeHours   int    `env:"BACKUP_MAX_AGE_HOURS" envDefault:"26" doc:"Age from which 'doctor' calls the newest backup old"`
	PrometheusURL       string `env:"PROMETHEUS_URL" doc:"Prometheus that 'report' and 'slo' ask, such as http://localhost:9090"`
	IncidentToken       Secret `env:"INCIDENT_WEBHOOK_TOKEN" doc:"Bearer token of Alertmanager's webhook, at least 32 characters; OPERATOR_TOKEN works, too"`

	sources map[string]string // where a variable's value comes from: environment or file
}

// PostgresURL is where the PostgreSQL server is, or empty when the data is in SQLite.
func (c Config) PostgresURL() string {
	switch {
	case c.DatabaseURL != "":
		return c.DatabaseURL.Reveal()
	case c.PostgresHost == "":
		return ""
	}
	u := url.URL{
		Scheme: "postgres", Path: "/" + c.PostgresDB,
		Host:     net.JoinHostPort(c.PostgresHost, strconv.Itoa(c.PostgresPort)),
		User:     url.UserPassword(c.PostgresUser, c.PostgresPassword.Reveal()),
		RawQuery: url.Values{"sslmode": {c.PostgresSSLMode}}.Encode(),
	}
	if c.PostgresPassword == "" {
		u.User = url.User(c.PostgresUser)
	}
	return u.String()
}

// Database names the database for people, without secrets.
func (c Config) Database() string {
	switch {
	case c.DatabaseURL != "":
		u, err := url.Parse(c.DatabaseURL.Reveal())
		if err != nil {
			return "PostgreSQL"
		}
		return "PostgreSQL at " + u.Host + u.Path
	case c.PostgresHost != "":
		return fmt.Sprintf("PostgreSQL at %s:%d/%s", c.PostgresHost, c.PostgresPort, c.PostgresDB)
	}
	return "SQLite in " + filepath.Clean(c.SQLitePath)
}

// Amount is an amount of money in minor units, written as a decimal (2500.00).
type Amount int64

// UnmarshalText parses an Amount.
func (a *Amount) UnmarshalText(text []byte) error {
	v, err := money.Parse(string(text), "USD")
	if err != nil {
		return fmt.Errorf("an amount such as 2500.00")
	}
	*a = Amount(v.Minor)
	return nil
}

// String writes an Amount as a decimal.
func (a Amount) String() string { return money.Of(int64(a), "USD").Decimal() }

// Duration is a time span, written as seconds (60) or with a unit (1m30s).
type Duration time.Duration

// UnmarshalText parses a Duration.
func (d *Duration) UnmarshalText(text []byte) error {
	if seconds, err := strconv.ParseFloat(string(text), 64); err == nil && seconds >= 0 && seconds <= maxSeconds {
		*d = Duration(seconds * float64(time.Second))
		return nil
	}
	span, err := time.ParseDuration(string(text))
	if err != nil || span < 0 || span > maxSeconds*time.Second {
		return fmt.Errorf("a number of seconds such as 60, or a span such as 1m30s, at most a day")
	}
	*d = Duration(span)
	return nil
}

// maxSeconds is the longest Duration: a day.
const maxSeconds = 24 * 60 * 60

// String writes a Duration in seconds.
func (d Duration) String() string {
	return strconv.FormatFloat(time.Duration(d).Seconds(), 'f', -1, 64)
}
