# cja_spark: every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)/bin/pip
EVENTS ?= 200000
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: setup ## the whole way once: demo data, connect, journey, report, publish, deliver
	@$(BIN)/cja demo --project conf/demo --events $(EVENTS)

test: setup ## the test suite but tests/jobs, in two processes with a session each
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-jobs: setup ## the rest of it, jobs as processes: killed and run again, on a standalone cluster, by spark-submit, in a catalogue's schema, by arrivals; all reports at their edges, and over the two public data sets (15 minutes and more)
	@$(BIN)/python -m pytest tests/jobs

test-release: setup ## the same as thoroughly as a release: every job killed at 20 moments, all days of the demo one by one, a flow of ten million values (hours)
	@CJA_KILLS=20 CJA_ARRIVALS=day CJA_VALUES=10000000 $(BIN)/python -m pytest tests/jobs

draws: setup ## generated cases against the reference, all of them where make test draws some: 20,000 journeys and more per family of rules (three quarters of an hour)
	@CJA_DRAW=all $(BIN)/python -m pytest --numprocesses 2 --dist worksteal tests/property

lint: setup ## what is pinned fits together, ruff, mypy --strict, import layers
	@$(PIP) check --quiet
	@$(BIN)/ruff check cja_spark jobs tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint ## the same and the house checks
	@$(BIN)/python -m pytest tests/house

mutants: setup ## one mistake after another in the kernels: the tests must find each (a few minutes)
	@$(BIN)/python -m tests.mutants.run

bench: setup ## benchmarks against DuckDB; writes benchmarks/README.md
	@$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[bench]'
	@$(BIN)/python -m benchmarks.run

schemas: setup ## JSON schemas of all YAML files into build/schemas, for editors
	@$(BIN)/cja schemas --out build/schemas

docs: setup ## pages of all settings into docs/settings, made from the specs
	@$(BIN)/cja settings --out docs/settings

pictures: setup ## the pictures of docs/recipes into docs/images, from the page that make demo wrote
	@$(BIN)/python -m tests.browser.pictures build/demo/report.html

package: setup ## build/cja_spark.zip for spark-submit --py-files
	@mkdir -p build && rm -f build/cja_spark.zip && $(PYTHON) -c "import shutil; shutil.make_archive('build/cja_spark', 'zip', '.', 'cja_spark')"

setup: $(STAMP) ## virtual environment, pinned packages, Delta's JVM packages

$(STAMP): pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "cja_spark needs Python 3.11 or later: $(PYTHON) was not found (set PYTHON=...)"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cja_spark needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V 2>&1)"; exit 2; }
	@if [ -n "$$JAVA_HOME" ]; then java="$$JAVA_HOME/bin/java"; else java=java; fi; \
	 command -v "$$java" >/dev/null || { echo "cja_spark needs Java 17: no java was found (install a JDK 17 or set JAVA_HOME)"; exit 2; }
	@echo "setting up $(VENV) (a few minutes the first time)"
	@$(PYTHON) -m venv $(VENV)
	@grep -v '^pyspark==' requirements.lock >$(VENV)/others.txt; \
	 $(PIP) wheel --quiet --no-deps --wheel-dir $(VENV)/wheels $$(grep '^pyspark==' requirements.lock) & wheel=$$!; \
	 $(PIP) install --quiet --no-deps --requirement $(VENV)/others.txt && wait $$wheel \
	 && $(PIP) install --quiet --no-deps $(VENV)/wheels/pyspark-*.whl && rm -r $(VENV)/wheels $(VENV)/others.txt
	@$(PIP) install --quiet --no-deps --editable .
	@$(BIN)/cja doctor --resolve
	@touch $(STAMP)

clean: ## remove what was built, not the environment
	@rm -rf build

.PHONY: help demo test test-jobs test-release draws lint check mutants bench schemas docs pictures package setup clean
