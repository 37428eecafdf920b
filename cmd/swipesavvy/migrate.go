package main

import (
	"fmt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

type migrateCommand struct{}

// Help is shown by migrate --help.
func (migrateCommand) Help() string {
	return `Applies what the database lacks and changes nothing where it lacks nothing. Run it
before the services when they start with AUTO_MIGRATE=false.`
}

func (migrateCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openStore(env, c, "migrate")
	if err != nil {
		return err
	}
	defer s.Close()
	before, want, err := s.SchemaVersion(env.ctx)
	if err != nil {
		return err
	}
	if err := store.Prepare(env.ctx, s, true); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s: schema version %d, was %d\n", c.Database(), want, before)
	return err
}

// openStore opens the database of a command.
func openStore(env *environment, c config.Config, command string) (store.Store, error) {
	return store.Open(env.ctx, store.Options{DatabaseURL: c.PostgresURL(), SQLitePath: c.SQLitePath, Service: command})
}
