package app

import (
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/console"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
)

// pages makes the console's pages: the chat at / and, where there is an operators'
// token to sign in with, the agents' desk. Demo customers are offered only where
// anybody may be one.
func (s *service) pages() (*console.Pages, error) {
	c := s.o.Config
	o := console.Options{
		Chat: c.ChatPage, Desk: s.auth.HasOperator(),
		Title: c.CompanyName, Accent: c.ChatAccent, EmbedOrigins: c.ChatEmbedOrigins, TokenRequired: c.AuthRequired,
	}
	if s.demoData() && !c.AuthRequired {
		for _, d := range demo.Customers() {
			o.DemoCustomers = append(o.DemoCustomers, console.Customer{ID: d.ID, Name: d.Name})
		}
	}
	return console.New(o)
}
