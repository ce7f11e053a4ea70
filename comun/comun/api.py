"""flask-smorest as this project uses it: `Api`, `Blueprint`, and the request parser."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal
from functools import cache, partial, wraps
from typing import Any

import flask_smorest
import marshmallow as ma
import orjson
from apispec.ext.marshmallow.common import resolve_schema_instance
from flask import Flask, Request, Response, make_response, request
from flask.json.provider import JSONProvider
from flask.views import MethodView
from flask_smorest import etag as smorest_etag
from flask_smorest.utils import prepare_response, unpack_tuple_response
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as WerkzeugResponse

from comun import errors, fields
from comun.auth import permissions
from comun.db import READING_METHODS
from comun.errors import Problem
from comun.pagination import Sortable, paginate
from comun.preconditions import etag
from comun.runtime import runtime
from comun.schema import ErrorSchema, PageInfo, PageQuery, PlainPageQuery, Schema
from comun.work import guarded

# Where arguments come from that hold files: a form of parts.
MULTIPART = "multipart"

View = Callable[..., Any]

PAGE_FIELDS = frozenset(PageQuery().fields)


class IdConverter(IntegerConverter):
    """`<id:…>` in a route: a positive 32-bit integer without leading zeros; anything else is 404."""

    regex = r"[1-9][0-9]{0,9}"

    def __init__(self, map: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, min=1, max=fields.MAX_ID)


class Json(JSONProvider):
    """orjson: Decimal as a number, moments as ISO 8601."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        return orjson.dumps(obj, default=_number, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), default=_number, option=orjson.OPT_NON_STR_KEYS)
        return Response(body, mimetype="application/json")


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


class Parser(FlaskParser):
    """webargs in our error contract: a body that is not JSON is 400 or 415, never 422."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,
        "json": None,
        MULTIPART: None,
    }
    __location_map__ = {**FlaskParser.__location_map__, MULTIPART: "load_multipart"}

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        body = req.get_data(cache=True)
        if not body.strip():
            return {}
        if not req.is_json:
            raise Problem(415)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise Problem(400, "json_invalido", "El cuerpo no es JSON válido (UTF-8).") from None

    def load_multipart(self, req: Request, schema: ma.Schema) -> Any:
        """Texts and files of a form. What a browser sends for a field that was left empty counts as absent."""
        if req.mimetype != "multipart/form-data":
            raise Problem(415, detail="El cuerpo debe ser un formulario (Content-Type: multipart/form-data).")
        parts: list[tuple[str, Any]] = [(name, text) for name, text in req.form.items(multi=True) if text.strip()]
        parts += [(name, file) for name, file in req.files.items(multi=True) if file.filename]
        values = dict(parts)
        if len(values) < len(parts):
            times = Counter(name for name, _value in parts)
            raise ma.ValidationError({name: ["Se dio más de una vez."] for name, n in times.items() if n > 1})
        return values


class Api(flask_smorest.Api):
    """Documents errors as problem+json and leaves answering them to `comun.errors`.

    Views are described when the document is first asked for: few processes ever are, and all of them start.
    """

    ERROR_SCHEMA = ErrorSchema

    def __init__(self, app: Flask, **kwargs: Any) -> None:
        self._undescribed: list[Callable[[], None]] = []
        self._describing = threading.Lock()
        super().__init__(app, **kwargs)

    def describe_later(self, describe: Callable[[], None]) -> None:
        """To be called before the document is given."""
        self._undescribed.append(describe)

    def document(self) -> Any:
        """The OpenAPI document."""
        with self._describing:
            while self._undescribed:
                self._undescribed.pop(0)()
            return self.spec.to_dict()

    def _register_error_handlers(self) -> None:
        """comun.errors answers every exception; smorest must not."""

    def _register_responses(self) -> None:
        default = {"description": "Problem details (RFC 9457)", "schema": self.ERROR_SCHEMA}
        prepare_response(default, self.spec, errors.MEDIA_TYPE)
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


class Blueprint(flask_smorest.Blueprint):
    """Routes that say who may call them. Decorate a view in the order permission, if_match, arguments, response."""

    ARGUMENTS_PARSER = Parser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {
        **flask_smorest.Blueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING,
        MULTIPART: "multipart/form-data",
    }

    permission = staticmethod(permissions.permission)
    public = staticmethod(permissions.public)
    public_secret = staticmethod(permissions.public_secret)
    public_or_known = staticmethod(permissions.public_or_known)

    def add_url_rule(
        self, rule: str, endpoint: Any = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Register a view; each of its methods must declare a permission or be public."""
        if isinstance(view_func, type) and issubclass(view_func, MethodView):
            for method in view_func.methods or ():
                name = method.lower()
                setattr(view_func, name, self._guard(rule, name, getattr(view_func, name)))
        elif view_func is not None:
            view_func = self._guard(rule, "view", view_func)
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def register_views_in_doc(self, api: Any, *args: Any, **kwargs: Any) -> None:
        """Describe these views, when somebody asks."""
        api.describe_later(partial(super().register_views_in_doc, api, *args, **kwargs))

    @staticmethod
    def _guard(path: str, method: str, view: View) -> View:
        rule = permissions.rule_of(view)
        if rule is None:
            raise TypeError(f"{method} {path} declares neither a permission nor public")
        if getattr(view, "is_guarded", False):
            return view
        parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
        handle = guarded(
            view,
            rule,
            reads_query=any(isinstance(p, Mapping) and p.get("in") == "query" for p in parameters),
            needs_if_match=getattr(view, "needs_if_match", None),
            takes_files=getattr(view, "takes_files", False),
        )
        handle.is_guarded = True  # type: ignore[attr-defined]
        permission = rule.permission or "public"
        doc = handle._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
        manual = doc.setdefault("manual_doc", {})
        manual["x-permiso"] = permission
        if rule.permission is None:
            manual["security"] = []
        # Errors are all of one form: the default answer documents them. (The names of the other components
        # would also change with the Python version.)
        doc.get("arguments", {}).pop("responses", None)
        return handle

    def if_match(self, *, required: bool = True) -> Callable[[View], View]:
        """Document If-Match; `required` where two people plausibly edit at once (428 without it)."""

        def mark(view: View) -> View:
            view.needs_if_match = required  # type: ignore[attr-defined]
            header = {
                **smorest_etag.IF_MATCH_HEADER,
                "name": "If-Match",
                "in": "header",
                "required": required,
            }
            view._apidoc = deepcopy(getattr(view, "_apidoc", {}))  # type: ignore[attr-defined]
            # Not by hand: what is documented by hand hides the arguments of the query.
            arguments = view._apidoc.setdefault("arguments", {})  # type: ignore[attr-defined]
            arguments.setdefault("parameters", []).append(header)
            return view

        return mark

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[[View], View]:
        """What a view takes. The schema is made here, not anew with each request.

        `location=MULTIPART`: a form with files; such a view takes bodies of up to `UPLOAD_BYTES`.
        """
        parent: Callable[[View], View] = super().arguments(resolve_schema_instance(schema), **kwargs)

        def decorate(view: View) -> View:
            decorated = parent(view)
            if kwargs.get("location") == MULTIPART:
                decorated.takes_files = True  # type: ignore[attr-defined]
            return decorated

        return decorate

    def response(
        self, status_code: int, schema: Any = None, *, location: str | None = None, **kwargs: Any
    ) -> Callable[[View], View]:
        """The answer of a view. Sets ETag from a `version`; `location` is a template over the answer's fields."""
        parent = super().response(status_code, schema, **kwargs)

        def decorate(view: View) -> View:
            @wraps(view)
            def with_headers(*args: Any, **view_kwargs: Any) -> Any:
                result, status, headers = unpack_tuple_response(view(*args, **view_kwargs))
                if isinstance(result, WerkzeugResponse):
                    return result
                headers = dict(headers or {})
                # The version and the id of a new row exist only after the flush.
                _flush_write()
                if hasattr(result, "version"):
                    headers.setdefault("ETag", etag(result))
                if location is not None:
                    values = result if isinstance(result, Mapping) else vars(result)
                    headers.setdefault("Location", location.format_map(values))
                return result, status or status_code, headers

            decorated: View = parent(with_headers)
            return decorated

        return decorate

    def page(
        self,
        schema: type[Schema],
        filters: type[PlainPageQuery],
        *,
        model: Any,
        sort: Sortable,
        default: str = "id",
        beside: Mapping[str, ma.fields.Field[Any]] | None = None,
    ) -> Callable[[View], View]:
        """A list: the view takes its filters and returns a query; this pages, orders and leaves out the deleted.

        `beside`: what each page tells besides its rows, such as alerts, as fields by name (a constant: the name of
        its schema comes of it). The view then returns the query and a mapping of these names to values.
        """
        page_schema = _page_of(schema, tuple((beside or {}).items()))

        def decorate(view: View) -> View:
            @wraps(view)
            def paged(self_: Any, args: dict[str, Any], *rest: Any, **kwargs: Any) -> Any:
                own = {name: value for name, value in args.items() if name not in PAGE_FIELDS}
                result = view(self_, own, *rest, **kwargs)
                query, told = result if beside else (result, {})
                if (since := args.get("actualizado_desde")) is not None:
                    query = query.where(model.actualizado_en >= since)
                if not args.get("incluir_eliminados") and hasattr(model, "eliminado_en"):
                    query = query.where(model.eliminado_en.is_(None))
                return {**paginate(query, args, {"id": model.id, **sort}, default), **told}

            described = f"Orders: {', '.join(['id', *sort])}. Default: {default}."
            paged.__doc__ = f"{view.__doc__ or ''}\n\n{described}"
            decorated: View = self.arguments(filters, location="query")(self.response(200, page_schema)(paged))
            return decorated

        return decorate


@cache
def _page_of(schema: type[Schema], beside: tuple[tuple[str, ma.fields.Field[Any]], ...]) -> type[Schema]:
    """The schema of one page of these, with what is told beside them."""
    parts = {"datos": ma.fields.List(ma.fields.Nested(schema)), "paginacion": ma.fields.Nested(PageInfo)}
    suffix = "".join(f"Con{name.title().replace('_', '')}" for name, _ in beside)
    return type(f"Pagina{schema.__name__}{suffix}", (Schema,), {**parts, **dict(beside)})


def schema_name(schema: Any) -> str:
    """The name of a schema in the OpenAPI document; the partial one of a PUT is a schema of its own."""
    instance = resolve_schema_instance(schema)
    name = type(instance).__name__.removesuffix("Schema")
    return f"{name}Parcial" if instance.partial else name


def _flush_write() -> None:
    if request.method not in READING_METHODS:
        runtime().db.session.flush()


def no_content() -> WerkzeugResponse:
    """The answer of a DELETE."""
    response = make_response("", 204)
    response.headers.pop("Content-Type", None)
    return response


def init_json(app: Flask) -> None:
    """Use `Json` and the `<id:…>` converter in this application."""
    app.json = Json(app)
    app.url_map.converters["id"] = IdConverter
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # it would redirect
    app.url_map.redirect_defaults = False


__all__ = ["Api", "Blueprint", "HTTPException", "init_json", "no_content"]
