# Two commands: `make run` and `make test`. Each is complete on its own from a fresh clone. `make test-all` runs
# the tests that are long by nature too (docs/nightly.md).
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV = .venv/bin/python
# Processes that the tests are spread over.
PROCESSES ?= 2
# What `make test` runs on PostgreSQL, too: work and its leases, access, the record, search, a document's whole way.
ON_BOTH = tests/work tests/access tests/audit tests/retrieval/test_search.py tests/retrieval/test_indexing.py \
	tests/retrieval/test_twins.py tests/ingest/test_ledger.py tests/library/test_upload.py
ALONE = $(VENV) -m deploy.alone
ON_POSTGRESQL = $(ALONE) $(VENV) -m tests.support.postgresql
# Where the account forbids compiled files, each of many processes would compile what it imports anew.
export PYTHONDONTWRITEBYTECODE :=
# `make run MODEL=qwen2.5-coder-0.5b`, `MODEL=/path/to/file.gguf` or `MODEL=default`; remembered from then on.
export DONOVAN_MODEL := $(if $(filter command,$(origin MODEL)),$(MODEL),$(DONOVAN_MODEL))

.PHONY: run stop status test test-all lint bench bundle prove-bundle lock

run:
	@$(PYTHON) -m deploy.prepare run

stop:
	@$(VENV) -m deploy.supervisor --stop

status:
	@$(VENV) -m deploy.supervisor --status

test:
	@$(PYTHON) -m deploy.prepare test
	@$(VENV) -m deploy.checks
	@$(ALONE) $(VENV) -m pytest -n $(PROCESSES) -m "not long" --durations=15 $(PYTEST)
	@$(ON_POSTGRESQL) $(VENV) -m pytest -n $(PROCESSES) -m "not long" $(or $(PYTEST),$(ON_BOTH))

test-all:
	@$(PYTHON) -m deploy.prepare test
	@$(VENV) -m deploy.checks
	@$(ALONE) $(VENV) -m pytest -n $(PROCESSES) --durations=15 $(PYTEST)
	@$(ON_POSTGRESQL) $(VENV) -m pytest -n $(PROCESSES) --durations=15 $(PYTEST)

lint:
	@$(PYTHON) -m deploy.prepare test
	@$(VENV) -m deploy.checks

bench:
	@$(PYTHON) -m deploy.prepare test
	@$(VENV) -m tests.benchmarks.run $(BENCH)

bundle:
	@$(PYTHON) -m deploy.prepare bundle
	@$(VENV) -m deploy.bundle

prove-bundle:
	@$(VENV) -m tests.deploy.prove_bundle

lock:
	@$(VENV) -m deploy.lock
