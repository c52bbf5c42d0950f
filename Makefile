# The project's two commands are `make up` and `make test`; each is enough on a machine with Python 3.11+ and make.
.PHONY: up test test-all test-long sbom install install-dev install-scale lint lock screenshot clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
ARTICLES ?=
SECONDS ?= 600
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-header --no-emit-index-url --quiet --upgrade

# install_lock FILE: every package of a lock, checked against its hash, then this project itself
define install_lock
	@echo "Setting up $(VENV) from $(1): one to three minutes."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1) && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r $(1) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ; \
	fi
endef

up: install ## take in the articles (ARTICLES=path, else the bundled sample) and serve API and web page (PORT=8000)
	$(BIN)/dateline up $(if $(ARTICLES),"$(ARTICLES)") --port $(PORT)

test: install-dev ## the fast tests
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

test-all: install-dev ## every test
	$(BIN)/python -m pytest -q -n 2

test-long: install-dev install-scale ## ten minutes of questions (SECONDS=600): nothing may grow; servers killed, bad requests sent
	DATELINE_SOAK_SECONDS=$(SECONDS) $(BIN)/python -m pytest -q tests/test_soak.py
	DATELINE_KILLS=10 $(BIN)/python -m pytest -q -m slow tests/test_guarantees.py
	DATELINE_HOSTILE=2000 DATELINE_SLOW_CLIENTS=10000 $(BIN)/python -m pytest -q -m slow tests/test_hostile_clients.py
	DATELINE_BAD_REQUESTS=20000 $(BIN)/python -m pytest -q -m slow tests/test_bad_requests.py

sbom: install ## what is installed: components (sbom.cdx.json) and licences (licences.txt)
	$(BIN)/python deploy/sbom.py > sbom.cdx.json
	$(BIN)/python deploy/sbom.py --licences > licences.txt

install: $(VENV)/.installed ## set up .venv from requirements.lock, every package checked against its hash

$(VENV)/.installed: requirements.lock pyproject.toml
	$(call install_lock,requirements.lock)
	@touch $@

install-dev: $(VENV)/.installed-dev ## what the tests need beside it, the Slack client included

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(call install_lock,requirements-dev.lock)
	@touch $@

install-scale: $(VENV)/.installed-scale ## the clients of PostgreSQL, Redis and Dask

$(VENV)/.installed-scale: requirements-scale.lock $(VENV)/.installed
	$(call install_lock,requirements-scale.lock)
	@touch $@

lint: install-dev ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: ## renew the lock files (needs uv): hashed, naming no host and no index
	$(LOCK) --group build --group weights --output-file requirements.lock
	$(LOCK) --group build --group weights --group dev --extra slack --extra otel --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) --group build --group weights --extra scale --constraint requirements.lock --output-file requirements-scale.lock

screenshot: install-dev ## renew the pictures of the page and of Slack (needs Chromium)
	PYTHONPATH=. $(BIN)/python tests/screenshot.py docs/page.png
	PYTHONPATH=. $(BIN)/python tests/slack_picture.py docs/slack.png

clean: ## forget the environment; the data directory stays
	rm -rf $(VENV)
