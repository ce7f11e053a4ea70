"""Schemas of requests and answers. Unknown fields are refused; a name and its alias never come together."""

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from comun import fields

# English query names accepted everywhere beside the Spanish ones.
QUERY_ALIASES = {
    "date": "fecha",
    "start_date": "desde",
    "end_date": "hasta",
    "patient_id": "paciente_id",
    "status": "estado",
    "page": "pagina",
    "page_size": "tamano",
    "search": "q",
    "query": "q",
}


def rename_aliases(data: Mapping[str, Any], aliases: Mapping[str, str], known: set[str]) -> dict[str, Any]:
    """`data` with aliases replaced by their canonical names. Both at once is a ValidationError."""
    renamed: dict[str, Any] = {}
    for name, value in data.items():
        canonical = aliases.get(name, name)
        if name in known or canonical not in known:
            canonical = name
        if canonical in renamed or (canonical != name and canonical in data):
            raise ma.ValidationError({name: [f"Se dio también como {canonical}; envíe solo uno de los dos."]})
        renamed[canonical] = value
    return renamed


class Schema(ma.Schema):
    """Base of all schemas. `ALIASES` maps other accepted names to the declared fields.

    `id_<x>` is always understood as `<x>_id`.
    """

    ALIASES: ClassVar[Mapping[str, str]] = {}

    class Meta:
        unknown = ma.RAISE

    error_messages = {
        "unknown": "Campo desconocido.",
        "type": "Debe ser un objeto JSON.",
    }

    def __deepcopy__(self, _memo: Any) -> "Schema":
        """Itself: nobody changes a schema, and flask-smorest copies all that documents a view again and again."""
        return self

    @ma.pre_load
    def _canonical_names(self, data: Any, **_kwargs: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        known = {field.data_key or name for name, field in self.load_fields.items()}
        references = {f"id_{name[:-3]}": name for name in known if name.endswith("_id")}
        return rename_aliases(data, {**references, **self.ALIASES}, known)

    def load(self, data: Any, *, many: bool | None = None, **kwargs: Any) -> Any:
        """As marshmallow does; in a list every error stands under the place of its row, hooks' errors too."""
        rows = self.many if many is None else many
        if not rows:
            return super().load(data, many=many, **kwargs)
        if not isinstance(data, list):
            raise ma.ValidationError("Debe ser una lista JSON.")
        loaded, errors = [], {}
        for place, row in enumerate(data):
            try:
                loaded.append(super().load(row, many=False, **kwargs))
            except ma.ValidationError as error:
                errors[place] = error.messages
        if errors:
            raise ma.ValidationError(errors)
        return loaded

    @classmethod
    def as_partial(cls, **kwargs: Any) -> "Schema":
        """The same schema for PUT: what is absent stays as it is. A nested object comes whole."""
        return cls(partial=tuple(cls._declared_fields), **kwargs)


class QuerySchema(Schema):
    """Base of query arguments: unknown or repeated ones are refused."""

    @ma.pre_load
    def _canonical_names(self, data: Any, **_kwargs: Any) -> Any:
        # Werkzeug's MultiDict: an argument given twice would otherwise lose one of its values.
        repeated = [name for name in data if hasattr(data, "getlist") and len(data.getlist(name)) > 1]
        if repeated:
            raise ma.ValidationError({name: ["Se dio más de una vez."] for name in repeated})
        plain = {name: data[name] for name in data}
        known = {field.data_key or name for name, field in self.load_fields.items()}
        references = {name[:-3]: name for name in known if name.endswith("_id")}
        return rename_aliases(plain, {**references, **QUERY_ALIASES, **self.ALIASES}, known)


class DaysQuery(QuerySchema):
    """Base of query arguments with `desde` and `hasta`, days that both count: in order, and at most MAX_DAYS."""

    MAX_DAYS: ClassVar[int | None] = None

    @ma.validates_schema
    def _in_order(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        first, last = data.get("desde"), data.get("hasta")
        if first is None or last is None:
            return
        if last < first:
            raise ma.ValidationError("Es anterior a «desde».", "hasta")
        if self.MAX_DAYS is not None and (last - first).days >= self.MAX_DAYS:
            raise ma.ValidationError(f"Admite hasta {self.MAX_DAYS} días.", "hasta")


class ResourceSchema(Schema):
    """What every answer about a resource carries."""

    id = fields.Id(dump_only=True)
    creado_en = ma.fields.DateTime(dump_only=True)
    actualizado_en = ma.fields.DateTime(dump_only=True)
    eliminado_en = ma.fields.DateTime(dump_only=True, allow_none=True)


class PlainPageQuery(QuerySchema):
    """The arguments of a list of things that are never changed, such as a log."""

    pagina = fields.Count(1, 10_000, metadata={"description": "Page number, from 1."})
    cursor = fields.Text(600, metadata={"description": "The `siguiente` of the page before; any depth."})
    tamano = fields.Count(1, 200, load_default=20, metadata={"description": "Rows per page."})
    orden = fields.Text(120, metadata={"description": "Fields, comma separated; `-` for descending."})
    total = fields.Flag(load_default=False, metadata={"description": "Count all rows as well."})


class PageQuery(PlainPageQuery):
    """The arguments that every list of resources takes."""

    actualizado_desde = fields.Instant(metadata={"description": "Only what changed since; for synchronisation."})
    incluir_eliminados = fields.Flag(load_default=False, metadata={"description": "Deleted rows as well."})


class PageInfo(Schema):
    """Where a page stands in its list."""

    pagina = ma.fields.Integer(allow_none=True)
    tamano = ma.fields.Integer()
    hay_mas = ma.fields.Boolean()
    siguiente = ma.fields.String(allow_none=True)
    total = ma.fields.Integer(allow_none=True)


class ErrorSchema(Schema):
    """RFC 9457 problem details."""

    type = ma.fields.String()
    title = ma.fields.String()
    status = ma.fields.Integer()
    detail = ma.fields.String(metadata={"description": "A sentence for a person, in Spanish."})
    instance = ma.fields.String()
    codigo = ma.fields.String(metadata={"description": "A stable name for a program."})
    errores = ma.fields.Dict(keys=ma.fields.String(), metadata={"description": "Field to messages."})
    traza = ma.fields.String(metadata={"description": "The request id."})
