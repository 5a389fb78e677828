package token

import (
	"slices"
	"strings"
	"time"

	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token/otp"
)

// DeviceState is where a device is in its life.
type DeviceState string

// The states of a device.
const (
	InStock  DeviceState = "stock"    // lies in the cupboard and keeps its secret
	Assigned DeviceState = "assigned" // belongs to a member's token, which has the secret from then on; not sent yet
	Shipped  DeviceState = "shipped"  // on its way, or arrived and not activated
	InUse    DeviceState = "in-use"   // activated
	Awaited  DeviceState = "awaited"  // the member was asked to send it back
	Returned DeviceState = "returned" // came back; never given out again
	Scrapped DeviceState = "scrapped" // destroyed, or lost for good
)

// DeviceStates lists the states in the order of a device's life.
var DeviceStates = []DeviceState{InStock, Assigned, Shipped, InUse, Awaited, Returned, Scrapped}

// moves are all ways of a device. What was with a member goes back into the cupboard and never out again: its secret is gone, and
// who knows what became of the device.
var moves = map[DeviceState][]DeviceState{
	InStock:  {Assigned, Scrapped},
	Assigned: {Shipped, InStock, Scrapped}, // back into the stock only as long as nobody has held it
	Shipped:  {InUse, Awaited, Returned, Scrapped},
	InUse:    {Awaited, Returned, Scrapped},
	Awaited:  {Returned, Scrapped},
	Returned: {Scrapped},
}

// Device is one hard token as a thing.
type Device struct {
	Serial       string // as printed on it
	Batch        BatchID
	Manufacturer string
	Model        string
	Mode         otp.Mode
	Algorithm    otp.Algorithm
	Digits       int
	Period       time.Duration // of a time step
	Counter      int64         // of the next code, where the mode is HOTP
	BatteryEnd   calendar.Date // zero where the maker names none
	State        DeviceState
	Since        time.Time // when it came into this state
	Token        ID        // that it is or was; empty in stock

	Secret secret.Bytes // only of a device in stock, where it is to be assigned
}

// BatchID identifies an import of devices.
type BatchID string

// DeviceMove brings a device from one state into another with the change that it is part of. If the device is not in From, or
// belongs to another token, the change fails as a whole with fault.Conflict: of two who take the same device, one wins.
type DeviceMove struct {
	Serial   string // as Device has it
	From, To DeviceState
	Token    ID           // the token that the device is, or becomes with Assigned; empty for a device in stock that is scrapped
	Secret   secret.Bytes // with InStock: the token's secret, which the device keeps again
}

// Possible tells whether a device may be moved so.
func (m DeviceMove) Possible() bool {
	if m.To == Assigned && m.Token == "" || m.To == InStock && len(m.Secret) == 0 {
		return false
	}
	return slices.Contains(moves[m.From], m.To)
}

// SerialKey gives the form of a serial number that is compared: capitals, blanks and hyphens do not matter, so that what is typed
// off a device or scanned is found.
func SerialKey(serial string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\u00a0' || r == '\t' {
			return -1
		}
		return r
	}, serial))
}

// end revokes a token: its secret is erased, and its device goes where it belongs then.
func (c *Change) end(t Token, reason Reason, now calendar.Moment) Token {
	if to, ok := t.deviceAfter(reason); ok {
		c.Devices = append(c.Devices, DeviceMove{Serial: t.Serial, From: t.Device, To: to, Token: t.ID})
	}
	ended := t.revoke(reason, now.Time)
	c.Tokens, c.Forget = append(c.Tokens, ended), append(c.Forget, t.ID)
	return ended
}

// deviceAfter tells what becomes of a device whose token is revoked: whoever has it sends it back, unless it was lost. One that has
// not left the house cannot go out any more, since serial numbers of tokens are never used again.
func (t Token) deviceAfter(reason Reason) (DeviceState, bool) {
	lost := reason == Lost || reason == Stolen || reason == Replaced && t.State == Suspended
	switch {
	case t.Device == Assigned, lost && t.Device == InUse:
		return Scrapped, true
	case t.Device == Shipped || t.Device == InUse:
		return Awaited, true
	default:
		return "", false
	}
}
