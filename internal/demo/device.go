package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"torhaus/internal/account"
	"torhaus/internal/app"
	"torhaus/internal/audit"
	"torhaus/internal/calendar"
	"torhaus/internal/secret"
	"torhaus/internal/token"
	"torhaus/internal/token/otp"
)

// device is a hard token of the demo as a thing: what its display would show.
type device struct {
	token.Device
	mu      sync.Mutex
	counter int64 // of the code on the display, where the device counts
}

// drawer has the devices of one portal, so that visitors can press their buttons.
type drawer struct {
	portal  string
	devices []*device
}

const (
	clockDevices   = 8
	counterDevices = 4
)

// drawerOf makes devices: some with a clock, some that count, and one whose battery ends soon.
func drawerOf(portal string, now time.Time) drawer {
	d := drawer{portal: portal}
	last := calendar.DateOf(now).AddDays(5 * 365)
	for n := range clockDevices {
		d.add(fmt.Sprintf("KR-10%04d", n+1), otp.TOTP, last)
	}
	for n := range counterDevices {
		d.add(fmt.Sprintf("KD-20%04d", n+1), otp.HOTP, last)
	}
	d.add(oldDevice, otp.TOTP, calendar.DateOf(now).AddDays(75))
	return d
}

// oldDevice is the one whose battery ends soon.
const oldDevice = "KR-090017"

func (d *drawer) add(serial string, mode otp.Mode, battery calendar.Date) {
	models := map[otp.Mode]string{otp.TOTP: "Uhr 30", otp.HOTP: "Zähler"}
	d.devices = append(d.devices, &device{counter: -1, Device: token.Device{
		Serial: serial, Manufacturer: "Beispiel-Token", Model: models[mode], Mode: mode, Algorithm: otp.SHA1, Digits: 6,
		Period: 30 * time.Second, BatteryEnd: battery, Secret: secret.Random(20),
	}})
}

// file writes the devices as their maker would deliver them.
func (d drawer) file() string {
	var b strings.Builder
	b.WriteString("serial;secret;type;digits;interval;counter;manufacturer;model;battery-end\n")
	for _, v := range d.devices {
		counter := ""
		if v.Mode == otp.HOTP {
			counter = "0"
		}
		fmt.Fprintf(&b, "%s;%x;%s;%d;30;%s;%s;%s;%s\n", v.Serial, v.Secret.Reveal(), v.Mode, v.Digits, counter, v.Manufacturer, v.Model, v.BatteryEnd)
	}
	return b.String()
}

// stock takes the devices into a portal's stock.
func (d drawer) stock(ctx context.Context, portal *app.Portal) error {
	var refused []error
	sum, err := portal.Stock.Import(ctx, strings.NewReader(d.file()), token.StockOptions{
		File: "demo.csv", Apply: true,
		Report: func(l token.StockLine) error {
			if len(l.Refused) > 0 {
				refused = append(refused, fmt.Errorf("device %s: %v", l.Device.Serial, l.Refused))
			}
			return nil
		},
	})
	if err == nil && !sum.Applied {
		err = errors.Join(append(refused, errors.New("the devices were not taken into the stock"))...)
	}
	return err
}

func (v *device) generator() otp.Generator {
	return otp.Generator{Secret: v.Secret, Algorithm: v.Algorithm, Digits: v.Digits, Period: v.Period}
}

// show gives what stands on the display: of a device that counts, nothing before its button was pressed.
func (v *device) show(wall time.Time) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch g := v.generator(); {
	case v.Mode == otp.TOTP:
		return g.Code(g.Step(wall)).Reveal()
	case v.counter < 0:
		return ""
	default:
		return g.Code(v.counter).Reveal()
	}
}

// press presses the button.
func (v *device) press() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.Mode == otp.HOTP {
		v.counter++
	}
}

// own plays the past of a person who signs in with a hard token: staff gave out the old device, and it was activated.
func (s *seeding) own(ctx context.Context) error {
	id := s.person.account.ID
	keeper := token.By{Actor: account.ID(audit.System)}
	if _, err := s.portal.Tokens.AssignHard(ctx, id, oldDevice, secret.NewID(), keeper); err != nil {
		return err
	}
	if _, err := s.portal.Tokens.Ship(ctx, oldDevice, keeper); err != nil {
		return err
	}
	i := slices.IndexFunc(s.drawer.devices, func(v *device) bool { return v.Serial == oldDevice })
	g := s.drawer.devices[i].generator()
	step := g.Step(time.Now()) - 2 // so that the visitor's first code is not spent
	done, err := s.portal.Tokens.ActivateHard(ctx, id, session, oldDevice, token.Pair{First: g.Code(step).Reveal(), Second: g.Code(step + 1).Reveal()})
	if err == nil && done.Outcome != token.Right {
		err = fmt.Errorf("the activation ended %s", done.Outcome)
	}
	return err
}

// deviceView is a device as the demo shows it.
type deviceView struct {
	Portal  string `json:"portal"`
	Serial  string `json:"serial"`
	Model   string `json:"-"`
	Mode    string `json:"mode"`
	Secret  string `json:"secret"` // hexadecimal, as oathtool takes it
	Code    string `json:"code"`   // on the display; empty before the button of a device that counts was pressed
	Presses bool   `json:"-"`      // it has a button that changes the code
}

func (h *house) deviceViews() []deviceView {
	views := []deviceView{}
	for _, d := range h.drawers {
		for _, v := range d.devices {
			views = append(views, deviceView{
				Portal: d.portal, Serial: v.Serial, Model: v.Model, Mode: string(v.Mode), Secret: fmt.Sprintf("%x", v.Secret.Reveal()),
				Code: v.show(time.Now()), Presses: v.Mode == otp.HOTP,
			})
		}
	}
	return views
}

func (e *entrance) showDevices(w http.ResponseWriter, _ *http.Request) {
	e.show(w, "devices.html", view{Devices: e.deviceViews()})
}

func (e *entrance) tellDevices(w http.ResponseWriter, _ *http.Request) { tell(w, e.deviceViews()) }

// pressButton presses the button of a device.
func (e *entrance) pressButton(w http.ResponseWriter, r *http.Request) {
	for _, d := range e.drawers {
		for _, v := range d.devices {
			if d.portal == r.PathValue("portal") && v.Serial == r.PathValue("serial") {
				v.press()
				http.Redirect(w, r, "/demo/devices#"+v.Serial, http.StatusSeeOther)
				return
			}
		}
	}
	http.NotFound(w, r)
}
