# What a person types in this repository. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
DEBIAN_PACKAGES := postgresql-15 postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl \
                   postgresql-15-plpgsql-check sqitch libdbd-pg-perl chromium pgbouncer
PROVE := PYTHONPATH=python:python/tests:tools $(BIN)/python -m
CODE := python/app python/tests tools $(wildcard bench)

# No target here is a file, but for the stamp of the environment.
.PHONY: $(shell awk -F : '/^[a-z][a-z0-9-]*:/ { print $$1 }' $(firstword $(MAKEFILE_LIST)))

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: .venv/.installed ## the environment in .venv, from the locked versions

.venv/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { echo "$(PYTHON) cannot make an environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: venv ## a week of a simulated X, followed
	@$(BIN)/rookery demo

test: packages venv ## everything that CI runs: four parts at a time, for most wait now and then, the longest first; each one's output when it has ended
	@$(MAKE) --no-print-directory --jobs=4 --output-sync=target \
	  test-python-15-quick test-python-15-slow test-sql test-python-15-proof test-python-18 lint

packages: # what the tests need from Debian; nothing is asked of apt where all of it is there
	@missing=(); for p in $(DEBIAN_PACKAGES); do \
	  [ "$$(dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null)" = installed ] || missing+=($$p); done; \
	if [ $${#missing[@]} -gt 0 ]; then \
	  echo "installing $${missing[*]}"; sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq \
	    --no-install-recommends "$${missing[@]}" >/dev/null; \
	fi

test-sql: venv packages ## pgTAP on PostgreSQL 15 and on the embedded 18 (ONLY=path for some, PG=15 or 18 for one)
	@$(BIN)/python tools/pgtap.py $(if $(PG),--pg $(PG)) $(ONLY)

test-python: test-python-15 test-python-18 ## pytest on PostgreSQL 15, and what faces the database on 18

test-python-15: venv packages # all of pytest, on PostgreSQL 15
	@$(BIN)/pytest

test-python-15-slow: venv packages # processes that are replaced, browsers, documents
	@$(BIN)/pytest -m "slow and not proof"

test-python-15-proof: venv packages # histories, crashes, races
	@$(BIN)/pytest -m proof

test-python-15-quick: venv packages # and the rest
	@$(BIN)/pytest -m "not slow"

test-python-18: venv packages # what faces the database, on the embedded 18
	@$(BIN)/pytest --pg=18 -m db

prove: prove-histories prove-crashes prove-races ## random histories, crashes at every statement, ten minutes of races

prove-histories: venv packages ## 10,000 histories against the model, on all cores, and what breaks a rule (COUNT=, FIRST=, PG=)
	@$(PROVE) histories prove $(or $(COUNT),10000) --first $(or $(FIRST),100000) --pg $(or $(PG),15)

prove-crashes: venv packages ## worker, server or both die at every boundary of a statement, and twice in PAIRS=100 (SEED=, STRIKES=, PG=)
	@$(PROVE) crashes $(STRIKES) --pairs $(or $(PAIRS),100) --seed $(or $(SEED),1) --pg $(or $(PG),15)

prove-races: venv packages ## eight workers, operators and webhooks in a fast simulated world (MINUTES=10, SEED=, PG=)
	@$(PROVE) races --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1) --pg $(or $(PG),15)

replay: venv packages ## one history once more, shrunk where it breaks a rule: SEED=17
	@PYTHONPATH=python:python/tests:tools $(BIN)/python -m histories replay $(SEED) --pg $(or $(PG),15)

test-pgbouncer: venv packages ## what faces the database once more, through PgBouncer by transaction
	@$(BIN)/pytest --pgbouncer -m db

fuzz: venv ## bad input by the hundred thousand (FACTOR=100 times what the tests try; each run tries other)
	@ROOKERY_FUZZ=$(or $(FACTOR),100) $(BIN)/pytest -m fuzz

lint: venv ## ruff, mypy, sqlfluff; the migrations against the declared state and the last release; the locks; whether the mutants fit
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/ruff format --quiet --check $(CODE)
	@$(BIN)/mypy --no-error-summary $(CODE)
	@$(BIN)/python tools/baseline.py --check
	@$(BIN)/python tools/mutants.py --check
	@$(BIN)/python tools/released.py
	@$(BIN)/python tools/locks.py
	@said=$$($(BIN)/sqlfluff lint --disable-progress-bar --nocolor db/schema) || { echo "$$said"; exit 1; }

format: venv ## let ruff lay out the Python
	@$(BIN)/ruff check --quiet --fix-only $(CODE)
	@$(BIN)/ruff format --quiet $(CODE)

bench: venv ## the benchmarks (ONLY=name for one), a table, bench/results.json and a page of it, results.html
	@$(BIN)/python bench/run.py $(if $(ONLY),--only $(ONLY))

endure: venv packages ## a simulated year of a million ticks, one snapshot held open in it; hours (TICKS=… MINUTES=…)
	@PYTHONPATH=.:tools $(BIN)/python -m bench.endure $(if $(TICKS),--ticks $(TICKS)) $(if $(MINUTES),--minutes $(MINUTES))

mutants: venv packages ## plant the faults of db/tests/mutants one by one, and see the tests kill each (ONLY=name for one)
	@$(BIN)/python tools/mutants.py $(ONLY)

change: venv ## draft the next migration from what is declared (NAME=what_it_does NOTE="why")
	@$(BIN)/python tools/change.py "$(NAME)" --note "$(NOTE)"

drift: venv packages ## the plan deploys what is declared, object for object, on PostgreSQL 15 and 18
	@$(BIN)/python tools/drift.py $(if $(PG),--pg $(PG))

tag: venv ## the next release of the plan (VERSION=1.2.0 NOTE="what"): nothing above it changes any more
	@$(BIN)/python tools/released.py --tag "$(VERSION)" --note "$(NOTE)"

functions: venv ## reload db/functions into the development database
	@$(BIN)/python tools/functions.py

release: venv ## the checklist of a release, then its version and tags (VERSION=1.2.0 NOTE="what"); pushes nothing
	@$(BIN)/python tools/release.py "$(VERSION)" --note "$(NOTE)"

rehearse: ## what deploy/Dockerfile says, done without a container engine (root, debootstrap)
	@deploy/rehearse

baseline: venv ## write the migrations anew from the declared state (until the first release)
	@$(BIN)/python tools/baseline.py

env-example: venv ## write .env.example anew from the settings
	@$(BIN)/python tools/env_example.py

reference: venv ## write docs/reference from what database, web and command line say of themselves
	@$(BIN)/python tools/reference.py

lock: ## lock the versions anew (needs uv)
	@flags="--quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate"; \
	uv pip compile $$flags pyproject.toml -o requirements.lock && \
	uv pip compile $$flags pyproject.toml --all-extras --group dev -o requirements-dev.lock && \
	uv pip compile $$flags --constraint requirements-dev.lock --group build -o requirements-build.lock

screenshots: venv packages ## every page of the demo's world in build/screenshots; docs/page.png too
	@$(BIN)/python tools/screenshots.py
	@$(BIN)/python tools/screenshots.py --picture

wheel: venv ## dist/rookery-*.whl, with plan and SQL inside
	@$(BIN)/python -m hatchling build -t wheel

clean: ## remove what the targets above made
	@rm -rf .venv dist build bench/results.* bench/trial.* bench/endure.json .mypy_cache .ruff_cache .hypothesis
	@find python tools -name __pycache__ -prune -exec rm -rf {} +
