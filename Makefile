# Two commands matter: make demo, make test. Both set up .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready

.PHONY: setup demo test check format soak bench graphiql schema neo4j neo4j-stop clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "justicegraph needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# A made-up world, loaded, linked, asked and served. With CI set it does not stay up.
# STORE=neo4j keeps the graph in Neo4j, which is started without Docker if need be.
STORE ?= sqlite
demo: setup
	@if [ "$(STORE)" = neo4j ]; then \
	  [ -n "$$NEO4J_URI" ] || { $(MAKE) --no-print-directory neo4j && set -a && . ./.env.neo4j && set +a; }; \
	fi; \
	JUSTICEGRAPH_STORE=$(STORE) $(BIN)/python -m cli.demo

test: setup
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not soak"

# What a reviewer would send back at once: layout, lint, types, import arrows, ontology, mappings, docs.
check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m ontology format --check
	$(BIN)/justicegraph ontology check
	$(BIN)/justicegraph map check
	$(BIN)/python -m pytest -q tests/test_structure.py tests/docs

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m ontology format

# Long kill, fuzz and scale runs.
soak: setup
	$(BIN)/python -m pytest -q -m soak

bench: setup
	$(BIN)/python -m benchmarks

# GraphiQL's own files, so that it works without a network (needs npm).
graphiql: setup
	$(BIN)/python -m api graphiql

# schema.graphql as the tree keeps it: a changed schema is a reviewed change.
schema: setup
	$(BIN)/python -m api sdl --write

# The Neo4j Community server without Docker; its address goes to .env.neo4j.
neo4j: setup
	$(BIN)/python -m graph.neo4j.local start

neo4j-stop: setup
	$(BIN)/python -m graph.neo4j.local stop

clean:
	rm -rf $(VENV) var build dist
