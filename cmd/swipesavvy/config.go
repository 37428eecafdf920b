package main

import (
	"fmt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
)

type configCommand struct {
	Example bool `help:"Print all settings with their meanings, in the form of a .env file."`
}

func (cmd configCommand) Run(env *environment) error {
	if cmd.Example {
		return config.Example(env.stdout)
	}
	c, err := env.config()
	if err != nil {
		return err
	}
	if err := c.Print(env.stdout); err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, "# data:", c.Database())
	return err
}
