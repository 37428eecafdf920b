package main

import (
	"errors"
	"fmt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Prove that nothing in the audit log was changed, removed or put in another order."`
}

type auditVerifyCommand struct{}

// Help is shown by audit verify --help.
func (auditVerifyCommand) Help() string {
	return `Reads the audit log from the database and changes nothing; the services may run
meanwhile or be stopped. AUDIT_KEY must be the one with which they run. Prints the
number of records and the last link of the chain, which a line of the log
("audit chain sealed") must have said as well, then OK or the first bad record; exit
code 1 when there is one. Records of the last second may not be sealed yet.`
}

func (auditVerifyCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "audit verify")
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := audit.NewChain(s.Audit(), c.AuditKey.Reveal(), nil).Verify(env.ctx)
	if err != nil {
		return err
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
