package backup

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// maxStatements bounds the SQL between two tables' rows, in bytes.
const maxStatements = 16 << 20

// runScript runs what Dump wrote, in one transaction: statements as they are,
// and rows through COPY.
func runScript(ctx context.Context, conn *pgx.Conn, r io.Reader) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // does nothing after the commit
	in := bufio.NewReaderSize(r, 1<<16)
	for done := false; !done; {
		statements, command, err := readStatements(in)
		if err != nil {
			return err
		}
		// The simple protocol takes many statements at once.
		if _, err := conn.PgConn().Exec(ctx, statements).ReadAll(); err != nil {
			return err
		}
		if done = command == ""; done {
			break
		}
		rows := &copyRows{in: in, lineStart: true}
		if _, err := conn.PgConn().CopyFrom(ctx, rows, command); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
		if !rows.ended {
			return errors.New("rows without an end")
		}
	}
	return tx.Commit(ctx)
}

// readStatements reads up to the next COPY command, or to the end.
func readStatements(in *bufio.Reader) (statements, command string, err error) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if strings.HasPrefix(line, copyPrefix) && strings.HasSuffix(line, copySuffix) {
			return b.String(), strings.TrimSuffix(line, ";\n"), nil
		}
		b.WriteString(line)
		switch {
		case b.Len() > maxStatements:
			return "", "", errors.New("a statement is longer than any that this product writes")
		case err == io.EOF:
			return b.String(), "", nil
		case err != nil:
			return "", "", err
		}
	}
}

const (
	copyPrefix = "COPY public."
	copySuffix = " FROM stdin;\n"
)

// copyRows reads rows up to their end mark, which stands on a line of its own.
// No row can look like it: backslashes in rows are escaped.
type copyRows struct {
	in        *bufio.Reader
	rest      []byte // of a line that is being handed out
	lineStart bool
	ended     bool
}

func (c *copyRows) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		if c.ended {
			return 0, io.EOF
		}
		line, err := c.in.ReadSlice('\n')
		if c.lineStart && bytes.Equal(line, []byte(pgEndOfData)) {
			c.ended = true
			return 0, io.EOF
		}
		c.lineStart = err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		c.rest = line
	}
	n := copy(p, c.rest) // before the next ReadSlice, which invalidates rest
	c.rest = c.rest[n:]
	return n, nil
}
