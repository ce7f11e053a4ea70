"""Teeth, eyes, plans, consents and attachments on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.pdf import NOTE, Document
from historia_clinica.impresos.generales import Fila, Filas, quien, valores
from historia_clinica.impresos.palabras import Palabras, cifra, dinero, indices_dichos, juntos, lleno, rotulo

AGUDEZAS = (
    ("sin_correccion", "Sin corrección"),
    ("estenopeico", "Estenopeico"),
    ("con_correccion", "Con corrección"),
)


def hallazgos(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """What holds of each tooth, below its picture; and the indices."""
    for boca in filas:
        documento.table(
            ["Pieza", "Hallazgo", "Caras", "Estado", "Desde"],
            (
                [
                    str(pieza["pieza"]),
                    juntos(uno.get("nombre"), uno.get("variante"), uno.get("grado") and f"grado {uno['grado']}"),
                    "".join(uno.get("superficies") or ()),
                    rotulo(uno.get("estado") or ""),
                    palabras.dia(uno.get("ocurrido_en")),
                ]
                for pieza in boca.get("piezas") or ()
                for uno in pieza.get("hallazgos") or ()
            ),
            widths=[1, 5, 1.2, 2, 2],
        )
        documento.fields(indices_dichos(boca.get("indices")), 2)
        for aviso in boca.get("avisos") or ():
            documento.paragraph(aviso, NOTE)


def periodontogramas(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """What was measured at each site of each tooth, after the summary."""
    for grafico in filas:
        titulo = juntos(palabras.momento(grafico.get("ocurrido_en")), rotulo(grafico.get("estado") or ""))
        documento.heading(titulo, 2)
        documento.fields([(rotulo(n), palabras.dicho(v)) for n, v in (grafico.get("resumen") or {}).items()], 4)
        documento.table(
            ["Pieza", "Movilidad", "Furca", "Sitio", "Sondaje", "Margen", "NIC", "Signos"],
            (sitio for pieza in grafico.get("piezas") or () for sitio in _sitios(pieza)),
            widths=[1, 1.2, 1, 1, 1.2, 1.2, 1, 3],
        )
        if grafico.get("observaciones"):
            documento.paragraph(grafico["observaciones"], label="Observaciones")


def _sitios(pieza: Fila) -> list[list[str]]:
    filas = []
    for numero, (sitio, medido) in enumerate((pieza.get("sitios") or {"": {}}).items()):
        de_la_pieza = [str(pieza["pieza"]), _entero(pieza.get("movilidad")), _entero(pieza.get("furca"))]
        signos = ", ".join(rotulo(uno) for uno in ("sangrado", "supuracion", "placa") if medido.get(uno))
        medidas = [_entero(medido.get(campo)) for campo in ("sondaje", "margen", "nic")]
        filas.append([*(de_la_pieza if numero == 0 else ["", "", ""]), sitio.upper(), *medidas, signos])
    return filas


def _entero(valor: Any) -> str:
    return "" if valor is None else cifra(valor)


def examenes(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """Both eyes side by side."""
    for examen in filas:
        borrador = " · BORRADOR SIN FIRMAR" if examen.get("estado") == "borrador" else ""
        documento.heading(juntos(palabras.momento(examen.get("momento")), quien(examen)) + borrador, 2)
        ojos = [examen.get("od") or {}, examen.get("oi") or {}]
        renglones = [(nombre, [leer(ojo) for ojo in ojos]) for nombre, leer in _renglones(palabras)]
        documento.table(
            ["", "Ojo derecho", "Ojo izquierdo"],
            [[nombre, *textos] for nombre, textos in renglones if any(textos)],
            widths=[2, 4, 4],
        )
        for aviso in examen.get("avisos") or ():
            documento.paragraph(aviso.get("descripcion") or palabras.dicho(aviso), label="Aviso")
        valores(documento, examen, palabras, sin={"od", "oi", "avisos", "momento", "doctor", "estado", "firma"})
        _firma(documento, examen, palabras)


def _renglones(palabras: Palabras) -> list[tuple[str, Any]]:
    def agudeza(campo: str) -> Any:
        return lambda ojo: _dicha((ojo.get("agudeza") or {}).get(campo))

    def parte(campo: str) -> Any:
        return lambda ojo: palabras.dicho(ojo.get(campo))

    otros = ("paquimetria_um", "queratometria", "biomicroscopia", "fondo", "pupilas", "motilidad")
    return [
        *((titulo, agudeza(campo)) for campo, titulo in AGUDEZAS),
        ("Cerca", agudeza("cerca")),
        ("Refracción objetiva", lambda ojo: lente(ojo.get("refraccion_objetiva"))),
        ("Refracción final", lambda ojo: lente(ojo.get("refraccion"))),
        ("Presión intraocular", lambda ojo: _presion(ojo.get("presion"))),
        *((rotulo(campo), parte(campo)) for campo in otros),
    ]


def _dicha(agudeza: Any) -> str:
    if not isinstance(agudeza, Mapping):
        return str(agudeza or "")
    logmar = agudeza.get("logmar")
    return juntos(agudeza.get("texto"), f"(logMAR {cifra(logmar)})" if logmar is not None else None, entre=" ")


def _presion(presion: Any) -> str:
    if not presion:
        return ""
    return juntos(f"{cifra(presion['mmhg'])} mmHg", presion.get("metodo"), entre=", ")


def lente(dicho: Any) -> str:
    """A lens as it is dictated, from its figures."""
    if not isinstance(dicho, Mapping):
        return str(dicho or "")
    if dicho.get("escrita"):
        return str(dicho["escrita"])
    cilindro = dicho.get("cilindro")
    return juntos(
        _con_signo(dicho.get("esfera")),
        cilindro and f"{_con_signo(cilindro)} × {dicho.get('eje')}°",
        dicho.get("adicion") and f"Add {_con_signo(dicho['adicion'])}",
        entre=" ",
    )


def _con_signo(valor: Any) -> str:
    return "" if valor is None else f"{float(valor):+.2f}".replace("-", "−")


def recetas_opticas(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """Both lenses of each, as an optician reads them."""
    for receta in filas:
        anulada = " · ANULADA" if receta.get("estado") == "anulada" else ""
        titulo = juntos(receta.get("codigo"), palabras.dia(receta.get("emitida_en")), quien(receta))
        documento.heading(titulo + anulada, 2)
        documento.table(
            ["", "Lente", "Prisma", "DNP mm", "Altura mm"],
            [_lado(nombre, receta.get(lado) or {}) for lado, nombre in (("od", "Derecho"), ("oi", "Izquierdo"))],
            widths=[1.5, 4, 2, 1.3, 1.3],
        )
        valores(documento, receta, palabras, sin={"od", "oi", "codigo", "emitida_en", "doctor", "estado", "firma"})
        _firma(documento, receta, palabras)


def _lado(nombre: str, lado: Fila) -> list[str]:
    prisma = f"{cifra(lado['prisma'])} Δ {lado.get('base')}" if lado.get("prisma") else ""
    medidas = [cifra(lado[campo]) if lado.get(campo) is not None else "" for campo in ("dnp_mm", "altura_mm")]
    return [nombre, lente(lado.get("refraccion")) or "sin lente", prisma, *medidas]


def _firma(documento: Document, fila: Fila, palabras: Palabras) -> None:
    firma = fila.get("firma") or {}
    if firma.get("huella"):
        firmada = palabras.momento(firma.get("momento"))
        documento.paragraph(f"Firmado por {firma.get('firmante')} el {firmada} · SHA-256 {firma['huella']}", NOTE)


def consentimientos(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """What was agreed to, refused or revoked, by whom."""
    documento.table(
        ["Consentimiento", "Decisión", "Firma", "Fecha", "SHA-256"],
        (
            [
                juntos((fila.get("texto") or {}).get("titulo"), fila.get("procedimiento")),
                juntos(rotulo(fila.get("estado") or ""), fila.get("motivo_negativa"), fila.get("motivo_revocacion")),
                juntos(
                    fila.get("firmante_nombre"),
                    fila.get("firmante_identificacion"),
                    rotulo(fila.get("relacion") or ""),
                ),
                palabras.momento(fila.get("otorgado_en")),
                str(fila.get("huella") or "")[:16],
            ]
            for fila in filas
        ),
        widths=[3.5, 2.2, 3, 1.8, 2],
    )


def adjuntos(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """A list of the files, each with its hash: who has the file can tell that it is this one."""
    documento.table(
        ["Título", "Categoría", "Archivo", "Fecha", "SHA-256"],
        (
            [
                juntos(fila.get("titulo"), fila.get("pieza") and f"pieza {fila['pieza']}"),
                rotulo(fila.get("categoria") or ""),
                juntos(fila.get("nombre_archivo"), _tamano(fila.get("bytes"))),
                palabras.dia(fila.get("tomado_en") or fila.get("subido_en")),
                str(fila.get("sha256") or ""),
            ]
            for fila in filas
        ),
        widths=[3, 1.6, 2.8, 1.5, 4],
        style=NOTE.but(color=(26, 32, 39), size=6.8),
    )


def _tamano(cuantos: Any) -> str:
    return f"{cuantos / 1024:.0f} KiB" if lleno(cuantos) else ""


def planes(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """Each plan with its items and what it costs."""
    for plan in filas:
        titulo = juntos(plan.get("nombre"), rotulo(plan.get("estado") or ""), palabras.dia(plan.get("creado_en")))
        documento.heading(titulo, 2)
        documento.table(
            ["Sesión", "Tratamiento", "Pieza", "Caras", "Prioridad", "Estado", "Precio"],
            (_item(item, palabras) for item in plan.get("items") or ()),
            widths=[1, 4.5, 1, 1, 1.4, 2.6, 1.4],
            align="LLLLLLR",
        )
        avance = plan.get("avance") or {}
        importes = (("Total", "total"), ("Realizado", "total_realizado"), ("Pendiente", "total_pendiente"))
        documento.fields([(titulo, dinero(avance.get(campo))) for titulo, campo in importes], 3)
        valores(documento, plan, palabras, sin={"items", "avance", "nombre", "estado", "doctor"})


def _item(item: Fila, palabras: Palabras) -> list[str]:
    return [
        _entero(item.get("sesion")),
        juntos(item.get("codigo"), item.get("nombre"), item.get("detalle")),
        _entero(item.get("pieza")),
        str(item.get("superficies") or ""),
        rotulo(item.get("prioridad") or ""),
        juntos(rotulo(item.get("estado") or ""), palabras.dia(item.get("realizado_en"))),
        dinero(item.get("precio")),
    ]
