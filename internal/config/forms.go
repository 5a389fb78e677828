package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"torhaus/internal/profile"
	"torhaus/internal/yamlfile"
	"torhaus/internal/zone"
)

// forms are the kinds of text that only the configuration knows.
var forms = yamlfile.Forms{
	"listen":           {Accepts: "host:port, such as 127.0.0.1:8080, [::1]:8080 or :443", Check: checkListen},
	"url":              {Accepts: "https://host or https://host:port; http:// only for localhost, *.localhost and loopback addresses", Check: checkURL},
	"authority":        {Accepts: "host names in small letters, with port unless it is the usual one", Check: checkAuthority},
	"database":         {Accepts: "sqlite:/path/to/file.db, or postgres://user@host/name?search_path=schema (a socket: postgres:///name?host=/run/postgresql), without password", Check: checkDatabase},
	"variable":         {Accepts: "the name of an environment variable, such as TORHAUS_KVB_SMTP_PASSWORD", Check: checkVariable},
	"print-centre-key": {Accepts: "age1…, a public key of age; or " + OpenLetters, Check: checkPrintCentre},
	"print":            {Accepts: SpoolFolder + ", or ipps://host/path of an IPP printer; ipp:// only for a printer of this machine", Check: checkPrint},
	"path":             {Accepts: "a path, relative to the folder of this file", Check: yamlfile.CheckLine},
	"network":          {Accepts: "addresses or networks, such as 10.0.0.7, 10.0.0.0/29 or 2001:db8::/64, but not everybody's", Check: checkNetwork},
	"profile":          {Accepts: strings.Join(profile.Names(), ", ") + ", or the path of a file such as ./own.yaml", Check: checkProfile},
}

func checkListen(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil || !isPort(port) || host != "" && !isHost(host) {
		return errors.New("is no address to listen on")
	}
	return nil
}

func checkNetwork(s string) error {
	if _, err := zone.ParseProxies([]string{s}); err != nil {
		return errors.New("is no network of proxies")
	}
	return nil
}

// printCentreKey is the alphabet of a public key; whether it is one, its reader finds out.
var printCentreKey = regexp.MustCompile(`^age1[02-9ac-hj-np-z]{54}[02-9ac-hj-np-z]*$`)

func checkPrintCentre(s string) error {
	if s != OpenLetters && !printCentreKey.MatchString(s) {
		return errors.New("is no public key of a print centre (its private half, AGE-SECRET-KEY-…, never stands here)")
	}
	return nil
}

func checkPrint(s string) error {
	if s == SpoolFolder {
		return nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "ipp" && u.Scheme != "ipps" || checkAuthority(u.Host) != nil:
		return errors.New("is neither the spool folder nor the address of a printer")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("has more than scheme, host, port and path")
	case u.Scheme == "ipp" && !isLoopback(u.Hostname()):
		return errors.New("is not encrypted: letters with secrets would go over the network in the open")
	}
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == s
}

func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || yamlfile.CheckHost(s) == nil
}

func checkAuthority(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host = s
	}
	if err == nil && !isPort(port) || !isHost(strings.Trim(host, "[]")) {
		return errors.New("is no host name")
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || checkAuthority(u.Host) != nil:
		return errors.New("is no address of a portal")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return errors.New("has more than scheme, host and port")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("is not encrypted")
	}
	return nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

func checkDatabase(s string) error {
	if path, ok := strings.CutPrefix(s, "sqlite:"); ok {
		if path == "" || strings.ContainsAny(path, "?#%") {
			return errors.New("names no file; the file's name has none of ? # %")
		}
		return yamlfile.CheckLine(s)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "postgres" || strings.Trim(u.Path, "/") == "" || u.Host == "" && !u.Query().Has("host") {
		return errors.New("is no address of a database")
	}
	_, held := u.User.Password()
	for name := range u.Query() {
		held = held || strings.Contains(strings.ToLower(name), "password")
	}
	if held {
		return errors.New("holds a password; put it into an environment variable and name that in database-password-env")
	}
	return nil
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

func checkVariable(s string) error {
	if !variable.MatchString(s) {
		return errors.New("is no name of an environment variable (the password itself does not stand here)")
	}
	return nil
}

func checkProfile(s string) error {
	if err := yamlfile.CheckLine(s); err != nil {
		return err
	}
	if !profile.IsPath(s) {
		if _, err := profile.Embedded(s); err != nil {
			return errors.New("is no profile")
		}
	}
	return nil
}
