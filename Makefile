# One environment in .venv for everything; its stamps say what is installed and from which locks.
# The system's own Python is built with profile-guided optimisation; one that a version manager compiled mostly is not,
# and takes a quarter more time. PYTHON=… takes any other.
ifndef PYTHON
PYTHON := $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo /usr/bin/python3 || echo python3)
endif
DB ?= sqlite
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

# Processes start by the dozen; without bytecode each would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run estado carga test caos lint format lock aliases openapi ajustes eventos bench datos secretos clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- The environment

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hace falta Python 3.11 o posterior: make PYTHON=/ruta/a/python3"; exit 1; }
	@echo "Instalando lo que dice $(1) en $(VENV)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@PYTHONNODEBUGRANGES=1 $(PIP) install --require-hashes -r $(1)  # smaller bytecode: a MiB less in each process
	@$(PIP) install --no-deps --no-build-isolation -e comun --config-settings editable_mode=compat
	@$(BIN)/python -m compileall -q -j 0 comun *_service deploy  # what the first start compiled would stay in its memory
	@touch $@
endef

$(VENV)/.run: deploy/local/requirements.txt comun/pyproject.toml
	$(call install,deploy/local/requirements.txt)

$(VENV)/.dev: requirements-dev.txt comun/pyproject.toml
	$(call install,requirements-dev.txt)
	@touch $(VENV)/.run

# ---- Running

run: $(if $(filter postgresql,$(DB)),$(VENV)/.dev,$(VENV)/.run) ## Everything on http://localhost:8080 with the sample data (DB=postgresql, WORKERS=2, GATEWAY_PORT=8081)
	@exec $(BIN)/python deploy/local/run.py --db $(DB) $(if $(WORKERS),--workers $(WORKERS)) $(if $(FOLDER),--folder $(FOLDER))

estado: ## The running system at a glance: services, workers, events, jobs; fails when something is wrong
	@$(PYTHON) deploy/local/estado.py --url $(or $(URL),http://127.0.0.1:$(or $(GATEWAY_PORT),8080))

carga: $(VENV)/.run ## Load data/*.csv into the running system and book the first appointment
	@$(BIN)/python client/carga_inicial.py --url http://127.0.0.1:$(or $(GATEWAY_PORT),8080)

datos: $(VENV)/.run ## Write data/*.csv anew (ARGS="--pacientes 100000")
	@$(BIN)/python data/generar.py $(ARGS)

secretos: ## Make the secrets of docker-compose.yml in deploy/secretos, once
	@$(PYTHON) deploy/local/secretos.py deploy/secretos
	@test -e .env || cp .env.example .env

# ---- Checking

test: $(VENV)/.dev ## All tests, on SQLite and on PostgreSQL (ARGS="-k citas --bd sqlite")
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)  # while one waits for a system, two cores have two others

lint: $(VENV)/.dev ## Ruff, mypy and import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=comun:auth_service:admin_service:citas_service:comunicaciones_service:inventario_service:historia_clinica_service:facturacion_service $(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

caos: $(VENV)/.dev ## Work while everything is killed, paused and cut off (ARGS="--seed 7 --operaciones 2000 --db postgresql")
	@PYTHONPATH=comun:auth_service:admin_service:citas_service:comunicaciones_service:inventario_service:historia_clinica_service:facturacion_service:deploy/local $(BIN)/python -m tests.sistema.caos $(ARGS)

bench: $(VENV)/.dev ## Load test on PostgreSQL; prints requests per second and percentiles
	@$(BIN)/python benchmarks/run.py $(ARGS)

# ---- Generated files

lock: ## Lock all requirements with hashes (needs uv; UPGRADE=1 renews versions)
	@deploy/lock.sh

aliases: $(VENV)/.run ## gateway/aliases.conf from gateway/aliases.csv
	@$(BIN)/python gateway/aliases.py

openapi: $(VENV)/.run ## gateway/html/openapi.json from the documents of the services
	@$(BIN)/python deploy/openapi.py

ajustes: $(VENV)/.run ## The table of settings in README.md
	@$(BIN)/python deploy/ajustes.py

eventos: $(VENV)/.run ## docs/eventos.md from the contracts of the events
	@$(BIN)/python deploy/eventos.py

clean: ## Remove .venv, caches and the local data in var/
	@rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
