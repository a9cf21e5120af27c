# Rapport: `make run` and `make test` are all a newcomer needs.
PY ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
STORE ?= ./var

PYTHON := .venv/bin/python
RAPPORT := $(PYTHON) -m rapport --home "$(STORE)"
UV ?= uv
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

.PHONY: help
help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

.PHONY: setup setup-dev
setup: ## Make .venv from requirements/run.lock (what `make run` does by itself)
	@command -v "$(PY)" >/dev/null || { echo "There is no $(PY): install Python 3.11 to 3.13 (Debian, Ubuntu: apt install python3 python3-venv)." >&2; exit 2; }
	@"$(PY)" tools/set_up.py run

setup-dev:
	@command -v "$(PY)" >/dev/null || { echo "There is no $(PY): install Python 3.11 to 3.13 (Debian, Ubuntu: apt install python3 python3-venv)." >&2; exit 2; }
	@"$(PY)" tools/set_up.py dev

# Only a store that was made here gets the demo. A load that was interrupted is continued, since
# every interaction of the demo has an id of its own that the ledger knows.
.PHONY: run
run: setup ## Start Rapport with the demo company on http://127.0.0.1:8000 (PORT=8001 for another)
	@[ -e "$(STORE)/rapport.sqlite3" ] || [ -e "$(STORE)/postgres.schema" ] || { mkdir -p "$(STORE)" && : > "$(STORE)/demo-unfinished"; } 2>/dev/null || true
	@if [ -e "$(STORE)/demo-unfinished" ]; then echo "Loading the demo company, once, about a minute ..." >&2; $(RAPPORT) demo && rm "$(STORE)/demo-unfinished"; fi
	@$(RAPPORT) init --if-missing
	@exec $(RAPPORT) serve --host "$(HOST)" --port "$(PORT)"

# What touches the relational half: its tests run again on a PostgreSQL server of their own.
ON_POSTGRES := tests/office tests/customers tests/listening/test_importing.py \
  tests/listening/test_undo.py tests/listening/test_identity.py tests/web/test_init.py tests/web/test_migrating.py \
  tests/privacy/test_verbs.py tests/privacy/test_export.py tests/privacy/test_retention.py \
  $(filter-out $(addprefix tests/ledger/test_,bench.py calendar.py kinds.py spark_absent.py \
  spelling.py spill.py),$(wildcard tests/ledger/test_*.py))

# Two work side by side, a file at a time; long files first (tests/conftest.py), so that neither
# is left alone with one at the end.
SHARED := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: test
test: setup-dev ## Run all tests (ARGS="tests/ledger -k nps" for some)
	@$(PYTHON) -m pytest $(SHARED) $(ARGS)
	@[ -n "$(ARGS)" ] || $(PYTHON) -m tools.on_postgres $(PYTHON) -m pytest $(SHARED) $(ON_POSTGRES)

.PHONY: check
check: setup-dev ## Formatting, lint, types, import contracts, docs
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m tools.check_docs

.PHONY: docs
docs: setup-dev ## Write the pages that are made from the program, then check all of them
	@$(PYTHON) -m tools.reference
	@$(PYTHON) -m tools.check_docs

.PHONY: bench
bench: setup-dev ## Measure: a table of ratios and of growth
	@$(PYTHON) -m bench

PROOFS ?= newcomer
.PHONY: acceptance
acceptance: setup-dev ## Long proofs (PROOFS="crash erase" ARGS="--full --db postgres")
	@$(PYTHON) -m acceptance $(PROOFS) $(ARGS)

.PHONY: lock
lock: ## Lock the dependencies again (needs uv)
	@command -v "$(UV)" >/dev/null || { echo "There is no uv: install it, or name it: make lock UV=/path/to/uv" >&2; exit 2; }
	@for group in run dev; do "$(UV)" pip compile pyproject.toml --quiet --group $$group --universal \
	  --generate-hashes --python-version 3.11 --no-header \
	  -o requirements/$$group.lock || exit 2; done

.PHONY: clean
clean: ## Remove .venv and caches; the store stays
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
