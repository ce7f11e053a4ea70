"""Copies of what another service owns, compared with what it tells and renewed from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Column, Integer, String, Table, delete, insert, select

from comun.copies import Copied, compare, copies_group, rebuild
from comun.db import upsert_newer
from comun.http import ServiceClient
from comun.testing.mechanism import bare_service
from comun.testing.peers import Peer, Reply, Seen, copies

A_PAGE = 2


@dataclass
class Owner:
    """Tells what it has, in pages of two; `unlisted` are those that only show when asked by name."""

    rows: dict[int, dict[str, Any]]
    unlisted: set[int] = field(default_factory=set)

    def answer(self, seen: Seen) -> Reply:
        if "ids" in seen.args:
            return Reply(json=copies(self.rows, seen.args))
        after = int(seen.args.get("cursor", "0"))
        rest = [self.rows[n] for n in sorted(self.rows) if n > after and n not in self.unlisted]
        page, more = rest[:A_PAGE], len(rest) > A_PAGE
        return Reply(json={"datos": page, "paginacion": {"siguiente": str(page[-1]["id"]) if more else None}})


def told(number: int, name: str, sequence: int = 1, gone: bool = False) -> dict[str, Any]:
    return {"id": number, "nombre": name, "eliminado": gone, "secuencia": sequence}


@dataclass
class World:
    """An owner, and a service that keeps copies of what it has."""

    app: Flask
    owner: Owner
    copied: Copied

    def put(self, number: int, name: str, sequence: int = 1) -> None:
        db = self.app.extensions["comun"].db
        upsert_newer(db.session, self.copied.model.__table__, {"id": number, "nombre": name, "secuencia": sequence})
        db.session.commit()

    def copies(self) -> dict[int, str]:
        db = self.app.extensions["comun"].db
        found = {row.id: row.nombre for row in db.session.execute(select(self.copied.model.__table__))}
        db.session.rollback()
        return found


@pytest.fixture
def world(url: str) -> Iterator[World]:
    app = bare_service(url, create=False)
    db = app.extensions["comun"].db
    columns = Column("id", Integer, primary_key=True), Column("nombre", String(40)), Column("secuencia", Integer)
    table = Table("copia", db.metadata, *columns)
    Table("uso", db.metadata, Column("copia_id", Integer))
    owner = Owner({n: told(n, f"N{n}") for n in range(1, 6)})

    def keep(row: Any) -> None:
        values = {"id": row["id"], "nombre": row["nombre"], "secuencia": row["secuencia"]}
        upsert_newer(db.session, table, values)

    def drop(number: int) -> bool:
        used = db.session.scalar(select(db.metadata.tables["uso"].c.copia_id))
        if used != number:
            db.session.execute(delete(table).where(table.c.id == number))
        return used != number

    with Peer(owner.answer) as peer, app.app_context():
        db.metadata.create_all(db.engine)
        client = ServiceClient("dueno", peer.url)
        copied = Copied(
            "cosas", client, "/cosas", SimpleNamespace(__table__=table), lambda r: {"nombre": r["nombre"]}, keep, drop
        )
        yield World(app, owner, copied)
        db.session.remove()
        db.engine.dispose()


def found(world: World) -> list[tuple[int, str, list[str]]]:
    return [(one.id, one.kind, sorted(one.fields)) for one in compare(world.copied)]


def test_what_is_missing_differs_or_is_too_much_is_found_on_any_page(world: World) -> None:
    for number, name in ((1, "N1"), (2, "N2"), (4, "otro"), (5, "N5"), (9, "N9")):
        world.put(number, name)
    del world.owner.rows[2]
    assert found(world) == [(2, "sobra", []), (3, "falta", []), (4, "distinta", ["nombre"]), (9, "sobra", [])]


def test_put_right_there_is_nothing_left_to_find(world: World) -> None:
    world.put(4, "otro")
    world.put(9, "N9")
    assert {one.outcome for one in rebuild(world.copied, apply=True)} == {"corregida", "quitada"}
    assert world.copies() == {n: f"N{n}" for n in range(1, 6)}
    assert found(world) == []


def test_a_copy_that_knows_later_news_stays(world: World) -> None:
    list(rebuild(world.copied, apply=True))
    world.put(3, "nuevo", sequence=2)
    assert found(world) == []
    # News that arrive after the comparison and before the answer is written.
    world.owner.rows[4] = told(4, "mediano", sequence=2)
    for _ in rebuild(world.copied, apply=False):
        world.put(4, "novísimo", sequence=3)
    assert list(rebuild(world.copied, apply=True)) == []
    assert (world.copies()[3], world.copies()[4]) == ("nuevo", "novísimo")


def test_an_old_answer_does_not_overwrite_news_that_came_meanwhile(world: World) -> None:
    list(rebuild(world.copied, apply=True))
    world.put(4, "otro", sequence=1)
    asked = world.copied.client.get

    def get(*args: Any, **kwargs: Any) -> Any:
        answer = asked(*args, **kwargs)
        world.put(4, "novísimo", sequence=2)
        return answer

    world.copied.client.get = get  # type: ignore[method-assign]
    list(rebuild(world.copied, apply=True))
    assert world.copies()[4] == "novísimo"


def test_what_was_made_while_its_page_was_read_is_not_too_much(world: World) -> None:
    list(rebuild(world.copied, apply=True))
    world.owner.unlisted = {3}
    assert found(world) == []


def test_what_the_owner_deleted_need_not_be_copied(world: World) -> None:
    world.owner.rows[3] = told(3, "N3", gone=True)
    assert 3 not in [one.id for one in compare(world.copied)]
    world.put(3, "otro")
    assert (3, "distinta", ["nombre"]) in found(world)


def test_what_is_used_stays(world: World) -> None:
    db = world.app.extensions["comun"].db
    world.put(9, "N9")
    db.session.execute(insert(db.metadata.tables["uso"]).values(copia_id=9))
    db.session.commit()
    assert [one.outcome for one in rebuild(world.copied, apply=True) if one.id == 9] == ["se conserva: está en uso"]
    assert 9 in world.copies()


def test_interrupted_it_keeps_what_it_did_and_goes_on_when_repeated(world: World) -> None:
    for one in rebuild(world.copied, apply=True):
        if one.id == 3:
            break
    assert sorted(world.copies()) == [1, 2, 3]
    assert [one.id for one in rebuild(world.copied, apply=True)] == [4, 5]


def test_the_command_tells_ids_and_fields_and_fails_until_applied(world: World) -> None:
    world.put(4, "Secreto")
    group = copies_group(lambda _app: [world.copied])

    def run(*options: str) -> Any:
        return CliRunner().invoke(group, ["reconstruir", *options], obj=world.app)

    first = run()
    assert first.exit_code == 1 and "nombre" in first.output and "5 diferencias" in first.output
    assert "Secreto" not in first.output and "Secreto" in run("--con-datos").output
    assert run("--aplicar").exit_code == 0
    last = run()
    assert (last.exit_code, last.output) == (0, "0 diferencias\n")
