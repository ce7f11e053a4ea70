#!/bin/sh
# Runs once, when PostgreSQL starts on an empty volume: a database and a role for each service. None may
# so much as connect to another's.
set -eu
secrets=${SECRETS:-/run/secrets}

for service in auth admin citas comunicaciones inventario historia_clinica facturacion; do
    psql --set ON_ERROR_STOP=1 --set name="$service" --set password="$(cat "$secrets/${service}_db_password")" \
        --username "${POSTGRES_USER:-postgres}" --dbname postgres --quiet <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres --quiet \
    --command 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
