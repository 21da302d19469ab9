# signflow. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
BENCH ?= main_job rendering signing evidence pages
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed

.PHONY: help demo run test check format bench attacks lock golden clean

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(RUNTIME)  ## Take the sample from draft to archive as its people would, and say where everything lies
	@$(BIN)/python deploy/demo.py

run: $(RUNTIME)  ## Start signflow with the data folder ./data and stay until Ctrl-C
	@exec $(BIN)/signflow up

test: $(DEVELOPMENT)  ## Set up and run all tests; says at the end which outside judges were missing
	@bash tests/oracles/install
	@$(BIN)/pytest -n 3 --dist loadgroup --no-loadscope-reorder $(PYTEST)

check: $(DEVELOPMENT)  ## What CI runs: format, lint, types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(DEVELOPMENT)  ## Format the code and mend what can be mended by machine
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: $(DEVELOPMENT)  ## Write the golden files and the table of settings anew; then look at the difference
	@$(BIN)/python tests/archive/regenerate.py
	@$(BIN)/python tests/cli/regenerate.py

bench: $(DEVELOPMENT)  ## Time the main job, and renderer and signing beside others (BENCH=main_job, rendering or signing: only one)
	@set -e; for one in $(BENCH); do $(BIN)/python tests/bench/$$one.py; done

attacks: $(DEVELOPMENT)  ## Judge attacked, honest and 10 000 damaged files, by signflow and by others (ATTACKS="--mutants 500": fewer)
	@$(BIN)/python tests/attacks/attack_table.py $(ATTACKS)

lock: $(DEVELOPMENT)  ## Resolve the dependencies anew into the two lock files
	$(BIN)/uv pip compile pyproject.toml requirements-dev.in --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml requirements.in -c requirements-dev.txt --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt

clean:  ## Remove what the other targets have made, the data folder excepted
	rm -rf .venv .oracles demo .pytest_cache .ruff_cache .hypothesis

$(RUNTIME): requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -e $(DEVELOPMENT) || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): requirements-dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(RUNTIME)
