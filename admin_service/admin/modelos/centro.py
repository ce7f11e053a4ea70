"""Centres and the rooms and chairs in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from admin.extensiones import db, restricciones
from admin.modelos.busqueda import Buscable
from admin.modelos.catalogo import LARGO_PLEGADO, plegado
from admin.modelos.cita_ref import CitaRef
from admin.modelos.visibilidad import ParaElegir
from comun.auth.caller import Caller
from comun.errors import Conflict, Forbidden, Invalid, NotFound
from comun.models import Resource, unique_alive

ZONA_POR_DEFECTO = "America/Guayaquil"


class Centro(Buscable, ParaElegir, Resource, db.Model):
    """A clinic of the network."""

    __tablename__ = "centro"
    __table_args__ = (unique_alive("centro", "codigo"),)
    NOMBRE = ("nombre",)
    AUSENTE = "No existe ese centro."
    OTROS = ("codigo", "direccion", "ruc")

    codigo: Mapped[str] = mapped_column(String(20))
    nombre: Mapped[str] = mapped_column(String(120))
    direccion: Mapped[str | None] = mapped_column(String(255))
    telefono: Mapped[str | None] = mapped_column(String(20))
    zona_horaria: Mapped[str] = mapped_column(String(60), default=ZONA_POR_DEFECTO)
    ruc: Mapped[str | None] = mapped_column(String(13))
    activo: Mapped[bool] = mapped_column(default=True)

    salas: Mapped[list[Sala]] = relationship(
        back_populates="centro",
        order_by="Sala.id",
        primaryjoin="and_(Sala.centro_id == Centro.id, Sala.eliminado_en.is_(None))",
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its rooms."""
        return (selectinload(cls.salas),)

    @classmethod
    def para_editar(cls, centro_id: int, quien: Caller) -> Centro:
        """As `obtener`; Forbidden when it is not one of the caller's centres."""
        centro = cls.obtener(centro_id, quien)
        if not quien.acts_in(centro.id):
            raise Forbidden("centro_ajeno", "Solo puede editar los centros que tiene asignados.")
        return centro

    def poner_salas(self, salas: Sequence[dict[str, Any]]) -> None:
        """Let it have exactly these rooms; one of the same name is kept and changed."""
        nombres = [plegado(sala["nombre"]) for sala in salas]
        if len(set(nombres)) < len(nombres):
            raise Invalid({"salas": ["Hay dos salas con el mismo nombre."]})
        actuales = {sala.nombre_plegado: sala for sala in self.salas}
        for nombre in set(actuales) - set(nombres):
            self.quitar_sala(actuales[nombre])
        for nombre, datos in zip(nombres, salas, strict=True):
            if nombre in actuales:
                actuales[nombre].cambiar(datos)
            else:
                self.salas.append(Sala(**datos))
        self.touch()

    def quitar_sala(self, sala: Sala) -> None:
        """Delete a room; Conflict while appointments are to come in it."""
        if CitaRef.hay_futuras(CitaRef.sala_id == sala.id):
            raise Conflict("tiene_citas_futuras", f"La sala {sala.nombre} tiene citas por venir.")
        sala.eliminar()
        self.touch()

    def retirar(self) -> None:
        """Delete it with its rooms; Conflict while appointments are to come in it."""
        if CitaRef.hay_futuras(CitaRef.centro_id == self.id):
            raise Conflict("tiene_citas_futuras", "El centro tiene citas por venir; cancélelas o muévalas antes.")
        for sala in self.salas:
            sala.eliminar()
        self.eliminar()


class Sala(Resource, db.Model):
    """A chair or room of a centre, which one appointment takes at a time."""

    __tablename__ = "sala"
    __table_args__ = (unique_alive("sala", "centro_id", "nombre_plegado"),)

    centro_id: Mapped[int] = mapped_column(ForeignKey("centro.id"))
    nombre: Mapped[str] = mapped_column(String(80))
    nombre_plegado: Mapped[str] = mapped_column(String(LARGO_PLEGADO))
    tipo: Mapped[str] = mapped_column(String(40), default="consultorio")
    activa: Mapped[bool] = mapped_column(default=True)

    centro: Mapped[Centro] = relationship(back_populates="salas")

    def __init__(self, **datos: Any) -> None:
        super().__init__()
        self.cambiar(datos)

    def cambiar(self, datos: dict[str, Any]) -> None:
        """Set what is given."""
        for campo, valor in datos.items():
            setattr(self, campo, valor)
        if "nombre" in datos:
            self.nombre_plegado = plegado(self.nombre)

    @classmethod
    def de(cls, centro: Centro, sala_id: int) -> Sala:
        """The living room of that centre; NotFound otherwise."""
        sala = next((sala for sala in centro.salas if sala.id == sala_id), None)
        if sala is None:
            raise NotFound("No existe esa sala en ese centro.")
        return sala


restricciones.add("uq_centro_codigo", "codigo_duplicado", "Ya existe un centro con ese código.")
restricciones.add(
    "uq_sala_centro_id_nombre_plegado", "sala_duplicada", "Ya hay una sala con ese nombre en el centro."
)
