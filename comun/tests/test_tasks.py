"""Work that needs another service is written down with its cause and done once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from comun.errors import Unavailable
from comun.http import require_no_transaction
from comun.tasks import Effect, Task, Tasks
from comun.testing.mechanism import bare_service


@dataclass
class World:
    """A service that prepares invoices; `cuenta` has a row for each."""

    app: Flask
    tasks: Tasks

    def commit(self) -> None:
        self.app.extensions["comun"].db.session.commit()

    def add(self, key: str, number: int) -> None:
        self.tasks.add(key, {"numero": number})
        self.commit()

    def prepare(self, task: Task) -> Effect:
        require_no_transaction()
        number = task.data["numero"]
        return lambda: self._write(number)

    def _write(self, number: int) -> None:
        db = self.app.extensions["comun"].db
        db.session.execute(insert(db.metadata.tables["cuenta"]).values(valor=number))

    def invoices(self) -> list[int]:
        db = self.app.extensions["comun"].db
        found = sorted(db.session.scalars(select(db.metadata.tables["cuenta"].c.valor)))
        db.session.rollback()
        return found

    def time_passes(self) -> None:
        db = self.app.extensions["comun"].db
        table = db.metadata.tables["tarea"]
        long_ago = select(func.min(table.c.creada_en)).scalar_subquery()
        db.session.execute(update(table).values(proximo_intento=long_ago, arrendada_hasta=None))
        self.commit()


@pytest.fixture
def world(url: str) -> Iterator[World]:
    app = bare_service(url, create=False)
    db = app.extensions["comun"].db
    tasks = Tasks(db.metadata)
    with app.app_context():
        db.metadata.create_all(db.engine)
        yield World(app, tasks)
        db.session.remove()
        db.engine.dispose()


def test_it_is_done_once(world: World) -> None:
    world.add("cita/7", 7)
    assert world.tasks.run(world.prepare) == 1
    assert world.tasks.run(world.prepare) == 0
    assert (world.invoices(), world.tasks.waiting()) == ([7], 0)


def test_what_did_not_commit_is_not_to_be_done(world: World) -> None:
    world.tasks.add("cita/7", {"numero": 7})
    world.app.extensions["comun"].db.session.rollback()
    assert world.tasks.run(world.prepare) == 0


def test_withdrawn_or_replaced_while_others_were_asked_it_has_no_effect(world: World) -> None:
    world.add("cita/7", 7)
    world.add("cita/8", 8)

    def prepare(task: Task) -> Effect:
        if task.key == "cita/7":
            assert world.tasks.withdraw("cita/7")
            world.commit()
        elif task.data["numero"] == 8:
            world.add("cita/8", 80)
        return world.prepare(task)

    assert world.tasks.run(prepare) == 0
    assert world.tasks.run(prepare) == 1
    assert world.invoices() == [80]
    assert not world.tasks.withdraw("cita/8")


def test_one_that_fails_waits_and_holds_up_no_other(world: World) -> None:
    world.add("cita/1", 1)
    world.add("cita/2", 2)

    def prepare(task: Task) -> Effect:
        if task.key == "cita/1" and task.attempts == 0:
            raise Unavailable("administración")
        return world.prepare(task)

    assert world.tasks.run(prepare) == 1
    assert world.tasks.run(prepare) == 0  # not yet
    world.time_passes()
    assert world.tasks.run(prepare) == 1
    assert world.invoices() == [1, 2]


def test_an_effect_that_fails_half_way_is_undone_and_done_again(world: World) -> None:
    world.add("cita/1", 1)
    failures = [RuntimeError("half way")]

    def prepare(task: Task) -> Effect:
        effect = world.prepare(task)

        def then() -> None:
            effect()
            if failures:
                raise failures.pop()

        return then

    assert world.tasks.run(prepare) == 0
    assert world.invoices() == []
    world.time_passes()
    assert world.tasks.run(prepare) == 1
    assert world.invoices() == [1]


def test_the_task_of_a_worker_that_died_is_taken_up_when_its_lease_ends(world: World) -> None:
    world.add("cita/1", 1)

    class Killed(BaseException):
        """SIGKILL, as far as a transaction can tell."""

    def die(_task: Task) -> Any:
        raise Killed

    with pytest.raises(Killed):
        world.tasks.run(die)
    assert world.tasks.run(world.prepare) == 0
    world.time_passes()
    assert world.tasks.run(world.prepare) == 1


def test_several_workers_do_each_once(world: World) -> None:
    for number in range(30):
        world.add(f"cita/{number}", number)

    def work() -> None:
        with world.app.app_context():
            world.tasks.run(world.prepare)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.invoices() == list(range(30))
