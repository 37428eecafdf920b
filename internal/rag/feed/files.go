package feed

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ingest"
)

// maxFiles bounds how many files one folder may have.
const maxFiles = 100_000

// File is a file to be read.
type File struct {
	// Name is its path in its folder, with slashes.
	Name string
	Read func() ([]byte, error)
}

// List finds the documents in a folder and the folders in it, by the endings of
// their names. Names that begin with a dot or an underscore are left out, and so are
// links to other folders. A folder that can't be looked into is listed as a file that can't be
// read.
func List(folder fs.FS) ([]File, error) {
	var files []File
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return reason(err)
		case err != nil:
			files = append(files, File{name, func() ([]byte, error) { return nil, reason(err) }})
			return nil
		case name != "." && strings.ContainsAny(entry.Name()[:1], "._"):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || !slices.Contains(ingest.Extensions, strings.ToLower(path.Ext(name))):
			return nil
		case len(files) == maxFiles:
			return fault.New(fault.Validation, "the folder has more than %d documents", maxFiles)
		}
		files = append(files, File{name, func() ([]byte, error) { return ReadFile(folder, name) }})
		return nil
	})
	return files, err
}

// ReadFile reads a regular file of at most ingest.MaxFile bytes.
func ReadFile(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	switch {
	case err != nil:
		return nil, reason(err)
	case !info.Mode().IsRegular(): // opening a pipe would wait for its other end
		return nil, fault.New(fault.Validation, "it is no regular file")
	case info.Size() > ingest.MaxFile:
		return nil, ingest.TooLarge(info.Size())
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, ingest.MaxFile+1))
	if err != nil {
		return nil, reason(err)
	}
	return data, nil
}

// reason is what is wrong with a file, without its path, which stands beside it.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fault.New(fault.Validation, "it can't be read: %v", err)
}
