"""Answers that are files: what was stored as it came from outside, and what was made here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from flask import Response
from werkzeug.http import dump_options_header

# The form of such an answer, for the document of the API.
FILE = {"type": "string", "format": "binary"}
# For nobody else, and not to be taken for what it is not.
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def made_file(content: bytes | str, media_type: str, name: str) -> Response:
    """Something made for the caller, to be looked at or saved; nobody in between may keep it."""
    headers = {**PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, content_type=media_type, headers=headers)


def stored_file(pieces: Iterable[bytes], media_type: str, name: str | None = None) -> Response:
    """What somebody attached: with a name it is to be saved. Whatever it holds, no browser runs it as ours."""
    headers = {**PRIVATE, "Content-Security-Policy": "default-src 'none'; sandbox"}
    if name is not None:
        # Old clients know only the name without accents (RFC 6266).
        simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        names = {"filename": simple, "filename*": f"UTF-8''{quote(name, safe='')}"}
        headers["Content-Disposition"] = dump_options_header("attachment", names)
    return Response(pieces, content_type=media_type, headers=headers)
