# FediUnion: `make` lists the targets. Everything is installed into .venv, from lock files with hashes.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help setup check test test-quick fix demo serve pictures bench lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

setup: $(VENV)/.dev-installed  ## make .venv and install what development needs

check: $(VENV)/.dev-installed  ## format, lint, types, import contracts, shape of the tree
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q tests/architecture tests/test_config.py

test: $(VENV)/.dev-installed  ## every test, on SQLite and on PostgreSQL; installs what it may
	$(BIN)/python -m scripts.run_tests $(ARGS)

test-quick: $(VENV)/.dev-installed  ## the tests on SQLite only, without peers and browsers
	$(BIN)/pytest -q -n 2 -m "not peer and not browser and not slow" $(ARGS)

fix: $(VENV)/.dev-installed  ## format, mend what lint can mend, rewrite what is generated
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m scripts.write_config_example
	$(BIN)/python -m scripts.client_api_page
	$(BIN)/python -m scripts.translations

demo: $(VENV)/.installed  ## three unions on this machine that federate with each other
	$(BIN)/fediunion demo $(ARGS)

serve: $(VENV)/.installed  ## serve ./config.toml
	$(BIN)/fediunion serve $(ARGS)

pictures: $(VENV)/.dev-installed  ## make the pictures of the documents anew
	$(BIN)/python -m scripts.pictures $(ARGS)

bench: $(VENV)/.dev-installed  ## measure: ARGS="ROW --base-url URL --token TOKEN --pid PID"; prints JSON
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.dev-installed  ## choose the newest versions that fit, with hashes
	$(BIN)/python -m pip install --quiet uv
	sh scripts/lock.sh $(BIN)/uv

clean:  ## remove what was built and installed
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	sh scripts/make_venv.sh $(PYTHON) $(VENV)

$(VENV)/.installed: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	sh scripts/install.sh $(BIN)/python requirements/runtime.txt
	touch $@

$(VENV)/.dev-installed: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	sh scripts/install.sh $(BIN)/python requirements/dev.txt
	touch $(VENV)/.installed $@
