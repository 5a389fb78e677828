package zone

import (
	"net/netip"
	"strings"
	"testing"
)

func proxies(t testing.TB, list ...string) Proxies {
	t.Helper()
	p, err := ParseProxies(list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestVisitor_IsTheRightmostHopThatIsNoProxy(t *testing.T) {
	const peer = "10.0.0.7:40000" // a listed proxy
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"no proxy":                       {"203.0.113.5:40000", nil, "203.0.113.5"},
		"no proxy, IPv6":                 {"[2001:db8:1::5]:40000", nil, "2001:db8:1::5"},
		"no proxy, IPv4 in IPv6":         {"[::ffff:203.0.113.5]:40000", nil, "203.0.113.5"},
		"no proxy, with an interface":    {"[fe80::1%eth0]:40000", nil, "fe80::1"},
		"one proxy":                      {peer, []string{"203.0.113.5"}, "203.0.113.5"},
		"proxy as IPv4 in IPv6":          {"[::ffff:10.0.0.7]:40000", []string{"203.0.113.5"}, "203.0.113.5"},
		"proxy by IPv6":                  {"[2001:db8:a::1]:40000", []string{"203.0.113.5"}, "203.0.113.5"},
		"two proxies":                    {peer, []string{"203.0.113.5, 10.0.0.3"}, "203.0.113.5"},
		"two proxies, two headers":       {peer, []string{"203.0.113.5", "10.0.0.3"}, "203.0.113.5"},
		"three proxies, mixed":           {peer, []string{"203.0.113.5, 10.0.0.3", "2001:db8:a::1"}, "203.0.113.5"},
		"no blanks, and tabs":            {peer, []string{"203.0.113.5,10.0.0.3\t,\t10.0.0.2"}, "203.0.113.5"},
		"hop with port":                  {peer, []string{"203.0.113.5:5555"}, "203.0.113.5"},
		"hop IPv6":                       {peer, []string{"2001:db8:1::5"}, "2001:db8:1::5"},
		"hop IPv6 in brackets":           {peer, []string{"[2001:db8:1::5]"}, "2001:db8:1::5"},
		"hop IPv6 with port":             {peer, []string{"[2001:db8:1::5]:443"}, "2001:db8:1::5"},
		"hop IPv6 written out":           {peer, []string{"2001:DB8:1:0:0:0:0:5"}, "2001:db8:1::5"},
		"hop with an interface":          {peer, []string{"fe80::1%eth0"}, "fe80::1"},
		"proxy's hop with port":          {peer, []string{"203.0.113.5, 10.0.0.3:9999"}, "203.0.113.5"},
		"proxy's hop as IPv4 in IPv6":    {peer, []string{"203.0.113.5, ::ffff:10.0.0.3"}, "203.0.113.5"},
		"lone proxy of an address":       {"192.0.2.80:1", []string{"203.0.113.5"}, "203.0.113.5"},
		"neighbour of that is no proxy":  {"192.0.2.81:1", []string{"203.0.113.5"}, "192.0.2.81"},
		"first address behind the net":   {"10.0.0.8:1", []string{"203.0.113.5"}, "10.0.0.8"},
		"peer that is no address":        {"@", []string{"203.0.113.5"}, Unknown},
		"peer without port":              {"10.0.0.7", []string{"203.0.113.5"}, Unknown},
		"proxy that tells nothing":       {peer, nil, Unknown},
		"proxy that tells an empty line": {peer, []string{""}, Unknown},
		"proxies only":                   {peer, []string{"10.0.0.3, 10.0.0.2"}, Unknown},
	} {
		if got := proxies(t, "10.0.0.0/29", "2001:db8:a::/48", "192.0.2.80").Visitor(c.peer, c.forwarded); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAttack_VisitorCannotChooseTheirAddress(t *testing.T) {
	const peer = "10.0.0.7:40000"
	long := strings.Repeat("198.51.100.66, ", 10_000)
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"header of one who is no proxy":        {"203.0.113.5:1", []string{"198.51.100.66"}, "203.0.113.5"},
		"who says to be a proxy":               {"203.0.113.5:1", []string{"198.51.100.66, 10.0.0.3"}, "203.0.113.5"},
		"header in front":                      {peer, []string{"198.51.100.66", "203.0.113.5"}, "203.0.113.5"},
		"entry in front":                       {peer, []string{"198.51.100.66, 203.0.113.5"}, "203.0.113.5"},
		"proxies in front":                     {peer, []string{"10.0.0.3, 10.0.0.2, 203.0.113.5"}, "203.0.113.5"},
		"10,000 entries in front":              {peer, []string{long + "203.0.113.5"}, "203.0.113.5"},
		"10,000 headers in front":              {peer, append(strings.Split(long, ", "), "203.0.113.5"), "203.0.113.5"},
		"10,000 proxies in front":              {peer, []string{strings.Repeat("10.0.0.3,", 10_000) + "203.0.113.5"}, "203.0.113.5"},
		"10,000 proxies at the end":            {peer, []string{"203.0.113.5" + strings.Repeat(",10.0.0.3", 10_000)}, Unknown},
		"garbage in front":                     {peer, []string{"\x00<script>, 203.0.113.5"}, "203.0.113.5"},
		"garbage at the end":                   {peer, []string{"203.0.113.5, unknown"}, Unknown},
		"an empty entry at the end":            {peer, []string{"203.0.113.5,"}, Unknown},
		"an empty header at the end":           {peer, []string{"203.0.113.5", ""}, Unknown},
		"commas only":                          {peer, []string{strings.Repeat(",", 10_000)}, Unknown},
		"obfuscated, as RFC 7239 has it":       {peer, []string{"_hidden"}, Unknown},
		"as in the header Forwarded":           {peer, []string{"for=203.0.113.5"}, Unknown},
		"in quotes":                            {peer, []string{`"203.0.113.5"`}, Unknown},
		"name of a host":                       {peer, []string{"localhost"}, Unknown},
		"leading zeros, which some read octal": {peer, []string{"0203.0.113.5"}, Unknown},
		"one number":                           {peer, []string{"3405803781"}, Unknown},
		"three numbers":                        {peer, []string{"203.0.5"}, Unknown},
		"a network":                            {peer, []string{"203.0.113.0/24"}, Unknown},
		"port too large":                       {peer, []string{"203.0.113.5:70000"}, Unknown},
		"port of a name":                       {peer, []string{"203.0.113.5:http"}, Unknown},
		"no port":                              {peer, []string{"203.0.113.5:"}, Unknown},
		"IPv4 in brackets":                     {peer, []string{"[203.0.113.5]"}, Unknown},
		"half a bracket":                       {peer, []string{"[2001:db8:1::5"}, Unknown},
		"empty brackets":                       {peer, []string{"[]"}, Unknown},
		"blank inside":                         {peer, []string{"203.0.113.5 10.0.0.3"}, Unknown},
		"full-width digits":                    {peer, []string{"２０３.0.113.5"}, Unknown},
		"other blanks":                         {peer, []string{"\u00a0203.0.113.5"}, Unknown},
	} {
		if got := proxies(t, "10.0.0.0/29").Visitor(c.peer, c.forwarded); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWithoutProxiesNoHeaderIsBelieved(t *testing.T) {
	if got := Proxies(nil).Visitor("127.0.0.1:1", []string{"198.51.100.66"}); got != "127.0.0.1" {
		t.Errorf("%q", got)
	}
}

func TestProxiesAreReadStrictly(t *testing.T) {
	for _, s := range []string{"10.0.0.7", "10.0.0.0/29", "127.0.0.1", "::1", "2001:db8::/64", "::ffff:10.0.0.7"} {
		if p, err := ParseProxies([]string{s}); err != nil || len(p) != 1 {
			t.Errorf("%s: %v, %v", s, p, err)
		}
	}
	for name, s := range map[string]string{
		"nothing": "", "a name": "proxy", "everybody": "0.0.0.0/0", "everybody, IPv6": "::/0", "bits beyond": "10.0.0.7/29",
		"too long": "10.0.0.0/33", "with port": "10.0.0.7:80", "blanks": " 10.0.0.7", "IPv4 in IPv6": "::ffff:10.0.0.0/125", "all IPv4": "::ffff:0:0/96",
	} {
		if p, err := ParseProxies([]string{s}); err == nil {
			t.Errorf("%s: read as %v", name, p)
		}
	}
}

func FuzzVisitor(f *testing.F) {
	f.Add("10.0.0.7:1", "203.0.113.5, 10.0.0.3", "10.0.0.2")
	f.Add("[::ffff:10.0.0.7]:1", "[2001:db8::1]:443", ",")
	f.Add("@", "", "")
	p := proxies(f, "10.0.0.0/29")
	f.Fuzz(func(t *testing.T, peer, first, second string) {
		got := p.Visitor(peer, []string{first, second})
		if got == Unknown {
			return
		}
		a, err := netip.ParseAddr(got)
		if err != nil || a.String() != got || a.Zone() != "" || a.Is4In6() || p.has(a) {
			t.Errorf("visitor %q", got)
		}
		if again := p.Visitor(peer, []string{first + "," + second}); again != got {
			t.Errorf("two headers give %q, one gives %q", got, again)
		}
	})
}
