"""What comunicaciones_service is made of."""

from comun.app import Service
from comun.worker import Job
from comunicaciones import secretos
from comunicaciones.blueprints.entregas import entregas_bp
from comunicaciones.blueprints.eventos import registro_bp
from comunicaciones.blueprints.webhooks import webhooks_bp
from comunicaciones.casos_de_uso.olvido import depurar_eventos
from comunicaciones.config import AJUSTES
from comunicaciones.entrega.avisos import enviar_avisos
from comunicaciones.entrega.cifras import informe, metricas
from comunicaciones.entrega.reparto import Reparto
from comunicaciones.entrega.vigilancia import vigilar_webhooks
from comunicaciones.eventos import consumidos as _consumidos  # noqa: F401 - registers the handlers
from comunicaciones.extensiones import consumidor, db, restricciones, tablas
from comunicaciones.permisos import PERMISOS

SERVICIO = Service(
    name="comunicaciones",
    package="comunicaciones",
    title="OdontoCare · comunicaciones",
    port=5007,
    db=db,
    tables=tablas,
    permissions=PERMISOS,
    blueprints=[registro_bp, webhooks_bp, entregas_bp],
    constraints=restricciones,
    consumer=consumidor,
    settings=AJUSTES,
    jobs=[
        Job("depurar_registro", 3600.0, depurar_eventos),
        Job("vigilar_webhooks", 60.0, vigilar_webhooks),
        Job("avisar_pausas", 30.0, enviar_avisos),
    ],
    background=lambda app: [Reparto(app)],
    reports={"webhooks": informe},
    figures=[metricas],
    prepare=secretos.preparar,
)
