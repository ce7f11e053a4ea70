"""The eye exam: a draft until its doctor signs it, then unchangeable; what was measured of each eye."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.db import UtcDateTime
from historia_clinica.dominio.agudeza import Agudeza
from historia_clinica.dominio.ojos import Aviso, Medidas, Ojo, avisos
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.lente import ConLente, en_pasos, reglas_de_lente
from historia_clinica.modelos.referencias import DoctorRef

LOGMAR = Numeric(4, 2)


class MetodoDePresion(StrEnum):
    """How the pressure was taken."""

    GOLDMANN = "goldmann"
    NEUMATICA = "neumatica"
    ICARE = "icare"
    TONOPEN = "tonopen"
    SCHIOTZ = "schiotz"


class ExamenOftalmologico(DelExpediente, db.Model):
    """An exam of both eyes by one doctor. It has exactly two ExamenOjo, from its first moment on."""

    __tablename__ = "examen_oftalmologico"
    __table_args__ = (
        Index("ix_examen_oftalmologico_paciente_id", "paciente_id", "momento", "id"),
        CheckConstraint(
            "(firmado_en IS NULL) = (huella IS NULL) AND (firmado_en IS NULL) = (firmante IS NULL)"
            " AND (firmado_en IS NULL) = (firmado_por IS NULL) AND (firmado_en IS NULL) = (forma IS NULL)",
            name="firma",
        ),
        CheckConstraint("firmado_en IS NULL OR eliminado_en IS NULL", name="firmado_no_se_elimina"),
    )
    AUSENTE = "No existe ese examen, o no le corresponde verlo."

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"), index=True)
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita_ref.id"), index=True)
    momento: Mapped[datetime] = mapped_column(UtcDateTime)
    motivo: Mapped[str | None] = mapped_column(Text)
    campo_visual: Mapped[str | None] = mapped_column(Text)
    vision_colores: Mapped[str | None] = mapped_column(Text)
    vision_binocular: Mapped[str | None] = mapped_column(Text)
    diagnosticos: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    plan: Mapped[str | None] = mapped_column(Text)
    observaciones: Mapped[str | None] = mapped_column(Text)
    firmado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who signed: the name, and the account.
    firmante: Mapped[str | None] = mapped_column(String(220))
    firmado_por: Mapped[str | None] = mapped_column(String(80))
    huella: Mapped[str | None] = mapped_column(String(64))
    forma: Mapped[int | None] = mapped_column(SmallInteger)

    doctor: Mapped[DoctorRef] = relationship(lazy="selectin")
    ojos: Mapped[list[ExamenOjo]] = relationship(lazy="selectin", order_by="ExamenOjo.ojo")

    @property
    def estado(self) -> str:
        """`borrador` until it is signed."""
        return "firmado" if self.firmado_en else "borrador"

    @property
    def od(self) -> ExamenOjo:
        """The right eye."""
        return next(ojo for ojo in self.ojos if ojo.ojo == Ojo.OD)

    @property
    def oi(self) -> ExamenOjo:
        """The left eye."""
        return next(ojo for ojo in self.ojos if ojo.ojo == Ojo.OI)

    @property
    def avisos(self) -> list[Aviso]:
        """What of it should be looked at."""
        return avisos(self.od.medidas, self.oi.medidas)

    @property
    def firma(self) -> dict[str, Any] | None:
        """Who signed what, and when."""
        if self.firmado_en is None:
            return None
        return {"momento": self.firmado_en, "firmante": self.firmante, "huella": self.huella, "forma": self.forma}


class ExamenOjo(ConLente, db.Model):
    """What was found in one eye. What is written in words is in `hallazgos`; figures are columns."""

    __tablename__ = "examen_ojo"
    __table_args__ = (
        UniqueConstraint("examen_id", "ojo"),
        CheckConstraint("ojo IN ('od', 'oi')", name="ojo"),
        *reglas_de_lente(),
        *(
            CheckConstraint(
                f"({av} IS NULL) = ({av}_logmar IS NULL) AND ({av} IS NULL OR {av}_logmar BETWEEN -0.5 AND 3)",
                name=av,
            )
            for av in ("av_sin_correccion", "av_estenopeico", "av_con_correccion")
        ),
        CheckConstraint("presion_mmhg BETWEEN 0 AND 80", name="presion_mmhg"),
        CheckConstraint("(presion_mmhg IS NULL) = (presion_metodo IS NULL)", name="presion_con_metodo"),
        CheckConstraint(f"presion_metodo IN {tuple(str(m) for m in MetodoDePresion)}", name="presion_metodo"),
        CheckConstraint("presion_hora IS NULL OR presion_mmhg IS NOT NULL", name="presion_hora_de_una"),
        CheckConstraint("presion_hora BETWEEN 0 AND 1439", name="presion_hora"),
        CheckConstraint("paquimetria_um BETWEEN 200 AND 1200", name="paquimetria_um"),
        CheckConstraint(en_pasos("excavacion", "0", "1", 20), name="excavacion"),
    )
    AGUDEZAS: ClassVar[tuple[str, ...]] = ("sin_correccion", "estenopeico", "con_correccion")
    EN_PALABRAS: ClassVar[tuple[str, ...]] = (
        "refraccion_objetiva",
        "queratometria",
        "biomicroscopia",
        "fondo",
        "pupilas",
        "motilidad",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    examen_id: Mapped[int] = mapped_column(ForeignKey("examen_oftalmologico.id"))
    ojo: Mapped[str] = mapped_column(String(2))
    # As it was told, and its logMAR.
    av_sin_correccion: Mapped[str | None] = mapped_column(String(20))
    av_sin_correccion_logmar: Mapped[Decimal | None] = mapped_column(LOGMAR)
    av_estenopeico: Mapped[str | None] = mapped_column(String(20))
    av_estenopeico_logmar: Mapped[Decimal | None] = mapped_column(LOGMAR)
    av_con_correccion: Mapped[str | None] = mapped_column(String(20))
    av_con_correccion_logmar: Mapped[Decimal | None] = mapped_column(LOGMAR)
    av_cerca: Mapped[str | None] = mapped_column(String(20))
    presion_mmhg: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    presion_metodo: Mapped[str | None] = mapped_column(String(10))
    # Minutes since midnight on the clock of where it was taken: pressure goes with the time of day.
    presion_hora: Mapped[int | None] = mapped_column(SmallInteger)
    paquimetria_um: Mapped[int | None] = mapped_column(SmallInteger)
    excavacion: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    hallazgos: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @property
    def medidas(self) -> Medidas:
        """What warnings go by."""
        return Medidas(self.presion_mmhg, self.excavacion)

    @property
    def agudeza(self) -> dict[str, Any] | None:
        """Acuities as told and as logMAR; None when none was taken."""
        leidas: dict[str, Any] = {nombre: self._agudeza(nombre) for nombre in self.AGUDEZAS}
        leidas["cerca"] = self.av_cerca
        return leidas if any(leidas.values()) else None

    @property
    def presion(self) -> dict[str, Any] | None:
        """Pressure, method and time of day; None when it was not taken."""
        if self.presion_mmhg is None:
            return None
        return {"mmhg": self.presion_mmhg, "metodo": self.presion_metodo, "hora": self.presion_hora}

    @property
    def fondo(self) -> dict[str, Any] | None:
        """The fundus, in words and with its cup to disc ratio; None when it was not looked at."""
        dicho = self.hallazgos.get("fondo")
        if dicho is None and self.excavacion is None:
            return None
        return {**(dicho or {}), "excavacion": self.excavacion}

    refraccion_objetiva = property(lambda self: self.hallazgos.get("refraccion_objetiva"))
    queratometria = property(lambda self: self.hallazgos.get("queratometria"))
    biomicroscopia = property(lambda self: self.hallazgos.get("biomicroscopia"))
    pupilas = property(lambda self: self.hallazgos.get("pupilas"))
    motilidad = property(lambda self: self.hallazgos.get("motilidad"))

    @property
    def vacio(self) -> bool:
        """Nothing was noted of this eye."""
        medidas = (self.agudeza, self.refraccion, self.presion, self.paquimetria_um, self.excavacion)
        return all(medida is None for medida in medidas) and not self.hallazgos

    def _agudeza(self, nombre: str) -> Agudeza | None:
        texto = getattr(self, f"av_{nombre}")
        return None if texto is None else Agudeza(texto, getattr(self, f"av_{nombre}_logmar"))

    def poner_agudezas(self, leidas: Mapping[str, Agudeza | None]) -> None:
        """Keep these acuities; what is absent was not taken."""
        for nombre in self.AGUDEZAS:
            leida = leidas.get(nombre)
            setattr(self, f"av_{nombre}", leida.texto if leida else None)
            setattr(self, f"av_{nombre}_logmar", leida.logmar if leida else None)


restricciones.add("examen_oftalmologico_inmutable", "examen_firmado", "El examen está firmado: ya no cambia.")
restricciones.add("examen_ojo_inmutable", "examen_firmado", "El examen está firmado: ya no cambia.")
