"""One error contract: RFC 9457 problem+json, from every layer.

Raise `Problem` (or one of its short forms) anywhere below a view. `codigo` is a stable machine name,
`detail` a Spanish sentence for a person, `errores` maps field to messages.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from comun import context
from comun.db import constraint_name

logger = logging.getLogger(__name__)

Errors = Mapping[str, Any]

MEDIA_TYPE = "application/problem+json"

# Status → (codigo, detail) of errors that no view raised by name.
_GENERIC: dict[int, tuple[str, str]] = {
    400: ("solicitud_invalida", "La solicitud no se entiende."),
    401: ("no_autenticado", "Falta un token válido."),
    403: ("no_permitido", "No tiene permiso para esta operación."),
    404: ("no_encontrado", "No existe, o no le corresponde verlo."),
    405: ("metodo_no_permitido", "Este recurso no admite ese método."),
    406: ("no_aceptable", "No hay una representación en el formato pedido."),
    408: ("tiempo_agotado", "La solicitud tardó demasiado en llegar."),
    409: ("conflicto", "La operación no es posible en el estado actual."),
    412: ("version_obsoleta", "El recurso cambió desde que lo leyó; léalo otra vez."),
    413: ("cuerpo_demasiado_grande", "El cuerpo de la solicitud es demasiado grande."),
    414: ("uri_demasiado_larga", "La dirección es demasiado larga."),
    415: ("tipo_no_soportado", "El cuerpo debe ser JSON (Content-Type: application/json)."),
    422: ("datos_invalidos", "Hay datos que no son válidos."),
    428: ("falta_if_match", "Envíe If-Match con el ETag que leyó."),
    429: ("demasiadas_solicitudes", "Demasiadas solicitudes; espere un momento."),
    500: ("error_interno", "Ocurrió un error interno; quedó registrado."),
    503: ("servicio_no_disponible", "El servicio no está disponible; intente de nuevo en unos segundos."),
}


class Problem(Exception):
    """An answer that is not the wanted one. Carries all that problem+json shows."""

    def __init__(
        self,
        status: int,
        codigo: str | None = None,
        detail: str | None = None,
        *,
        errores: Errors | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        generic = _GENERIC.get(status, _GENERIC[400 if status < 500 else 500])
        self.status = status
        self.codigo = codigo or generic[0]
        self.detail = detail or generic[1]
        self.errores = dict(errores or {})
        self.headers = dict(headers or {})
        if status in (429, 503):
            self.headers.setdefault("Retry-After", "5")
        super().__init__(f"{status} {self.codigo}")

    def body(self) -> dict[str, Any]:
        """The problem+json document."""
        return {
            "type": f"/docs/errores#{self.codigo}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": _instance(),
            "codigo": self.codigo,
            "errores": self.errores,
            "traza": context.request_id(),
        }

    def response(self) -> Response:
        """The HTTP answer."""
        # Errors inside a list are keyed by their position.
        body = orjson.dumps(self.body(), option=orjson.OPT_NON_STR_KEYS)
        response = Response(body, self.status, content_type=MEDIA_TYPE)
        response.headers.extend(self.headers)
        return response


def _instance() -> str | None:
    """The path of the request, without the secret that may be part of it."""
    if not request:
        return None
    secret = (request.view_args or {}).get("token")
    return request.path.replace(secret, "***") if secret else request.path


class NotFound(Problem):
    """404: absent, or not the caller's to see."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(404, detail=detail)


class Conflict(Problem):
    """409: the state of things does not allow it."""

    def __init__(self, codigo: str, detail: str, *, errores: Errors | None = None) -> None:
        super().__init__(409, codigo, detail, errores=errores)


class Forbidden(Problem):
    """403: known, but not allowed."""

    def __init__(self, codigo: str | None = None, detail: str | None = None) -> None:
        super().__init__(403, codigo, detail)


class Invalid(Problem):
    """422: understood but not valid; `errores` maps each field to its messages."""

    def __init__(self, errores: Errors, codigo: str | None = None, detail: str | None = None) -> None:
        super().__init__(422, codigo, detail, errores=errores)


class Unavailable(Problem):
    """503: a service that is needed is down. Nothing was done."""

    def __init__(self, codigo: str | None = None, detail: str | None = None, *, retry_after: int = 5) -> None:
        super().__init__(503, codigo, detail, headers={"Retry-After": str(retry_after)})


class ConstraintMessages:
    """Maps the name of a database constraint to the 409 that its violation means."""

    def __init__(self) -> None:
        self._messages: dict[str, tuple[str, str]] = {}

    def add(self, constraint: str, codigo: str, detail: str) -> None:
        """Declare what a violation of `constraint` means to the caller."""
        self._messages[constraint] = (codigo, detail)

    def conflict(self, constraint: str) -> Conflict:
        """The 409 that a violation of `constraint` means, for a check made beforehand."""
        return Conflict(*self._messages[constraint])

    def problem(self, error: IntegrityError) -> Problem:
        """The 409 for a violated constraint; unnamed ones get a fixed sentence, never driver text."""
        name = constraint_name(error)
        codigo, detail = self._messages.get(
            name, ("conflicto", "Los datos chocan con otros que ya existen o de los que dependen.")
        )
        if name not in self._messages:
            logger.warning("unmapped constraint violated: %s", name)
        return Conflict(codigo, detail)


def as_problem(error: BaseException, constraints: ConstraintMessages) -> Problem:
    """The problem that stands for any exception; unknown ones are logged and become 500."""
    match error:
        case Problem():
            return error
        case IntegrityError():
            return constraints.problem(error)
        case StaleDataError():
            return Problem(409, "cambio_simultaneo", "Otra persona cambió el mismo dato; intente de nuevo.")
        case OperationalError() | InterfaceError() | PoolTimeoutError() | DBAPIError(connection_invalidated=True):
            logger.exception("database not available")
            return Unavailable("base_de_datos_no_disponible", "La base de datos no responde; intente de nuevo.")
        case HTTPException():
            return _from_http(error)
    logger.error("unhandled error", exc_info=error)
    return Problem(500)


def _from_http(error: HTTPException) -> Problem:
    """Werkzeug's, flask-smorest's and webargs' errors in our words."""
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    headers = {
        **(data.get("headers") or {}),
        **{k: v for k, v in error.get_headers() if k in {"Allow", "Retry-After", "WWW-Authenticate"}},
    }
    messages = data.get("messages")
    errores = _flatten(messages) if messages else None
    if status == 400 and messages is not None:
        return Problem(400, "json_invalido", "El cuerpo no es JSON válido.", headers=headers)
    return Problem(status if status in _GENERIC or status >= 400 else 500, errores=errores, headers=headers)


def _flatten(messages: Mapping[str, Any]) -> dict[str, Any]:
    """Field → messages, without the location (`json`, `query`) that webargs puts around them."""
    flat: dict[str, Any] = {}
    for value in messages.values():
        flat.update(value if isinstance(value, Mapping) else {"_cuerpo": value})
    return {str(k): v for k, v in flat.items()}


def init_errors(app: Flask, constraints: ConstraintMessages) -> None:
    """Answer every exception of the application as problem+json."""

    def handle(error: Exception) -> Response:
        return as_problem(error, constraints).response()

    app.register_error_handler(Exception, handle)
    app.register_error_handler(HTTPException, handle)
