# From Python 3.11 and make to the figures of one week: `make run`. Everything else is set up on the way.
# What a command does belongs in the package; this file only prepares the environment and calls it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A folder of halls/: run and dev then take that hall, in a home of its own beside data/.
HALL ?=
WEEK ?= $(if $(HALL),,2023-15)
PORT ?= 3000
NOTEBOOK_PORT ?= 2718
# As many tests at once as there are cores, but no more than memory of 8 GB bears.
JOBS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); [ $$cores -le 4 ] || cores=4; echo $$cores)
FUZZ_FILES ?= 20000
KILLS ?= 500
REOPENINGS ?= 1000
DISKS ?= 10
HALLS ?= 21
ENGINE_KIND ?= spark

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
INSTALLED := $(VENV)/.installed
BENCH_VENV := .venv-bench
BENCH_INSTALLED := $(BENCH_VENV)/.installed
PEERS_VENV := .venv-peers
PEERS_INSTALLED := $(PEERS_VENV)/.installed
SQLMESH_VENV := .venv-sqlmesh
SQLMESH_INSTALLED := $(SQLMESH_VENV)/.installed
ENGINE := .venv-engine
ENGINE_INSTALLED := $(ENGINE)/.installed

ifneq ($(HALL),)
export ZHOUBAO_HALL := $(abspath $(HALL))
export ZHOUBAO_HOME ?= $(CURDIR)/data-$(notdir $(ZHOUBAO_HALL))
endif

.PHONY: help setup run test quick lint fix measure coverage docs dev notebook bench bench-peers fuzz faults lock clean engine-setup engine-lock province

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make .venv and install exactly what requirements.lock pins

run: $(INSTALLED) ## load, check, compute and release the weeks up to WEEK (2023-15) of HALL; sample exports where the inbox is empty
	$(PYTHON) -m zhoubao run $(if $(WEEK),--week $(WEEK)) --sample-if-empty

test: lint ## every check of style, types and import directions, then all tests but those of make faults
	$(PYTHON) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m 'not faults' --durations=25

quick: lint ## as test, without what is marked slow
	$(PYTHON) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m 'not slow and not faults'

lint: $(INSTALLED) ## style, types, import directions, declared dependencies, definitions as Dagster loads them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(PYTHON) -m mypy -p pipeline -p assets -p zhoubao -p tools
	$(BIN)/lint-imports
	$(BIN)/deptry .
	VIRTUAL_ENV="$(CURDIR)/$(VENV)" OPENLINEAGE_DISABLED=true $(BIN)/dg check defs

fix: $(INSTALLED) ## mend and format what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

measure: $(INSTALLED) ## how easy the code is to read: branches, lengths, comments, functions without a test
	$(PYTHON) -m tools.measure

coverage: $(INSTALLED) ## the quick tests, and which lines none of them runs
	$(BIN)/coverage run -m pytest -m 'not slow and not faults'
	$(BIN)/coverage report

docs: $(INSTALLED) ## write all pages and files that are made from code: checks, refusals, the Word template
	$(PYTHON) -m pipeline.quality.checks.handbook
	$(PYTHON) -m pipeline.ingest.refusals.handbook
	$(PYTHON) -m pipeline.present.weekly.template

dev: $(INSTALLED) ## Dagster's UI on 127.0.0.1:3000
	exec $(PYTHON) -m assets.webserver --with-daemon -h 127.0.0.1 -p $(PORT) -w workspace.yaml

notebook: $(INSTALLED) ## the analysts' notebooks on 127.0.0.1:2718, against the published file
	ZHOUBAO_HOME="$${ZHOUBAO_HOME:-$(CURDIR)/data}" exec $(BIN)/marimo edit notebooks --skip-update-check --host 127.0.0.1 -p $(NOTEBOOK_PORT)

fuzz: $(INSTALLED) ## break FUZZ_FILES (20000) samples and load them, those of the folder FUZZ_SAMPLES too; ten times the examples
	FUZZ_FILES=$(FUZZ_FILES) $(PYTHON) -m pytest tests/faults/test_fuzz.py -n $(JOBS)
	EXAMPLES=10 $(PYTHON) -m pytest tests/unit/ingest/load tests/laws/test_law_1_rows_are_conserved.py -n $(JOBS)

faults: $(INSTALLED) ## kill KILLS (500) stages of a run, reopen what is published REOPENINGS (1000) times, fill DISKS (10)
	KILLS=$(KILLS) FAULTS=0 REOPENINGS=$(REOPENINGS) DISKS=$(DISKS) $(PYTHON) -m pytest tests/faults -k 'not fuzz' -s

bench: $(INSTALLED) $(BENCH_INSTALLED) ## benchmarks, as ratios; what they compare with gets an environment of its own
	$(PYTHON) -m pytest tests/bench -o python_files='bench_*.py' -s

bench-peers: $(INSTALLED) $(PEERS_INSTALLED) $(SQLMESH_INSTALLED) ## the same figures by dlt with dbt and SQLMesh, each installed into a folder of its own: what a week costs
	$(PYTHON) -m pytest tests/bench/bench_peers.py -o python_files='bench_*.py' -s

lock: $(INSTALLED) ## pin the newest versions that pyproject.toml admits
	@uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	UV_SYSTEM_CERTS=1 UV_CUSTOM_COMPILE_COMMAND='make lock' "$$uv" pip compile pyproject.toml --extra dev --extra notebooks --extra lineage --upgrade \
		--generate-hashes --no-emit-index-url --python $(PYTHON) --quiet --output-file requirements.lock; \
	UV_SYSTEM_CERTS=1 UV_CUSTOM_COMPILE_COMMAND='make lock' "$$uv" pip compile tests/bench/requirements.in --upgrade \
		--constraint requirements.lock --generate-hashes --no-emit-index-url --no-annotate --python $(PYTHON) --quiet \
		--output-file tests/bench/requirements.lock; \
	sed -n 's/^\(duckdb==[^ ]*\).*/\1/p' requirements.lock | \
	UV_SYSTEM_CERTS=1 UV_CUSTOM_COMPILE_COMMAND='make lock' "$$uv" pip compile - tests/bench/peers/requirements.in --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --python $(PYTHON) --quiet \
		--output-file tests/bench/peers/requirements.lock; \
	UV_SYSTEM_CERTS=1 UV_CUSTOM_COMPILE_COMMAND='make lock' "$$uv" pip compile tests/bench/peers/requirements-sqlmesh.in --upgrade \
		--generate-hashes --no-emit-index-url --no-annotate --python $(PYTHON) --quiet \
		--output-file tests/bench/peers/requirements-sqlmesh.lock

engine-setup: $(ENGINE_INSTALLED) ## what a session on Apache Spark needs besides (690 MB)
	@java -version 2>&1 | grep -q 'version "\(1[7-9]\|2[0-9]\)' || \
		echo 'Spark itself needs Java 17 or newer, which was not found on PATH (Debian: openjdk-17-jre-headless).' >&2

# What requirements.lock holds already is left out, and taken in the same version: both are on one path.
engine-lock: $(INSTALLED) ## pin what requirements-engine.in admits beside requirements.lock
	@uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	UV_SYSTEM_CERTS=1 UV_CUSTOM_COMPILE_COMMAND='make engine-lock' "$$uv" pip compile requirements-engine.in --upgrade \
		--constraint requirements.lock $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements.lock) \
		--generate-hashes --no-emit-index-url --no-annotate --python $(PYTHON) --quiet --output-file requirements-engine.lock

province: $(INSTALLED) ## try a province: HALLS (21) sample halls hand two weeks over, computed on ENGINE_KIND (spark, or duckdb)
	$(PYTHON) -m tools.try_province --halls $(HALLS) --engine $(ENGINE_KIND)

clean: ## remove the environment and the caches; data/ stays
	rm -rf $(VENV) $(BENCH_VENV) $(PEERS_VENV) $(SQLMESH_VENV) $(ENGINE) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find assets pipeline tests tools zhoubao -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is older than requirements.lock exactly when something has to be installed.
# uv lives beside the packages it manages, so that synchronising never removes it.
# PYTHONDONTWRITEBYTECODE would leave imports at three times their cost: it does not count while installing.
$(INSTALLED): requirements.lock
	@set -eu; unset PYTHONDONTWRITEBYTECODE; \
	python=; \
	for candidate in python3.11 python3 python3.13 python3.12 python; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			python="$$candidate"; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo 'Python 3.11 or newer is needed and was not found on PATH: install python3.11, then run make again.' >&2; \
		exit 1; \
	fi; \
	if ! $(PYTHON) -c 'import sys' >/dev/null 2>&1; then \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		if command -v uv >/dev/null 2>&1; then \
			"$$python" -m venv --clear --without-pip $(VENV); \
		elif ! "$$python" -m venv --clear $(VENV); then \
			echo "$$python cannot make a virtual environment: install its venv module (Debian: python3-venv)." >&2; \
			exit 1; \
		fi; \
	fi; \
	uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	if ! "$$uv" --version >/dev/null 2>&1; then \
		echo 'Installing uv $(UV_VERSION)'; \
		$(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip --default-pip >/dev/null; \
		$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade \
			--target $(VENV)/.uv 'uv==$(UV_VERSION)'; \
	fi; \
	echo 'Installing what requirements.lock pins (bytecode compiled)'; \
	UV_SYSTEM_CERTS=1 "$$uv" pip sync --quiet --python $(PYTHON) --require-hashes --compile-bytecode requirements.lock; \
	$(PYTHON) -m tools.launcher; \
	touch $(INSTALLED)

$(BENCH_INSTALLED): $(INSTALLED) tests/bench/requirements.lock
	@set -eu; unset PYTHONDONTWRITEBYTECODE; \
	uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	"$$uv" venv --quiet --clear --python $(PYTHON) $(BENCH_VENV); \
	UV_SYSTEM_CERTS=1 "$$uv" pip sync --quiet --python $(BENCH_VENV)/bin/python --require-hashes --compile-bytecode \
		tests/bench/requirements.lock; \
	touch $(BENCH_INSTALLED)

$(PEERS_INSTALLED): $(INSTALLED) tests/bench/peers/requirements.lock
	@set -eu; unset PYTHONDONTWRITEBYTECODE; \
	uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	echo 'Installing into $(PEERS_VENV) what tests/bench/peers/requirements.lock pins: dlt, dbt and what they need'; \
	"$$uv" venv --quiet --clear --python $(PYTHON) $(PEERS_VENV); \
	UV_SYSTEM_CERTS=1 "$$uv" pip sync --quiet --python $(PEERS_VENV)/bin/python --require-hashes --compile-bytecode \
		tests/bench/peers/requirements.lock; \
	touch $(PEERS_INSTALLED)

$(SQLMESH_INSTALLED): $(INSTALLED) tests/bench/peers/requirements-sqlmesh.lock
	@set -eu; unset PYTHONDONTWRITEBYTECODE; \
	uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	echo 'Installing into $(SQLMESH_VENV) what tests/bench/peers/requirements-sqlmesh.lock pins: dlt, SQLMesh and what they need'; \
	"$$uv" venv --quiet --clear --python $(PYTHON) $(SQLMESH_VENV); \
	UV_SYSTEM_CERTS=1 "$$uv" pip sync --quiet --python $(SQLMESH_VENV)/bin/python --require-hashes --compile-bytecode \
		tests/bench/peers/requirements-sqlmesh.lock; \
	touch $(SQLMESH_INSTALLED)

$(ENGINE_INSTALLED): $(INSTALLED) requirements-engine.lock
	@set -eu; unset PYTHONDONTWRITEBYTECODE; \
	uv="$$(command -v uv || echo $(VENV)/.uv/bin/uv)"; \
	rm -rf $(ENGINE); \
	echo 'Installing what requirements-engine.lock pins'; \
	UV_SYSTEM_CERTS=1 "$$uv" pip install --quiet --python $(PYTHON) --target $(ENGINE) --require-hashes --no-deps \
		--compile-bytecode -r requirements-engine.lock; \
	touch $(ENGINE_INSTALLED)
