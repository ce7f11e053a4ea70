#!/usr/bin/env bash
# Logs in as each role and shows what each one is and may open.
source "$(dirname "$0")/ayuda.sh"

for rol in admin secretaria medico paciente; do
    entrar "$rol"
    pedir GET /auth/perfil 200
    [[ $(campo rol) == "$rol" ]] || falla "el rol no es $rol: $CUERPO"
    pedir GET /auth/menu 200
    echo "$CUERPO"
done
paso "Todo como se esperaba."
