package recovery

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/backup"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const auditKey = "0123456789abcdef0123456789abcdef"

// eachEngine runs a test with a maker of services, each on a new, empty database.
func eachEngine(t *testing.T, test func(t *testing.T, service func() Service)) {
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "SQLITE_PATH=" + filepath.Join(t.TempDir(), "live.db") },
		"postgres": func(t *testing.T) string { return "DATABASE_URL=" + pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, func() Service { return serviceOn(t, database(t)) })
		})
	}
}

func serviceOn(t testing.TB, settings ...string) Service {
	t.Helper()
	c, err := config.Load(append(settings, "AUDIT_KEY="+auditKey), filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	return Service{Config: c, Version: "test"}
}

func open(t testing.TB, s Service) store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{DatabaseURL: s.Config.PostgresURL(), SQLitePath: s.Config.SQLitePath})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

const customers = 3

// seeded opens a new database with customers and returns it.
func seeded(t testing.TB, s Service) store.Store {
	t.Helper()
	db := open(t, s)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	account := func(id, customer string, kind bank.AccountKind) bank.Account {
		return bank.Account{ID: id, CustomerID: customer, Kind: kind, Name: string(kind), Number: "00000001", Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: time.Now()}
	}
	if err := db.Bank().CreateCustomer(t.Context(), bank.Customer{}, bank.Holdings{Accounts: []bank.Account{account("outside", "", bank.Internal)}}); err != nil {
		t.Fatal(err)
	}
	for i := range customers {
		id := fmt.Sprint("customer", i)
		// What a dump must not stumble over stands in the name.
		c := bank.Customer{ID: id, Name: "O'Brien\t\\. \\N \"q\"\n\\.\nCOPY public.x FROM stdin;\nüñ 日本", CreatedAt: time.Now()}
		if err := db.Bank().CreateCustomer(t.Context(), c, bank.Holdings{Accounts: []bank.Account{
			account(id+"c", id, bank.Checking), account(id+"s", id, bank.Savings),
		}}); err != nil {
			t.Fatal(err)
		}
		if err := db.Bank().Post(t.Context(), []bank.Posting{{ID: id, OccurredAt: time.Now(), Description: "Salary", Entries: []bank.Entry{
			{AccountID: "outside", Amount: money.Of(-1_000_000_000, "USD")}, {AccountID: id + "c", Amount: money.Of(1_000_000_000, "USD")},
		}}}); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// transfer moves a cent and returns the order's id once that is acknowledged.
func transfer(ctx context.Context, teller *bank.Service, i int) (string, error) {
	customer := fmt.Sprint("customer", i%customers)
	result, err := teller.Call(ctx, bank.Caller{CustomerID: customer, SessionID: rand.Text()}, bank.TransferMoney,
		json.RawMessage(`{"amount": "0.01", "from": "checking", "to": "savings"}`))
	if err != nil {
		return "", err
	}
	id := result.(*bank.Proposal).ActionID
	a, err := teller.Confirm(ctx, customer, bank.ConfirmedByButton(id, "", "key of "+id))
	if err == nil && a.Status != bank.ActionExecuted {
		err = fmt.Errorf("the transfer was %s", a.Status)
	}
	return id, err
}

func tellerOn(db store.Store) *bank.Service {
	return bank.New(bank.Options{Core: bank.NewLedger(db.Bank(), bank.Rules{}, nil), Actions: db.Bank()})
}

// orders returns the ids of the executed actions of a database.
func executed(t *testing.T, s Service, ids []string) (missing []string) {
	t.Helper()
	db := open(t, s)
	for i, id := range ids {
		a, err := db.Bank().Action(t.Context(), fmt.Sprint("customer", i%customers), id)
		if err != nil || a.Status != bank.ActionExecuted {
			missing = append(missing, id)
		}
	}
	return missing
}

func TestBackupUnderLoadRestoresElsewhere(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		live := service()
		db := seeded(t, live)
		teller := tellerOn(db)
		const before = 30
		var acknowledged []string
		for i := range before {
			id, err := transfer(t.Context(), teller, i)
			if err != nil {
				t.Fatal(err)
			}
			acknowledged = append(acknowledged, id)
		}
		made := backupWhileWriting(t, live, db, teller)
		if made.Manifest.Rows["orders"] < before {
			t.Errorf("%d orders in the backup, %d were acknowledged before it", made.Manifest.Rows["orders"], before)
		}
		elsewhere := service()
		r, proof, err := elsewhere.Restore(t.Context(), Options{File: made.File})
		if err != nil {
			t.Fatal(err)
		}
		if r.Kept != "" || len(proof.Problems) > 0 || proof.Findings.Orders != made.Manifest.Rows["orders"] {
			t.Errorf("%+v", proof)
		}
		if missing := executed(t, elsewhere, acknowledged); len(missing) > 0 {
			t.Errorf("acknowledged before the backup and not in it: %v", missing)
		}
		if _, err := transfer(t.Context(), tellerOn(open(t, elsewhere)), 0); err != nil {
			t.Errorf("the restored database takes no transfer: %v", err)
		}
		live2, err := bank.Verify(t.Context(), db.Bank())
		if err != nil || live2.Orders <= proof.Findings.Orders {
			t.Errorf("nothing was written during the backup: %d orders in it, %d after it", proof.Findings.Orders, live2.Orders)
		}
	})
}

// backupWhileWriting makes a backup while customers move money and the audit
// chain grows. Each writer has been at it before and goes on after it.
func backupWhileWriting(t *testing.T, s Service, db store.Store, teller *bank.Service) backup.Created {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var writers sync.WaitGroup
	started := make(chan struct{}, customers)
	chain := audit.NewChain(db.Audit(), auditKey, nil)
	for i := range customers {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if _, err := transfer(ctx, teller, i); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				if _, err := chain.Seal(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if n == 0 {
					started <- struct{}{}
				}
			}
		})
	}
	for range customers {
		<-started
	}
	made, err := s.Backup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transfer(ctx, teller, 0); err != nil {
		t.Error(err)
	}
	stop()
	writers.Wait()
	return made
}

// rewrite makes a file of its own with changed bytes.
func rewrite(t *testing.T, file string, change func([]byte) []byte) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(changed, change(bytes.Clone(content)), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func TestWhatIsNoGoodBackupIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		source, target := service(), service()
		seeded(t, source)
		made, err := source.Backup(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		seeded(t, target)
		before := contents(t, target)
		name, _, err := target.engine().Target(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other := otherEngine(t, source)
		for what, tc := range map[string]struct{ file, confirm, want string }{
			"a flipped bit":       {rewrite(t, made.File, func(b []byte) []byte { b[len(b)/2] ^= 1; return b }), name, "damaged"},
			"cut off":             {rewrite(t, made.File, func(b []byte) []byte { return b[:len(b)*2/3] }), name, "damaged or cut off"},
			"without manifest":    {rewrite(t, made.File, func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("\x1f\x8b\x08\x04"))] }), name, "no manifest"},
			"something behind it": {rewrite(t, made.File, func(b []byte) []byte { return append(b, 'x') }), name, "follows its end"},
			"two in one":          {rewrite(t, made.File, func(b []byte) []byte { return append(b, b...) }), name, "damaged"},
			"empty":               {rewrite(t, made.File, func([]byte) []byte { return nil }), name, "no backup of swipesavvy"},
			"a text":              {rewrite(t, made.File, func([]byte) []byte { return []byte("-- PostgreSQL database dump\n") }), name, "no backup of swipesavvy"},
			"another's dump":      {rewrite(t, made.File, func([]byte) []byte { return zipped("-- PostgreSQL database dump\n") }), name, "no backup of swipesavvy"},
			"none":                {"nowhere.sql.gz", name, "no such file"},
			"the other engine's":  {other, name, "the target is"},
			"unconfirmed":         {made.File, "", "is not empty"},
			"wrongly confirmed":   {made.File, "production", "is not empty"},
		} {
			_, _, err := target.Restore(t.Context(), Options{File: tc.file, Confirm: tc.confirm})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err = backup.Restore(t.Context(), target.engine(), backup.RestoreOptions{File: made.File, MaxSchema: made.Manifest.Schema - 1, Confirm: name})
		if err == nil || !strings.Contains(err.Error(), "this release knows only") {
			t.Errorf("a newer schema: %v", err)
		}
		if diff := cmp.Diff(before, contents(t, target)); diff != "" {
			t.Errorf("a refusal changed the target: %s", diff)
		}
		noScratchIsLeft(t, target)
	})
}

// contents reads what is in a service's database.
func contents(t testing.TB, s Service) backup.Contents {
	t.Helper()
	made, err := s.Backup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return made.Manifest.Contents
}

// otherEngine makes a backup of a database of the other kind.
func otherEngine(t *testing.T, s Service) string {
	t.Helper()
	settings := "SQLITE_PATH=" + filepath.Join(t.TempDir(), "db")
	if s.Config.PostgresURL() == "" {
		settings = "DATABASE_URL=" + pgtest.URL(t)
	}
	other := serviceOn(t, settings)
	seeded(t, other)
	made, err := other.Backup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return made.File
}

func noScratchIsLeft(t *testing.T, s Service) {
	t.Helper()
	if s.Config.PostgresURL() == "" {
		left, err := filepath.Glob(s.Config.SQLitePath + ".scratch*")
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		return
	}
	conn, err := pgx.Connect(t.Context(), s.Config.PostgresURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_database WHERE starts_with(datname, current_database() || '_scratch_')`).Scan(&n); err != nil || n > 0 {
		t.Errorf("%d scratch databases left, %v", n, err)
	}
}

func TestReplacedDatabaseIsKept(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		s := service()
		db := seeded(t, s)
		made, err := s.Backup(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transfer(t.Context(), tellerOn(db), 0); err != nil {
			t.Fatal(err)
		}
		_ = db.Close() // the services are stopped
		name, _, err := s.engine().Target(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Restore(t.Context(), Options{File: made.File, Confirm: name})
		if err != nil || r.Kept == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		if diff := cmp.Diff(made.Manifest.Contents, contents(t, s)); diff != "" {
			t.Error(diff)
		}
		former := formerly(t, s, r.Kept)
		if got := contents(t, former).Rows["orders"]; got != 1 {
			t.Errorf("the former database has %d orders, want the one after the backup", got)
		}
		noScratchIsLeft(t, s)
	})
}

// formerly is a service on the database that a restore put aside.
func formerly(t *testing.T, s Service, kept string) Service {
	t.Helper()
	if s.Config.PostgresURL() == "" {
		return serviceOn(t, "SQLITE_PATH="+kept)
	}
	u, err := url.Parse(s.Config.PostgresURL())
	if err != nil {
		t.Fatal(err)
	}
	server := u.String()
	u.Path = "/" + kept
	t.Cleanup(func() { pgtest.Execute(t, server, "DROP DATABASE IF EXISTS "+kept+" WITH (FORCE)") })
	return serviceOn(t, "DATABASE_URL="+u.String())
}

func TestRunningServicesKeepTheirDataFile(t *testing.T) {
	t.Parallel()
	s := serviceOn(t, "SQLITE_PATH="+filepath.Join(t.TempDir(), "live.db"))
	seeded(t, s)
	made, err := s.Backup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	lock, err := store.Lock(s.Config.SQLitePath, "concierge")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, _, err := s.Restore(t.Context(), Options{File: made.File, Confirm: "live.db"}); err == nil || !strings.Contains(err.Error(), "concierge is running") {
		t.Errorf("got %v", err)
	}
}

func TestUnsoundBooksAreRefusedUnlessAccepted(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		s := service()
		seeded(t, s)
		tamper(t, s, `UPDATE accounts SET balance = balance + 1 WHERE id = 'customer0c'`)
		made, err := s.Backup(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := service()
		if _, _, err := elsewhere.Restore(t.Context(), Options{File: made.File}); err == nil || !strings.Contains(err.Error(), "customer0c") {
			t.Errorf("got %v", err)
		}
		if _, proof, err := elsewhere.Restore(t.Context(), Options{File: made.File, AcceptProblems: true}); err != nil || len(proof.Problems) == 0 {
			t.Errorf("accepted: %v, %v", proof.Problems, err)
		}
	})
}

// tamper changes a database behind the program's back.
func tamper(t *testing.T, s Service, statement string) {
	t.Helper()
	if s.Config.PostgresURL() != "" {
		pgtest.Execute(t, s.Config.PostgresURL(), statement)
		return
	}
	if err := execSQLite(s.Config.SQLitePath, statement); err != nil {
		t.Fatal(err)
	}
}

func TestRehearsal(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		s := service()
		seeded(t, s)
		before := contents(t, s)
		r, err := s.Rehearse(t.Context(), t.TempDir(), "")
		if err != nil || len(r.Proof.Problems) > 0 || r.Restored.Manifest.Rows["customers"] != customers {
			t.Errorf("%+v, %v", r, err)
		}
		if diff := cmp.Diff(before, contents(t, s)); diff != "" {
			t.Error(diff)
		}
		noScratchIsLeft(t, s)
	})
}

func TestEncryptedBackup(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		stranger, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]string{}
		for name, i := range map[string]*age.X25519Identity{"ours": identity, "stranger": stranger} {
			keys[name] = filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(keys[name], []byte(i.String()+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := service()
		seeded(t, s)
		s.Config.BackupAgeRecipient = identity.Recipient().String()
		made, err := s.Backup(t.Context(), t.TempDir())
		if err != nil || !backup.Encrypted(made.File) {
			t.Fatalf("%s, %v", made.File, err)
		}
		if content, err := os.ReadFile(made.File); err != nil || bytes.Contains(content, []byte("customer0")) {
			t.Errorf("the file shows what is in it, %v", err)
		}
		if m, err := s.VerifyFile(t.Context(), made.File, ""); err != nil || m.ContentSHA256 != "" {
			t.Errorf("checksum alone: %+v, %v", m, err)
		}
		elsewhere := service()
		if _, _, err := elsewhere.Restore(t.Context(), Options{File: made.File}); err == nil || !strings.Contains(err.Error(), "--identity") {
			t.Errorf("without a key: %v", err)
		}
		if _, _, err := elsewhere.Restore(t.Context(), Options{File: made.File, IdentityFile: keys["stranger"]}); err == nil || !strings.Contains(err.Error(), "can't be opened") {
			t.Errorf("with another's key: %v", err)
		}
		if _, _, err := elsewhere.Restore(t.Context(), Options{File: made.File, IdentityFile: keys["ours"]}); err != nil {
			t.Error(err)
		}
	})
}

func TestPsqlLoadsADump(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("psql"); err != nil {
		t.Skip("psql is not on this machine")
	}
	live := serviceOn(t, "DATABASE_URL="+pgtest.URL(t))
	db := seeded(t, live)
	if _, err := transfer(t.Context(), tellerOn(db), 1); err != nil {
		t.Fatal(err)
	}
	made, err := live.Backup(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	loaded := serviceOn(t, "DATABASE_URL="+pgtest.URL(t))
	script := `gunzip -c "$1" | psql -X -q --set ON_ERROR_STOP=1 --single-transaction "$2"`
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", script, "sh", made.File, loaded.Config.PostgresURL()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff(made.Manifest.Contents, contents(t, loaded)); diff != "" {
		t.Error(diff)
	}
	proof, err := loaded.prove(t.Context(), loaded.Config.PostgresURL())
	if err != nil || len(proof.Problems) > 0 {
		t.Errorf("%v, %v", proof.Problems, err)
	}
	if _, err := transfer(t.Context(), tellerOn(open(t, loaded)), 1); err != nil {
		t.Errorf("the loaded database takes no transfer: %v", err)
	}
}

// query asks a PostgreSQL database for one text.
func query(t *testing.T, s Service, statement string) (answer string, err error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.Config.PostgresURL())
	if err != nil {
		return "", err
	}
	defer conn.Close(t.Context())
	err = conn.QueryRow(t.Context(), statement).Scan(&answer)
	return answer, err
}
