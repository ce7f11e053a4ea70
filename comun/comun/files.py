"""What a file is, told from its content: images and PDF. What the sender says of it is only compared.

Pillow opens the images and pypdf the documents, so that nothing is kept which nobody will be able to open.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import threading
import unicodedata
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from comun.errors import Invalid
from comun.fields import Upload

# Larger than what telephones take today; in memory four bytes each.
MAX_PIXELS = 50_000_000
MAX_PAGES = 2_000
THUMBNAIL_PIXELS = 320
NAME_MAX = 120

PDF = "application/pdf"
JPEG = "image/jpeg"
_FORMATS = ("JPEG", "PNG", "WEBP")
EXTENSIONS = {JPEG: ("jpg", "jpeg", "jpe", "jfif"), "image/png": ("png",), "image/webp": ("webp",), PDF: ("pdf",)}
# How browsers and telephones also call these; an octet stream says nothing.
_SYNONYMS = {"image/jpg": JPEG, "image/pjpeg": JPEG, "image/x-png": "image/png", "application/x-pdf": PDF}
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_ADMITTED = "Se admiten imágenes JPEG, PNG o WebP, y PDF."

# Images are opened one at a time in a process: its memory is for one large image, not for eight.
_opening = threading.Lock()
logging.getLogger("pypdf").setLevel(logging.ERROR)


_Found = dict[str, Any]


@dataclass(frozen=True)
class CheckedFile:
    """A file that is what it says. `name` is fit to be offered for download, never to be a path.

    `width` and `height` in pixels as it is looked at (turned as its camera says), and `thumbnail` (JPEG without any
    metadata), are those of an image; `pages` those of a PDF.
    """

    name: str
    media_type: str
    content: bytes
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    thumbnail: bytes | None = None


def checked(upload: Upload, field: str = "archivo") -> CheckedFile:
    """The file, when it is of an admitted type, can be opened, and its name and declared type agree with that.

    Raises Invalid (422) under `field` with a `codigo`: `nombre_de_archivo_invalido`, `archivo_no_admitido`,
    `archivo_danado`, `imagen_demasiado_grande`, `tipo_no_coincide`.
    """
    try:
        name, extension = _name(upload.name)
        media_type = sniff(upload.content)
        if media_type is None:
            raise _Refused("archivo_no_admitido", _ADMITTED)
        _compare(upload.media_type, extension, media_type)
        if media_type == PDF:
            found = _pdf(upload.content)
        else:
            with _opening:
                found = _image(upload.content)
    except _Refused as refused:
        raise Invalid({field: [refused.detail]}, refused.codigo, refused.detail) from None
    suffix = extension if extension in EXTENSIONS[media_type] else EXTENSIONS[media_type][0]
    digest = hashlib.sha256(upload.content).hexdigest()
    return CheckedFile(f"{name}.{suffix}", media_type, upload.content, digest, **found)


def sniff(content: bytes) -> str | None:
    """The media type of the content by how it begins; None for what is not admitted."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


class _Refused(Exception):
    def __init__(self, codigo: str, detail: str) -> None:
        self.codigo, self.detail = codigo, detail
        super().__init__(codigo)


def _name(given: str) -> tuple[str, str]:
    """The name without its extension, and the extension in lower case."""
    name = unicodedata.normalize("NFC", given).strip()
    hidden = any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name)
    if not name.strip(". ") or hidden or re.search(r'[/\\:*?"<>|]', name):
        detail = "El nombre del archivo no es válido: no puede llevar carpetas ni caracteres especiales."
        raise _Refused("nombre_de_archivo_invalido", detail)
    stem, _dot, extension = name.rpartition(".") if "." in name.strip(".") else (name, "", "")
    return (stem.strip(". ") or "archivo")[:NAME_MAX], extension.lower()


def _compare(declared: str, extension: str, media_type: str) -> None:
    said = _SYNONYMS.get(declared, declared)
    known = {suffix: kind for kind, suffixes in EXTENSIONS.items() for suffix in suffixes}
    if (said not in _SAYS_NOTHING and said != media_type) or (extension and known.get(extension) != media_type):
        detail = f"El archivo dice ser de otro tipo; su contenido es {media_type}."
        raise _Refused("tipo_no_coincide", detail)


def _pdf(content: bytes) -> _Found:
    try:
        if b"%%EOF" not in content[-2048:]:
            raise ValueError("cut off")
        from pypdf import PdfReader  # 18 MiB that most processes never need

        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else reader.get_num_pages()
    except Exception as error:  # noqa: BLE001 - a parser may stumble over hostile content in any way
        raise _Refused("archivo_danado", "El PDF está dañado o no se puede leer.") from error
    if locked:
        raise _Refused("archivo_danado", "El PDF está protegido con contraseña; guárdelo sin ella.")
    if not 1 <= pages <= MAX_PAGES:
        raise _Refused("archivo_danado", f"El PDF debe tener de 1 a {MAX_PAGES} páginas.")
    return {"pages": pages}


def _image(content: bytes) -> _Found:
    too_large = _Refused("imagen_demasiado_grande", f"La imagen pasa de {MAX_PIXELS // 1_000_000} megapíxeles.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _opened(content) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise too_large
                image.verify()
            return _looked_at(content)
    except _Refused:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise too_large from error
    except Exception as error:  # noqa: BLE001 - as above
        raise _Refused("archivo_danado", "La imagen está dañada o no se puede abrir.") from error


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=_FORMATS)


def _looked_at(content: bytes) -> _Found:
    """Size and thumbnail of a picture; all of it is decoded, which finds what is cut off."""
    with _opened(content) as image:
        width, height = image.size
        # The camera's word on how it was held: from the fifth on, lying.
        if image.getexif().get(0x0112, 1) >= 5:
            width, height = height, width
        image.draft("RGB", (2 * THUMBNAIL_PIXELS, 2 * THUMBNAIL_PIXELS))
        deep = image.mode.startswith("I")
        image.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), reducing_gap=None if deep else 2.0)
        upright = ImageOps.exif_transpose(_eight_bits(image) if deep else image)
        seen = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        # A new picture on white: nothing of the old one's metadata comes along.
        thumbnail = Image.new("RGB", seen.size, "white")
        thumbnail.paste(seen, mask=seen if seen.mode == "RGBA" else None)
        out = io.BytesIO()
        thumbnail.save(out, "JPEG", quality=80)
    return {"width": width, "height": height, "thumbnail": out.getvalue()}


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 12 or 16 bits, as X-ray sensors give, in as many greys as a screen shows."""
    whole = image.convert("I")
    brightest = max(1, int(whole.getextrema()[1]))  # type: ignore[arg-type]
    return whole.point(lambda value: value * (255 / brightest)).convert("L")
