#!/usr/bin/env bash
# A doctor opens, writes and signs a record and prints it; another doctor is refused; the patient sees who looked.
source "$(dirname "$0")/ayuda.sh"
H=/historia-clinica

# leer PATH: leaves the ETag of its answer in VERSION.
leer() {
    mostrar GET "$1"
    VERSION=$(curl -sS --retry 5 -o /dev/null -D - "$URL$1" -H "Authorization: Bearer $TOKEN" | tr -d '\r' |
        sed -n 's/^[Ee][Tt]ag: *//p')
}

# guardar PATH FILE: what the API draws or prints.
guardar() {
    mostrar GET "$1"
    curl -sSf --retry 5 -o "$2" "$URL$1" -H "Authorization: Bearer $TOKEN"
    paso "Guardado: $2"
}

entrar medico 1
TOKEN_OTRO=$TOKEN
entrar medico
TOKEN_MEDICO=$TOKEN
pedir GET /auth/perfil 200
SU_MEDICO=$(campo doctor_id)
participantes
DOCTOR=$SU_MEDICO
reservar
SUYO=$H/pacientes/$PACIENTE

paso "La cita abre el expediente a su médico: pregunta los antecedentes y mide los signos vitales"
TOKEN=$TOKEN_MEDICO
leer "$SUYO/antecedentes"
ENCABEZADOS=("If-Match: $VERSION")
pedir POST "$SUYO/antecedentes" 201 '{"antecedentes": [{"codigo": "hipertension", "respuesta": "si", "detalle": "En tratamiento"}, {"codigo": "hemorragias", "respuesta": "no"}]}'
ENCABEZADOS=()
paso "Alerta: $(campo alertas.0.descripcion)"
pedir POST "$SUYO/signos-vitales" 201 "{\"presion_sistolica_mmhg\": 150, \"presion_diastolica_mmhg\": 95, \"pulso_lpm\": 76, \"cita_id\": $CITA}"
paso "Fuera de lo usual: $(campo fuera_de_rango.0.campo)"

paso "Anota lo que ve en la boca, escribe su nota y la firma"
pedir POST "$SUYO/odontograma/hallazgos" 201 "{\"hallazgos\": [{\"pieza\": 26, \"codigo\": \"caries\", \"superficies\": \"MO\", \"cita_id\": $CITA}]}"
HALLAZGO=$(campo datos.0.id)
pedir GET "$SUYO/odontograma" 200
paso "CPO-D: $(campo indices.cpo_d.total)"
pedir POST "$H/citas/$CITA/notas" 201 '{"motivo_consulta": "«Me duele la muela»", "plan": "Restaurar 26.", "diagnosticos": [{"codigo_cie10": "K02.1", "condicion": "definitivo", "principal": true, "pieza_dental": 26}]}'
NOTA=$H/notas/$(campo id)
pedir POST "$NOTA/firma" 200
paso "Firmada por $(campo firmante); SHA-256 $(campo huella)"
rechaza POST "$NOTA/recetas" 409 nota_firmada '{"items": [{"medicamento": "Ibuprofeno", "forma": "tableta", "via": "oral", "dosis": "400 mg", "frecuencia": "cada 8 horas", "duracion": "3 días", "cantidad": 9}]}'

CARPETA=$(mktemp -d "${TMPDIR:-/tmp}/odontocare-XXXXXX")
guardar "$SUYO/odontograma/imagen" "$CARPETA/odontograma.svg"
grep -q '<svg' "$CARPETA/odontograma.svg"
guardar "$SUYO/expediente/pdf" "$CARPETA/expediente.pdf"
[[ $(head -c 4 "$CARPETA/expediente.pdf") == %PDF ]]

paso "Otro médico, que no lo atiende"
TOKEN=$TOKEN_OTRO
rechaza GET "$SUYO/expediente" 404 no_encontrado

paso "El paciente lee su nota, y quién abrió su expediente o no pudo"
TOKEN=$TOKEN_PACIENTE
pedir GET "$NOTA" 200
pedir GET "$SUYO/accesos?tamano=3" 200
echo "$CUERPO"
pedir GET "$SUYO/accesos?resultado=denegado&tamano=1" 200
paso "No pudo: $(campo datos.0.nombre), el $(campo datos.0.momento)"

TOKEN=$TOKEN_MEDICO
pedir PATCH "$H/hallazgos/$HALLAZGO/estado" 200 '{"estado": "anulado", "motivo": "Era una demostración"}'
pedir PATCH "/citas/$CITA/estado" 200 '{"estado": "completada"}'
paso "El hallazgo queda anulado y la cita completada; lo firmado queda"
paso "Todo como se esperaba."
