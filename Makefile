# The verbs of the README. Each has a plain-Python equivalent there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .build/demo

.PHONY: demo serve test check slug lock

demo: .build/demo-installed
	$(BIN)/python -m model build data/demo --out $(DEMO) --extractor efficientnet-lite0
	$(BIN)/python -m model bundle data/demo --out $(DEMO) --extractor efficientnet-lite0
	PRECOMPUTED_DIR=$(DEMO) $(BIN)/gunicorn app:server

serve: .build/web-installed
	$(BIN)/gunicorn app:server

test: .build/test-installed
	$(BIN)/python -m tests.browser
	$(MAKE) check
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: .build/test-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/oxlint assets/*.js assets/*/*.js

# What Heroku would make of the last commit, against its budgets; PHOTO=none without the search by photo.
slug: .build/test-installed
	$(BIN)/python -m benchmarks slug $(if $(PHOTO),--photo $(PHOTO))

# Renews every lock from its short list; each is valid for Python 3.11 to 3.13.
lock: .build/test-installed
	for list in requirements-web requirements requirements-pipeline requirements-cluster requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 \
	    --fork-strategy fewest --no-emit-index-url --no-config --no-header $$list.in -o $$list.txt || exit 1; \
	done

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lookalike needs Python 3.11 or newer; name one with make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

.build/web-installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	mkdir -p .build && touch $@

.build/demo-installed: requirements-pipeline.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements-pipeline.txt
	mkdir -p .build && touch $@ .build/web-installed

.build/test-installed: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.txt
	mkdir -p .build && touch $@ .build/web-installed .build/demo-installed
