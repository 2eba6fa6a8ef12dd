# `make demo` and `make test` are all that a newcomer needs; `make help` lists the rest.
# Both set themselves up in .venv, inside this folder: nothing is installed elsewhere. They need
# Python 3.11 or newer with its venv module; a C compiler makes neophys faster where there is one.

# The interpreter that .venv is made with; when empty, the first of CANDIDATES that is new enough.
PYTHON ?=
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
# Processes that run the tests.
JOBS ?= 2
# More arguments for pytest: make test ARGS='tests/formats -k edf'.
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
BUILT_FROM := pyproject.toml $(wildcard src/neophys/_kernels.c)
# The rooms whose arithmetic has two implementations, both of which are tested.
TWIN_ROOMS := $(wildcard tests/base tests/layout tests/reading tests/formats)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore
COMPAT = $(BIN)/python -m tests.compat.referees --workers $(JOBS)
INSTALL := $(BIN)/python -m pip install --quiet --editable

.PHONY: help demo test compat lint bench test-system clean FORCE
.DEFAULT_GOAL := help

help:
	@echo 'make demo [FILE=some.TRC]  average a recording around its triggers, write the picture'
	@echo 'make test [ARGS=...]       lint, types, import contracts, tests; then make compat'
	@echo 'make lint                  the first three of these'
	@echo "make compat [ARGS=...]     Neo's own tests, and Elephant's, on neophys (three minutes)"
	@echo 'make bench                 measure against Neo (minutes, 1 GB of disk)'
	@echo 'make test-system           install a C compiler and the Python headers (system packages)'
	@echo 'make clean                 remove all that these made, .venv too'
	@echo
	@echo 'PYTHON=python3.12 chooses the interpreter, JOBS=4 the processes that run the tests.'

demo: $(VENV)/ready-demo
	@$(BIN)/python -m neophys.cli.demo $${FILE:+"$$FILE"}

test: lint
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)
	@if [ -z "$(strip $(TWIN_ROOMS))" ] || [ -n "$$ARGS" ]; then :; \
	elif $(BIN)/python -c 'from neophys.kernels import COMPILED; raise SystemExit(not COMPILED)'; \
	then echo 'Once more without the compiled kernels:'; \
		NEOPHYS_KERNELS=numpy $(BIN)/python -m pytest -n $(JOBS) $(TWIN_ROOMS); \
	else echo 'The compiled kernels were not built, so only their NumPy twins were tested.'; fi
	@if [ -z "$$ARGS" ]; then $(COMPAT); fi

# From the installed, pinned neo and elephant; make compat ARGS='--suite io --only micromedio'.
compat: $(VENV)/ready-test
	@$(COMPAT) $(ARGS)

lint: $(VENV)/ready-test
	@$(BIN)/python -m ruff check --quiet
	@$(BIN)/python -m ruff format --check --quiet
	@$(BIN)/python -m mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@echo 'lint, types and import contracts: good'

bench: $(VENV)/ready-test
	@$(BIN)/python -m benchmarks $(ARGS)

# Nothing but the compiler: no test needs another program.
test-system:
	@sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	if command -v apt-get >/dev/null; then \
		$$sudo apt-get update -q && $$sudo apt-get install -q -y gcc libc6-dev python3-dev; \
	elif command -v dnf >/dev/null; then $$sudo dnf install -y gcc python3-devel; \
	elif command -v xcode-select >/dev/null; then xcode-select --install; \
	else echo 'Install a C compiler and the headers of Python by hand.' >&2; exit 1; fi
	@rm -f $(VENV)/ready-*

clean:
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache src/neophys.egg-info
	find $(wildcard src tests benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f src/neophys/_kernels.*.so src/neophys/_kernels.*.pyd

$(VENV)/ready-demo: $(VENV)/made-with $(BUILT_FROM)
	@echo 'Installing neophys into $(VENV) ...'
	@$(INSTALL) '.[plot]'
	@touch $@

$(VENV)/ready-test: $(VENV)/made-with $(BUILT_FROM)
	@echo 'Installing neophys and its test tools into $(VENV) ...'
	@$(INSTALL) '.[plot,test]'
	@touch $(VENV)/ready-demo $@

# Made anew when another interpreter is asked for, or when this folder has moved (scripts of an
# environment hold its path). Left untouched otherwise, so that what hangs on it is not redone.
$(VENV)/made-with: FORCE
	@known=$$(cat $@ 2>/dev/null); \
	case "$(PYTHON)$$known" in *" in $(CURDIR)") \
		if [ -z "$(PYTHON)" ] && $(BIN)/python -c ''; then exit 0; fi;; \
	esac; \
	for python in $(or $(PYTHON),$(CANDIDATES)); do \
		made=$$("$$python" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); \
	print(sys.base_prefix, sys.version.split()[0])' 2>/dev/null) && break; \
	done; \
	if [ -z "$$made" ]; then \
		echo 'neophys needs Python 3.11 or newer, and found none among: $(or $(PYTHON),$(CANDIDATES)).' >&2; \
		echo 'Say where it is: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; \
	fi; \
	if [ "$$known" != "$$made in $(CURDIR)" ]; then \
		"$$python" -m venv --clear $(VENV) && echo "$$made in $(CURDIR)" > $@; \
	fi
