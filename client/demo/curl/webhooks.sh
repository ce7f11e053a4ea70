#!/usr/bin/env bash
# An administrator subscribes a program to events, tries it, changes its secret, pauses it and ends that.
# To see events arrive run client/demo/receptor_webhooks.py --registrar.
source "$(dirname "$0")/ayuda.sh"

entrar admin
paso "Los eventos que hay"
pedir GET /comunicaciones/eventos/catalogo 200
for numero in $(calcular "' '.join(map(str, range(len(campo('datos')))))"); do
    echo "    $(calcular '"{tipo} · {descripcion}".format(**campo(de[0]))' "datos.$numero")"
done

paso "Suscribe una dirección a las citas; el secreto se muestra solo aquí"
pedir POST /comunicaciones/webhooks 201 \
    '{"nombre": "Demostración con curl", "url": "http://127.0.0.1:65000/", "tipos": ["cita.*", "paciente.creado.v1"]}'
WEBHOOK=$(campo id)
[[ $(campo secreto) == whsec_* ]] || falla "no vino ningún secreto"
rechaza POST /comunicaciones/webhooks 422 datos_invalidos \
    '{"nombre": "Tipo que no existe", "url": "https://example.com/", "tipos": ["cita.inventada"]}'

paso "Prueba: allí no escucha nadie"
pedir POST "/comunicaciones/webhooks/$WEBHOOK/prueba" 200
[[ $(campo entregado) == false ]] || falla "se entregó a nadie"

paso "Cambia el secreto; el anterior firma también durante un día"
pedir POST "/comunicaciones/webhooks/$WEBHOOK/secreto" 200 '{"vigencia_horas": 24}'

paso "Pausa: lo que ocurre espera hasta que se active otra vez"
pedir PATCH "/comunicaciones/webhooks/$WEBHOOK/estado" 200 '{"estado": "pausado", "motivo": "Mantenimiento"}'
pedir GET "/comunicaciones/webhooks/$WEBHOOK/entregas?tamano=5" 200

paso "Termina la suscripción"
pedir DELETE "/comunicaciones/webhooks/$WEBHOOK" 204
paso "Todo como se esperaba."
