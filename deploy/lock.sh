#!/usr/bin/env bash
# Re-lock every requirements file with hashes; all agree on the versions of requirements-dev.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q "$@"; }
compile ${UPGRADE:+--upgrade} requirements-dev.in -o requirements-dev.txt
for folder in auth_service admin_service citas_service comunicaciones_service inventario_service historia_clinica_service facturacion_service client deploy/local deploy/imagen; do
    compile -c requirements-dev.txt "$folder/requirements.in" -o "$folder/requirements.txt"
done
