package stock

import (
	"net/http"
	"net/url"
	"strings"

	"torhaus/internal/token"
	"torhaus/internal/web/page"
)

var overviewView = page.NewView[overviewPage](files, "overview.html")

const (
	shownBatches   = 10
	shownBatteries = 25
)

// overviewPage shows the stock at one glance.
type overviewPage struct {
	page.Base
	Stock     token.Stock
	Batches   []token.Batch
	Batteries []token.Listed // in use, near their end
}

// Overview shows the stock at one glance.
func (d Door) Overview(w http.ResponseWriter, r *page.Request) (err error) {
	var p overviewPage
	if p.Stock, err = d.Stock.Overview(r.Context()); err != nil {
		return err
	}
	if p.Batches, err = d.Stock.Store.DeviceBatches(r.Context(), shownBatches); err != nil {
		return err
	}
	if p.Batteries, err = d.Stock.BatteriesEnding(r.Context(), shownBatteries); err != nil {
		return err
	}
	return overviewView.Show(w, r, p)
}

// States lists the states that the table counts.
func (p *overviewPage) States() []token.DeviceState { return token.DeviceStates }

// Count counts the devices in a state.
func (p *overviewPage) Count(s string) int { return p.Stock.Total[token.DeviceState(s)] }

// State names a state.
func (p *overviewPage) State(s token.DeviceState) string { return p.T("stock.state." + string(s)) }

// Of gives the list of devices in a state.
func (p *overviewPage) Of(s token.DeviceState) string {
	return devicesPath + "?" + url.Values{stateParam: {string(s)}}.Encode()
}

// OfBatch gives the list of devices of a delivery.
func (p *overviewPage) OfBatch(b token.Batch) string {
	return devicesPath + "?" + url.Values{batchParam: {string(b.ID)}}.Encode()
}

// Model names a model.
func (p *overviewPage) Model(m token.ModelCount) string {
	if name := strings.TrimSpace(m.Manufacturer + " " + m.Model); name != "" {
		return name
	}
	return p.T("stock.no-model")
}

// By names who imported a delivery.
func (p *overviewPage) By(b token.Batch) string {
	if name := b.ByName.Name(); name != "" {
		return name
	}
	return p.T("stock.by-console")
}

// Path gives the page of a device.
func (p *overviewPage) Path(d token.Listed) string { return pathOf(d.Device) }

// Battery writes the last day of a battery.
func (p *overviewPage) Battery(d token.Listed) string { return p.Day(d.BatteryEnd) }
