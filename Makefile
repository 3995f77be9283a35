# Kubernetes on Mesos. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := all
DESTDIR ?= bin
JEST_FLAGS ?=
BENCH_FLAGS ?=
# Only files that say what to install: node_modules is as old as the last install.
INSTALLED := node_modules/.package-lock.json

.PHONY: all build up down test test.v bench bench.short lint format install clean help

all: build ## compile everything and bundle dist/km (default)

build: $(INSTALLED)
	@node scripts/build.mjs

up: build ## start a local cluster with the examples running in it (RUNTIME=docker, ETCD_SERVERS=, MESOS_MASTER=)
	@cluster/kube-up.sh

down: ## stop the local cluster and remove its data
	@cluster/kube-down.sh

test: build ## run every test
	@node scripts/test.mjs $(JEST_FLAGS)

test.v: build ## the same, naming each test
	@node scripts/test.mjs --verbose $(JEST_FLAGS)

bench: build ## this API server against the Go kube-apiserver 1.20, as ratios (BENCH_FLAGS=--rounds=1)
	@node bench/run.mjs $(BENCH_FLAGS)

bench.short: build ## the benchmark's checks of results alone, in small
	@node bench/run.mjs --short --only=km

lint: $(INSTALLED) ## compiler, ESLint, formatting, generated files, arrows between packages
	@node scripts/lint.mjs

format: $(INSTALLED) ## let Prettier write every file
	@npx prettier --write . --log-level=warn

install: build ## self-contained km and kubectl in DESTDIR (default bin)
	@node scripts/install.mjs "$(DESTDIR)"

clean: ## remove what was built; node_modules and a running cluster stay
	rm -rf dist bin coverage packages/*/dist

help:
	@grep -hE '^[a-z.]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z.]+):.*## (.*)/  make \1@\2/' | column -t -s@ 2>/dev/null || grep -hE '^[a-z.]+:.*## ' $(MAKEFILE_LIST)

$(INSTALLED): package.json package-lock.json $(wildcard packages/*/package.json)
	@node scripts/check-node.mjs
	@echo "installing npm packages (once, about a minute) ..."
	@npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@
