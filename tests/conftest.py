"""Which test process runs which tests."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Tests that take long come first, after the systems: at the end the others would wait for them.
LARGAS = ("tests/despliegue/test_make_run.py", "citas_service/tests/api/test_reparto.py", "tests/despliegue/")
# Who loads a system finds it empty.
PRIMERO = "tests/sistema/test_cliente.py"

# Whose tests these are, where it is no folder's: a system's, and those that any process may run.
SYSTEM, ANYBODY = "system", "anybody"
SYSTEMS = ("sqlite", "postgresql")
# So many systems run at once: a third one would only take the cores from the two, of which each waits now and then.
AT_ONCE = 2

# Of each of these one process runs all tests, for the sake of what they share.
JUNTAS = ("tests/despliegue/test_local_system.py", "client/tests/test_carga_inicial.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--ejemplos` for a thorough look at the published document (tests/sistema/test_contrato_documento.py)."""
    parser.addoption("--ejemplos", type=int, default=1, help="good and bad requests made up for each operation")


class PorSistema(LoadScopeScheduling):
    """One process for all tests of one running system, and if possible one for all of one service: each process that
    tests a service makes its databases, and works out its statements, anew. While systems run, others test services.

    What marks of the kind `xdist_group` are for; pytest 9.2 and pytest-xdist 3.8 together pass over those in
    silence (pytest-xdist issue 1386).
    """

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self._left: dict[str, deque[str]] = {}
        self._mine: dict[WorkerController, str] = {}

    def _assign_work_unit(self, node: WorkerController) -> None:
        self.workqueue.move_to_end(self._next_for(node), last=False)
        super()._assign_work_unit(node)

    def _next_for(self, node: WorkerController) -> str:
        """A system, if few run; what is for whoever comes first; more of what it tests; what nobody tests, beginning
        with the largest; at the end what has the most left.
        """
        if not self._left:
            left: dict[str, deque[str]] = defaultdict(deque)
            for scope in self.workqueue:
                left[_whose(scope)].append(scope)
            self._left = dict(left)
        left_of = {whose: len(scopes) for whose, scopes in self._left.items() if scopes}
        if not left_of:  # what a process that died leaves is nobody's
            return next(iter(self.workqueue))
        if SYSTEM in left_of and (self._systems_at_work() < AT_ONCE or len(left_of) == 1):
            return self._left[SYSTEM].popleft()
        left_of.pop(SYSTEM, None)
        if ANYBODY in left_of:
            return self._left[ANYBODY].popleft()
        if self._mine.get(node) not in left_of:
            others = {whose for other, whose in self._mine.items() if other is not node}
            self._mine[node] = max(left_of, key=lambda whose: (whose not in others, left_of[whose]))
        return self._left[self._mine[node]].popleft()

    def _systems_at_work(self) -> int:
        return sum(scope in SYSTEMS for work in self.assigned_work.values() for scope in work)

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        if path in JUNTAS:
            return path
        if not path.startswith("tests/sistema/") or "[" not in name:
            return nodeid
        return "postgresql" if "postgresql" in name.partition("[")[2] else "sqlite"

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """As it was, but forget what is done: to count what is left it goes through all that it remembers."""
        nodeid = self.registered_collections[node][item_index]
        scope = self._split_scope(nodeid)
        self.assigned_work[node][scope][nodeid] = True
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]
        self._reschedule(node)


def _whose(scope: str) -> str:
    """SYSTEM, ANYBODY, or the folder whose tests share what a process makes for the first of them."""
    if scope in SYSTEMS:
        return SYSTEM
    path, separator, _ = scope.partition("::")
    if not separator or path.startswith("tests/"):
        return ANYBODY
    return path.partition("/")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> PorSistema | None:
    """Used with `--dist loadgroup`, as `make test` does."""
    return PorSistema(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which processes ask for tests, but for those of the systems (they are many, so they start)."""
    antes = (PRIMERO, *LARGAS)
    items.sort(key=lambda item: next((n for n, una in enumerate(antes) if item.nodeid.startswith(una)), len(antes)))
