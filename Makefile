# make demo   watch a pull request go from its opening to production, on this machine
# make test   every test; what is missing on the machine is installed first
# make bench  the benchmarks of BENCHMARKS.md, some minutes; make bench-catalog the long ones of the catalog
# make regress  PostgreSQL's own regression scripts, statement by statement, on 15 and 18: some hours
# make lint   formatting, vet, staticcheck and golangci-lint

GO ?= go
# Tests of several rooms start PostgreSQL servers of their own: two at a time is what two cores carry.
TESTFLAGS ?= -p 2 -timeout 20m

# The packages that take longest come first, so that none of them is left alone on the machine at the end.
LONGEST := $(addprefix ./internal/,catalog cli story migrate neonlocal hazard)

# The script that draws diagrams in the demo's pages, where the tests' packages are installed.
MERMAID := $(addprefix --mermaid ,$(wildcard .tools/node/node_modules/mermaid/dist/mermaid.min.js))

# Tools that scripts/setup installed, and node and npm where the system has none.
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.PHONY: demo test bench bench-catalog regress lint setup build image-test clean

demo: build
	@scripts/setup demo
	@bin/neon-migrations demo --python .tools/venv/bin/python --output demo-output $(MERMAID)

test:
	@scripts/setup test
	$(GO) vet ./...
	scripts/in-memory $(GO) test $(TESTFLAGS) $(LONGEST) ./...

setup:
	@scripts/setup all

build:
	@mkdir -p bin
	$(GO) build -o bin/neon-migrations .

bench: build
	@scripts/setup demo
	$(GO) test -run '^$$' -bench . -benchtime 3x -timeout 60m ./internal/...
	@$(MAKE) --no-print-directory bench-catalog BENCHFLAGS="-tables 1000 -patience 20s -spend 10s"

# docs/regress.md tells what it holds; REGRESSFLAGS narrows it, such as -scripts '^alter_table$$'.
regress:
	@scripts/regress
	$(GO) test -count=1 -timeout 0 -v -run TestRegress ./internal/catalog -regress $(CURDIR)/.tools/regress $(REGRESSFLAGS)

# A module of its own, so that the peers are no dependencies of the program; bench/main.go has the flags.
bench-catalog: BENCHFLAGS ?= -tables 1000,5000,10000
bench-catalog: bench/pgdelta/node_modules
	@scripts/regress schemas
	cd bench && $(GO) test ./... && $(GO) run . $(BENCHFLAGS)

bench/pgdelta/node_modules: bench/pgdelta/package-lock.json
	@scripts/setup test
	cd bench/pgdelta && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

lint:
	@scripts/lint

image-test:
	@scripts/image-test

clean:
	rm -rf bin demo-output .tools
