// Package pdf reads the text of PDF files as Markdown. PDFium does the reading,
// compiled to WebAssembly: it runs in a sandbox without files or network, in
// bounded memory, and a document that sends it astray is stopped. The package owns
// that sandbox and how lines of text become headings and paragraphs; it doesn't
// recognise text in images.
package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	// memoryPages bounds the sandbox's memory, in units of 64 KiB: 256 MiB.
	memoryPages = 4096
	// timeout bounds the reading of one file. A page takes some milliseconds.
	timeout = 60 * time.Second
	// maxPages and maxText bound what is read of one file.
	maxPages = 2000
	maxText  = 4 << 20
)

// Reader reads PDF files, one at a time. It takes seconds to start, which happens
// at the first file; with a cache only at the first file ever. It is safe for
// concurrent use.
type Reader struct {
	cache string
	mu    sync.Mutex
	pool  pdfium.Pool
	close []func() error
}

// New returns a Reader that keeps PDFium's machine code in a folder; empty for
// nowhere.
func New(cache string) *Reader { return &Reader{cache: cache} }

// Close gives back what the first file took.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for i := len(r.close) - 1; i >= 0; i-- {
		errs = append(errs, r.close[i]())
	}
	r.close, r.pool = nil, nil
	return errors.Join(errs...)
}

// Text returns a file's title, empty when it names none, and its text as Markdown.
// What is wrong with the file is a fault.Validation.
func (r *Reader) Text(ctx context.Context, data []byte) (title, markdown string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.start(); err != nil {
		return "", "", fmt.Errorf("start the PDF reader: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	instance, err := r.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return "", "", fmt.Errorf("start the PDF reader: %w", err)
	}
	finished := make(chan struct{})
	stopped := make(chan struct{})
	go func() { // the only way to stop it is from outside
		defer close(stopped)
		select {
		case <-ctx.Done():
			_ = instance.Kill()
		case <-finished:
			_ = instance.Close()
		}
	}()
	title, markdown, err = read(ctx, instance, data)
	close(finished)
	<-stopped
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", "", invalid("it takes longer than %v to read", timeout)
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	}
	return title, markdown, err
}

// start compiles PDFium, once.
func (r *Reader) start() error {
	if r.pool != nil {
		return nil
	}
	ctx := context.Background()
	settings := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages).WithCloseOnContextDone(true)
	if r.cache != "" {
		// Without a place for the cache it starts slowly, that's all.
		if cache, err := wazero.NewCompilationCacheWithDir(r.cache); err == nil {
			settings = settings.WithCompilationCache(cache)
			r.close = append(r.close, func() error { return cache.Close(ctx) })
		}
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: settings,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return err
	}
	r.pool, r.close = pool, append(r.close, pool.Close)
	return nil
}

func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.Validation, format, args...)
}

// read takes the text out of one file, page by page. The library's panics are
// about the file.
func read(ctx context.Context, instance pdfium.Pdfium, data []byte) (title, markdown string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = invalid("it is damaged or no PDF").WithCause(fmt.Errorf("%v", p))
		}
	}()
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	if err != nil {
		return "", "", refused(err)
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	switch {
	case err != nil:
		return "", "", refused(err)
	case count.PageCount > maxPages:
		return "", "", invalid("it has %d pages, at most %d are read: split it", count.PageCount, maxPages)
	}
	var pages [][]line
	size := 0
	for i := range count.PageCount {
		lines, err := page(instance, opened.Document, i)
		if err != nil && ctx.Err() == nil {
			return "", "", invalid("page %d is damaged", i+1).WithCause(err)
		}
		for _, l := range lines {
			size += len(l.text)
		}
		if size > maxText {
			return "", "", invalid("it has more than %d MB of text: split it", maxText>>20)
		}
		pages = append(pages, lines)
	}
	if size == 0 {
		return "", "", invalid("it has no text; when its pages are pictures, have their text recognized first")
	}
	return meta(instance, opened.Document), compose(pages), nil
}

// refused says why PDFium doesn't open a file.
func refused(err error) error {
	if errors.Is(err, pdfiumerrors.ErrPassword) || errors.Is(err, pdfiumerrors.ErrSecurity) {
		return invalid("it is encrypted: save it without a password")
	}
	return invalid("it is damaged or no PDF").WithCause(err)
}

// page returns the lines of one page, from top to bottom as PDFium finds them.
func page(instance pdfium.Pdfium, document references.FPDF_DOCUMENT, index int) ([]line, error) {
	text, err := instance.GetPageTextStructured(&requests.GetPageTextStructured{
		Page:                   requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: index}},
		Mode:                   requests.GetPageTextStructuredModeRects,
		CollectFontInformation: true,
	})
	if err != nil {
		return nil, err
	}
	var lines []line
	for _, r := range text.Rects {
		run := line{
			text: r.Text, left: r.PointPosition.Left, right: r.PointPosition.Right,
			top: r.PointPosition.Top, bottom: r.PointPosition.Bottom,
		}
		if r.FontInformation != nil {
			run.size, run.bold = r.FontInformation.RenderedSize, r.FontInformation.Weight >= boldWeight
		}
		lines = appendRun(lines, run)
	}
	return lines, nil
}

// producedTitle finds titles that a program has put there by itself.
var producedTitle = regexp.MustCompile(`(?i)^(untitled|microsoft word|powerpoint|document\d*$)|\.(docx?|pptx?|xlsx?|odt|rtf|tex|dvi|indd|pages|html?|qxd|p65|txt)$`)

// meta returns the title that the author gave a file.
func meta(instance pdfium.Pdfium, document references.FPDF_DOCUMENT) string {
	data, err := instance.GetMetaData(&requests.GetMetaData{Document: document, Tags: &[]string{"Title"}})
	if err != nil || len(data.Tags) == 0 {
		return ""
	}
	title := strings.Join(strings.Fields(clean(data.Tags[0].Value)), " ")
	if producedTitle.MatchString(title) {
		return ""
	}
	return title
}
