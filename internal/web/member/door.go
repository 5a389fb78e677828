// Package member has the pages that members see behind the login: the start page of the portal, and the token management
// with its overview, the order, the activation and the suspension. It is a thin face of package token.
package member

import (
	"embed"

	"torhaus/internal/account"
	"torhaus/internal/calendar"
	"torhaus/internal/login"
	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

// Texts are the texts of this door, and of the faults of package token.
//
//go:embed texts.*.yaml
var Texts embed.FS

//go:embed *.html
var files embed.FS

// Door is the face of the token management.
type Door struct {
	Accounts *account.Service
	Tokens   *token.Service
	Login    *login.Service
}

// holding reads what the visitor holds, and the moment at which it was so.
func (d Door) holding(r *page.Request) (token.Holding, calendar.Moment, error) {
	return d.Tokens.Overview(r.Context(), r.Visit.Account.ID)
}

// mayOrder tells why the visitor cannot order something now, or gives nil.
func (d Door) mayOrder(r *page.Request, h token.Holding, kind token.Kind, route token.Route, now calendar.Moment) error {
	if kind == token.Hard {
		return d.deviceRefused(r, h, now)
	}
	if refused := h.MayOrder(wish(r, kind, route), d.Tokens.Rules, now); refused != nil {
		return refused
	}
	return nil
}

func twoFactor(r *page.Request) bool { return r.Visit.Session.Level == login.TwoFactor }

// The pages that errors of this door lead on to.
var (
	toOverview = page.Link{Path: page.Tokens, Text: "member.to-overview"}
	toOrder    = page.Link{Path: page.Order, Text: "member.to-order"}
	toCode     = page.Link{Path: page.Activate, Text: "member.to-code"}
)
