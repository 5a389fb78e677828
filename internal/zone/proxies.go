package zone

import (
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Unknown is the address of a visitor who comes by a listed proxy that does not tell from where, or not readably. The proxy's
// own address would make all its visitors one; all unknown ones share the limits of one address instead.
const Unknown = ""

// Proxies are the networks of the proxies that stand before the portals.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks: 10.0.0.7, 10.0.0.0/29, 2001:db8::/64. A network of everybody is refused: with it,
// visitors would say themselves where they come from.
func ParseProxies(list []string) (Proxies, error) {
	var p Proxies
	for _, s := range list {
		network, err := parseNetwork(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no network of proxies: %w", s, err)
		}
		p = append(p, network)
	}
	return p, nil
}

func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	network, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, errors.New("neither an address nor a network")
	case network.Addr().Is4In6():
		return netip.Prefix{}, errors.New("an IPv4 network is written as 10.0.0.0/29")
	case network != network.Masked():
		return netip.Prefix{}, fmt.Errorf("it has bits beyond its length; %s is meant, perhaps", network.Masked())
	case network.Bits() == 0:
		return netip.Prefix{}, errors.New("it is everybody's")
	}
	return network, nil
}

// maxHops bounds how many entries of X-Forwarded-For are looked at; no chain of proxies is as long.
const maxHops = 32

// Visitor gives the network address of a visitor, without port: that of the peer, host:port as net/http has it; or, where the
// peer is a listed proxy, the address that this proxy saw. Forwarded are all lines of X-Forwarded-For in their order. Each
// proxy adds its peer at the right end, so it is read from there: listed proxies are passed over, and the first other address
// is the visitor's. What stands left of it the visitor may have written. Where an entry cannot be read before one is found, or
// none is left, the visitor is Unknown.
func (p Proxies) Visitor(peer string, forwarded []string) string {
	from, ok := parsePeer(peer)
	if !ok {
		return Unknown
	}
	if !p.has(from) {
		return from.String()
	}
	seen := 0
	for hop := range hops(forwarded) {
		if from, ok = parseHop(hop); !ok || seen == maxHops {
			return Unknown
		}
		if !p.has(from) {
			return from.String()
		}
		seen++
	}
	return Unknown
}

func (p Proxies) has(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(a) })
}

// hops gives the entries of all lines, from the right.
func hops(lines []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range slices.Backward(lines) {
			for comma := len(line); comma >= 0; {
				line = line[:comma]
				comma = strings.LastIndexByte(line, ',')
				if !yield(line[comma+1:]) {
					return
				}
			}
		}
	}
}

// parsePeer reads host:port as net/http gives it.
func parsePeer(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddrPort(s)
	return plain(a.Addr()), err == nil
}

// parseHop reads an entry as proxies write it: 192.0.2.1, 192.0.2.1:4711, 2001:db8::1, [2001:db8::1], [2001:db8::1]:4711.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.Trim(s, " \t")
	if a, err := netip.ParseAddr(s); err == nil {
		return plain(a), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		a, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		return plain(a), err == nil && a.Is6()
	}
	if _, _, err := net.SplitHostPort(s); err != nil {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddrPort(s)
	return plain(a.Addr()), err == nil
}

// plain gives one form to an address: IPv4 as such, without the name of an interface.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
