"""Files outside the database: a local folder, or a bucket that speaks S3.

A file is written whole under its key and never changed. Whoever keeps files writes the file first and the row that
names it after, in that order: what a crash leaves behind is a file without a row, which `keys` finds later.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from comun.config import Setting
from comun.db import now, reader
from comun.errors import Problem, Unavailable
from comun.runtime import runtime

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
# A file may wait for its row as long as the slowest request takes; a day is beyond any doubt.
ORPHAN_AFTER = timedelta(days=1)
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
_PARTIAL = "parcial"


class MissingFile(LookupError):
    """There is no file with that key."""


class Storage(Protocol):
    """Where files are. All raise `Unavailable` (503) when it does not work, ValueError for what is no key."""

    def put(self, key: str, content: bytes, media_type: str) -> None:
        """Keep a file. When this returns it is there for good; when it raises, nothing is."""

    def read(self, key: str) -> Iterator[bytes]:
        """The content in pieces. MissingFile at once when there is none."""

    def delete(self, key: str) -> None:
        """Remove a file, if it is there."""

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""

    def keys(self, before: datetime) -> Iterator[str]:
        """What was written before that moment, half-written files that a crash left included."""


def new_key(content: bytes) -> str:
    """A key that tells the SHA-256 of the content, and is nobody else's: so that who wrote it may remove it."""
    digest = hashlib.sha256(content).hexdigest()
    return f"{digest[:2]}/{digest}-{secrets.token_hex(6)}"


def intact(pieces: Iterator[bytes], sha256: str) -> Iterator[bytes]:
    """The pieces of a file as they come; the last one only when all together have that hash.

    Raises OSError in place of the last piece of a file that was altered: its reader gets less than was announced.
    """
    digest, held = hashlib.sha256(), b""
    for piece in pieces:
        digest.update(piece)
        if held:
            yield held
        held = piece
    if digest.hexdigest() != sha256:
        logger.error("a stored file is not what was stored: %s", sha256)
        raise OSError("altered file")
    yield held


@contextmanager
def kept(storage: Storage, *files: tuple[str, bytes, str]) -> Iterator[None]:
    """Files (key, content, media type) whose row is written inside; removed when that fails."""
    try:
        for key, content, media_type in files:
            storage.put(key, content, media_type)
        yield
    except BaseException:
        for key, _content, _media_type in files:
            try:
                storage.delete(key)
            except Problem:
                logger.warning("a file without a row stays for now: %s", key)
        raise


def remove_orphans(storage: Storage, *columns: InstrumentedAttribute[Any]) -> int:
    """Remove files older than a day that no row, deleted or not, names in these columns; how many there were."""
    orphans = 0
    old = storage.keys(now() - ORPHAN_AFTER)
    while keys := [*islice(old, 500)]:
        with reader(runtime().db.engine) as connection:
            named = {key for column in columns for key in connection.scalars(select(column).where(column.in_(keys)))}
        for key in set(keys) - named:
            storage.delete(key)
            orphans += 1
    return orphans


class LocalFolder:
    """A folder of this machine, or a volume that all replicas share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes, media_type: str) -> None:
        target = self._path(key)
        partial = self._path(f"{_PARTIAL}/{secrets.token_hex(16)}")
        try:
            for folder in (partial.parent, target.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            try:
                with partial.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(target)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
            _sync_folder(target.parent)
        except OSError as error:
            raise _unavailable(error) from error

    def read(self, key: str) -> Iterator[bytes]:
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError:
            raise MissingFile(key) from None
        except OSError as error:
            raise _unavailable(error) from error

        def pieces() -> Iterator[bytes]:
            with file:
                while piece := file.read(CHUNK):
                    yield piece

        return pieces()

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from error

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def keys(self, before: datetime) -> Iterator[str]:
        for path in self.root.rglob("*"):
            with suppress(FileNotFoundError):  # somebody else's work
                if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                    yield path.relative_to(self.root).as_posix()

    def _path(self, key: str) -> Path:
        path = self.root / _checked(key)
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise ValueError("a key leads out of the folder")
        return path


class S3:
    """A bucket of anything that speaks S3."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def put(self, key: str, content: bytes, media_type: str) -> None:
        self._call("put_object", key, io.BytesIO(content), len(content), content_type=media_type)

    def read(self, key: str) -> Iterator[bytes]:
        answer = self._call("get_object", key)

        def pieces() -> Iterator[bytes]:
            try:
                yield from answer.stream(CHUNK)
            finally:
                answer.close()
                answer.release_conn()

        return pieces()

    def delete(self, key: str) -> None:
        self._call("remove_object", key)

    def exists(self, key: str) -> bool:
        try:
            self._call("stat_object", key)
        except MissingFile:
            return False
        return True

    def keys(self, before: datetime) -> Iterator[str]:
        found = self._client.list_objects(self._bucket, prefix=self._prefix or None, recursive=True)
        with self._trouble(""):
            for item in found:
                if item.last_modified and item.last_modified < before:
                    yield item.object_name.removeprefix(self._prefix)

    def _call(self, operation: str, key: str, *args: Any, **options: Any) -> Any:
        with self._trouble(key):
            return getattr(self._client, operation)(self._bucket, self._prefix + _checked(key), *args, **options)

    @staticmethod
    def _trouble(key: str) -> _Trouble:
        return _Trouble(key)


class _Trouble:
    """What a bucket may say, in our words."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __enter__(self) -> None:
        """Nothing is needed beforehand."""

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        from minio.error import MinioException, S3Error
        from urllib3.exceptions import HTTPError

        if isinstance(error, S3Error) and error.code in ("NoSuchKey", "NoSuchObject"):
            raise MissingFile(self._key) from None
        if isinstance(error, MinioException | HTTPError | OSError):
            raise _unavailable(error) from error


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError("not a key")
    return key


def _sync_folder(folder: Path) -> None:
    """A name is as durable as the folder that it stands in."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(error: BaseException) -> Unavailable:
    logger.error("files can't be stored or read: %s", type(error).__name__)
    return Unavailable("almacen_no_disponible", "El almacén de archivos no responde; intente de nuevo.")


def storage_url(text: str) -> str:
    """The text, when it says where files can be: `file:///folder` or `s3://bucket/prefix?endpoint=https://host`."""
    url = urlsplit(text)
    if url.scheme == "file" and not url.netloc and url.path.startswith("/") and len(url.path) > 1:
        return text
    if url.scheme == "s3" and url.netloc and _endpoint(text).scheme in ("http", "https"):
        return text
    raise ValueError("expected file:///folder or s3://bucket?endpoint=https://host")


def storage_settings(prefix: str) -> list[Setting]:
    """The settings of a service that keeps files; `prefix` is such as `CITAS`."""
    return [
        Setting(
            f"{prefix}_ALMACEN",
            "Where its files are: file:///folder, or s3://bucket/prefix?endpoint=https://host&region=us-east-1.",
            parse=storage_url,
            required=True,
        ),
        Setting(f"{prefix}_ALMACEN_CLAVE_ID", "Access key of the bucket, for s3://.", None),
        Setting(f"{prefix}_ALMACEN_CLAVE", "Secret key of the bucket, for s3://.", None),
    ]


def open_storage(url: str, access_key: str | None = None, secret_key: str | None = None) -> Storage:
    """The storage that a `storage_url` names. Connects to nothing yet."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalFolder(Path(unquote(parts.path)))
    # Only a service with a bucket needs the client of one.
    from minio import Minio
    from urllib3 import PoolManager, Retry, Timeout

    endpoint = _endpoint(url)
    prefix = unquote(parts.path).strip("/")
    client = Minio(
        endpoint=endpoint.netloc,
        access_key=access_key,
        secret_key=secret_key,
        secure=endpoint.scheme == "https",
        region=_option(url, "region") or "us-east-1",
        http_client=PoolManager(
            timeout=Timeout(connect=3, read=10), maxsize=8, retries=Retry(1, redirect=0, backoff_factor=0.2)
        ),
    )
    return S3(client, parts.netloc, f"{prefix}/" if prefix else "")


def _endpoint(url: str) -> Any:
    return urlsplit(_option(url, "endpoint") or "https://s3.amazonaws.com")


def _option(url: str, name: str) -> str | None:
    return parse_qs(urlsplit(url).query).get(name, [None])[0]
