"""Whom a user stands for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """A doctor or a patient of admin_service; both None: nobody."""

    doctor_id: int | None = None
    paciente_id: int | None = None

    @property
    def existe(self) -> bool:
        """Whether it is anybody at all."""
        return self.doctor_id is not None or self.paciente_id is not None
