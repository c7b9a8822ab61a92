# Every command sets itself up: the first call makes .venv from the locked requirements, later calls are instant.
# Paths are relative on purpose: the folder's own path may hold spaces.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check lint unit client vsix editors eval left-over bench-real bench-engine bench-run bench-coverage bench-scale bench-repo bench-audit bench-dask bench-editors samples bench-determinism screenshots lock clean

BIN := .venv/bin
PY := $(BIN)/python
READY := .venv/ready
ENVIRONMENTS := .venv/environments/ready
CLIENT_READY := vscode-client/node_modules/ready
PICTURES := .venv/pictures/ready
SOURCES := server tests scripts bench evals

help: ## Show these lines
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s @ 2>/dev/null \
	  || sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## See Greenline at work on the example project
	@$(PY) -m greenline demo

test: lint client $(ENVIRONMENTS) ## Everything but the real editors: make check, integration and end-to-end tests, the VS Code client, our own coverage
	@rm -f .coverage .coverage.*
	@sh scripts/run_tests.sh $(PY)
	@$(PY) -m coverage combine -q
	@$(PY) scripts/coverage_table.py

check: lint unit ## The fast subset: ruff, mypy, import rules, unit tests

lint: $(READY)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

unit: $(READY)
	$(PY) -m pytest -q -n auto tests/unit

client: $(READY)
	@if sh scripts/has_node.sh; then $(MAKE) --no-print-directory client-build; else [ "$${CI:-}" != true ]; fi

.PHONY: client-build
client-build: $(CLIENT_READY)
	cd vscode-client && npm run --silent check && npm run --silent build

.PHONY: environments
environments: $(ENVIRONMENTS) ## Get what the tests build Python environments of (make test does it too)

vsix: $(READY) ## Build vscode-client/greenline.vsix, the VS Code extension with the server and its libraries in it
	@sh scripts/has_node.sh
	@$(MAKE) --no-print-directory $(CLIENT_READY)
	@$(PY) scripts/build_vsix.py

# One of them: make editors EDITORS="neovim emacs"   One test: make editors EDITORS=helix EDITOR_TESTS="-k commands"
EDITORS ?= neovim emacs helix vscode
EDITOR_TESTS ?=

editors: $(if $(filter vscode,$(EDITORS)),vsix,$(READY)) $(ENVIRONMENTS) ## Set up real editors and play all that people do in them (VS Code in a browser, Neovim, Emacs, Helix); 1.6 GB, cached
	@for editor in $(EDITORS); do bash tests/editors/setup_$$editor.sh; done
	@GREENLINE_EDITORS_REQUIRED=1 $(PY) -m pytest -q $(wildcard $(EDITORS:%=tests/editors/test_%*.py)) $(if $(filter vscode,$(EDITORS)),tests/editors/test_vsix.py tests/editors/test_report_page.py) $(EDITOR_TESTS)

bench-real: $(READY) ## Generate tests for real packages from PyPI: what is gained without their tests, and what a maintainer would keep beside them
	@$(PY) bench/real/run.py
	@$(PY) bench/real/kept.py

# Without Pynguin, which takes most of the time: make bench-engine ENGINE_BENCH="--module semver.version"
ENGINE_BENCH ?= --pynguin

bench-engine: $(READY) ## Generate tests for six modules of real packages beside Pynguin, and measure what they reach and notice
	@$(PY) bench/engine/run.py $(ENGINE_BENCH)

# With a key: make eval MODEL=claude-sonnet-5-5   Some of it: make eval MODEL=... EVAL="--only semver.version --limit 5"
MODEL ?= recorded
EVAL ?=

eval: $(READY) ## Ask a model for what exploring leaves of open modules, and measure its tests and what they cost (MODEL=recorded needs no key)
	@$(PY) evals/run.py $(MODEL) $(EVAL)

left-over: $(READY) ## Count the functions that exploring leaves something of, for a model to be asked for
	@$(PY) evals/left_over.py

bench-run: $(READY) ## What running tests costs: cold and warm, on a save, with coverage, only the affected ones
	@$(PY) bench/run/runner.py
	@$(PY) bench/run/saving.py
	@$(PY) bench/run/suite.py
	@$(PY) bench/run/affected.py

# One part of it: make bench-coverage COVERAGE_BENCH="--only typing --times 4"
bench-coverage: $(READY) ## What the live picture costs on 5,000 files: first diagnostics, keys, lenses, hovers, memory
	@$(PY) bench/coverage/run.py $(COVERAGE_BENCH)

bench-repo: $(READY) ## Cut the suites of three packages from PyPI to about 20 %, write tests in bulk, and run all of them in random order
	@$(PY) bench/repo/run.py $(REPO_BENCH)

# One package: make bench-audit AUDIT_BENCH="--package tomlkit --budget 10m"
bench-audit: $(READY) ## Audit the suites of three packages from PyPI, and count which of the findings a reader found false
	@$(PY) bench/audit/run.py $(AUDIT_BENCH)

# More of it: make bench-dask DASK_BENCH="--workers 4 --copies 6 --times 3"
bench-dask: $(READY) ## What three Dask workers on this machine bring when tests are written for many files
	@$(PY) bench/cluster/run.py $(DASK_BENCH)

# One size: make bench-scale SCALE_BENCH="--files 1000 --times 1"
bench-scale: $(READY) ## What `greenline gaps` costs on repositories of up to 50,000 files: time, processor, memory
	@$(PY) bench/scale/run.py $(SCALE_BENCH)

bench-editors: $(READY) ## How soon the extension is there in VS Code: activation, first bars beside lines (after make vsix, make editors)
	@$(PY) bench/editors/start_up.py

samples: $(READY) ## Generate the reading samples in docs/samples/ anew
	@$(PY) bench/engine/samples.py $(SAMPLES)

bench-determinism: $(READY) ## Generate the same tests 200 times, and count different results
	@$(PY) bench/determinism.py

screenshots: vsix $(PICTURES) ## Take the README's pictures again, from a real run of the demo and of VS Code
	@bash tests/editors/setup_vscode.sh
	@$(PY) scripts/screenshots.py $(dir $(PICTURES))

LOCKED := --universal --python-version 3.10 --generate-hashes --upgrade \
  --no-header --no-emit-index-url --no-emit-find-links --no-annotate -q

lock: ## Lock the newest versions that pyproject.toml allows (needs uv)
	@command -v uv >/dev/null || { echo "uv is missing: python3 -m pip install uv, or see https://docs.astral.sh/uv/" >&2; exit 1; }
	uv pip compile pyproject.toml --extra dev $(LOCKED) -o requirements/dev.txt
	uv pip compile requirements/bundled.in $(filter-out --universal,$(LOCKED)) --only-binary :all: -o requirements/bundled.txt
	uv pip compile requirements/model.in $(LOCKED) -c requirements/bundled.txt --only-binary :all: -o requirements/model.txt
	for name in environments kinds pictures subjects uv; do uv pip compile requirements/$$name.in $(LOCKED) -o requirements/$$name.txt; done
	for major in 7 9; do echo "pytest==$$major.*" | \
	  uv pip compile - $(LOCKED) -o requirements/environments-pytest$$major.txt; done

clean: ## Remove what the other commands made
	rm -rf .venv vscode-client/node_modules vscode-client/dist vscode-client/bundled dist htmlcov bench/.cache
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
	find server tests bench evals scripts examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements/dev.txt pyproject.toml scripts/set_up.sh
	@sh scripts/set_up.sh
	@touch $(READY)

$(ENVIRONMENTS): $(READY) $(wildcard requirements/environments*.txt requirements/subjects*.txt) requirements/kinds.txt requirements/model.txt requirements/uv.txt \
  scripts/set_up_environments.sh scripts/set_up_subjects.sh
	@sh scripts/set_up_environments.sh
	@touch $(ENVIRONMENTS)

$(PICTURES): $(READY) requirements/pictures.txt
	@rm -rf $(dir $(PICTURES))
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --target $(dir $(PICTURES)) -r requirements/pictures.txt
	@touch $(PICTURES)

$(CLIENT_READY): vscode-client/package-lock.json
	cd vscode-client && npm ci --silent --no-audit --no-fund
	@touch $(CLIENT_READY)
