"""The words that `generar.py` draws from."""

from __future__ import annotations

from typing import NamedTuple


class Lugar(NamedTuple):
    """A city: its centre's code, the province's number in a cédula, phone prefix, share of patients."""

    codigo: str
    nombre: str
    ciudad: str
    provincia: str
    prefijo: str
    zona_horaria: str
    peso: int
    calles: tuple[str, ...]


_CONTINENTE = "America/Guayaquil"
_HEROES = ("Av. Simón Bolívar", "Sucre", "Olmedo", "Rocafuerte", "Eloy Alfaro", "10 de Agosto")

LUGARES = (
    Lugar("UIO", "Quito Norte", "Quito", "17", "02", _CONTINENTE, 40,
          ("Av. Amazonas", "Av. República", "Av. 6 de Diciembre", "Shyris", "Naciones Unidas", "El Inca")),
    Lugar("GYE", "Guayaquil Centro", "Guayaquil", "09", "04", _CONTINENTE, 40,
          ("Av. 9 de Octubre", "Malecón", "Boyacá", "Chile", "Av. Quito", "Luque")),
    Lugar("GPS", "Galápagos", "Puerto Ayora", "20", "05", "Pacific/Galapagos", 5,
          ("Av. Charles Darwin", "Av. Baltra", "Tomás de Berlanga", "Las Ninfas", "Isla Plaza", "Floreana")),
    Lugar("CUE", "Cuenca", "Cuenca", "01", "07", _CONTINENTE, 10, ("Gran Colombia", "Calle Larga", *_HEROES)),
    Lugar("MTA", "Manta", "Manta", "13", "05", _CONTINENTE, 8, ("Av. Flavio Reyes", "Calle 13", *_HEROES)),
    Lugar("LOH", "Loja", "Loja", "11", "07", _CONTINENTE, 5, ("18 de Noviembre", "Lourdes", *_HEROES)),
    Lugar("IBR", "Ibarra", "Ibarra", "10", "06", _CONTINENTE, 4, ("Flores", "Pedro Moncayo", *_HEROES)),
    Lugar("ATF", "Ambato", "Ambato", "18", "03", _CONTINENTE, 4, ("Cevallos", "Montalvo", *_HEROES)),
)  # fmt: skip

NOMBRES = {
    "femenino": (
        "Ana", "María", "Carmen", "Rosa", "Luisa", "Gabriela", "Daniela", "Verónica", "Paola", "Andrea",
        "Mónica", "Patricia", "Lucía", "Sofía", "Valentina", "Camila", "Isabel", "Teresa", "Nelly", "Mariana",
        "Silvia", "Elena", "Diana", "Karina", "Jéssica", "Fernanda", "Alejandra", "Cristina", "Narcisa",
        "Doménica", "Emilia", "Julia", "Victoria", "Ximena", "Estefanía", "Blanca", "Soledad", "Rocío",
    ),
    "masculino": (
        "Juan", "José", "Luis", "Carlos", "Jorge", "Miguel", "Ángel", "Manuel", "Segundo", "Diego",
        "Andrés", "Fernando", "Pablo", "Santiago", "Sebastián", "Mateo", "Gabriel", "Daniel", "David",
        "Marco", "Patricio", "Xavier", "Byron", "Edison", "Wilson", "Freddy", "Hugo", "Iván", "Ramiro",
        "Vicente", "Julio", "Cristian", "Esteban", "Rafael", "Tomás", "Nicolás", "Germán", "Raúl",
    ),
}  # fmt: skip

APELLIDOS = (
    "Zambrano", "Sánchez", "García", "Cedeño", "Mendoza", "Vera", "Rodríguez", "López", "Moreira",
    "Torres", "González", "Macías", "Castro", "Flores", "Espinoza", "Morales", "Chávez", "Ramírez", "Pérez",
    "Rivera", "Guamán", "Loor", "Mora", "Romero", "Ortiz", "Jiménez", "Herrera", "Suárez", "Álvarez",
    "Delgado", "Vásquez", "Reyes", "Salazar", "Guerrero", "Vargas", "Ponce", "Paredes", "Andrade", "Cevallos",
    "Villacís", "Quishpe", "Chicaiza", "Tipán", "Yánez", "Núñez", "Peñafiel", "Ordóñez", "Cabrera", "Ochoa",
    "Aguirre", "Maldonado", "Benítez", "Proaño", "Naranjo", "Bravo", "Alcívar", "Intriago", "Barreto",
    "Tigrero", "Yagual", "Caicedo", "Quiñónez", "Arroyo", "Montaño", "Pilco", "Sisa", "Chango", "Toapanta",
)  # fmt: skip

PALABRAS = (
    "Paramo", "Colibri", "Volcan", "Manglar", "Guanabana", "Chagra", "Condor", "Sendero", "Marimba",
    "Quinua", "Tortuga", "Neblina", "Canela", "Ceibo", "Iguana", "Laguna", "Naranjilla", "Piquero",
)  # fmt: skip

ESPECIALIDADES = (
    ("Odontología general",),
    ("Odontología general", "Endodoncia"),
    ("Odontología general", "Odontopediatría"),
    ("Ortodoncia",),
    ("Medicina general",),
    ("Oftalmología",),
    ("Periodoncia",),
    ("Cirugía oral", "Odontología general"),
    ("Oftalmología",),
    ("Ortodoncia", "Odontopediatría"),
    ("Medicina general",),
    ("Rehabilitación oral",),
)

FUENTES = ("Recomendación", "Redes sociales", "Página web", "Convenio", "Letrero")
ASEGURADORAS = ("", "", "IESS", "Seguros Mitad del Mundo", "Salud Austral")
LINEAS_NEGOCIO = ("Odontología", "Odontología", "Odontología", "Medicina general", "Oftalmología")
