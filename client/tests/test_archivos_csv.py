"""CSV files as people save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from archivos_csv import ArchivoIlegible, leer


@pytest.mark.parametrize("codificacion", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimitador", [",", ";", "\t"])
@pytest.mark.parametrize("fin", ["\n", "\r\n"])
def test_any_usual_encoding_and_delimiter(tmp_path: Path, codificacion: str, delimitador: str, fin: str) -> None:
    filas = [
        ("nombre", "centros", "email"),
        ("Peña Núñez", '"UIO;GYE"', ""),
        ("", "", ""),
        ("Sáenz", "", "a@b"),
    ]
    archivo = tmp_path / "doctores.csv"
    archivo.write_bytes(fin.join(delimitador.join(fila) for fila in filas).encode(codificacion))
    leidas = leer(archivo)
    assert [fila.linea for fila in leidas] == [2, 4]
    assert leidas[0].cuerpo() == {"nombre": "Peña Núñez", "centros": ["UIO", "GYE"]}
    assert leidas[1].cuerpo() == {"nombre": "Sáenz", "email": "a@b"}


def test_cells_become_what_the_api_takes(tmp_path: Path) -> None:
    archivo = tmp_path / "pacientes.csv"
    archivo.write_text(
        "nombres,crear_usuario,id_user,telefono,representante.nombres,salas,activo\n"
        "Ana,No,12,0991234567,Rosa,Sillón 1:sillon;Sala 2,quizás\n"
    )
    assert leer(archivo)[0].cuerpo() == {
        "nombres": "Ana",
        "crear_usuario": False,
        "id_user": 12,
        "telefono": "0991234567",
        "representante": {"nombres": "Rosa"},
        "salas": [{"nombre": "Sillón 1", "tipo": "sillon"}, {"nombre": "Sala 2"}],
        "activo": "quizás",
    }


def test_line_numbers_survive_cells_of_several_lines(tmp_path: Path) -> None:
    archivo = tmp_path / "centros.csv"
    archivo.write_text('nombre,direccion\nUno,"Calle A\ny Calle B"\nDos,Calle C\n')
    assert [(fila.linea, fila.celdas["nombre"]) for fila in leer(archivo)] == [(2, "Uno"), (4, "Dos")]


def test_a_file_without_rows_is_empty_and_an_absent_or_doubtful_one_refused(tmp_path: Path) -> None:
    archivo = tmp_path / "centros.csv"
    archivo.write_text("")
    assert leer(archivo) == []
    archivo.write_text("nombre,nombre\na,b\n")
    with pytest.raises(ArchivoIlegible, match="repetidas"):
        leer(archivo)
    with pytest.raises(ArchivoIlegible, match="nada"):
        leer(tmp_path / "nada.csv")
