# Every target sets up what it needs; files under .venv/stamps say what is done already.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
BUNDLE := static/dist/manifest.json
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
MINISTRY ?= ../shared/mfds

# Node of the system when it is new enough, else the one that installs with pip.
NODE_MAJOR := $(shell node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
SYSTEM_NODE := $(shell test "$(NODE_MAJOR)" && test "$(NODE_MAJOR)" -ge 20 && command -v npm)
NODE_STAMP := $(if $(SYSTEM_NODE),,$(STAMPS)/node)
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend

CHECKS := check-format check-lint check-types check-imports check-templates check-front check-repository

.PHONY: $(CHECKS) run test check bench screenshots lock setup setup-dev bundle browser clean

run: setup ## the site at http://127.0.0.1:8000, with the demo catalogue when nothing else was imported
	$(BIN)/pillnuts serve

test: setup-dev browser ## all tests
	$(BIN)/python -m pytest -q

check: $(CHECKS) ## format, lint, types, import rules, templates, front end, settings, migrations, links, locks
$(CHECKS): setup-dev

check-format:
	$(BIN)/ruff format --check .
check-lint:
	$(BIN)/ruff check .
check-types:
	$(BIN)/mypy
check-imports:
	$(BIN)/lint-imports --no-logo
check-templates:
	$(BIN)/djlint templates --lint --quiet
check-front:
	$(NPM) run --silent check
check-repository:
	$(BIN)/python -m pytest -q tests/test_imports.py tests/test_migrations.py tests/test_repository.py tests/test_settings.py

bench: setup-dev ## import, index, memory and throughput on the ministry's data in $(MINISTRY)
	$(BIN)/python benchmarks/run.py

screenshots: setup-dev browser ## the pictures of the README
	$(BIN)/python -m scripts.screenshots

lock: $(STAMPS)/dev $(NODE_STAMP) ## write the locks anew, with the newest versions
	$(call compile,requirements.txt,pyproject.toml --group build)
	$(call compile,requirements-dev.txt,pyproject.toml --group build --extra dev)
	$(call compile,requirements-node.txt,--group node)
	$(NPM) install --package-lock-only --silent

compile = $(BIN)/uv --quiet pip compile $(2) --output-file $(1) --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

clean: ## remove everything that can be made again, but no data
	rm -rf $(VENV) static/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

setup: $(STAMPS)/run bundle
setup-dev: $(STAMPS)/dev bundle
bundle: $(BUNDLE)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Pillnuts needs Python 3.11 or newer; this is " + sys.version)'
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }

$(STAMPS)/run: requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes --requirement requirements.txt
	$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.txt $(STAMPS)/run
	$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@

$(STAMPS)/node: requirements-node.txt | $(BIN)/python
	$(PIP) --require-hashes --requirement requirements-node.txt
	@mkdir -p $(STAMPS) && touch $@

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json $(NODE_STAMP)
	$(NPM) ci --silent
	@touch $@

$(BUNDLE): frontend/node_modules/.package-lock.json frontend/build.mjs $(shell find frontend/src -type f)
	$(NPM) run --silent build

browser: ## Chromium and a Korean font, by apt where that is allowed
	@sh scripts/browser.sh
