"""The table of rights, row by row, with a body that does each thing.

The secretary works in the own centre; the doctor attends, and the patient is, the own patient of the own
appointment. `_ajeno` belongs to somebody else. `nuevo_` is made for the occasion, by the administrator.
Rows out of one's scope: a list is empty, a single one 404.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from . import tabla_facturacion, tabla_historia, tabla_inventario
from .mundo import EXTRA, ROLES, Mundo, unico

# `.`: the contract leaves it open.
TABLA = """
#                                                                     admin secretaria medico paciente
GET    /auth/perfil                                     -               200  200  200  200
PUT    /auth/perfil                                     perfil          200  200  200  200
GET    /auth/menu                                       -               200  200  200  200
GET    /auth/usuarios                                   -               200  200  200  403
GET    /auth/usuarios/{usuario_secretaria}              -               200  200  200  403
GET    /auth/usuarios/{usuario_ajeno}                   -               200  404  404  403
POST   /auth/usuarios                                   usuario         201  403  403  403
PUT    /auth/usuarios/{nuevo_usuario}                   perfil          200  403  403  403
DELETE /auth/usuarios/{nuevo_usuario}                   -               204  403  403  403
PATCH  /auth/usuarios/{nuevo_usuario}/estado            inactivo        200  403  403  403
GET    /auth/usuarios/{nuevo_usuario}/permisos          -               200  200  200  403
PUT    /auth/usuarios/{nuevo_usuario}/permisos          concede         200  403  403  403
DELETE /auth/usuarios/{nuevo_usuario}/segundo-factor    -               204  403  403  403
POST   /auth/usuarios/{invitado}/invitacion             -               201  403  403  403
GET    /auth/roles                                      -               200  200  200  403
POST   /auth/roles                                      rol             201  403  403  403
GET    /auth/roles/{nuevo_rol}                          -               200  200  200  403
PUT    /auth/roles/{nuevo_rol}                          descripcion     200  403  403  403
DELETE /auth/roles/{nuevo_rol}                          -               204  403  403  403
GET    /auth/roles/{nuevo_rol}/permisos                 -               200  200  200  403
PUT    /auth/roles/{nuevo_rol}/permisos                 permisos        200  403  403  403
GET    /auth/permisos                                   -               200  200  200  403
GET    /auth/clientes                                   -               200  403  403  403
POST   /auth/clientes                                   cliente         201  403  403  403
GET    /auth/clientes/{nuevo_cliente}                   -               200  403  403  403
PUT    /auth/clientes/{nuevo_cliente}                   descripcion     200  403  403  403
DELETE /auth/clientes/{nuevo_cliente}                   -               204  403  403  403
POST   /auth/clientes/{nuevo_cliente}/secreto           -               200  403  403  403
GET    /auth/auditoria                                  -               200  403  403  403

GET    /admin/centros                                   -               200  200  200  403
POST   /admin/centros                                   nombre          201  403  403  403
POST   /admin/centros/carga                             nombres         201  403  403  403
GET    /admin/centros/{centro_ajeno}                    -               200  200  200  403
PUT    /admin/centros/{nuevo_centro}                    nombre          200  403  403  403
DELETE /admin/centros/{nuevo_centro}                    -               204  403  403  403
GET    /admin/centros/{centro}/salas                    -               200  200  200  403
POST   /admin/centros/{centro}/salas                    nombre          201  403  403  403
GET    /admin/centros/{centro}/salas/{sala}             -               200  200  200  403
PUT    /admin/centros/{centro}/salas/{nueva_sala}       nombre          200  403  403  403
DELETE /admin/centros/{centro}/salas/{nueva_sala}       -               204  403  403  403
GET    /admin/doctores                                  -               200  200  200  403
POST   /admin/doctores                                  persona         201  403  403  403
POST   /admin/doctores/carga                            personas        201  403  403  403
GET    /admin/doctores/{doctor_ajeno}                   -               200  200  200  403
PUT    /admin/doctores/{nuevo_doctor}                   telefono        200  403  403  403
PUT    /admin/doctores/{doctor}                         telefono        200  403  403  403
DELETE /admin/doctores/{nuevo_doctor}                   -               204  403  403  403
GET    /admin/doctores/{doctor_ajeno}/servicios         -               200  200  200  403
PUT    /admin/doctores/{doctor}/servicios               servicios       200  403  403  403
CATALOGOS
GET    /admin/configuracion                             -               200  200  200  403
PUT    /admin/configuracion                             ajuste          200  403  403  403
GET    /admin/configuracion/prueba.derechos             -               200  200  200  403
PUT    /admin/configuracion/prueba.derechos             valor           200  403  403  403
GET    /admin/configuracion/prueba.derechos/historial   -               200  200  200  403
DELETE /admin/configuracion/prueba.derechos             -               204  403  403  403
GET    /admin/reportes/pacientes                        -               200  403  403  403

GET    /admin/pacientes                                 -               200  200  200  200
GET    /admin/pacientes/buscar?q=persona                -               200  200  200  200
POST   /admin/pacientes                                 persona         201  403  403  403
POST   /admin/pacientes/carga                           personas        201  403  403  403
GET    /admin/pacientes/{paciente}                      -               200  200  200  200
GET    /admin/pacientes/{paciente_ajeno}                -               200  404  404  404
PUT    /admin/pacientes/{paciente}                      telefono        200  200  403  200
PUT    /admin/pacientes/{paciente_ajeno}                telefono        200  404  403  404
PUT    /admin/pacientes/{paciente}                      apellidos       200  200  403  403
PUT    /admin/pacientes/{paciente}                      centro_ajeno    200  403  403  403
PUT    /admin/pacientes/{paciente}                      centro_propio   200  200  403  403
DELETE /admin/pacientes/{nuevo_paciente}                -               204  403  403  403
PATCH  /admin/pacientes/{paciente}/estado               activo          200  200  403  403
PATCH  /admin/pacientes/{paciente_ajeno}/estado         activo          200  404  403  404
GET    /admin/pacientes/{paciente}/consentimientos      -               200  200  200  200
GET    /admin/pacientes/{paciente_ajeno}/consentimientos -              200  404  404  404
POST   /admin/pacientes/{paciente}/consentimientos      consiente       201  201  403  201
POST   /admin/pacientes/{paciente_ajeno}/consentimientos consiente      201  404  403  404
GET    /admin/pacientes/{paciente}/duplicados           -               200  200  200  200
GET    /admin/pacientes/{paciente_ajeno}/duplicados     -               200  404  404  404
POST   /admin/pacientes/{nuevo_paciente}/fusion         fusion          200  403  403  403
GET    /admin/pacientes/{paciente}/exportacion          -               200  403  403  .
POST   /admin/pacientes/{nuevo_paciente}/anonimizacion  motivo          200  403  403  403

GET    /citas                                           -               200  200  200  200
GET    /citas/historial                                 -               200  200  200  200
GET    /citas/{cita}                                    -               200  200  200  200
GET    /citas/{cita_ajena}                              -               200  404  404  404
GET    /citas/{cita}/cambios                            -               200  200  200  200
GET    /citas/{cita_ajena}/cambios                      -               200  404  404  404
POST   /citas                                           cita            201  201  403  201
POST   /citas                                           cita_ajena      201  403  403  403
PUT    /citas/{nueva_cita}                              cancela         200  200  200  200
PUT    /citas/{nueva_cita_ajena}                        cancela         200  404  404  404
PUT    /citas/{nueva_cita}                              mueve           200  200  403  200
PUT    /citas/{nueva_cita_ajena}                        mueve           200  404  404  404
PUT    /citas/{nueva_cita}                              mueve_a_otro    200  403  403  403
PUT    /citas/{nueva_cita}                              motivo_consulta 200  200  .    .
PUT    /citas/{nueva_cita_ajena}                        motivo_consulta 200  404  404  404
DELETE /citas/{nueva_cita}                              -               204  403  403  403
PATCH  /citas/{nueva_cita}/estado                       confirmada      200  200  200  200
PATCH  /citas/{nueva_cita}/estado                       en_sala         200  200  403  403
PATCH  /citas/{nueva_cita}/estado                       en_curso        200  403  200  403
PATCH  /citas/{nueva_cita}/estado                       completada      200  403  200  403
PATCH  /citas/{nueva_cita}/estado                       cancelada       200  200  200  200
PATCH  /citas/{cita_completada}/estado                  reabierta       200  403  403  403
PATCH  /citas/{nueva_cita_ajena}/estado                 confirmada      200  404  404  404
PATCH  /citas/{nueva_cita_ajena}/estado                 en_curso        200  404  404  404
GET    /citas/{cita}/extras                             -               200  200  200  200
GET    /citas/{cita_ajena}/extras                       -               200  404  404  404
POST   /citas/{cita}/extras                             extra           201  201  201  403
POST   /citas/{cita_ajena}/extras                       extra           201  404  404  403
GET    /citas/extras/{extra}                            -               200  200  200  200
GET    /citas/extras/{extra_ajeno}                      -               200  404  404  404
PUT    /citas/extras/{extra}                            extra           200  200  200  403
PUT    /citas/extras/{extra_ajeno}                      extra           200  404  404  403
DELETE /citas/extras/{nuevo_extra}                      -               204  204  204  403
DELETE /citas/extras/{nuevo_extra_ajeno}                -               204  404  404  403
GET    /citas/{cita}/recordatorios                      -               200  200  200  200
GET    /citas/{cita_ajena}/recordatorios                -               200  404  404  404
POST   /citas/{nueva_cita}/recordatorio                 -               200  200  403  403
POST   /citas/{nueva_cita_ajena}/recordatorio           -               200  404  403  403
GET    /citas/calendarios                               -               200  200  200  200
POST   /citas/calendarios                               calendario      201  403  201  403
POST   /citas/calendarios                               calendario_suyo 201  403  403  201
GET    /citas/calendarios/{nuevo_calendario}            -               200  404  200  404
DELETE /citas/calendarios/{nuevo_calendario}            -               204  403  204  404
GET    /citas/apartados                                 -               200  200  200  200
POST   /citas/apartados                                 apartado        201  201  403  201
POST   /citas/apartados                                 apartado_ajeno  201  403  403  403
GET    /citas/apartados/{nuevo_apartado}                -               200  200  404  404
GET    /citas/apartados/{nuevo_apartado_ajeno}          -               200  404  404  404
DELETE /citas/apartados/{nuevo_apartado}                -               204  204  403  404
DELETE /citas/apartados/{nuevo_apartado_ajeno}          -               204  404  403  404
GET    /citas/lista-espera                              -               200  200  200  200
POST   /citas/lista-espera                              espera          201  201  403  201
POST   /citas/lista-espera                              espera_ajena    201  403  403  403
GET    /citas/lista-espera/{nueva_espera}               -               200  200  200  200
GET    /citas/lista-espera/{nueva_espera_ajena}         -               200  404  404  404
PUT    /citas/lista-espera/{nueva_espera}               notas           200  200  403  200
PUT    /citas/lista-espera/{nueva_espera}               prioridad       200  200  403  403
PUT    /citas/lista-espera/{nueva_espera_ajena}         notas           200  404  403  404
DELETE /citas/lista-espera/{nueva_espera}               -               204  204  403  204
DELETE /citas/lista-espera/{nueva_espera_ajena}         -               204  404  403  404
POST   /citas/lista-espera/{nueva_espera}/aceptar       -               409  409  403  409
POST   /citas/lista-espera/{nueva_espera_ajena}/aceptar -               409  404  403  404
POST   /citas/lista-espera/{nueva_espera}/rechazar      -               409  409  403  409
POST   /citas/lista-espera/{nueva_espera_ajena}/rechazar -              409  404  403  404
GET    /citas/series                                    -               200  200  200  200
POST   /citas/series                                    serie           201  201  403  403
POST   /citas/series                                    serie_ajena     201  403  403  403
GET    /citas/series/{nueva_serie}                      -               200  200  200  200
GET    /citas/series/{nueva_serie_ajena}                -               200  404  404  404
PUT    /citas/series/{nueva_serie}                      motivo_consulta 200  200  403  403
PUT    /citas/series/{nueva_serie_ajena}                motivo_consulta 200  404  403  403
PATCH  /citas/series/{nueva_serie}/estado               cancelada       200  200  403  403
PATCH  /citas/series/{nueva_serie_ajena}/estado         cancelada       200  404  403  403
GET    /citas/disponibilidad?doctor_id={doctor}         -               200  200  200  200
GET    /citas/disponibilidad?doctor_id={doctor_ajeno}   -               200  200  200  200
POST   /citas/verificar-disponibilidad                  apartado        200  200  200  200
POST   /citas/verificar-disponibilidad                  apartado_ajeno  200  200  200  403
# Before the doctor has hours at another centre as well.
POST   /citas/doctores/{doctor}/bloqueos                bloqueo_total   201  201  201  403
GET    /citas/doctores/{doctor_libre}/horarios          -               200  200  200  403
POST   /citas/doctores/{doctor_libre}/horarios          horario         201  201  403  403
POST   /citas/doctores/{doctor_libre}/horarios          horario_ajeno   201  403  403  403
POST   /citas/doctores/{doctor}/horarios                horario         201  201  201  403
GET    /citas/doctores/{doctor}/horarios/{nuevo_horario} -              200  200  200  403
PUT    /citas/doctores/{doctor}/horarios/{nuevo_horario} turno          200  200  200  403
PUT    /citas/doctores/{doctor}/horarios/{nuevo_horario} a_centro_ajeno 200  403  200  403
DELETE /citas/doctores/{doctor}/horarios/{nuevo_horario} -              204  204  204  403
GET    /citas/doctores/{doctor_libre}/horarios/{nuevo_horario_ajeno} -  200  200  200  403
PUT    /citas/doctores/{doctor_libre}/horarios/{nuevo_horario_ajeno} turno 200 403 403 403
DELETE /citas/doctores/{doctor_libre}/horarios/{nuevo_horario_ajeno} -  204  403  403  403
GET    /citas/doctores/{doctor_libre}/bloqueos          -               200  200  200  403
POST   /citas/doctores/{doctor_libre}/bloqueos          bloqueo         201  201  403  403
POST   /citas/doctores/{doctor_libre}/bloqueos          bloqueo_ajeno   201  403  403  403
POST   /citas/doctores/{doctor}/bloqueos                bloqueo         201  201  201  403
POST   /citas/doctores/{doctor_libre}/bloqueos          bloqueo_total   201  403  403  403
GET    /citas/doctores/{doctor}/bloqueos/{nuevo_bloqueo} -              200  200  200  403
PUT    /citas/doctores/{doctor}/bloqueos/{nuevo_bloqueo} motivo         200  200  200  403
PUT    /citas/doctores/{doctor}/bloqueos/{nuevo_bloqueo} a_centro_ajeno 200  403  200  403
DELETE /citas/doctores/{doctor}/bloqueos/{nuevo_bloqueo} -              204  204  204  403
GET    /citas/doctores/{doctor_libre}/bloqueos/{nuevo_bloqueo_ajeno} -  200  200  404  403
PUT    /citas/doctores/{doctor_libre}/bloqueos/{nuevo_bloqueo_ajeno} motivo 200 403 403 403
DELETE /citas/doctores/{doctor_libre}/bloqueos/{nuevo_bloqueo_ajeno} -  204  403  403  403
GET    /citas/centros/{centro}/cierres                  -               200  200  200  403
POST   /citas/centros/{centro}/cierres                  cierre          201  201  403  403
POST   /citas/centros/{centro_ajeno}/cierres            cierre          201  403  403  403
GET    /citas/centros/{centro}/cierres/{nuevo_cierre}   -               200  200  200  403
PUT    /citas/centros/{centro}/cierres/{nuevo_cierre}   motivo          200  200  403  403
DELETE /citas/centros/{centro}/cierres/{nuevo_cierre}   -               204  204  403  403
GET    /citas/centros/{centro_ajeno}/cierres            -               200  200  200  403
GET    /citas/centros/{centro_ajeno}/cierres/{nuevo_cierre_ajeno} -     200  404  200  403
PUT    /citas/centros/{centro_ajeno}/cierres/{nuevo_cierre_ajeno} motivo 200 403  403  403
DELETE /citas/centros/{centro_ajeno}/cierres/{nuevo_cierre_ajeno} -     204  403  403  403
GET    /citas/centros/{centro_libre}/feriados           -               200  200  200  403
GET    /citas/centros/{centro_ajeno}/feriados           -               200  200  200  403
PUT    /citas/centros/{centro_libre}/feriados/2030-01-01 atiende        200  200  403  403
PUT    /citas/centros/{centro_ajeno}/feriados/2030-01-01 atiende        200  403  403  403
GET    /citas/centros/{centro_libre}/calendario         -               200  200  200  403
GET    /citas/centros/{centro_ajeno}/calendario         -               200  200  200  403
PUT    /citas/centros/{centro_libre}/calendario         ecuador         200  200  403  403
PUT    /citas/centros/{centro_ajeno}/calendario         ecuador         200  403  403  403
GET    /citas/fuera-de-horario                          -               200  200  200  403
GET    /citas/politicas                                 -               200  200  200  403
POST   /citas/politicas                                 politica        201  403  403  403
GET    /citas/politicas/{nueva_politica}                -               200  200  200  403
PUT    /citas/politicas/{nueva_politica}                dura            200  403  403  403
DELETE /citas/politicas/{nueva_politica}                -               204  403  403  403
GET    /citas/politicas/{nueva_politica_ajena}          -               200  404  200  403
PUT    /citas/politicas/{nueva_politica_ajena}          dura            200  403  403  403
GET    /citas/politicas/efectiva?centro_id={centro}     -               200  200  200  403
GET    /citas/politicas/efectiva?centro_id={centro_ajeno} -             200  404  200  403
GET    /citas/doctores/{doctor}/agenda                  -               200  200  200  404
GET    /citas/doctores/{doctor_ajeno}/agenda            -               200  200  404  404
GET    /citas/centros/{centro}/agenda                   -               200  200  200  404
GET    /citas/centros/{centro_ajeno}/agenda             -               200  404  200  404
GET    /citas/reportes/citas                            -               200  200  200  403
GET    /citas/reportes/productividad                    -               200  200  200  403
GET    /citas/doctores/{doctor}/productividad           -               200  200  200  403
GET    /citas/doctores/{doctor_ajeno}/productividad     -               200  200  404  403

GET    /comunicaciones/eventos                          -               200  403  403  403
GET    /comunicaciones/eventos/{evento}                 -               200  403  403  403
GET    /comunicaciones/webhooks                         -               200  403  403  403
POST   /comunicaciones/webhooks                         webhook         201  403  403  403
GET    /comunicaciones/webhooks/{webhook}               -               200  403  403  403
PUT    /comunicaciones/webhooks/{nuevo_webhook}         nombre          200  403  403  403
DELETE /comunicaciones/webhooks/{nuevo_webhook}         -               204  403  403  403
PATCH  /comunicaciones/webhooks/{nuevo_webhook}/estado  pausado         200  403  403  403
POST   /comunicaciones/webhooks/{nuevo_webhook}/secreto vigencia        200  403  403  403
POST   /comunicaciones/webhooks/{webhook}/prueba        -               200  403  403  403
GET    /comunicaciones/webhooks/{webhook}/entregas      -               200  403  403  403
GET    /comunicaciones/webhooks/{webhook}/entregas/{entrega} -          200  403  403  403
POST   /comunicaciones/webhooks/{webhook}/entregas/{entrega}/reenvio -  202  403  403  403
POST   /comunicaciones/webhooks/{webhook}/reenvio       tramo           202  403  403  403
"""

POR_CATALOGO = """
GET    /admin/CATALOGO                                  -               200  200  200  403
POST   /admin/CATALOGO                                  nombre          201  403  403  403
POST   /admin/CATALOGO/carga                            nombres         201  403  403  403
GET    /admin/CATALOGO/{nueva_entrada_CATALOGO}         -               200  200  200  403
PUT    /admin/CATALOGO/{nueva_entrada_CATALOGO}         nombre          200  403  403  403
DELETE /admin/CATALOGO/{nueva_entrada_CATALOGO}         -               204  403  403  403
"""


def cuerpo(nombre: str, m: Mundo) -> Any:
    """What a row of the table sends."""
    if nombre == "-":
        return None
    for tabla in (tabla_inventario, tabla_historia, tabla_facturacion):
        if nombre in tabla.CUERPOS:
            return tabla.CUERPOS[nombre](m)
    cuerpos: dict[str, Any] = {
        "a_centro_ajeno": {"centro_id": m["centro_ajeno"]},
        "activo": {"estado": "activo"},
        "ajuste": {"valores": {"prueba.derechos": 5}},
        "apartado": m.lugar(),
        "apartado_ajeno": m.lugar("ajena"),
        "apellidos": {"apellidos": "Paciente Propio"},
        "atiende": {"atiende": True},
        "bloqueo": m.bloqueo(),
        "bloqueo_ajeno": m.bloqueo("ajeno"),
        "bloqueo_total": {**m.bloqueo(), "centro_id": None},
        "calendario": {"doctor_id": m["doctor"]},
        "calendario_suyo": {"paciente_id": m["paciente"]},
        "cancela": {"estado": "cancelada", "motivo_cancelacion": "Viaje"},
        "cancelada": {"estado": "cancelada", "motivo": "Viaje"},
        "centro_ajeno": {"centro_id": m["centro_ajeno"]},
        "centro_propio": {"centro_id": m["centro"]},
        "cierre": m.cierre(),
        "cita": m.cita(),
        "cita_ajena": m.cita("ajena"),
        "cliente": {"nombre": unico("cliente").replace(".", "-"), "permisos": ["citas:leer"]},
        "completada": {"estado": "completada"},
        "concede": {"concedidos": ["admin:pacientes:crear"]},
        "confirmada": {"estado": "confirmada"},
        "consiente": {"tipo": "comunicaciones", "otorgado": True},
        "descripcion": {"descripcion": unico()},
        "dura": {"duracion_minutos": 45},
        "ecuador": {"pais": "EC"},
        "en_curso": {"estado": "en_curso"},
        "en_sala": {"estado": "en_sala"},
        "espera": m.espera(),
        "espera_ajena": m.espera("ajena"),
        "extra": EXTRA,
        "horario": m.horario(),
        "horario_ajeno": m.horario("ajeno"),
        "inactivo": {"estado": "inactivo", "motivo": "Vacaciones"},
        "motivo": {"motivo": "Lo pidió"},
        "motivo_consulta": {"motivo_consulta": unico()},
        "mueve": {"fecha_hora": m.cita()["fecha_hora"]},
        "mueve_a_otro": {k: m.cita("ajena")[k] for k in ("paciente_id", "doctor_id", "centro_id", "fecha_hora")},
        "nombre": {"nombre": unico()},
        "nombres": [{"nombre": unico()}, {"nombre": unico()}],
        "notas": {"notas": unico()},
        "perfil": {"nombres": "Luz", "apellidos": unico("Vera")},
        "pausado": {"estado": "pausado"},
        "permisos": {"permisos": ["citas:leer"]},
        "persona": {"nombres": "Luz", "apellidos": unico("Vera"), "crear_usuario": False},
        "personas": [{"nombres": "Luz", "apellidos": unico("Vera")}],
        "politica": m.politica(),
        "prioridad": {"prioridad": 7},
        "reabierta": {"estado": "en_curso", "motivo": "Faltó una pieza"},
        "rol": {"nombre": unico("rol").replace(".", "_"), "permisos": ["citas:leer"]},
        "serie": m.serie(),
        "serie_ajena": m.serie("ajena"),
        "servicios": {"servicios": [m["tratamiento"]]},
        "telefono": {"telefono": "0991234567"},
        "tramo": {"desde": "2026-01-15T10:00:00-05:00", "tipos": ["webhook.*"]},
        "turno": {"turno_minutos": 20},
        "usuario": m.usuario("secretaria", centros=[m["centro"]]),
        "valor": {"valor": 6},
        "vigencia": {"vigencia_horas": 1},
        "webhook": m.webhook(),
    }
    if nombre == "fusion":
        return {"absorbido_id": m["nuevo_paciente"], "motivo": "La misma persona"}
    return cuerpos[nombre]


@dataclass(frozen=True)
class Fila:
    """One row of the table."""

    metodo: str
    ruta: str
    cuerpo: str
    esperado: dict[str, str]

    @property
    def servicio(self) -> str:
        """Whose route it is."""
        return self.ruta.split("/")[1].replace("-", "_")

    @property
    def de_dinero(self) -> bool:
        """Whether it is billing's, by whatever name."""
        return bool(re.match(r"/(api/)?facturacion/|/api/v1/(invoices|transactions|statistics)/", self.ruta))

    @property
    def operacion(self) -> str:
        """As in an OpenAPI document, with nameless parameters."""
        ruta = re.sub(r"prueba\.derechos|\d{4}-\d\d-\d\d", "{}", self.ruta.partition("?")[0])
        return f"{self.metodo} {re.sub(r'{[^}]*}', '{}', ruta)}"


def filas() -> list[Fila]:
    """The whole table."""
    catalogos = ("especialidades", "aseguradoras", "fuentes", "lineas-negocio")
    todo = (TABLA + tabla_inventario.TABLA + tabla_historia.tabla() + tabla_facturacion.TABLA).replace(
        "CATALOGOS", "".join(POR_CATALOGO.replace("CATALOGO", c) for c in catalogos)
    )
    partes = [linea.split() for linea in todo.splitlines() if linea and not linea.startswith("#")]
    tabla = [Fila(*p[:3], dict(zip(ROLES, p[3:], strict=True))) for p in partes]
    # Whoever has no token is kept out before anything is looked at: once is enough.
    for fila in {fila.operacion: fila for fila in reversed(tabla)}.values():
        fila.esperado["anonimo"] = "401"
    return tabla
