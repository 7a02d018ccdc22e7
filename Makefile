# Everything starts here; `make help` lists it. Only Python 3.11 or newer and make are needed.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && exit; done; echo python3)
IN_VENV = .venv/bin/python -m
LOCK = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(UPGRADE)
TESTS ?= tests

# Some containers set it; then every process compiles every module again and starts half as fast.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run reset test check bench fuzz chaos load replay lock install install-dev

help:  ## list what there is
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1 \2/p' $(MAKEFILE_LIST) \
	| while read -r name words; do printf 'make %-12s %s\n' "$$name" "$$words"; done

run:  ## install what is missing and start Deskbell with its demo; Ctrl-C stops it (PORT=8000)
	@$(PYTHON) -m deploy.run

reset:  ## throw the data of this checkout away; the next run starts from nothing
	@$(PYTHON) -m deploy.reset

test: check  ## make check and every test, as CI does (TESTS=tests/incidents for some)
	@$(IN_VENV) pytest --numprocesses auto --maxprocesses 4 --dist loadgroup $(TESTS)

check: install-dev  ## format, lint, types, templates, house rules, migrations equal to the models
	@$(IN_VENV) deploy.check

bench: install-dev  ## the measurements of docs/, on 100,000 and 1,000,000 incidents
	@$(IN_VENV) tests.bench

fuzz: install-dev  ## schemathesis with 500 examples for each operation of the API
	@FUZZ_EXAMPLES=500 $(IN_VENV) pytest tests/fuzz

chaos: install-dev  ## kill parts of a whole desk while it is written to (CHAOS_SECONDS=120 CHAOS_SEED=1,2)
	@$(IN_VENV) tests.chaos

load: install-dev  ## 50 requests a second on 1,000,000 incidents (LOAD_ROWS, LOAD_SECONDS)
	@$(IN_VENV) tests.load

replay: install-dev  ## two years of 60 schools through the actions (REPLAY_SCHOOLS, REPLAY_FIRST)
	@$(IN_VENV) tests.replay

lock: install  ## write the requirements with hashes from the .in files (UPGRADE=--upgrade)
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-local.in -o requirements-local.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt
	@$(LOCK) requirements-uv.in -o requirements-uv.txt
	@$(LOCK) requirements-node.in -o requirements-node.txt

install:  ## .venv and the front-end packages, without starting anything
	@$(PYTHON) -m deploy.install

install-dev:  ## the same with the tools for tests
	@$(PYTHON) -m deploy.install --dev
