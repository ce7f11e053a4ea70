"""Files: told by their content, refused when they lie, kept whole or not at all."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from pypdf import PdfWriter

from comun.config import SettingError, read_settings
from comun.db import now
from comun.errors import Invalid, Unavailable
from comun.fields import Upload
from comun.files import THUMBNAIL_PIXELS, CheckedFile, checked
from comun.storage import LocalFolder, MissingFile, Storage, intact, new_key, open_storage, storage_settings
from comun.testing.peers import Peer, Reply, Seen, closed_port


def drawn(kind: str, size: tuple[int, int], mode: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert(mode).save(out, kind, **options)
    return out.getvalue()


@cache
def picture(kind: str = "PNG", size: tuple[int, int] = (640, 400), mode: str = "RGB") -> bytes:
    return drawn(kind, size, mode)


def document(password: str | None = None) -> bytes:
    out, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(200, 300)
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def photograph() -> bytes:
    """As a telephone takes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "S"
    exif[0x010F] = "Teléfono"
    return drawn("JPEG", (640, 400), "RGB", exif=exif)


def bomb() -> bytes:
    """A PNG of 20 kB that says it has ten thousand million points."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 20_000_000, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def check(content: bytes, name: str = "foto.png", media_type: str = "application/octet-stream") -> CheckedFile:
    return checked(Upload(name, media_type, content))


# Not before its test: a process that looks for tests to run would make them all, and name tests by all their bytes.
Made = Callable[[], bytes]


class TestChecked:
    @pytest.mark.parametrize(
        ("made", "name", "media_type"),
        [
            (lambda: picture("PNG"), "rx.png", "image/png"),
            (lambda: picture("PNG", mode="I;16"), "sensor.png", "image/png"),
            (lambda: picture("PNG", mode="LA"), "firma.PNG", "image/png"),
            (lambda: picture("JPEG", mode="CMYK"), "foto.jpeg", "image/jpeg"),
            (lambda: picture("WEBP"), "foto.webp", "image/webp"),
            (lambda: document(), "informe final.pdf", "application/pdf"),
        ],
    )
    def test_what_can_be_opened_is_what_its_content_says(self, made: Made, name: str, media_type: str) -> None:
        content = made()
        file = check(content, name, media_type)
        assert (file.media_type, file.sha256) == (media_type, hashlib.sha256(content).hexdigest())
        assert file.name == name.replace("PNG", "png")
        if media_type == "application/pdf":
            assert (file.pages, file.thumbnail) == (1, None)
        else:
            assert (file.width, file.height) == (640, 400)

    def test_the_thumbnail_is_small_upright_and_tells_nothing_of_camera_or_place(self) -> None:
        content = photograph()
        file = check(content, "IMG.jpg", "image/jpg")
        assert file.content == content, "what was sent is evidence: it stays as it is"
        assert (file.width, file.height) == (400, 640)
        with Image.open(io.BytesIO(file.thumbnail or b"")) as thumbnail:
            assert thumbnail.size == (THUMBNAIL_PIXELS * 400 // 640, THUMBNAIL_PIXELS)
            assert not thumbnail.getexif()

    def test_what_a_sensor_saw_in_16_bits_is_still_seen_in_its_thumbnail(self) -> None:
        row = struct.pack("<H", 4000) * 300 + struct.pack("<H", 1000) * 300
        out = io.BytesIO()
        Image.frombytes("I;16", (600, 600), row * 600).save(out, "PNG")
        with Image.open(io.BytesIO(check(out.getvalue()).thumbnail or b"")) as thumbnail:
            bright, dark = (thumbnail.convert("L").getpixel((x, 160)) for x in (80, 240))
        assert bright > 240
        assert 50 < dark < 80

    @pytest.mark.parametrize(
        ("made", "name", "declared", "codigo"),
        [
            (lambda: b"MZ\x90\x00 this program", "foto.png", "image/png", "archivo_no_admitido"),
            (
                lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                "foto.svg",
                "image/svg+xml",
                "archivo_no_admitido",
            ),
            (lambda: document(), "foto.png", "image/png", "tipo_no_coincide"),
            (lambda: picture(), "foto.png", "application/pdf", "tipo_no_coincide"),
            (lambda: picture(), "foto.exe", "", "tipo_no_coincide"),
            (lambda: picture()[:5000], "foto.png", "", "archivo_danado"),
            (lambda: picture("JPEG")[:5000], "foto.jpg", "", "archivo_danado"),
            (lambda: b"\x89PNG\r\n\x1a\n<script>", "foto.png", "", "archivo_danado"),
            (lambda: b"%PDF-1.7\n<script>", "informe.pdf", "", "archivo_danado"),
            (lambda: b"%PDF-1.7\nnada\n%%EOF", "informe.pdf", "", "archivo_danado"),
            (lambda: document()[:200], "informe.pdf", "", "archivo_danado"),
            (lambda: document("secreta"), "informe.pdf", "", "archivo_danado"),
            (lambda: bomb(), "foto.png", "image/png", "imagen_demasiado_grande"),
            *(
                (lambda: picture(size=(8, 8)), name, "", "nombre_de_archivo_invalido")
                for name in (
                    "../../etc/passwd.png",
                    "..\\a.png",
                    "/a.png",
                    "C:a.png",
                    "a\x00.png",
                    "..",
                    "gnp\u202e.exe",
                )
            ),
        ],
    )
    def test_what_lies_is_refused_and_told_why(self, made: Made, name: str, declared: str, codigo: str) -> None:
        content = made()
        with pytest.raises(Invalid) as refused:
            check(content, name, declared)
        assert refused.value.codigo == codigo
        assert refused.value.errores["archivo"] == [refused.value.detail]

    def test_a_name_without_extension_gets_that_of_its_content(self) -> None:
        assert check(picture(), "panorámica").name == "panorámica.png"
        assert len(check(picture(), "x" * 300 + ".png").name) == 124


class Bucket:
    """Objects in memory behind the part of S3 that is used."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def __call__(self, seen: Seen) -> Reply:
        assert seen.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=clave/")
        path = urlsplit(seen.path).path
        if path == "/bucket/" or path == "/bucket":
            return Reply(body=self._list(), headers={"Content-Type": "application/xml"})
        key = path.removeprefix("/bucket/")
        if seen.method == "PUT":
            self.objects[key] = seen.body
            return Reply(body=b"", headers={"ETag": "1"})
        if seen.method == "DELETE":
            self.objects.pop(key, None)
            return Reply(204, body=b"")
        if key not in self.objects:
            error = f"<Error><Code>NoSuchKey</Code><Message>-</Message><Resource>{key}</Resource></Error>".encode()
            return Reply(
                404, body=b"" if seen.method == "HEAD" else error, headers={"Content-Type": "application/xml"}
            )
        return Reply(
            body=self.objects[key], headers={"ETag": '"1"', "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT"}
        )

    def _list(self) -> bytes:
        found = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-11-21T10:00:00.000Z</LastModified><Size>1</Size></Contents>"
            for key in self.objects
        )
        names = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
        head = "<Name>bucket</Name><IsTruncated>false</IsTruncated>"
        return f"<ListBucketResult {names}>{head}{found}</ListBucketResult>".encode()


@pytest.fixture(params=["file", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "file":
        yield open_storage(f"file://{tmp_path}/archivos")
        return
    with Peer(Bucket()) as peer:
        yield open_storage(f"s3://bucket/historia?endpoint={peer.url}", "clave", "secreta-1234")


class TestStorage:
    def test_what_was_put_is_read_found_listed_and_removed(self, storage: Storage) -> None:
        content = picture("PNG", (300, 300))
        key = new_key(content)
        storage.put(key, content, "image/png")
        assert b"".join(intact(storage.read(key), hashlib.sha256(content).hexdigest())) == content
        assert storage.exists(key)
        assert [*storage.keys(now() + timedelta(days=400))] == [key]
        assert [*storage.keys(now() - timedelta(days=400))] == []
        storage.delete(key)
        storage.delete(key)
        assert not storage.exists(key)
        with pytest.raises(MissingFile):
            storage.read(key)

    @pytest.mark.parametrize("key", ["../fuera", "/etc/passwd", "a/../../b", "a//b", "", "A", "a\x00", ".oculto"])
    def test_a_key_is_never_a_way_out(self, storage: Storage, key: str) -> None:
        for touch in (lambda: storage.put(key, b"x", "a/b"), lambda: storage.read(key), lambda: storage.delete(key)):
            with pytest.raises(ValueError, match="not a key"):
                touch()

    def test_same_content_twice_is_two_files(self) -> None:
        assert new_key(b"a") != new_key(b"a")

    def test_a_link_out_of_the_folder_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "archivos").mkdir()
        (tmp_path / "archivos/ab").symlink_to(tmp_path)
        with pytest.raises(ValueError, match="leads out"):
            LocalFolder(tmp_path / "archivos").put("ab/x", b"x", "a/b")

    def test_what_can_not_be_written_leaves_nothing_and_is_503(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = LocalFolder(tmp_path / "archivos")

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("comun.storage.os.fsync", full)
        with pytest.raises(Unavailable) as refused:
            folder.put("ab/x", b"x", "a/b")
        assert refused.value.codigo == "almacen_no_disponible"
        assert [*folder.keys(now() + timedelta(days=1))] == []

    def test_a_bucket_that_is_away_is_503(self) -> None:
        away = open_storage(f"s3://bucket?endpoint=http://127.0.0.1:{closed_port()}", "clave", "secreta-1234")
        for touch in (lambda: away.put("a", b"x", "a/b"), lambda: away.read("a"), lambda: [*away.keys(now())]):
            with pytest.raises(Unavailable):
                touch()

    def test_an_altered_file_never_arrives_whole(self) -> None:
        pieces = intact(iter([b"a", b"b", b"X"]), hashlib.sha256(b"abc").hexdigest())
        assert (next(pieces), next(pieces)) == (b"a", b"b")
        with pytest.raises(OSError, match="altered"):
            next(pieces)


@pytest.mark.parametrize(
    "url", ["/var/archivos", "file://host/a", "file:///", "s3://", "ftp://a/b", "s3://b?endpoint=x"]
)
def test_where_files_are_must_make_sense(url: str) -> None:
    with pytest.raises(SettingError, match="BIBLIOTECA_ALMACEN has an invalid value"):
        read_settings(storage_settings("BIBLIOTECA"), environment={"BIBLIOTECA_ALMACEN": url})
