package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/feed"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ingest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/raghttp"
)

// kbTimeout bounds one call to the retrieval service.
const kbTimeout = 60 * time.Second

type kbCommand struct {
	URL string `name:"url" help:"Where the retrieval service is; default RAG_SERVICE_URL of the settings." placeholder:"URL"`

	Add    kbAddCommand    `cmd:"" help:"Store the documents of files and folders."`
	List   kbListCommand   `cmd:"" help:"List the documents."`
	Rm     kbRmCommand     `cmd:"" help:"Remove documents."`
	Search kbSearchCommand `cmd:"" help:"Find passages, as the concierge does."`
	Sync   kbSyncCommand   `cmd:"" help:"Make the knowledge base say what a folder says."`
}

// Help is shown by kb --help.
func (kbCommand) Help() string {
	return `Feeds a running retrieval service, with the OPERATOR_TOKEN of the settings.
Markdown, HTML, plain text and PDF are read; docs/KNOWLEDGE.md says how. What is
stored already isn't sent again. Files that can't be read are named, the rest goes
on, and the exit code is 1 then.`
}

// reach returns the retrieval service for searching and for changing it.
func (c *kbCommand) reach(env *environment) (*raghttp.Client, *raghttp.Operator, error) {
	settings, err := env.config()
	if err != nil {
		return nil, nil, err
	}
	if c.URL == "" {
		c.URL = settings.RAGServiceURL
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, nil, errors.New("--url must be an http:// or https:// address")
	}
	client := raghttp.NewClient(c.URL, &http.Client{Timeout: kbTimeout})
	return client, raghttp.NewOperator(client, settings.OperatorToken.Reveal()), nil
}

// explain says what to do about a service that doesn't answer or wants a token.
func (c *kbCommand) explain(err error) error {
	f := fault.As(err)
	switch {
	case err == nil || f.Class == fault.Internal:
		return err
	case f.Class == fault.Connection && f.Status == http.StatusServiceUnavailable && f.Unwrap() != nil:
		return fault.New(fault.Connection, "no retrieval service answers at %s: start one with swipesavvy up, or name it with --url", plain(c.URL))
	case f.Class == fault.Authentication:
		return fmt.Errorf("the service wants the operators' token: set OPERATOR_TOKEN (%s)", f.Detail)
	}
	return errors.New(plain(f.Detail))
}

// feeder returns what feeds the service, and what ends it.
func (c *kbCommand) feeder(env *environment, report func(feed.Event)) (*feed.Feeder, func(), error) {
	_, operator, err := c.reach(env)
	if err != nil {
		return nil, nil, err
	}
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "swipesavvy")
	}
	reader := ingest.New(cache)
	return &feed.Feeder{Base: operator, Reader: reader, Report: report}, func() { _ = reader.Close() }, nil
}

type kbAddCommand struct {
	Paths    []string `arg:"" name:"path" help:"Files and folders."`
	Category string   `help:"Category of documents that name none." placeholder:"NAME"`
	Force    bool     `help:"Replace documents that a synchronized folder has made, too."`
}

func (c kbAddCommand) Run(env *environment, kb *kbCommand) error {
	p := newProgress(env)
	feeder, end, err := kb.feeder(env, p.report)
	if err != nil {
		return err
	}
	defer end()
	feeder.Category, feeder.Force = c.Category, c.Force
	var files []feed.File
	for _, path := range c.Paths {
		found, end, err := filesAt(path)
		if err != nil {
			return err
		}
		defer end()
		files = append(files, found...)
	}
	counts, err := feeder.Add(env.ctx, files)
	return p.finish(counts, kb.explain(err))
}

// filesAt lists what a path names: one file, or the documents of a folder. The
// files can be read until end is called.
func filesAt(path string) (files []feed.File, end func(), err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s can't be read: %w", path, unwrapped(err))
	}
	if !info.IsDir() {
		folder, name := os.DirFS(filepath.Dir(path)), filepath.Base(path)
		return []feed.File{{Name: name, Read: func() ([]byte, error) { return feed.ReadFile(folder, name) }}}, func() {}, nil
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s can't be read: %w", path, unwrapped(err))
	}
	files, err = feed.List(root.FS())
	return files, func() { _ = root.Close() }, err
}

// unwrapped is the reason in a file's error, without the path.
func unwrapped(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

type kbSyncCommand struct {
	Folder   string `arg:"" help:"Folder with documents." type:"existingdir"`
	Source   string `help:"Name under which the folder is remembered; default its own with a hash of its path. The same on all machines that synchronize it." placeholder:"NAME"`
	Category string `help:"Category of documents that name none." placeholder:"NAME"`
	Force    bool   `help:"Remove documents also when the folder has fewer left, and replace those of other folders."`
}

// Help is shown by kb sync --help.
func (kbSyncCommand) Help() string {
	return `Stores new and changed documents and removes those that an earlier sync of this
folder has stored and whose files are gone; documents from elsewhere stay. Run it
again after an interruption: it goes on where it was.`
}

var sourceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func (c kbSyncCommand) Run(env *environment, kb *kbCommand) error {
	source, err := c.source()
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(c.Folder) // links can't lead out of it
	if err != nil {
		return fmt.Errorf("%s can't be read: %w", c.Folder, unwrapped(err))
	}
	defer root.Close()
	p := newProgress(env)
	feeder, end, err := kb.feeder(env, p.report)
	if err != nil {
		return err
	}
	defer end()
	feeder.Category, feeder.Force = c.Category, c.Force
	counts, err := feeder.Sync(env.ctx, source, root.FS())
	return p.finish(counts, kb.explain(err))
}

// source is the name that the folder's documents carry. Two folders have different
// ones, and none shows a path of this machine.
func (c kbSyncCommand) source() (string, error) {
	if c.Source != "" {
		if !sourceName.MatchString(c.Source) {
			return "", errors.New("--source must be 1 to 100 letters, digits, dots, hyphens or underscores")
		}
		return c.Source, nil
	}
	path, err := filepath.Abs(c.Folder)
	if err != nil {
		return "", err
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	sum := sha256.Sum256([]byte(path))
	base := strings.Trim(regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(filepath.Base(path), "-"), "._-")
	return strings.TrimLeft(base[:min(len(base), 80)]+"-"+hex.EncodeToString(sum[:4]), "-"), nil
}

type kbListCommand struct {
	Category string `help:"Only this category." placeholder:"NAME"`
	JSON     bool   `name:"json" help:"One JSON object a line."`
}

func (c kbListCommand) Run(env *environment, kb *kbCommand) error {
	_, operator, err := kb.reach(env)
	if err != nil {
		return err
	}
	documents, err := operator.Summaries(env.ctx)
	if err != nil {
		return kb.explain(err)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(w, "ID\tCATEGORY\tTITLE\tCHANGED\tSOURCE")
	}
	for _, d := range documents {
		if c.Category != "" && !strings.EqualFold(c.Category, d.Category) {
			continue
		}
		if c.JSON {
			err = json.NewEncoder(env.stdout).Encode(map[string]any{
				"id": d.ID, "title": d.Title, "category": d.Category, "url": d.URL, "source": d.Source, "hash": d.Hash, "updated_at": d.UpdatedAt,
			})
		} else {
			_, err = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.ID, oneLine(d.Category), oneLine(d.Title), d.UpdatedAt.Format("2006-01-02 15:04"), oneLine(d.Source))
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

type kbRmCommand struct {
	IDs []string `arg:"" name:"id" help:"Ids of documents, as kb list shows them."`
}

func (c kbRmCommand) Run(env *environment, kb *kbCommand) error {
	_, operator, err := kb.reach(env)
	if err != nil {
		return err
	}
	failed := 0
	for _, id := range c.IDs {
		switch err := operator.Delete(env.ctx, id); {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Validation):
			failed++
			fmt.Fprintf(env.stderr, "failed %s: %s\n", plain(id), fault.As(err).Detail)
		case err != nil:
			return kb.explain(err)
		default:
			fmt.Fprintf(env.stdout, "removed %s\n", plain(id))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d documents could not be removed", failed, len(c.IDs))
	}
	return nil
}

type kbSearchCommand struct {
	Query    []string `arg:"" help:"What to look for."`
	Limit    int      `help:"Most passages." default:"5"`
	Category string   `help:"Only this category." placeholder:"NAME"`
}

func (c kbSearchCommand) Run(env *environment, kb *kbCommand) error {
	client, _, err := kb.reach(env)
	if err != nil {
		return err
	}
	found, err := client.Find(env.ctx, rag.Query{Text: strings.Join(c.Query, " "), Limit: c.Limit, Category: c.Category})
	if err != nil {
		return kb.explain(err)
	}
	if found.Degraded {
		fmt.Fprintln(env.stderr, "searched by words alone: the embedder doesn't answer")
	}
	if len(found.Passages) == 0 {
		fmt.Fprintln(env.stdout, "nothing relevant was found")
	}
	for _, p := range found.Passages {
		fmt.Fprintf(env.stdout, "%.2f  %s  (%s)\n      %s\n", p.Score, oneLine(p.Title), p.ChunkID, oneLine(p.Content))
	}
	return nil
}
