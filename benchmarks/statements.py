"""How many SQL statements a request takes, counted where they arrive: in PostgreSQL's log."""

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
from local_system import System

_LINE = re.compile(r"^(?P<database>\w+)\|LOG: +(?:statement|execute[^:]*): +(?P<statement>.*)")
_FRAME = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SELECT 1$|SAVEPOINT|RELEASE)")
TIMES = 20


def count(system: System, work: Callable[[int], None]) -> str:
    """What `work(n)`, one request, asks of each database on average; the workers must be down.

    Of `7+3` the first are statements, the second what frames them: BEGIN, COMMIT, ROLLBACK and pings.
    """
    work(0)  # whatever a process does only once
    log = system.folder / "pg" / "log"
    with _logged(system):
        begin = log.stat().st_size
        for n in range(1, TIMES + 1):
            work(n)
        found = _statements(log, begin)
    databases = sorted({database for database, _framing in found} - {"auth", "postgres"})
    return ", ".join(
        f"{database} {found[database, False] / TIMES:g}+{found[database, True] / TIMES:g}" for database in databases
    )


def _statements(log: Path, begin: int) -> Counter[tuple[str, bool]]:
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(begin)
        matches = filter(None, map(_LINE.match, file))
        return Counter((match["database"], bool(_FRAME.match(match["statement"]))) for match in matches)


@contextlib.contextmanager
def _logged(system: System) -> Iterator[None]:
    """All statements go to the log meanwhile, after the name of their database."""
    with contextlib.closing(psycopg2.connect(system.env["CITAS_DATABASE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            try:
                cursor.execute("ALTER SYSTEM SET log_line_prefix = '%d|'")
                cursor.execute("ALTER SYSTEM SET log_statement = 'all'")
                cursor.execute("SELECT pg_reload_conf()")
                time.sleep(0.5)
                yield
            finally:
                cursor.execute("ALTER SYSTEM RESET ALL")
                cursor.execute("SELECT pg_reload_conf()")
                time.sleep(0.5)
