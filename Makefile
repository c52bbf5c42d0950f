# The project's two commands are `make up` and `make test`; each is enough on a machine with Python 3.11+ and make.
.PHONY: up test test-all install lint lock screenshot clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
ARTICLES ?=

up: install ## take in the articles (ARTICLES=path, else the bundled sample) and serve API and web page (PORT=8000)
	$(BIN)/dateline up $(if $(ARTICLES),"$(ARTICLES)") --port $(PORT)

test: install ## the fast tests
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

test-all: install ## every test
	$(BIN)/python -m pytest -q -n 2

install: $(VENV)/.installed ## set up .venv from requirements.lock, every package checked against its hash

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ; \
	fi
	touch $@

lint: install ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: ## renew requirements.lock (needs uv): hashed, naming no host and no index
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --no-emit-index-url --quiet --upgrade --output-file requirements.lock

screenshot: install ## renew the picture of the page (needs Chromium)
	PYTHONPATH=. $(BIN)/python tests/screenshot.py docs/page.png

clean: ## forget the environment; the data directory stays
	rm -rf $(VENV)
