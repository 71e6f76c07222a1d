# Every target works offline once `make dev` has run. CI runs the same targets.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/.installed
T ?= tests
K ?=

.DEFAULT_GOAL := help
.PHONY: help demo test dev check lint format types shell coverage golden samples docs mutate mutate-random bench wheel-test clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo 'error: Python 3.11 or newer was not found'; echo 'help: install it, or run make PYTHON=/path/to/python3'; exit 1; }
	$(PYTHON) -m venv .venv
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

dev: $(STAMP) ## make .venv and install everything

demo: $(STAMP) ## judge the shipped sample bundles and write demo-report/
	$(BIN)/kube-evidence analyze samples/bundles --benchmark cis-1.5 --profile ibm-iks-1.32 --format json,xlsx,md,html -o demo-report
	@echo
	@echo 'Open demo-report/report.xlsx in a spreadsheet, demo-report/report.html in a browser.'

test: $(STAMP) ## run every test (T=path and K=pattern narrow them)
	$(BIN)/python -m pytest $(T) $(if $(K),-k '$(K)') -n auto --dist loadgroup

check: lint types shell test ## what CI runs

lint: $(STAMP) ## report formatting and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(STAMP) ## repair formatting and what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(STAMP) ## check types, strictly
	$(BIN)/mypy

shell: $(STAMP) ## check the shell programs as POSIX sh
	$(BIN)/shellcheck -s sh $$(find collectors -name '*.sh')

coverage: $(STAMP) ## tests with branch coverage and its floor
	$(BIN)/coverage run -m pytest -q $(T)
	$(BIN)/coverage report

golden: $(STAMP) ## write the golden verdicts again; read the difference
	$(BIN)/python -m tests.golden.regenerate

samples: $(STAMP) ## rebuild the sample bundles with our own collectors (needs root)
	$(BIN)/python samples/build.py

docs: $(STAMP) ## make the guides' pictures again (needs LibreOffice, poppler-utils, Chromium)
	$(BIN)/python docs/make_pictures.py

mutate: $(STAMP) ## prove every decidable rule by mutation; writes docs/mutation-proof.md
	$(BIN)/python -m tests.mutation

mutate-random: $(STAMP) ## mutate the samples at random (N=10000 SEED=1 JOBS=2)
	$(BIN)/python -m tests.mutation.random_run --count $(or $(N),10000) --seed $(or $(SEED),1) --jobs $(or $(JOBS),2)

bench: $(STAMP) ## time the three sample runs as whole processes
	$(BIN)/python tests/bench.py

wheel-test: $(STAMP) ## build the wheel, install it elsewhere, judge a sample with it
	sh tests/wheel_test.sh $(BIN)/python

clean: ## remove what the targets above made
	rm -rf .venv build dist demo-report *.egg-info .pytest_cache .mypy_cache .ruff_cache
