# make help shows the targets. make demo and make test need nothing but Go, Node and the registries.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
VENDOR  := internal/web/page/static/vendor
TOOL    := go tool -modfile=tools/go.mod

.PHONY: help demo build assets words test deps lint test-go e2e fmt bench clean

help: ## show this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## build and serve the demo on http://localhost:8080
	@bin/torhaus demo

build: assets ## build bin/torhaus
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X torhaus/internal/cli.Version=$(VERSION)' -o bin/torhaus ./cmd/torhaus
	@echo "built: bin/torhaus $(VERSION)"

assets: $(VENDOR)/kern.min.css ## fetch the design system and its fonts

$(VENDOR)/kern.min.css: assets/package.json assets/package-lock.json scripts/fetch-assets
	@scripts/fetch-assets $(VENDOR)

words: ## write the block list of passwords anew
	@scripts/make-words

test: lint test-go e2e ## everything: install what tests need, lint, test, walk through the browser

deps: ## install what tests need (Debian and npm packages)
	@scripts/install-test-deps

lint: assets ## gofumpt, go vet, staticcheck
	@scripts/lint

# The pointers of SQLite, which is translated from C, are not checked one by one: that takes half of the time of all tests. The scripts
# of cmd start the program again and again, one deed after the other: the race detector would make it a minute each.
test-go: deps assets ## Go tests, with the race detector
	@go test -race -gcflags='modernc.org/...=-d=checkptr=0' -shuffle=on -timeout 20m ./internal/...
	@go test -shuffle=on ./cmd/...

e2e: deps build ## browser tests against bin/torhaus
	@cd e2e && npx --no-install playwright test $(ARGS)

fmt: ## format Go code
	@$(TOOL) gofumpt -w cmd internal

bench: build ## what a login, a page, a start, a letter cost (docs/performance.md); ARGS='-only login'
	@go run ./internal/bench -json bin/bench.json $(ARGS)
	@go test -run '^$$' -bench '^BenchmarkEnumeration' -benchtime 1x ./internal/web
	@go test -run '^$$' -bench '^BenchmarkLists' -benchtime 20x ./internal/store

clean: ## remove what make built and fetched
	@rm -rf bin e2e/out e2e/node_modules assets/node_modules
	@find $(VENDOR) -mindepth 1 ! -name README.md -delete
