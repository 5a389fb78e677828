package login

import (
	"strings"
	"testing"
)

func TestDeviceOf_NamesWhatItsOwnerSeesOnTheDesk(t *testing.T) {
	for _, c := range []struct{ agent, browser, system string }{
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox", "Windows"},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox", "Mac"},
		{"Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox", "Android"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/145.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iPhone"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Chrome", "Windows"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge", "Windows"},
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0", "Edge", "Android"},
		{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", "Safari", "Mac"},
		{"Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", "Safari", "iPad"},
		{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Chrome", "ChromeOS"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 OPR/124.0.0.0", "Opera", "Windows"},
		{"curl/8.14.1", "", ""},
		{"", "", ""},
	} {
		if got := DeviceOf(c.agent); got != (Device{c.browser, c.system}) {
			t.Errorf("%s is %+v, want %s on %s", c.agent, got, c.browser, c.system)
		}
	}
}

func TestAttack_AgentPutsNoWordsOfItsOwnOnThePage(t *testing.T) {
	for _, agent := range []string{
		"<script>alert(1)</script> Firefox/1", "Bitte rufen Sie 0900 an Firefox/\r\nSet-Cookie: a=b", "\u202eFirefox/ Windows NT", strings.Repeat("Firefox/", 1<<16),
	} {
		got := DeviceOf(agent)
		if got.Browser != "Firefox" || got.System != "" && got.System != "Windows" {
			t.Errorf("%.40q is %+v", agent, got)
		}
	}
}

func TestNetworkOf_KeepsTheHouseNotTheDevice(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"192.0.2.10", "192.0.2.x"},
		{"::ffff:192.0.2.10", "192.0.2.x"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2:x"},
		{"2001:db8::1", "2001:db8:0:0:x"},
		{"fe80::1%eth0", "fe80:0:0:0:x"},
		{"::1", "0:0:0:0:x"},
		{"", ""},
		{"unknown", ""},
		{"192.0.2.10, 198.51.100.1", ""},
	} {
		if got := NetworkOf(c.address); got != c.want {
			t.Errorf("%s is shown as %q, want %q", c.address, got, c.want)
		}
	}
}
