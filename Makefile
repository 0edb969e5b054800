# Everything a developer needs, each in one word. Only Python 3.11 and make are wanted on the machine.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SDK := sdk/typescript
# Some containers set it; every process of the tests would compile the whole product anew.
unexport PYTHONDONTWRITEBYTECODE

# Tests of the text of the repository, which `make check` runs and `make test` does not again.
CHECKS := tests/test_layout.py tests/test_parity.py tests/conformance/test_operations.py \
	tests/conformance/test_schema_lint.py tests/sdk/test_operations.py \
	tests/sdk/test_python.py::test_what_is_generated_is_current

SITE := graph/static/docs/index.html

.PHONY: help demo up docs test check soak bench lock schema sdk migration format
.DEFAULT_GOAL := help

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## watch a scheduled message reach a thousand people
	@$(BIN)/tidings demo

up: $(READY) $(SITE) ## run everything and leave it running
	@$(BIN)/tidings up

test: $(READY) ## all tests but those of check, against real PostgreSQL, Valkey and processes
	@$(BIN)/pytest -m "not soak" -rs -n 2 --dist loadfile $(addprefix --deselect ,$(CHECKS))

check: $(READY) ## format, lint, types, contracts, schema and its lint, parity
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/tidings schema --check
	$(BIN)/pytest -rs $(CHECKS)

bench: $(READY) ## every measurement, briefly
	@for file in $$(grep -l __main__ benchmarks/*.py); do \
		echo "== $$file" && $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

soak: $(READY) ## the long tests; the table of faults goes into docs/reliability.md
	@$(BIN)/pytest -m "hypothesis or soak" --hypothesis-profile=default --ignore tests/faults -n 2 --dist load --timeout 3600
	@FAULTS_TABLE=docs/reliability.md $(BIN)/pytest tests/faults --hypothesis-profile=default -n 2 --dist load --timeout 3600

docs: $(SITE) ## build the documentation, which the API serves at /docs

schema: $(READY) ## write schema.graphql and docs/roles.md anew
	@$(BIN)/tidings schema

sdk: $(READY) $(SDK)/node_modules/.package-lock.json ## write the generated half of the SDK anew
	@node $(SDK)/codegen.mjs
	@$(BIN)/python -m sdk.python.codegen

$(SDK)/node_modules/.package-lock.json: $(SDK)/package-lock.json
	@cd $(SDK) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

migration: $(READY) ## write the migration of changed models: name=what_it_does
	@$(BIN)/tortoise makemigrations --name $(name)

format: $(READY) ## put the code into its usual form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

$(SITE): $(READY) mkdocs.yml schema.graphql graph/static/openapi.json $(wildcard docs/*.md docs/moving/*.md docs/*.py)
	@$(BIN)/python docs/reference.py
	@$(BIN)/zensical build --strict >/dev/null

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links pyproject.toml
lock: $(READY) ## choose the versions of all packages anew
	@$(BIN)/pip install --quiet uv
	@$(LOCK) --upgrade -o requirements.lock
	@$(LOCK) --upgrade --extra dev -c requirements.lock -o requirements-dev.lock

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=…")'
	@echo "Setting up .venv (once, about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
