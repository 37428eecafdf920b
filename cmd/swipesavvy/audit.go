package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Prove that nothing in the audit log was changed, removed or put in another order."`
}

type auditVerifyCommand struct {
	Log string `help:"The concierge's log, or - for standard input: the chain must lead through what it says." placeholder:"FILE" type:"existingfile"`
}

// Help is shown by audit verify --help.
func (auditVerifyCommand) Help() string {
	return `Reads the audit log from the database and changes nothing; the services may run
meanwhile or be stopped. AUDIT_KEY must be the one with which they run. Prints the
number of records and the last link of the chain, then OK or the first bad record;
exit code 1 when there is one. Records of the last second may not be sealed yet.

That the chain's end was cut off, or all of it made anew with the key, shows only
against what is kept elsewhere: with --log, against the lines "audit chain sealed"
of the concierge's log.`
}

func (cmd auditVerifyCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	anchors, err := cmd.anchors(env)
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "audit verify")
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := audit.NewChain(s.Audit(), c.AuditKey.Reveal(), nil).VerifyAgainst(env.ctx, anchors)
	if err != nil {
		return err
	}
	if cmd.Log != "" {
		fmt.Fprintf(env.stdout, "%d anchors in the log\n", len(anchors))
	}
	if _, err := fmt.Fprintf(env.stdout, "%s\n%d records sealed, %d not yet, last link %s\n", c.Database(), r.Sealed, r.Unsealed, r.Link); err != nil {
		return err
	}
	if r.FirstBad != "" {
		return errors.New("the audit log is not whole: " + r.FirstBad)
	}
	_, err = fmt.Fprintln(env.stdout, "OK: the audit log is whole")
	return err
}

// anchors are those of the log, if one is given.
func (cmd auditVerifyCommand) anchors(env *environment) (audit.Anchors, error) {
	switch cmd.Log {
	case "":
		return nil, nil
	case "-":
		return audit.ReadAnchors(env.stdin)
	}
	f, err := os.Open(cmd.Log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return audit.ReadAnchors(f)
}
