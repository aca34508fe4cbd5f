# MovieMesh: `make run` opens the cinema, `make test` proves it. Both set up what they need.
# Written for GNU make 3.81 and POSIX sh.

SHELL = /bin/sh
VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
# The newest Python that can make an environment; a shim that only exists does not count.
FIND_PYTHON = for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done
SOURCES = backend bench brand cli web tests ticketcode

.PHONY: help install run reset check fix test unit integration e2e faults bench docs lock fresh-machine clean

help: ## Show this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /|/' | \
	while IFS='|' read -r name text; do printf '  make %-15s %s\n' "$$name" "$$text"; done

install: $(VENV)/.run ## Make .venv with what the cinema needs

$(VENV)/bin/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "MovieMesh needs Python 3.11 or newer, with venv. Get it with"; \
		echo "  Debian, Ubuntu, WSL:  sudo apt install python3 python3-venv"; \
		echo "  Fedora:               sudo dnf install python3"; \
		echo "  macOS:                brew install python"; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$python --version)"; \
	$$python -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml ticketcode/pyproject.toml
	@echo "Installing MovieMesh (about 90 MB to download the first time) ..."
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-build-isolation --no-deps -e ticketcode -e .
	@$(BIN)/python -m brand.fonts
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing what the tests need ..."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

run: install ## Open the cinema (PORTS=+100, RESET=1, RELOAD=1, BROWSER=0)
	@PORTS="$(PORTS)" RESET="$(RESET)" RELOAD="$(RELOAD)" BROWSER="$(BROWSER)" $(BIN)/moviemesh run

reset: install ## Forget everything that was sold and start anew next time
	@$(BIN)/moviemesh reset --yes

check: $(VENV)/.dev ## Check form, types, imports, architecture and documents
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy backend bench brand cli web tests ticketcode/moviemesh_ticketcode
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture tests/docs

fix: $(VENV)/.dev ## Mend what the tools can mend by themselves
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

test: $(VENV)/.dev ## Run every test, quickest layers first (T=path runs one)
	@SYSTEM="$(SYSTEM)" sh deploy/testing/system_packages.sh
	@$(BIN)/python -m tests.layers $(T)

unit: $(VENV)/.dev ## Run the tests that need nothing
	@$(BIN)/python -m tests.layers --only unit

integration: $(VENV)/.dev ## Run the tests that need the embedded PostgreSQL
	@$(BIN)/python -m tests.layers --only integration

e2e: $(VENV)/.dev ## Run the tests in a real browser
	@SYSTEM="$(SYSTEM)" sh deploy/testing/system_packages.sh
	@$(BIN)/python -m tests.layers --only e2e

faults: $(VENV)/.dev ## Sell under faults (SCALE=full SEED=n ONLY=F5,F7 T=path)
	@SCALE="$(SCALE)" SEED="$(SEED)" ONLY="$(ONLY)" \
		$(BIN)/python -m tests.layers --only faults $(T)

bench: $(VENV)/.dev ## Measure the cinema against this machine (ONLY=a,c ROUNDS=n QUICK=1 PROFILE=1)
	@$(BIN)/python -m bench --only "$(ONLY)" --rounds "$(ROUNDS)" $(if $(QUICK),--quick) \
		$(if $(PROFILE),--profile)

docs: $(VENV)/.dev ## Write the generated tables of docs/
	@$(BIN)/python -m tests.docs.tables

lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml
	@$(BIN)/uv lock
	@$(BIN)/uv export --quiet --format requirements-txt --no-header --no-annotate \
		--no-emit-workspace --extra build --extra backend --extra web -o requirements.lock
	@$(BIN)/uv export --quiet --format requirements-txt --no-header --no-annotate \
		--no-emit-workspace --all-extras -o requirements-dev.lock

fresh-machine: ## Prove both commands in a bare system (root; debootstrap)
	@sh deploy/fresh_machine/run.sh

clean: ## Remove what make made in this folder; what was sold stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
