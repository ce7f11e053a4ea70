"""How fast a record opens that has a long history, beside one that has none. Prints p50, p95 and statements.

    python benchmarks/historia.py
    python benchmarks/historia.py --bd sqlite --pacientes 10000 --notas 0 2000 --veces 20

Fills one fresh database with the records of a whole network, through the service's own migrations, and asks the
service's own views about records of different lengths in it, in this process: token, access, its row in the sealed
trace (a commit), queries and JSON are in the figures; the network and nginx are not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

RAIZ = Path(__file__).parents[1]
sys.path[:0] = [str(RAIZ / carpeta) for carpeta in ("historia_clinica_service", "comun")]

from flask import Flask  # noqa: E402
from historia_expedientes import CLAVE, DOCTOR, Red  # noqa: E402
from sqlalchemy import insert, text  # noqa: E402
from vistas import BASES, analizar, aplicaciones, medir, mostrar  # noqa: E402

from comun.testing.client import ApiClient  # noqa: E402
from historia_clinica.casos_de_uso.bitacora import verificar  # noqa: E402
from historia_clinica.extensiones import db  # noqa: E402
from historia_clinica.servicio import SERVICIO  # noqa: E402

UN_MES = datetime.now(UTC) - timedelta(days=30)
ACCESOS_POR_NOTA = 2.5  # rows of the trace

PREGUNTAS = {
    "the whole record": "/expediente",
    "notes page": "/notas",
    "notes page 90": "/notas?pagina=90",
    "notes page by cursor": "/notas?{cursor}",
    "notes with a diagnosis": "/notas?codigo_cie10=K02.1",
    "drafts among the notes": "/notas?estado=borrador",
    "alerts and allergies": "/alergias",
    "history that holds": "/antecedentes",
    "vital signs page": "/signos-vitales",
    "vital signs of a month": f"/signos-vitales?desde={UN_MES:%Y-%m-%d}T00:00:00Z",
    "mouth": "/odontograma",
    "eye exams page": "/examenes-oftalmologicos",
    "who looked page": "/accesos",
    "who looked, page 200": "/accesos?pagina=200",
    "who was denied": "/accesos?resultado=denegado",
    "until when it is kept": "/retencion",
}


def main() -> None:
    """Fill a database and ask about each of the records."""
    opciones = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opciones.add_argument("--bd", choices=BASES, default=BASES[0])
    opciones.add_argument("--pacientes", type=int, default=100_000, help="records of others around them")
    opciones.add_argument("--notas", type=int, nargs="+", default=[0, 200, 2000], help="of each record asked about")
    opciones.add_argument("--veces", type=int, default=60, help="times that each question is asked")
    elegidas = opciones.parse_args()
    with tempfile.TemporaryDirectory(prefix="odontocare-") as carpeta:
        ajustes = {"HISTORIA_CLINICA_SECRET_KEY": [CLAVE], "HISTORIA_CLINICA_ALMACEN": Path(carpeta).as_uri()}
        with aplicaciones(SERVICIO, elegidas.bd, ajustes) as nueva:
            app = nueva()
            llenar(app, elegidas.notas, elegidas.pacientes)
            api = ApiClient(app).as_("medico", sub="107", doctor_id=DOCTOR)
            medidas = {
                nombre: medir([(api, _ruta(api, n, ruta)) for n, _ in enumerate(elegidas.notas, 1)], elegidas.veces)
                for nombre, ruta in PREGUNTAS.items()
            }
            mostrar([f"{cuantas:,} notes" if cuantas else "empty" for cuantas in elegidas.notas], medidas)
            comprobar(app)


def llenar(app: Flask, notas: list[int], ajenos: int) -> None:
    """Patients 1, 2, … have records of so many notes; those behind them are the others, with one note each."""
    inicio = time.perf_counter()
    red = Red()
    with app.app_context():
        for tabla, filas in red.catalogos():
            db.session.execute(insert(tabla), filas)
        for paciente, cuantas in enumerate(notas, 1):
            for tabla, filas in red.expediente(paciente, cuantas, round(cuantas * ACCESOS_POR_NOTA)):
                db.session.execute(insert(tabla), filas)
        for tabla, filas in red.ajenos(len(notas) + 1, ajenos):
            db.session.execute(insert(tabla), filas)
        # Only then: what is signed takes no diagnosis any more.
        db.session.execute(text(red.FIRMAR_NOTAS))
        db.session.execute(text(red.FIRMAR_EXAMENES))
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT setval('signos_vitales_id_seq', (SELECT max(id) FROM signos_vitales))"))
            db.session.commit()
    analizar(app)
    segundos = time.perf_counter() - inicio
    print(f"{ajenos:,} records around; {red.notas:,} notes, {red.filas:,} rows of the trace: {segundos:.0f} s")


def _ruta(api: ApiClient, paciente: int, ruta: str) -> str:
    base = f"/historia-clinica/pacientes/{paciente}"
    if "{cursor}" not in ruta:
        return base + ruta
    siguiente = api.get(f"{base}/notas?pagina=50").get_json()["paginacion"]["siguiente"]
    return base + ruta.format(cursor=f"cursor={siguiente}" if siguiente else "pagina=1")


def comprobar(app: Flask) -> None:
    """How long the trace takes to be proved, with what was asked meanwhile."""
    inicio = time.perf_counter()
    with app.app_context():
        fallas = list(verificar())
        filas = db.session.scalar(text("SELECT numero FROM bitacora_cabeza"))
    segundos = time.perf_counter() - inicio
    print(f"\ntrace of {filas:,} rows verified in {segundos:.1f} s: {len(fallas)} faults")


if __name__ == "__main__":
    main()
