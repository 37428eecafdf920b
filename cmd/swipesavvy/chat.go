package main

import (
	"os"

	"golang.org/x/term"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/chatclient"
)

type chatCommand struct {
	URL   string `help:"Where the concierge is." default:"http://localhost:8000" placeholder:"URL"`
	User  string `help:"Customer to chat as, where no token is required." default:"demo-alex" placeholder:"ID"`
	Token string `help:"The customer's token." env:"SWIPESAVVY_TOKEN" placeholder:"JWT"`
}

// Help is shown by chat --help.
func (chatCommand) Help() string {
	return `Reads a message from each line and shows the answer while it arrives. Works in
pipes as well: echo "What is my balance?" | swipesavvy chat`
}

func (cmd chatCommand) Run(env *environment) error {
	user := cmd.User
	if cmd.Token != "" {
		user = "" // the token says who it is
	}
	return chatclient.Run(env.ctx, chatclient.Options{
		BaseURL: cmd.URL, UserID: user, Token: cmd.Token, In: env.stdin, Out: env.stdout, Color: terminal(env),
	})
}

// terminal says whether a person watches who hasn't asked for plain output
// (no-color.org).
func terminal(env *environment) bool {
	out, ok := env.stdout.(*os.File)
	return ok && term.IsTerminal(int(out.Fd())) && os.Getenv("NO_COLOR") == ""
}
