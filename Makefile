# cja_spark: every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)/bin/pip
INSTALL := $(PIP) install --quiet --no-deps --require-hashes
UV     ?= uv==0.13.9
EVENTS ?= 200000
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: setup ## the whole way once: demo data, connect, journey, report, publish, deliver
	@$(BIN)/cja demo --project conf/demo --events $(EVENTS)

test: setup ## the test suite but tests/jobs, in two processes with a session each
	@rm -rf build/faults
	@CJA_FAULTS_OUT=build/faults $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-jobs: setup ## the rest of it, jobs as processes: killed and run again, on a standalone cluster, by spark-submit, in a catalogue's schema, by arrivals; all reports at their edges, and over the two public data sets (15 minutes and more)
	@$(BIN)/python -m pytest tests/jobs

test-release: setup ## the same as thoroughly as a release: every job killed at 20 moments, all days of the demo one by one, a flow of ten million values (hours)
	@CJA_KILLS=20 CJA_ARRIVALS=day CJA_MINUTES=10 CJA_VALUES=10000000 $(BIN)/python -m pytest tests/jobs

faults: setup ## more than a thousand faults, the mutants of all known traps, and their table in docs/reliability.md (an hour and more)
	@rm -rf build/faults
	@CJA_FAULTS=full CJA_FAULTS_OUT=build/faults CJA_KILLS=4 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m fault \
	  tests/bad_input tests/faults tests/security tests/unit tests/jobs/test_kills.py tests/jobs/test_erasing.py tests/jobs/test_erasure_jobs.py
	@CJA_FAULTS_OUT=build/faults $(BIN)/python -m tests.faults.traps
	@$(BIN)/python -m tests.faults.table build/faults
	@$(BIN)/python -m tests.faults.check build/faults --full

fuzz: setup ## 20,000 bad inputs and more: each ends stored, as a letter or as a named error
	@CJA_FAULTS=full $(BIN)/python -m pytest tests/faults/test_fuzz*.py

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
	@$(BIN)/python -m benchmarks.run

bench-delivery: setup ## how fast each sink takes an audience, and what a refresh costs; writes benchmarks/delivery.md
	@$(BIN)/python -m benchmarks.delivery

schemas: setup ## JSON schemas of all YAML files into build/schemas, for editors
	@$(BIN)/cja schemas --out build/schemas

docs: setup ## pages of all settings into docs/settings, made from the specs
	@$(BIN)/cja settings --out docs/settings

pictures: setup ## the pictures of docs/recipes into docs/images, from the page that make demo wrote
	@$(BIN)/python -m tests.browser.pictures build/demo/report.html

hashes: ## requirements.hashes from requirements.lock: the digests of every file that the pinned packages have
	@$(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet $(UV) && mkdir -p build
	@{ echo "# requirements.lock with the digests of every file that its packages have; made by 'make hashes', not by hand."; \
	   build/uv/bin/uv pip compile --quiet --no-deps --generate-hashes --no-annotate --no-header --universal \
	     --python-version 3.11 requirements.lock; } >build/requirements.hashes
	@cmp -s build/requirements.hashes requirements.hashes || mv build/requirements.hashes requirements.hashes

sbom: setup ## build/sbom.json: what the program is made of, with versions, digests and licences, as a CycloneDX document
	@mkdir -p build && $(BIN)/python .ci/sbom.py >build/sbom.json && echo build/sbom.json

package: setup ## build/cja_spark.zip for spark-submit --py-files
	@mkdir -p build && rm -f build/cja_spark.zip && $(PYTHON) -c "import shutil; shutil.make_archive('build/cja_spark', 'zip', '.', 'cja_spark')"

setup: $(STAMP) ## virtual environment, pinned packages and Delta's JVM packages, each only with the digest that is recorded

$(STAMP): pyproject.toml requirements.hashes
	@command -v $(PYTHON) >/dev/null || { echo "cja_spark needs Python 3.11 or later: $(PYTHON) was not found (set PYTHON=...)"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cja_spark needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V 2>&1)"; exit 2; }
	@if [ -n "$$JAVA_HOME" ]; then java="$$JAVA_HOME/bin/java"; else java=java; fi; \
	 command -v "$$java" >/dev/null || { echo "cja_spark needs Java 17: no java was found (install a JDK 17 or set JAVA_HOME)"; exit 2; }
	@echo "setting up $(VENV) (a few minutes the first time)"
	@$(PYTHON) -m venv $(VENV)
	@awk -v to=$(VENV) '/^[A-Za-z]/ {file = to "/" (/^setuptools==/ ? "builder" : /^pyspark==/ ? "pyspark" : "others") ".txt"} file {print >file}' requirements.hashes
	@$(INSTALL) --requirement $(VENV)/builder.txt
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --require-hashes --wheel-dir $(VENV)/wheels --requirement $(VENV)/pyspark.txt & wheel=$$!; \
	 $(INSTALL) --requirement $(VENV)/others.txt && wait $$wheel \
	 && $(PIP) install --quiet --no-deps $(VENV)/wheels/pyspark-*.whl && rm -r $(VENV)/wheels $(VENV)/builder.txt $(VENV)/pyspark.txt $(VENV)/others.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/cja doctor --resolve
	@touch $(STAMP)

clean: ## remove what was built, not the environment
	@rm -rf build

.PHONY: help demo test test-jobs test-release faults fuzz draws lint check mutants bench bench-delivery schemas docs pictures hashes sbom package setup clean
