# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
SYSTEM_PATH := $(PATH)
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
LINES ?= 6000
export BASE ?= main
export REPORT ?=
SEED ?= 7
# tests wait much for servers: of two processors, three workers make more
WORKERS ?= 3

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-21s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: setup ## A working warehouse from generated sources: load, build, docs, key figures
	@$(PYTHON) -m tools.demo run --lines $(LINES) --seed $(SEED)

.PHONY: test
test: lint $(VENV)/docs $(VENV)/dashboard $(VENV)/orchestration ## Lint, then run all tests
	@tools/setup/debian-packages
	@$(PYTHON) -m pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder --durations 30

.PHONY: check
check: up ## The quick check of a change: lint, parse, and test what differs from BASE=main
	@$(PYTHON) -m tools.check --base "$$BASE"

.PHONY: test-packages
test-packages: setup ## Give each package macro's table of cases to whichever packages are installed
	@$(PYTHON) -m pytest tests/python/packages

.PHONY: pre-commit
pre-commit: setup ## Run the checks of a commit on all files
	@pre-commit run --all-files

.PHONY: crash-test
crash-test: setup ## Kill many more loads than `make test` does; CRASH_SEED=… repeats a run
	@CRASH_KILLS=$(or $(CRASH_KILLS),2000) CRASH_SERVERS=10 $(PYTHON) -m pytest tests/python/crash --numprocesses 2 --dist worksteal

.PHONY: test-long
test-long: setup ## What `make test` does, with more seeds, longer histories, every hostile text, and the tests marked long
	@TRUTHS_SEEDS="5 6 7" INCREMENTAL_STEPS=8 DOCUMENT_WEEKS=20 SNAPSHOT_STEPS=30 HOSTILE_EVERY=1 RECOMPUTED_DAYS=42 \
		SEARCH_ROUNDS=50 BUILD_ROUNDS=5 \
		$(PYTHON) -m pytest --numprocesses 2 --dist loadscope $(addprefix tests/python/,end_to_end/test_truths.py \
		end_to_end/test_incremental.py end_to_end/test_documents.py end_to_end/test_recomputed.py \
		end_to_end/test_snapshots.py end_to_end/test_beside_each_other.py search/test_hostile.py \
		search/test_at_once.py)
	@$(PYTHON) -m pytest --numprocesses 2 --dist loadscope -m long

.PHONY: test-citus
test-citus: setup ## Compare a cluster with one server: of CITUS_TARBALL, or with PGHOST a running one
	@$(PYTHON) -m pytest -m "long or not long" tests/python/cluster

.PHONY: fuzz
fuzz: setup ## Compare the readers with others on many more files than `make test` does, damaged ones too
	@AGREEMENT_FILES=$(or $(FUZZ_FILES),20000) MUTATED_FILES=$(or $(FUZZ_FILES),20000) PROPERTY_EXAMPLES=500 \
		$(PYTHON) -m pytest tests/python/ingest/test_agreement.py tests/python/ingest/test_properties.py \
		--numprocesses 2 --dist worksteal

.PHONY: lint
lint: setup ## Check Python and SQL for style, imports, types, secrets, and the project's rules
	@ruff check . && ruff format --check --quiet .
	@lint-imports --no-logo
	@mypy
	@tools/lint/rules
	@sqlfluff lint --processes 2 --disable-progress-bar models macros tests snapshots
	@sqlfluff lint --templater placeholder --exclude-rules references.qualification,structure.column_order \
		--disable-progress-bar apps/dashboard/queries
	@SKIP=ruff-check,ruff-format,sqlfluff,rules pre-commit run --all-files

.PHONY: setup
setup: $(VENV)/libexec/dbt dbt_packages/.installed profiles.yml ## Make the environment, packages and profile; starts nothing
	@:

$(VENV)/installed: requirements/base.txt
	@PATH="$(SYSTEM_PATH)" tools/setup/venv $(VENV)
	@touch $@

$(VENV)/libexec/dbt: tools/setup/dbt $(VENV)/installed
	@mkdir -p $(@D)
	@test -e $@ || cp $(VENV)/bin/dbt $@
	@install $< $(VENV)/bin/.dbt && mv $(VENV)/bin/.dbt $(VENV)/bin/dbt
	@touch $@

$(VENV)/%: requirements/%.txt $(VENV)/installed
	@echo "setup: installing what the $* needs beside"
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

# found without the shell function, for which make 4.4 expands what was typed as q=…
OFFLINE_PACKAGES := $(wildcard tools/offline_packages/*/*.yml tools/offline_packages/*/macros/*)
dbt_packages/.installed: packages.yml package-lock.yml tools/offline_packages/install.py $(OFFLINE_PACKAGES) $(VENV)/installed
	@$(PYTHON) tools/offline_packages/install.py
	@touch $@

profiles.yml: profiles.yml.example $(VENV)/installed
	@$(PYTHON) -m ingest warehouse profile
	@touch $@

.PHONY: up
up: setup ## Start the embedded warehouse and create missing raw tables
	@$(PYTHON) -m ingest warehouse up

.PHONY: down
down: ## Stop the embedded warehouse; the data stay
	@$(PYTHON) -m ingest warehouse down

# the demo's API answers while a command runs, if the demo is what is loaded here
DEMO_API := $(PYTHON) -m tools.demo serve --if-demo --port 0 --

.PHONY: load
load: up ## Load what is new from all sources
	@$(DEMO_API) $(PYTHON) -m ingest load

.PHONY: build
build: up ## Run and test all models
	@dbt build

# mkdocs without --quiet, which makes --strict pass in spite of a broken link
.PHONY: docs
docs: up $(VENV)/docs ## Write the documentation site to target/site/: models, lineage, pages
	@dbt --quiet docs generate --static
	@tools/site/lineage
	@$(PYTHON) -m tools.site.definitions
	@NO_MKDOCS_2_WARNING=1 mkdocs build --strict --config-file tools/site/mkdocs.yml
	@echo "docs: target/site/index.html"

.PHONY: freshness
freshness: up ## Fail if a source's last load is older than it may be
	@dbt source freshness

.PHONY: diff
diff: up ## What the checkout changes in the data, against BASE=main; needs `make build` once
	@$(PYTHON) -m tools.datadiff --base "$$BASE" $(if $(REPORT),--output "$$REPORT")

# every name=value of the command line but make's own settings; `$` in it means nothing to make
SETTINGS := BASE FILTER FOLDER LINES REPORT SEED VENV PYTHON PORT CRASH_KILLS FUZZ_FILES
FILTERS := $(strip $(foreach FILTER,$(filter-out $(SETTINGS),$(.VARIABLES)),\
	$(if $(filter command line,$(origin $(FILTER))),$(FILTER))))
$(foreach FILTER,$(FILTERS),$(eval override $(FILTER) := $$(value $(FILTER)))$(eval export $(FILTER)))

ifeq ($(firstword $(MAKECMDGOALS)),search)
ifneq ($(word 2,$(MAKECMDGOALS)),)
$(error Words to search for stand in q: make search q="$(wordlist 2,99,$(MAKECMDGOALS))")
endif
endif
ifeq ($(firstword $(MAKECMDGOALS)),run)
ifneq ($(word 2,$(MAKECMDGOALS)),)
$(error The report stands in m: make run m=$(word 2,$(MAKECMDGOALS)))
endif
endif

.PHONY: search
search: setup ## Find listings: q="denim jacket" max_price=60 …; without any, a prompt
	@$(PYTHON) -m apps.search $(foreach FILTER,$(FILTERS),"$(FILTER)=$$$(FILTER)")

.PHONY: run
run: setup ## Show a report with vars: m=rpt_top_products top_n=10 …; without m, which there are
	@$(PYTHON) -m apps.reports $(if $(filter m,$(FILTERS)),"$$m") \
		$(foreach FILTER,$(filter-out m,$(FILTERS)),"$(FILTER)=$$$(FILTER)")

.PHONY: dashboard
dashboard: setup $(VENV)/dashboard ## Pages over the marts, on 127.0.0.1; PORT=… chooses the port
	@$(PYTHON) -m tools.demo prepare --lines $(LINES) --seed $(SEED)
	@$(PYTHON) -m apps.dashboard $(if $(PORT),--port $(PORT))

.PHONY: report
report: setup $(VENV)/dashboard ## The main charts and key figures as one HTML page, target/report.html
	@$(PYTHON) -m tools.demo prepare --lines $(LINES) --seed $(SEED)
	@$(PYTHON) -m apps.dashboard report

.PHONY: screenshots
screenshots: setup $(VENV)/dashboard ## Pictures of the dashboard's pages, in target/screenshots
	@$(PYTHON) -m tools.demo prepare --lines $(LINES) --seed $(SEED)
	@$(PYTHON) -m apps.dashboard.screenshots

.PHONY: daily
daily: setup ## Load, build, test and say how it went, once; for cron
	@$(DEMO_API) $(PYTHON) -m apps.orchestration daily

.PHONY: orchestrate
orchestrate: setup $(VENV)/orchestration ## Dagster, which runs the day by itself, on 127.0.0.1; PORT=…
	@$(PYTHON) -m tools.demo prepare --lines $(LINES) --seed $(SEED)
	@exec $(DEMO_API) $(PYTHON) -m apps.orchestration serve $(if $(PORT),--port $(PORT))

.PHONY: bench
bench: bench-start bench-ingest bench-memory bench-search-latency bench-search-speed bench-build bench-daily ## All measurements; bench-search too if CRANFIELD is set
	@$(if $(CRANFIELD),$(MAKE) bench-search)

# LINES: how large a world; FOLDER: where it stays, so that what is made need not be made again
MEASURED = $(if $(filter command line,$(origin LINES)),--lines $(LINES)) $(if $(FOLDER),--folder $(FOLDER))

.PHONY: bench-build
bench-build: setup ## Measure load, build, tests and disk, and dbt against plain SQL; LINES=…, FOLDER=…
	@$(PYTHON) -m tools.benchmarks.build $(MEASURED)

.PHONY: bench-daily
bench-daily: setup ## Measure a day against the whole and a year of history; LINES=…, FOLDER=…
	@$(PYTHON) -m tools.benchmarks.daily $(MEASURED)

.PHONY: bench-start
bench-start: setup ## Measure how long dbt takes to start, by cause
	@$(PYTHON) -m tools.benchmarks.start

.PHONY: bench-ingest
bench-ingest: $(VENV)/installed .venv-bench/installed ## Measure ingest against psql and other loaders
	@$(PYTHON) -m tools.benchmarks.ingest

.PHONY: bench-memory
bench-memory: $(VENV)/installed ## Measure the memory that loading 200 MB and 2 GB takes
	@$(PYTHON) -m tools.benchmarks.memory

.PHONY: bench-search
bench-search: setup .venv-bench/installed ## Measure the search's relevance beside bm25s, on the collection in the folder CRANFIELD
	@$(PYTHON) -m tools.benchmarks.search

.PHONY: bench-search-latency
bench-search-latency: setup ## Measure how long a search or report takes by plain dbt, make search and make run
	@$(PYTHON) -m tools.benchmarks.search_latency

.PHONY: bench-search-speed
bench-search-speed: setup ## Measure searches among a million listings against ilike and ts_rank_cd
	@$(PYTHON) -m tools.benchmarks.search_speed

.PHONY: bench-dashboard
bench-dashboard: setup $(VENV)/dashboard ## Measure the dashboard's pages on the warehouse that is there, or in FOLDER=…
	@$(PYTHON) -m tools.benchmarks.dashboard $(if $(FOLDER),--folder $(FOLDER))

.venv-bench/installed: requirements/benchmarks.txt
	@PATH="$(SYSTEM_PATH)" tools/setup/venv .venv-bench requirements/benchmarks.txt
	@touch $@

.PHONY: container
container: ## The whole in containers with made-up data: warehouse, orchestrator, dashboard; needs Docker
	@docker compose version >/dev/null 2>&1 || { echo "Docker with its compose plugin is needed." >&2; exit 1; }
	@DEMO_LINES=$(LINES) docker compose --profile demo up --build --detach --wait demo
	@docker compose --profile demo run --rm daily
	@docker compose up --detach --wait orchestrator dashboard
	@echo "dashboard: http://127.0.0.1:$(or $(DASHBOARD_PORT),8501)  orchestrator: http://127.0.0.1:$(or $(ORCHESTRATOR_PORT),3000)"

.PHONY: container-test
container-test: setup ## Take the image's own steps in a clean Debian, and run the services in it; as root
	@tools/setup/debian-packages debootstrap
	@CONTAINER_TEST=1 $(PYTHON) -m pytest tests/python/container -s

.PHONY: bi-test
bi-test: setup .venv-superset/installed ## Let Apache Superset read the marts as a BI tool does; Python 3.10 to 3.12
	@$(PYTHON) -m pytest -m long tests/python/access/test_superset.py

.venv-superset/installed: requirements/superset.txt
	@PATH="$(SYSTEM_PATH)" python3 -c 'import sys; sys.exit(sys.version_info >= (3, 13))' || \
		{ echo "Superset needs Python 3.10, 3.11 or 3.12; python3 is newer." >&2; exit 1; }
	@PATH="$(SYSTEM_PATH)" tools/setup/venv .venv-superset requirements/superset.txt
	@touch $@

.PHONY: airflow-test
airflow-test: setup .venv-airflow/installed ## Let Apache Airflow run the DAG of docs/orchestration.md
	@$(PYTHON) -m pytest -m long tests/python/orchestration/test_airflow.py

.venv-airflow/installed: requirements/airflow.txt
	@PATH="$(SYSTEM_PATH)" tools/setup/venv .venv-airflow requirements/airflow.txt
	@touch $@

.PHONY: lock
lock: ## Renew each requirements/*.txt from its .in file (needs uv)
	@for wanted in base orchestration dashboard docs container benchmarks superset airflow; do \
		uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --quiet \
			requirements/$$wanted.in --output-file requirements/$$wanted.txt || exit; \
	done

.PHONY: clean
clean: down ## Remove everything that make made, the data too
	@rm -rf $(VENV) .venv-bench .venv-superset .venv-airflow .mypy_cache .import_linter_cache .warehouse .demo .diff .dagster dbt_packages target logs profiles.yml
