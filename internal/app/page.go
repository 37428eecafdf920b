package app

import (
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge/chatpage"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
)

// chatPage makes the page at / of the concierge, or nil where it is off. Demo
// customers are offered only where anybody may be one.
func (s *service) chatPage() (*chatpage.Page, error) {
	c := s.o.Config
	if !c.ChatPage {
		return nil, nil
	}
	o := chatpage.Options{
		Title: c.CompanyName, Accent: c.ChatAccent, EmbedOrigins: c.ChatEmbedOrigins, TokenRequired: c.AuthRequired,
	}
	if s.demoData() && !c.AuthRequired {
		for _, d := range demo.Customers() {
			o.DemoCustomers = append(o.DemoCustomers, chatpage.Customer{ID: d.ID, Name: d.Name})
		}
	}
	return chatpage.New(o)
}
