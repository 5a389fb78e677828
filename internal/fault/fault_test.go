package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"testing"
	"time"

	"torhaus/internal/fault"
)

var kinds = []fault.Kind{fault.Internal, fault.Invalid, fault.NotFound, fault.NotAllowed, fault.Conflict, fault.Busy}

// deep wraps an error as it is wrapped on its way through three packages.
func deep(err error) error {
	inner := func() (err2 error) {
		defer fault.Wrap(&err2, "store.ChangeHolding(%s)", "anna")
		return err
	}
	outer := func() (err2 error) {
		defer fault.Wrap(&err2, "token.Order(%s)", "anna")
		return errors.Join(inner(), context.Canceled)
	}
	return fmt.Errorf("serve: %w", outer())
}

func TestIs_SeesTheKindThroughEveryWrapping(t *testing.T) {
	for _, kind := range kinds {
		f := fault.New(kind, "token.fault.unknown")
		for _, err := range []error{f, deep(f), errors.Join(fs.ErrNotExist, f)} {
			for _, other := range kinds {
				if got := fault.Is(err, other); got != (kind == other) {
					t.Errorf("a fault of kind %d is of kind %d: %v", kind, other, got)
				}
			}
			if fault.Of(err) != f {
				t.Errorf("kind %d: the fault is lost in %v", kind, err)
			}
		}
	}
}

func TestOf_WhatIsNoFaultIsInternal(t *testing.T) {
	for _, err := range []error{nil, fs.ErrNotExist, deep(fs.ErrNotExist), context.DeadlineExceeded} {
		if fault.Of(err) != nil {
			t.Errorf("%v holds a fault", err)
		}
		for _, kind := range kinds {
			if fault.Is(err, kind) {
				t.Errorf("%v is a fault of kind %d", err, kind)
			}
		}
	}
}

func TestOf_TheOuterFaultAnswersForTheInnerOne(t *testing.T) {
	inner := fault.New(fault.Conflict, "fault.changed-meanwhile")
	outer := fault.BusyFor(time.Second, "fault.busy").Because(inner)
	if got := fault.Of(deep(outer)); got != outer || !fault.Is(outer, fault.Busy) || fault.Is(outer, fault.Conflict) {
		t.Errorf("fault %v answers", got)
	}
	if !errors.Is(deep(outer), inner) {
		t.Error("the cause is lost")
	}
}

func TestKinds_EachIsItsOwnAndTheZeroOneIsInternal(t *testing.T) {
	seen := map[fault.Kind]bool{}
	for _, kind := range kinds {
		seen[kind] = true
	}
	if len(seen) != len(kinds) {
		t.Errorf("%d kinds of %d differ", len(seen), len(kinds))
	}
	if !fault.Is(&fault.Error{}, fault.Internal) {
		t.Error("a fault without a kind is not internal")
	}
}

func TestConstructors_GiveWhatADoorNeeds(t *testing.T) {
	for name, c := range map[string]struct{ got, want *fault.Error }{
		"New": {
			fault.New(fault.Conflict, "token.order.fault.too-many", 3),
			&fault.Error{Kind: fault.Conflict, Message: "token.order.fault.too-many", Args: []any{3}},
		},
		"InvalidField": {
			fault.InvalidField("code", "login.fault.code-form", 6),
			&fault.Error{Kind: fault.Invalid, Message: "fault.invalid", Fields: []fault.Field{{Name: "code", Message: "login.fault.code-form", Args: []any{6}}}},
		},
		"BusyFor": {
			fault.BusyFor(90*time.Second, "login.fault.wait", 90*time.Second),
			&fault.Error{Kind: fault.Busy, Message: "login.fault.wait", Args: []any{90 * time.Second}, Retry: 90 * time.Second},
		},
		"Because": {
			fault.New(fault.NotFound, "token.fault.unknown").Because(fs.ErrNotExist),
			&fault.Error{Kind: fault.NotFound, Message: "token.fault.unknown", Cause: fs.ErrNotExist},
		},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, *c.got, *c.want)
		}
	}
}

func TestError_ReadsAsAPathInTheLog(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault.New(fault.NotFound, "token.fault.unknown"), "token.fault.unknown"},
		{fault.New(fault.NotFound, "token.fault.unknown").Because(fs.ErrNotExist), "token.fault.unknown: file does not exist"},
		{fault.InvalidField("code", "login.fault.code-form", 6), "fault.invalid [code: login.fault.code-form]"},
		{
			&fault.Error{Message: "fault.invalid", Fields: []fault.Field{{Name: "a", Message: "x"}, {Name: "b", Message: "y"}}, Cause: fs.ErrClosed},
			"fault.invalid [a: x] [b: y]: file already closed",
		},
		{deep(fs.ErrNotExist), "serve: token.Order(anna): store.ChangeHolding(anna): file does not exist\ncontext canceled"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("reads %q, want %q", got, c.want)
		}
	}
}

func TestWrap_LeavesSuccessAlone(t *testing.T) {
	var err error
	fault.Wrap(&err, "store.Open(%s)", "x")
	if err != nil {
		t.Errorf("success became %v", err)
	}
}

func TestWrap_KeepsTheErrorForErrorsIs(t *testing.T) {
	err := deep(fs.ErrNotExist)
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, context.Canceled) {
		t.Errorf("the cause is lost in %v", err)
	}
}
