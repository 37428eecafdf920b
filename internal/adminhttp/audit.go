package adminhttp

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
)

// AuditLog is what the operation on the audit log needs.
type AuditLog interface {
	Newest(ctx context.Context, before int64, limit int) ([]audit.Record, error)
}

// AuditRecord is a record of the audit log on the wire.
type AuditRecord struct {
	ID      int64   `json:"id" doc:"Order of arrival, with gaps"`
	At      float64 `json:"at" doc:"Unix seconds"`
	Kind    string  `json:"kind" doc:"What happened"`
	Actor   string  `json:"actor" doc:"Who did it"`
	Subject string  `json:"subject" doc:"The id of what it happened to"`
	Digest  string  `json:"digest" doc:"SHA-256 of its content, in hexadecimal; the content isn't in the log"`
	Seq     int64   `json:"seq" doc:"Its place in the chain; 0 while it isn't sealed"`
	Link    string  `json:"link" doc:"Keyed hash over it and the link before it, in hexadecimal"`
}

type auditInput struct {
	Before int64 `query:"before" minimum:"0" doc:"The next of the page before"`
	Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type auditOutput struct {
	Body struct {
		Records []AuditRecord `json:"records" doc:"The newest first"`
		Count   int           `json:"count"`
		Next    int64         `json:"next,omitempty" doc:"For the next page's before; left out on the last"`
	}
}

// RegisterAudit adds the audit log to an API. Whether it is whole, audit verify
// tells: that reads all of it.
func RegisterAudit(api huma.API, log AuditLog) {
	huma.Register(api, operation(http.MethodGet, "/api/v1/admin/audit", "list-audit-records", "The audit log, newest first", "Audit"),
		func(ctx context.Context, in *auditInput) (*auditOutput, error) {
			found, err := log.Newest(ctx, in.Before, in.Limit)
			if err != nil {
				return nil, err
			}
			out := &auditOutput{}
			out.Body.Records, out.Body.Count = make([]AuditRecord, 0, len(found)), len(found)
			for _, r := range found {
				out.Body.Records = append(out.Body.Records, AuditRecord{
					ID: r.ID, At: seconds(r.At), Kind: r.Kind, Actor: r.Actor, Subject: r.Subject,
					Digest: hex.EncodeToString(r.Digest), Seq: r.Seq, Link: hex.EncodeToString(r.Link),
				})
			}
			if len(found) == in.Limit {
				out.Body.Next = found[len(found)-1].ID
			}
			return out, nil
		})
}
