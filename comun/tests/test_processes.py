"""Processes of tests: real ones, which die when they are told to, and of which none is left."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.deaths import COMMITTED, WRITTEN, Moment, after, program, request
from comun.testing.processes import Processes

URL = "/biblioteca/libros"
BOOK = {"codigo": "Q-1", "titulo": "Don Quijote"}

pytestmark = pytest.mark.processes


def books(api: ApiClient) -> int:
    return len(ok(api.get(URL))["datos"])


def test_each_is_another_process_than_that_of_the_tests(processes: Processes) -> None:
    told = [processes.start(None, program, "import os; print(os.getpid())", output=True) for _ in range(2)]
    assert [int(process.read()) for process in told] == [process.pid for process in told]
    assert len({os.getpid(), *(process.pid for process in told)}) == 3
    assert [process.wait() for process in told] == [0, 0]


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 0), ("raise SystemExit(3)", 3), ("raise SystemExit('no')", 1), ("1 / 0", 1)],
)
def test_it_ends_as_it_would_by_itself(processes: Processes, text: str, status: int) -> None:
    assert processes.start(None, program, text).wait() == status


def test_it_can_be_killed_and_waited_for(processes: Processes) -> None:
    process = processes.start(None, program, "import time; print('here', flush=True); time.sleep(600)", output=True)
    assert (process.readline(), process.poll()) == ("here\n", None)
    with pytest.raises(TimeoutError):
        process.wait(0.05)
    process.kill()
    assert process.wait() == process.poll() == -signal.SIGKILL
    process.kill()
    assert process.read() == ""


@pytest.mark.parametrize("moment", [*after("INSERT INTO libro"), WRITTEN, COMMITTED], ids=str)
def test_a_request_dies_at_its_moment(app: Flask, api: ApiClient, processes: Processes, moment: Moment) -> None:
    assert processes.killed(app, moment, request, "POST", URL, BOOK)
    assert books(api) == (moment == COMMITTED)


def test_a_request_whose_moment_never_comes_ends_well(app: Flask, api: ApiClient, processes: Processes) -> None:
    for moment in (Moment("DROP"), Moment(commit=2), Moment(step=0)):
        assert not processes.killed(app, moment, request, "POST", URL, BOOK | {"codigo": str(moment.commit or "x")})
    assert books(api) == 2


def test_before_each_step_there_is_a_death_until_there_are_no_more(
    app: Flask, api: ApiClient, processes: Processes
) -> None:
    step = 1
    while processes.killed(app, Moment(step=step), request, "POST", URL, BOOK):
        assert books(api) == 0
        step += 1
    assert step > 2
    assert books(api) == 1


def test_what_was_practised_leaves_nothing_but_its_effect(app: Flask, processes: Processes) -> None:
    processes.practise(app, request, "POST", URL, BOOK)
    assert processes.killed(app, COMMITTED, request, "POST", URL, BOOK | {"codigo": "Q-2"})
    assert books(ApiClient(app).as_("admin")) == 2


def test_what_goes_wrong_where_they_come_from_is_told(app: Flask, processes: Processes) -> None:
    with pytest.raises(AssertionError, match="TypeError"):
        processes.practise(app, program)
    assert processes.start(None, program, "").wait() == 0


def test_those_that_are_left_end_with_the_rest(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        left = processes.start(None, program, "import time; print('here', flush=True); time.sleep(600)", output=True)
        assert left.readline() == "here\n"
    assert left.read() == ""
