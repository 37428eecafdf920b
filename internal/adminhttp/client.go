package adminhttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
)

// Client asks a remote concierge as an operator. It is safe for concurrent use.
type Client struct {
	http   *httpclient.Client
	header http.Header
}

// NewClient returns a client of the concierge at a base URL with the operators'
// token. hc should have a time-out.
func NewClient(baseURL, token string, hc *http.Client) *Client {
	return &Client{httpclient.New("the concierge", baseURL, hc), http.Header{"Authorization": {"Bearer " + token}}}
}

// Flags returns all flags.
func (c *Client) Flags(ctx context.Context) ([]Flag, error) {
	var answer flagList
	err := c.http.DoWith(ctx, c.header, http.MethodGet, flagsPath, nil, &answer)
	return answer.Flags, err
}

// SetFlag switches a flag. The operator's name may be empty.
func (c *Client) SetFlag(ctx context.Context, name string, on bool, operator, reason string) (f Flag, err error) {
	err = c.http.DoWith(ctx, c.header, http.MethodPut, flagsPath+"/"+url.PathEscape(name), setFlagBody{On: on, Operator: operator, Reason: reason}, &f)
	return f, err
}

// Inbox returns a page of hand-offs in a state, or in all if that is empty, those
// requested last first. before is the next of the page before.
func (c *Client) Inbox(ctx context.Context, state, before string, limit int) (page Inbox, err error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if state != "" {
		q.Set("state", state)
	}
	if before != "" {
		q.Set("before", before)
	}
	err = c.http.DoWith(ctx, c.header, http.MethodGet, handoffsPath+"?"+q.Encode(), nil, &page)
	return page, err
}

// Transcript returns a hand-off with its conversation, and is recorded.
func (c *Client) Transcript(ctx context.Context, id string) (t Transcript, err error) {
	err = c.http.DoWith(ctx, c.header, http.MethodGet, handoffPath(id, ""), nil, &t)
	return t, err
}

// Claim takes a hand-off for an agent.
func (c *Client) Claim(ctx context.Context, id, agent string, takeOver bool) (h HandoffRecord, err error) {
	err = c.http.DoWith(ctx, c.header, http.MethodPost, handoffPath(id, "/claim"), claimBody{Agent: agent, TakeOver: takeOver}, &h)
	return h, err
}

// Reply writes to the customer.
func (c *Client) Reply(ctx context.Context, id, agent, text string) (h HandoffRecord, err error) {
	err = c.http.DoWith(ctx, c.header, http.MethodPost, handoffPath(id, "/reply"), replyBody{Agent: agent, Text: text}, &h)
	return h, err
}

// Close gives a conversation back to the assistant.
func (c *Client) Close(ctx context.Context, id, agent string) (h HandoffRecord, err error) {
	err = c.http.DoWith(ctx, c.header, http.MethodPost, handoffPath(id, "/close"), closeBody{Agent: agent}, &h)
	return h, err
}

func handoffPath(id, deed string) string { return handoffsPath + "/" + url.PathEscape(id) + deed }
