package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/user"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/adminhttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
)

// adminTimeout bounds one call to the concierge.
const adminTimeout = 5 * time.Second

// flagTarget is where flags are changed.
type flagTarget struct {
	URL      string `name:"url" help:"Where the concierge is; default this machine, at CONCIERGE_PORT." placeholder:"URL"`
	Operator string `help:"Who you are, for the record; default the name you are logged in with." placeholder:"NAME"`
}

// flagHelp is how commands on flags reach them.
const flagHelp = `Asks the concierge with the OPERATOR_TOKEN of the settings. Where it can't be
reached, or there is no token, the command works on the database directly, and says
so; running services follow within two seconds. What stops money from moving holds
at once in either case.`

type lockdownCommand struct {
	State  string `arg:"" enum:"on,off" help:"on or off."`
	Reason string `help:"Why, in one line." required:"" placeholder:"TEXT"`
	flagTarget
}

// Help is shown by lockdown --help.
func (lockdownCommand) Help() string {
	return `While it is on, nothing moves: no order is proposed or confirmed, no language model
is asked, and answers only read. Orders that wait for a yes stay and expire as
usual. ` + flagHelp
}

func (c lockdownCommand) Run(env *environment) error {
	return c.set(env, string(feature.Lockdown), c.State == "on", c.Reason)
}

type flagsCommand struct {
	List flagsListCommand `cmd:"" default:"withargs" help:"Show all flags (the default)."`
	Set  flagsSetCommand  `cmd:"" help:"Switch a flag."`
}

// Help is shown by flags --help.
func (flagsCommand) Help() string { return flagHelp }

type flagsListCommand struct{ flagTarget }

func (c flagsListCommand) Run(env *environment) error {
	var list []adminhttp.Flag
	err := c.reach(env, func(ctx context.Context, api *adminhttp.Client) (err error) {
		list, err = api.Flags(ctx)
		return err
	}, func(ctx context.Context, f *feature.Flags) error {
		settings, err := f.List(ctx)
		list = adminhttp.FlagList(settings)
		return err
	})
	if err != nil {
		return err
	}
	return writeFlags(env.stdout, list)
}

func writeFlags(out io.Writer, list []adminhttp.Flag) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FLAG\tIS\tCHANGED\tBY\tREASON")
	for _, f := range list {
		if f.Last == nil {
			fmt.Fprintf(w, "%s\t%s\t-\t-\t-\n", f.Name, onOff(f.On))
			continue
		}
		at := time.UnixMicro(int64(f.Last.At * 1e6)).UTC().Format("2006-01-02 15:04:05Z")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.Name, onOff(f.On), at, oneLine(f.Last.Operator), oneLine(f.Last.Reason))
	}
	return w.Flush()
}

type flagsSetCommand struct {
	Name   string `arg:"" help:"The flag's name."`
	State  string `arg:"" enum:"on,off" help:"on or off."`
	Reason string `help:"Why, in one line." required:"" placeholder:"TEXT"`
	flagTarget
}

func (c flagsSetCommand) Run(env *environment) error {
	return c.set(env, c.Name, c.State == "on", c.Reason)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (t flagTarget) set(env *environment, name string, on bool, reason string) error {
	who := t.operator()
	err := t.reach(env, func(ctx context.Context, api *adminhttp.Client) error {
		_, err := api.SetFlag(ctx, name, on, who, reason)
		return err
	}, func(ctx context.Context, f *feature.Flags) error {
		_, err := f.Set(ctx, feature.Name(name), on, "operator:"+who+" (database)", reason)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s is %s\n", name, onOff(on))
	return err
}

// notInName is what an operator's name in the records doesn't have.
var notInName = regexp.MustCompile(`[^A-Za-z0-9._@-]+`)

func (t flagTarget) operator() string {
	name := t.Operator
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	name = notInName.ReplaceAllString(name, "-")
	return name[:min(len(name), 60)]
}

// reach does something through the concierge or, where there is none, in the
// database.
func (t flagTarget) reach(env *environment, remote func(context.Context, *adminhttp.Client) error, direct func(context.Context, *feature.Flags) error) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	why := "OPERATOR_TOKEN is not set"
	if c.OperatorToken != "" {
		address := conciergeURL(c, t.URL)
		client, err := adminClient(c, address)
		if err != nil {
			return err
		}
		err = remote(env.ctx, client)
		if !fault.Is(err, fault.Connection) && !fault.Is(err, fault.Timeout) {
			return err
		}
		why = fmt.Sprintf("the concierge at %s can't be reached", address)
	}
	fmt.Fprintf(env.stderr, "swipesavvy: %s; working on the database directly (%s)\n", why, c.Database())
	return onDatabase(env, c, direct)
}

// conciergeURL is where the concierge is: at the given address, or else on this
// machine.
func conciergeURL(c config.Config, address string) string {
	return strings.TrimRight(cmp.Or(address, localURL(c, app.Concierge)), "/")
}

// adminClient reaches the concierge with the operators' token.
func adminClient(c config.Config, address string) (*adminhttp.Client, error) {
	trust, err := httpclient.OwnTLS(c.TLSCertFile)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trust}
	return adminhttp.NewClient(address, c.OperatorToken.Reveal(), &http.Client{Timeout: adminTimeout, Transport: transport}), nil
}

func onDatabase(env *environment, c config.Config, direct func(context.Context, *feature.Flags) error) error {
	s, err := openExisting(env, c, "flags")
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := feature.New(feature.Options{Store: s.Flags()})
	if err != nil {
		return err
	}
	return direct(env.ctx, f)
}
