# Shared by the curl demonstrations: `source` it first. Needs bash, curl and python3.
# Every script is called `client/demo/curl/<name>.sh [URL [DATA FOLDER]]`.
set -euo pipefail

AQUI=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
URL=${1:-http://127.0.0.1:8080}
DATOS=${2:-$AQUI/../../../data}
TOKEN=
CUERPO=
# More of the next requests: ENCABEZADOS=('If-Match: "3"').
ENCABEZADOS=()
trap 'echo "FALLÓ en la línea $LINENO" >&2' ERR

paso() { echo "* $*"; }
falla() { echo "FALLÓ: $*" >&2; exit 1; }

# One python for the whole script: to start one for each value takes longer than all the requests.
PYTHON=$(cat <<'PY'
import csv, json, pathlib, sys
from datetime import date, datetime, time, timedelta

def campo(camino=""):
    valor = json.loads(cuerpo)
    for parte in filter(None, camino.split(".")):
        valor = valor[int(parte)] if isinstance(valor, list) else valor[parte]
    return valor

def credenciales(rol, numero):
    nombre = {"medico": "doctores.csv", "paciente": "pacientes.csv"}.get(rol, "usuarios.csv")
    with (pathlib.Path(sys.argv[1]) / nombre).open(encoding="utf-8-sig", newline="") as archivo:
        filas = [f for f in csv.DictReader(archivo) if f["contrasena"] and f.get("rol", rol) == rol]
    return {clave: filas[numero][clave] for clave in ("nombre_usuario", "contrasena")}

def medias_horas():
    dias = (date.today() + timedelta(days=n) for n in range(2, 16))
    primeras = [datetime.combine(dia, time(9)) for dia in dias if dia.weekday() < 5]
    return " ".join((hora + timedelta(minutes=30 * n)).isoformat() for hora in primeras for n in range(16))

for expresion in sys.stdin:
    cuerpo = next(sys.stdin)
    de = next(sys.stdin).rstrip("\n").split("\x1f")
    try:
        valor = eval(expresion)
        respuesta = "=" + (valor if isinstance(valor, str) else json.dumps(valor))
    except Exception as error:
        respuesta = f"!{error!r}"
    print(respuesta.replace("\n", " "), flush=True)
PY
)
TUBOS=$(mktemp -d "${TMPDIR:-/tmp}/odontocare-XXXXXX")
mkfifo "$TUBOS/pregunta" "$TUBOS/respuesta"
python3 -IS -c "$PYTHON" "$DATOS" <"$TUBOS/pregunta" >"$TUBOS/respuesta" &
exec 8>"$TUBOS/pregunta" 9<"$TUBOS/respuesta"
rm -r "$TUBOS"

# calcular EXPRESSION [TEXT...]: what that is in Python, `campo("cita.id")` being a value of the last answer and `de`
# the texts. What a server said goes there, never into the expression.
calcular() {
    local respuesta expresion=$1 textos
    shift
    textos=$(IFS=$'\x1f'; echo "$*")
    printf '%s\n%s\n%s\n' "$expresion" "${CUERPO//$'\n'/ }" "${textos//$'\n'/ }" >&8
    IFS= read -r respuesta <&9
    [[ $respuesta == =* ]] || falla "$expresion: ${respuesta#!}: $CUERPO"
    echo "${respuesta#=}"
}

# campo PATH: a value of the last answer, `campo cita.id` or `campo datos.0.id`.
campo() { calcular 'campo(de[0])' "$1"; }

# pedir METHOD PATH STATUS [BODY]: shows the request, fails on another status, leaves the answer in CUERPO.
pedir() {
    local metodo=$1 ruta=$2 esperado=$3 cuerpo=${4:-}
    local orden=(curl -sS --retry 5 -X "$metodo" "$URL$ruta" -w '\n%{http_code}')
    mostrar "$metodo" "$ruta" "$cuerpo"
    [[ -n $TOKEN ]] && orden+=(-H "Authorization: Bearer $TOKEN")
    local encabezado
    for encabezado in ${ENCABEZADOS[@]+"${ENCABEZADOS[@]}"}; do orden+=(-H "$encabezado"); done
    [[ -n $cuerpo ]] && orden+=(-H 'Content-Type: application/json' -d "$cuerpo")
    # The same key on every attempt of --retry: a repeated request has its effect once.
    [[ $metodo == POST ]] && orden+=(-H "Idempotency-Key: $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')")
    local respuesta
    respuesta=$("${orden[@]}")
    local estado=${respuesta##*$'\n'}
    CUERPO=${respuesta%$'\n'*}
    [[ $estado == "$esperado" ]] || falla "$metodo $ruta respondió $estado y se esperaba $esperado: $CUERPO"
}

# mostrar METHOD PATH [BODY]: the request as a person would type it.
mostrar() {
    local orden="curl -X $1 '$URL$2'"
    [[ -n $TOKEN ]] && orden+=' -H "Authorization: Bearer $TOKEN"'
    local encabezado
    for encabezado in ${ENCABEZADOS[@]+"${ENCABEZADOS[@]}"}; do orden+=" -H '$encabezado'"; done
    [[ -n ${3:-} ]] && orden+=" -H 'Content-Type: application/json' -d '$(ocultar "$3")'"
    echo "  \$ $orden"
}

ocultar() { sed -E 's/("contrasena": *")[^"]*/\1…/' <<<"$1"; }

# rechaza METHOD PATH STATUS CODIGO [BODY]: the request must be refused for this reason.
rechaza() {
    pedir "$1" "$2" "$3" "${5:-}"
    [[ $(campo codigo) == "$4" ]] || falla "se esperaba el código $4: $CUERPO"
    paso "Rechazado, como debe ser: $3 $4: $(campo detail)"
}

# entrar ROLE [NUMBER]: logs in as somebody of the sample data; the token is left in TOKEN.
entrar() {
    local credenciales
    credenciales=$(calcular 'credenciales(de[0], int(de[1]))' "$1" "${2:-0}")
    TOKEN=
    pedir POST /auth/login 200 "$credenciales"
    TOKEN=$(campo access_token)
    paso "Entra $(campo user.username) ($1)"
}

# participantes: logs in patient and secretary; leaves CENTRO, DOCTOR, OTRO_DOCTOR, PACIENTE, TOKEN_PACIENTE.
participantes() {
    entrar paciente
    TOKEN_PACIENTE=$TOKEN
    pedir GET /auth/perfil 200
    PACIENTE=$(campo paciente_id)
    entrar secretaria
    TOKEN_SECRETARIA=$TOKEN
    pedir GET /auth/perfil 200
    CENTRO=$(campo centros.0)
    pedir GET '/admin/doctores?orden=id&tamano=200' 200
    local suyos
    suyos=$(calcular '" ".join(str(d["id"]) for d in campo("datos") if d["activo"] and int(de[0]) in d["centros"])' \
        "$CENTRO")
    read -r DOCTOR OTRO_DOCTOR _ <<<"$suyos"
}

# cita MOMENT [PATIENT [DOCTOR [TREATMENT]]]: the body of a booking.
cita() {
    local tratamientos=
    [[ -n ${4:-} ]] && tratamientos=", \"tratamientos\": [{\"tratamiento_id\": $4}]"
    printf '{"paciente_id": %s, "doctor_id": %s, "centro_id": %s, "fecha_hora": "%s", "motivo_consulta": "Demostración"%s}' \
        "${2:-$PACIENTE}" "${3:-$DOCTOR}" "$CENTRO" "$1" "$tratamientos"
}

# reservar [TREATMENT]: books the first free half hour; leaves CITA (id) and MOMENTO.
reservar() {
    local momento cuerpo respuesta
    for momento in $(calcular 'medias_horas()'); do
        cuerpo=$(cita "$momento" "$PACIENTE" "$DOCTOR" "${1:-}")
        respuesta=$(curl -sS --retry 5 -X POST "$URL/citas" -H "Authorization: Bearer $TOKEN" \
            -H 'Content-Type: application/json' -d "$cuerpo" -w '\n%{http_code}')
        CUERPO=${respuesta%$'\n'*}
        case ${respuesta##*$'\n'} in
            201)
                mostrar POST /citas "$cuerpo"
                CITA=$(campo id) MOMENTO=$(campo fecha_hora)
                paso "Reservada la cita $CITA para $MOMENTO"
                return ;;
            409) ;; # taken or outside hours: the next one
            *) falla "POST /citas respondió ${respuesta##*$'\n'}: $CUERPO" ;;
        esac
    done
    falla "no hay ninguna media hora libre en dos semanas"
}

# deshacer ID...: the secretary cancels what the demonstration booked.
deshacer() {
    TOKEN=$TOKEN_SECRETARIA
    local id
    for id in "$@"; do
        pedir PUT "/citas/$id" 200 '{"estado": "cancelada", "motivo_cancelacion": "Era una demostración"}'
    done
    paso "Todo como se esperaba."
}
