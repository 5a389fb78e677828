// Package zone knows where a visitor comes from on the network.
//
// Of headers it believes X-Forwarded-For alone, and that only from the proxies of the configuration. Forwarded, X-Real-IP,
// X-Forwarded-Host and X-Forwarded-Proto are read by nobody: links are built and hosts chosen from the configuration.
package zone
