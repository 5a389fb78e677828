package login

import (
	"net/netip"
	"strconv"
	"strings"
)

// Device is a browser and the system it runs on, named so that its owner recognises it. Either is empty where it is not known.
// Only names of this table ever come out: what a browser says of itself is typed by strangers.
type Device struct{ Browser, System string }

// sign is a part of a browser's User-Agent and what it gives away.
type sign struct{ part, name string }

// browsers and systems are in this order because most browsers name others too, which they resemble.
var (
	browsers = []sign{
		{"Edg/", "Edge"},
		{"EdgA/", "Edge"},
		{"EdgiOS/", "Edge"},
		{"OPR/", "Opera"},
		{"OPiOS/", "Opera"},
		{"Vivaldi/", "Vivaldi"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"DuckDuckGo/", "DuckDuckGo"},
		{"Ddg/", "DuckDuckGo"},
		{"FxiOS/", "Firefox"},
		{"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chromium/", "Chromium"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}
	systems = []sign{
		{"Windows NT", "Windows"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "ChromeOS"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
		{"X11", "Linux"},
	}
)

// DeviceOf reads the User-Agent of a browser (RFC 9110, 10.1.5).
func DeviceOf(agent string) Device {
	return Device{Browser: firstOf(browsers, agent), System: firstOf(systems, agent)}
}

func firstOf(signs []sign, agent string) string {
	for _, s := range signs {
		if strings.Contains(agent, s.part) {
			return s.name
		}
	}
	return ""
}

// NetworkOf gives the part of a network address that tells its owner where a session comes from: the first three numbers of an
// IPv4 address, the first four groups of an IPv6 address. It is empty for what is no address.
func NetworkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	if a = a.Unmap(); a.Is4() {
		four := a.As4()
		return strings.Join([]string{number(four[0]), number(four[1]), number(four[2]), "x"}, ".")
	}
	var groups []string
	sixteen := a.As16()
	for i := 0; i < 8; i += 2 {
		groups = append(groups, strconv.FormatUint(uint64(sixteen[i])<<8|uint64(sixteen[i+1]), 16))
	}
	return strings.Join(groups, ":") + ":x"
}

func number(b byte) string { return strconv.Itoa(int(b)) }
