package feed_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/feed"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ingest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

// base is a knowledge base in this process.
type base struct{ *rag.Service }

func (b base) Summaries(ctx context.Context) ([]rag.StoredDocument, error) {
	return b.Service.Summaries(ctx, "", 100_000)
}

func (b base) Put(ctx context.Context, documents []rag.Document) ([]rag.Upserted, error) {
	return b.Upsert(ctx, documents)
}

func newBase(t *testing.T) base {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return base{rag.New(rag.Options{Store: db.Knowledge()})}
}

// stored is what the knowledge base holds: titles by id.
func (b base) stored(t *testing.T) map[string]string {
	t.Helper()
	list, err := b.Summaries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]string{}
	for _, d := range list {
		titles[d.ID] = d.Title
	}
	return titles
}

// folder makes a folder of Markdown files with these titles.
func folder(titles map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, title := range titles {
		files[name] = &fstest.MapFile{Data: []byte("# " + title + "\n\nText of " + title + ".\n")}
	}
	return files
}

// feeder reports into a list, such as "stored a.md".
func feeder(b feed.Base) (*feed.Feeder, *[]string) {
	var told []string
	return &feed.Feeder{Base: b, Reader: ingest.New(""), Report: func(e feed.Event) {
		line := fmt.Sprint(e.Status, " ", e.Name)
		if e.Reason != "" {
			line += ": " + e.Reason
		}
		told = append(told, line)
	}}, &told
}

func TestSyncMakesTheBaseSayWhatTheFolderSays(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	if _, err := b.Upsert(t.Context(), []rag.Document{{ID: "elsewhere", Title: "E", Category: "c", Content: "by hand"}}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		files  map[string]string
		counts feed.Counts
		stored map[string]string
	}{
		{
			"new",
			map[string]string{"a.md": "A", "b.md": "B", "sub/c.md": "C"},
			feed.Counts{feed.Stored: 3},
			map[string]string{"a": "A", "b": "B", "sub.c": "C", "elsewhere": "E"},
		},
		{
			"the same",
			map[string]string{"a.md": "A", "b.md": "B", "sub/c.md": "C"},
			feed.Counts{feed.Unchanged: 3},
			map[string]string{"a": "A", "b": "B", "sub.c": "C", "elsewhere": "E"},
		},
		{
			"one changed, one moved",
			map[string]string{"a.md": "A2", "b.md": "B", "other/c.md": "C"},
			feed.Counts{feed.Stored: 2, feed.Unchanged: 1, feed.Removed: 1},
			map[string]string{"a": "A2", "b": "B", "other.c": "C", "elsewhere": "E"},
		},
		{
			"one gone",
			map[string]string{"a.md": "A2", "b.md": "B"},
			feed.Counts{feed.Unchanged: 2, feed.Removed: 1},
			map[string]string{"a": "A2", "b": "B", "elsewhere": "E"},
		},
	} {
		f, _ := feeder(b)
		counts, err := f.Sync(t.Context(), "help", folder(step.files))
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.counts, counts) + cmp.Diff(step.stored, b.stored(t)); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
}

func TestSyncRemovesMostOfAFolderOnlyByForce(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	f, _ := feeder(b)
	all := folder(map[string]string{"a.md": "A", "b.md": "B", "c.md": "C"})
	if _, err := f.Sync(t.Context(), "help", all); err != nil {
		t.Fatal(err)
	}
	_, err := f.Sync(t.Context(), "help", folder(map[string]string{"a.md": "A"}))
	if !fault.Is(err, fault.Validation) || len(b.stored(t)) != 3 {
		t.Errorf("%v, %d documents are left", err, len(b.stored(t)))
	}
	f.Force = true
	if _, err := f.Sync(t.Context(), "help", folder(nil)); err != nil || len(b.stored(t)) != 0 {
		t.Errorf("by force: %v, %v are left", err, b.stored(t))
	}
}

func TestWhatIsWrongWithAFileStopsNothing(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	f, _ := feeder(b)
	if _, err := f.Sync(t.Context(), "other", folder(map[string]string{"taken.md": "T"})); err != nil {
		t.Fatal(err)
	}
	files := folder(map[string]string{"a.md": "A", "taken.md": "mine", "z.md": "Z"})
	files["binary.md"] = &fstest.MapFile{Data: []byte("\x00\x01\x02\xff")}
	files["dup.md"] = &fstest.MapFile{Data: []byte("---\nid: a\n---\ntext")}
	files["front.md"] = &fstest.MapFile{Data: []byte("---\ntitle: [\n---\ntext")}
	files["list.md"] = &fstest.MapFile{Data: []byte("---\ntitle: [a, b]\n---\ntext")}
	files["url.md"] = &fstest.MapFile{Data: []byte("---\nurl: javascript:x\n---\ntext")}
	files["broken.pdf"] = &fstest.MapFile{Data: []byte("no PDF")}
	f, told := feeder(b)
	counts, err := f.Sync(t.Context(), "help", files)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(feed.Counts{feed.Stored: 2, feed.Failed: 7}, counts); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{
		"stored a.md", "stored z.md",
		"failed binary.md: it is neither UTF-8 text nor another format that is read: save it as UTF-8",
		"failed broken.pdf: it is no PDF, whatever its name says",
		"failed dup.md: its id a is that of a.md: give one of them another",
		"failed front.md: the front matter is not valid YAML",
		`failed list.md: the front matter must be lines such as "title: Fees"`,
		"failed taken.md: its id taken is that of a document of the source other",
		"failed url.md: url must be an http:// or https:// address",
	} {
		if !slices.ContainsFunc(*told, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("%q isn't told in\n%s", want, strings.Join(*told, "\n"))
		}
	}
	if got := b.stored(t)["taken"]; got != "T" {
		t.Errorf("a document of another source was replaced by %q", got)
	}
}

// A file that can't be read any more isn't gone.
func TestWhatCannotBeReadStays(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	f, _ := feeder(b)
	files := folder(map[string]string{"a.md": "A", "b.md": "B", "sub/c.md": "C", "sub/d.md": "D"})
	if _, err := f.Sync(t.Context(), "help", files); err != nil {
		t.Fatal(err)
	}
	files["a.md"] = &fstest.MapFile{Data: []byte("\x00")}
	counts, err := f.Sync(t.Context(), "help", locked{files, "sub"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(feed.Counts{feed.Unchanged: 1, feed.Failed: 2}, counts); diff != "" || len(b.stored(t)) != 4 {
		t.Errorf("%v are left; %s", b.stored(t), diff)
	}
}

// locked is a folder of which a part can't be looked into.
type locked struct {
	fs.ReadDirFS
	part string
}

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == l.part {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.ReadDirFS.ReadDir(name)
}

func TestAddTakesWhatItIsGiven(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	f, _ := feeder(b)
	f.Category = "help"
	file := feed.File{Name: "notes.TXT", Read: func() ([]byte, error) { return []byte("Fees\n\nA wire costs $20."), nil }}
	for _, want := range []feed.Status{feed.Stored, feed.Unchanged} {
		counts, err := f.Add(t.Context(), []feed.File{file})
		if err != nil || counts[want] != 1 {
			t.Errorf("%v, %v, want one %s", counts, err, want)
		}
	}
	list, err := b.Summaries(t.Context())
	if err != nil || len(list) != 1 || list[0].Category != "help" || list[0].Title != "Fees" || list[0].Source != "" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestListFindsDocumentsOnly(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	deep := strings.Repeat("d/", 60)
	for _, name := range []string{"a.md", "B.HTML", "c.pdf", "d.docx", "e", ".hidden.md", ".git/f.md", "_notes.md", "_drafts/i.md", "sub/g.txt", deep + "h.md"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(t.TempDir(), "secret")
	for _, err := range []error{
		os.WriteFile(outside, []byte("secret"), 0o600), os.Symlink(outside, filepath.Join(root, "link.md")),
		os.Symlink(filepath.Dir(outside), filepath.Join(root, "folder")), syscall.Mkfifo(filepath.Join(root, "pipe.md"), 0o600),
		os.WriteFile(filepath.Join(root, "large.txt"), make([]byte, ingest.MaxFile+1), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files, err := feed.List(r.FS())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		data, err := f.Read()
		got[f.Name] = string(data)
		if err != nil {
			got[f.Name] = fault.As(err).Detail
		}
	}
	want := map[string]string{
		"a.md": "text", "B.HTML": "text", "c.pdf": "text", "sub/g.txt": "text", deep + "h.md": "text",
		"link.md": "it can't be read: path escapes from parent", "pipe.md": "it is no regular file",
		"large.txt": "it has 21 MB, at most 20 MB are read: split it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// faulty is a knowledge base that fails as often as it is told, and else stores all.
// It has no database, whose goroutines would be outside of a test's own time.
type faulty struct {
	err   error
	times int
	puts  int
}

func (f *faulty) Put(_ context.Context, documents []rag.Document) ([]rag.Upserted, error) {
	if f.puts++; f.puts <= f.times {
		return nil, f.err
	}
	return slices.Repeat([]rag.Upserted{{Status: "stored"}}, len(documents)), nil
}

func (f *faulty) Summaries(context.Context) ([]rag.StoredDocument, error) { return nil, nil }

func (f *faulty) Delete(context.Context, string) error { return nil }

func TestOutagesAreSatOut(t *testing.T) {
	t.Parallel()
	down := fault.New(fault.Connection, "down")
	for _, test := range []struct {
		name   string
		err    error
		times  int
		counts feed.Counts
		class  fault.Class
		took   time.Duration
	}{
		{"passing", down, 3, feed.Counts{feed.Stored: 1}, "", 1400 * time.Millisecond},
		{"busy, says when", fault.New(fault.RateLimit, "busy").WithRetryAfter(3 * time.Second), 1, feed.Counts{feed.Stored: 1}, "", 3 * time.Second},
		{"lasting", down, 100, feed.Counts{}, fault.Connection, 6200 * time.Millisecond},
		{"refused", fault.New(fault.Authentication, "no"), 100, feed.Counts{}, fault.Authentication, 0},
		{"batch refused", fault.New(fault.Validation, "no"), 100, feed.Counts{feed.Failed: 1}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, _ := feeder(&faulty{err: test.err, times: test.times})
				began := time.Now()
				counts, err := f.Sync(t.Context(), "help", folder(map[string]string{"a.md": "A"}))
				if err == nil != (test.class == "") || err != nil && !fault.Is(err, test.class) {
					t.Errorf("got %v", err)
				}
				if diff := cmp.Diff(test.counts, counts); diff != "" || time.Since(began) != test.took {
					t.Errorf("it took %v, want %v; %s", time.Since(began), test.took, diff)
				}
			})
		})
	}
}

func TestInterruptedWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f, _ := feeder(&faulty{err: fault.New(fault.Connection, "down"), times: 100})
		if _, err := f.Sync(ctx, "help", folder(map[string]string{"a.md": "A"})); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestProgressCountsFiles(t *testing.T) {
	t.Parallel()
	titles := map[string]string{}
	for i := range 250 {
		titles[fmt.Sprintf("f%03d.md", i)] = fmt.Sprint("T", i)
	}
	f, _ := feeder(newBase(t))
	last := 0
	f.Report = func(e feed.Event) {
		if e.Done != last+1 || e.Total != 250 {
			t.Errorf("%d of %d after %d", e.Done, e.Total, last)
		}
		last = e.Done
	}
	counts, err := f.Sync(t.Context(), "help", folder(titles))
	if err != nil || counts[feed.Stored] != 250 || last != 250 {
		t.Errorf("%v, %v, %d told", counts, err, last)
	}
}
