# The one entry to this repository. `make help` lists what it can do; `make demo` and `make test` need only
# CPython 3.11 or later, a Rust toolchain and make. Everything is installed into .venv, in the checkout.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP_VERSION := 26.3
# The first interpreter that works: a name on the PATH may be a stub that only prints an error.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.implementation.name != "cpython" or sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && { echo $$p; break; }; done)

RUST := Cargo.toml $(wildcard Cargo.lock python/modeldex/vocabulary.json) $(shell find rust -type f -not -path '*/target/*')
LOCKED := $(if $(wildcard Cargo.lock),--locked)
# The tests of the binding are written in Python; linking it into a Rust test program needs a libpython.
CRATES := --workspace --exclude modeldex-python
FUZZ_SECONDS ?= 60
OPERATIONS ?= 10000000
CASES ?= 1000000
SEED ?=
# Random cases of each law under miri, which runs them some thousand times slower; and what would take it an hour.
MIRI_CASES ?= 2
MIRI_SKIPPED := far_rows behaves_as_roaring a_patched_order
export PYO3_PYTHON := $(abspath $(PY))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: help
help: ## List the targets
	@sed -nE 's/^([a-z][a-z-]*):[^#]*## (.*)/\1\t\2/p' Makefile | awk -F'\t' '{printf "  make %-11s %s\n", $$1, $$2}'

# ------------------------------------------------------------------------------------------------- set up

.PHONY: venv
venv: $(VENV)/.tools ## Make the virtual environment and install the pinned tools

$(VENV)/.tools: pyproject.toml
	@test -n "$(PYTHON)" || { echo "CPython 3.11 or later with the venv module was not found; set PYTHON=..." >&2; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet pip==$(PIP_VERSION)
	$(PY) -m pip install --quiet --group dev
	touch $@

.PHONY: build
build: $(VENV)/.built ## Compile the engine and install the package, if a source changed

$(VENV)/.built: $(VENV)/.tools $(RUST)
	@command -v cargo >/dev/null || { echo "cargo was not found: a Rust toolchain is needed" >&2; exit 1; }
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/maturin develop --release --quiet $(LOCKED)
	touch $@

# ------------------------------------------------------------------------------------------------- use

.PHONY: demo
demo: build ## Ask the shipped catalogue which model serves a request
	@$(PY) examples/demo.py

.PHONY: test
test: test-rust test-python stubtest ## Run every test: Rust, Python, examples in docs and README, stubs

.PHONY: test-rust
test-rust: $(VENV)/.tools
	cargo test $(CRATES) $(LOCKED)

.PHONY: test-python
test-python: build
	$(PY) -m pytest

.PHONY: stubtest
stubtest: build
	$(PY) -m mypy.stubtest modeldex._core

.PHONY: check
check: check-rust check-python check-generated stubtest ## Formats, lints, types, and what is generated is up to date

.PHONY: check-rust
check-rust: $(VENV)/.tools
	cargo fmt --all --check
	cargo clippy --workspace --all-targets $(LOCKED) -- -D warnings

.PHONY: check-python
check-python: build
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(PY) -m mypy

.PHONY: check-generated
check-generated: build
	$(PY) -m modeldex.schema.generate --check
	$(PY) -m catalogue.build --check

.PHONY: format
format: $(VENV)/.tools ## Rewrite the sources in the house format
	cargo fmt --all
	$(BIN)/ruff check --fix --quiet || true
	$(BIN)/ruff format

.PHONY: catalogue
catalogue: build ## Rebuild the shipped catalogue from its raw files, and what is generated from the schema
	$(PY) -m catalogue.build --text
	$(PY) -m modeldex.schema.generate
	@$(MAKE) --no-print-directory build # the engine carries the vocabulary
	$(PY) -m catalogue.compile

# ------------------------------------------------------------------------------------------------- long runs

.PHONY: bench
bench: build ## Measure beside the peers and print the table
	$(PY) -m pip install --quiet --group bench
	$(PY) -m pip install --quiet --no-deps --group bench-alone
	cargo bench $(CRATES) $(LOCKED)
	$(PY) -m pytest benches --benchmark-enable --benchmark-only --timeout 0
	$(PY) -m benches.scale
	$(PY) -m benches.plot

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZ_SECONDS (60) each
	cd fuzz && for target in $$(cargo fuzz list); do \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target -- -max_total_time=$(FUZZ_SECONDS); done

.PHONY: soak
soak: build ## Long runs: OPERATIONS (10,000,000) by 8 threads and 4 processes, and the other marked tests; SEED repeats one
	MODELDEX_OPERATIONS=$(OPERATIONS) MODELDEX_SEED=$(SEED) $(PY) -m pytest -m soak --timeout 0

.PHONY: names
names: build ## How good `resolve` is: leave one out, typos, spellings seen in logs; SEED for other typos
	$(PY) -m tests.names.report $(if $(SEED),--seed $(SEED))

.PHONY: oracle
oracle: build ## Every question beside its slow twin on CASES (1,000,000) random cases, in two processes; SEED repeats a run
	$(PY) -m tests.registry.long $(CASES) $(SEED)

.PHONY: miri
miri: $(VENV)/.tools ## The unit tests of the engine under miri, which sees undefined behaviour; needs a nightly with miri
	@cargo +nightly miri --version >/dev/null 2>&1 || { echo "miri was not found: rustup toolchain install nightly --component miri,rust-src" >&2; exit 1; }
	MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=$(MIRI_CASES) cargo +nightly miri test -p modeldex-engine --lib $(LOCKED) -- $(MIRI_SKIPPED:%=--skip %)

.PHONY: sdist
sdist: build ## Build the source distribution, install it into an empty environment and use it
	bash .ci/sdist

.PHONY: clean
clean: ## Remove everything that was built, the environment included
	rm -rf $(VENV) target fuzz/target dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find python -name '_core*.so' -delete
