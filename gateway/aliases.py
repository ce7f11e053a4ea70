"""Write aliases.conf, the nginx locations of the alias routes, from aliases.csv.

    python gateway/aliases.py            writes the file
    python gateway/aliases.py --check    exit 1 when the file is not up to date

Each row says that `method path` is served by `canonical` (which may carry a query). `{...}` stands for
a segment: digits for ids, anything for a date, type, status or key. Segments are carried over by position.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "aliases.csv"
TARGET = FOLDER / "aliases.conf"

_PARAMETER = re.compile(r"\{(\w+)\}")
_FREE_TEXT = {"date", "type", "status", "key"}  # the service judges these values
_HEADER = "# Written by aliases.py from aliases.csv. Do not edit.\n"


def _pattern(path: str) -> str:
    """The regular expression of an alias path, one group per parameter."""

    def group(match: re.Match[str]) -> str:
        return "([^/]+)" if match[1] in _FREE_TEXT else "([0-9]+)"

    return f"^{_PARAMETER.sub(group, path)}$"


def _target(canonical: str) -> str:
    """The rewrite replacement: `$1`, `$2`… in the order of the path's parameters."""
    numbers = iter(range(1, 10))
    return _PARAMETER.sub(lambda _: f"${next(numbers)}", canonical)


def _location(path: str, canonical: str, methods: Iterable[str]) -> str:
    allowed = sorted(methods)
    if "GET" in allowed:
        allowed.insert(allowed.index("GET") + 1, "HEAD")
    pattern = _pattern(path)
    # An exact location is tried before every pattern, so literal segments win over ids.
    location = f'~ "{pattern}"' if _PARAMETER.search(path) else f"= {path}"
    return f"""
location {location} {{
    set $alias 1;
    set $methods "{", ".join(allowed)}";
    if ($request_method !~ "^({"|".join(allowed)})$") {{
        return 405;
    }}
    rewrite "{pattern}" {_target(canonical)} last;
}}
"""


def render(rows: Iterable[dict[str, str]]) -> str:
    """The content of aliases.conf for the rows of aliases.csv.

    Raises ValueError when one path leads to two canonical routes, or loses a parameter on its way.
    """
    methods: dict[tuple[str, str], set[str]] = defaultdict(set)
    canonical_of: dict[str, str] = {}
    for row in rows:
        path, canonical = row["path"], row["canonical"]
        if canonical_of.setdefault(path, canonical) != canonical:
            raise ValueError(f"{path} leads to both {canonical_of[path]} and {canonical}")
        if len(_PARAMETER.findall(path)) != len(_PARAMETER.findall(canonical)):
            raise ValueError(f"{path} and {canonical} differ in the number of parameters")
        methods[path, canonical].add(row["method"])
    return _HEADER + "".join(_location(*key, methods[key]) for key in sorted(methods))


def read_rows() -> list[dict[str, str]]:
    """The rows of aliases.csv: method, path, canonical, service."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> int:
    """Write the file, or check it; returns the exit status."""
    text = render(read_rows())
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
