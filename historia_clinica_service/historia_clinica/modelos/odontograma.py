"""What was noted of teeth, entry by entry: the odontogram of any date is read out of these."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime
from comun.models import partial_index
from historia_clinica.dominio.catalogo_dental import CATALOGO, Color, Estado
from historia_clinica.dominio.odontograma import Entrada
from historia_clinica.dominio.piezas import SUPERFICIES
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente

# SQL: a number that the FDI gives to a tooth.
ES_PIEZA = (
    "pieza BETWEEN 11 AND 18 OR pieza BETWEEN 21 AND 28 OR pieza BETWEEN 31 AND 38 OR pieza BETWEEN 41 AND 48"
    " OR pieza BETWEEN 51 AND 55 OR pieza BETWEEN 61 AND 65 OR pieza BETWEEN 71 AND 75 OR pieza BETWEEN 81 AND 85"
)
# SQL: each surface at most once, in the order M D O V L.
SON_SUPERFICIES = (
    "superficies IN ("
    + ", ".join(f"'{''.join(algunas)}'" for cuantas in range(6) for algunas in combinations(SUPERFICIES, cuantas))
    + ")"
)
# What of an entry never changes; that it was a mistake is said once, beside it.
INMUTABLES = (
    *("id", "paciente_id", "pieza", "superficies", "codigo", "estado", "variante", "grado", "detalle"),
    *("ocurrido_en", "doctor_id", "cita_id", "origen_id", "por", "creado_en"),
)


class Hallazgo(DelExpediente, db.Model):
    """An entry of the odontogram: never changed, followed up by others (`origen_id`), or declared a mistake."""

    __tablename__ = "hallazgo"
    __table_args__ = (
        CheckConstraint(ES_PIEZA, name="pieza"),
        CheckConstraint(SON_SUPERFICIES, name="superficies"),
        CheckConstraint(f"estado IN {tuple(str(estado) for estado in Estado)}", name="estado"),
        CheckConstraint("grado BETWEEN 1 AND 15", name="grado"),
        CheckConstraint("(anulado_en IS NULL) = (motivo_anulacion IS NULL)", name="anulado"),
        Index("ix_hallazgo_paciente_id", "paciente_id", "ocurrido_en", "id"),
        partial_index("uq_hallazgo_origen_id", "anulado_en IS NULL", "origen_id", unique=True),
    )
    AUSENTE = "No existe ese hallazgo, o no le corresponde verlo."

    pieza: Mapped[int] = mapped_column(SmallInteger)
    superficies: Mapped[str] = mapped_column(String(5), default="")
    codigo: Mapped[str] = mapped_column(String(30))
    estado: Mapped[str] = mapped_column(String(10))
    variante: Mapped[str | None] = mapped_column(String(30))
    grado: Mapped[int | None] = mapped_column(SmallInteger)
    detalle: Mapped[str | None] = mapped_column(String(500))
    ocurrido_en: Mapped[datetime] = mapped_column(UtcDateTime)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita_ref.id"))
    origen_id: Mapped[int | None] = mapped_column(ForeignKey("hallazgo.id"))
    por: Mapped[str] = mapped_column(String(80))
    anulado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anulado_por: Mapped[str | None] = mapped_column(String(80))
    motivo_anulacion: Mapped[str | None] = mapped_column(String(500))

    @property
    def nombre(self) -> str:
        """What the finding is called."""
        return CATALOGO[self.codigo].nombre

    @property
    def color(self) -> Color:
        """How it is drawn."""
        return CATALOGO[self.codigo].color(self.estado)

    def entrada(self) -> Entrada:
        """The entry as the rules of the odontogram know it."""
        return Entrada(
            self.id,
            self.pieza,
            self.codigo,
            self.estado,
            self.ocurrido_en,
            frozenset(self.superficies),
            self.variante,
            self.grado,
            self.origen_id,
        )


restricciones.add(
    "uq_hallazgo_origen_id", "hallazgo_con_seguimiento", "Ese hallazgo ya tiene otro que lo sigue: cambie ese."
)
restricciones.add("hallazgo_inmutable", "hallazgo_inmutable", "Un hallazgo anotado no cambia; anúlelo.")
