package audit

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SignedHead is a head for which the portal's key vouches, as it was found outside the database. A chain that was cut off, or
// written anew from the start with fitting hashes, agrees with its own head; with this one it does not.
type SignedHead struct {
	Head
	Time  time.Time // when the head was read, by the portal's clock
	Where string    // file and line
}

func (s SignedHead) String() string {
	return fmt.Sprintf("the head signed on %s (%s)", s.Time.Format(time.RFC3339), s.Where)
}

const headTitle = "torhaus audit head v1"

// headText is what is signed, five lines. The portal's key of the profile stands in it, so that no portal's head passes for
// another's.
func headText(portal string, h Head, at time.Time) string {
	return fmt.Sprintf("%s\nportal %s\nrecords %d\nhash %s\ntime %s\n", headTitle, portal, h.Seq, hex.EncodeToString(h.Hash[:]),
		at.UTC().Format(time.RFC3339))
}

var errHeadText = errors.New("is no head of this portal's chain")

// parseHead reads what headText writes, and nothing else.
func parseHead(portal, text string) (s SignedHead, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 {
		return SignedHead{}, errHeadText
	}
	if s.Seq, err = strconv.ParseInt(strings.TrimPrefix(lines[2], "records "), 10, 64); err != nil {
		return SignedHead{}, errHeadText
	}
	sum, err := hex.DecodeString(strings.TrimPrefix(lines[3], "hash "))
	if err != nil || copy(s.Hash[:], sum) != len(s.Hash) {
		return SignedHead{}, errHeadText
	}
	if s.Time, err = time.Parse(time.RFC3339, strings.TrimPrefix(lines[4], "time ")); err != nil {
		return SignedHead{}, errHeadText
	}
	if headText(portal, s.Head, s.Time) != text {
		return SignedHead{}, errHeadText
	}
	return s, nil
}

// inOrder sorts heads as Verify takes them.
func inOrder(heads []SignedHead) []SignedHead {
	slices.SortStableFunc(heads, func(a, b SignedHead) int { return cmp.Compare(a.Seq, b.Seq) })
	return heads
}
