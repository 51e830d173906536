"""Whatever the console has: each of its routes is taken from the application, and asked by those who may not see it."""

import io
import re
from collections.abc import Iterator
from enum import Enum
from inspect import signature
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select

from cardsvc import modules
from cardsvc.api.app import Surface
from cardsvc.api.uploads import work_due
from cardsvc.core.ids import StaffNo
from cardsvc.core.plug import discover
from cardsvc.core.records import Record
from cardsvc.handlers import import_rows
from cardsvc.modules import Module
from cardsvc.rows import keeping
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import transact
from cardsvc.surfaces import create_service
from tests.support import module_rows
from tests.support.desk import Desk
from tests.support.granting import grant
from tests.support.home import Service

MODULES = discover(modules, "MODULE", Module)
LEADER, CLERK, COUNTY, DESK = StaffNo("1051"), StaffNo("1052"), StaffNo("1053"), "1001"
OURS, THEIRS = "330324", "330302"
OPEN = {"/sign-in", "/sign-out", "/language"}
"""What somebody may ask for who is not signed in."""
FORM = {"version": "1", "why": "check_papers", "as": "csv", "q": "x"}


def routes(found: Any) -> Iterator[APIRoute]:
    """The routes of an application, those of routers that it includes too."""
    for one in found.routes:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from routes(one.original_router)


def mounted(service: Service, path: str) -> list[tuple[str, str, str]]:
    """Methods, paths and some address below a mount of the service, as the application itself has them."""
    app = create_service([Surface.OFFICE], service.context)
    below = next(one.app for one in app.routes if getattr(one, "path", "") == path)  # type: ignore[attr-defined]
    assert isinstance(below, FastAPI)
    return [(how, one.path, some_address(one)) for one in routes(below) for how in sorted(one.methods or ())]


def some_address(route: APIRoute) -> str:
    """An address of a route: what can only be one of several is the first of them, everything else is 1."""
    asked = signature(route.endpoint).parameters

    def some(name: re.Match[str]) -> str:
        wanted: Any = asked[name[1]].annotation
        return str(next(iter(wanted))) if isinstance(wanted, type) and issubclass(wanted, Enum) else "1"

    return re.sub(r"\{(\w+)\}", some, route.path).removeprefix("/")


class Office:
    """A home with every module; each record has rows of our county and of theirs, and a file of theirs."""

    def __init__(self, dsn: str) -> None:
        self.service = Service(dsn, modules=tuple(MODULES.values()))
        self.routes = [(how, path) for how, path, _ in mounted(self.service, "/office") if "{module}" in path]
        self.ids: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.uploads: dict[tuple[str, str], str] = {}
        random, number = Random(20260702), iter(range(9_999))
        for module in MODULES.values():
            for county in (OURS, THEIRS):
                ids = {one.name: [f"{random.getrandbits(128):032x}" for _ in range(2)] for one in module.records}
                for record in module.records:
                    made = ((one, module_rows.one_row(record, ids, random, next(number))) for one in ids[record.name])
                    rows = list(module_rows.apart(record, made))
                    self.insert(module, record, [(one, {**values, "county": county}) for one, values in rows], random)
                    self.ids.setdefault((module.name, record.name), {})[county] = [one for one, _ in rows]
            for record in module.records:
                self.uploads[module.name, record.name] = self.handed_in(module, record)

    def insert(self, module: Module, record: Record, rows: list[Any], random: Random) -> None:
        context, chance = self.service.context, [random.randbytes(12 * len(record.columns)) for _ in rows]
        where = Where(context.home_id, module.name, record)
        transact(
            context.engine,
            lambda connection: keeping.insert(connection, context.vault, where, rows, LEADER, context.clock(), chance),
        )

    def handed_in(self, module: Module, record: Record) -> str:
        context = self.service.context
        where, file = Where(context.home_id, module.name, record), io.BytesIO(b"county\n")
        found = import_rows.hand_in(context, where, file, "x.csv", THEIRS, LEADER, context.clock())
        assert isinstance(found, str), found
        work_due(context)
        return found

    def grant(self, staff_no: StaffNo, names: list[str]) -> None:
        grant(self.service, staff_no, names)

    def every(self, night: bool) -> Iterator[tuple[str, str, Module, Record]]:
        """Each route of modules for each module: by day for one record of each, in turn; at night for all."""
        for number, (how, path) in enumerate(self.routes):
            for module in MODULES.values():
                turn = number % len(module.records)
                for record in module.records if night else module.records[turn : turn + 1]:
                    yield how, path, module, record

    def filled(self, path: str, module: Module, record: Record, county: str) -> str:
        """An address; what we do not know how to fill in fails."""
        move = record.flow.moves[0].name if record.flow is not None else "none"
        return path.format(
            module=module.name,
            record=record.name,
            row_id=self.ids[module.name, record.name][county][0],
            upload_id=self.uploads[module.name, record.name],
            move=move,
        ).removeprefix("/")

    def rows(self, county: str) -> list[tuple[Any, ...]]:
        """All rows of a county, as their tables have them."""
        found: list[tuple[Any, ...]] = []
        with self.service.context.engine.connect() as connection:
            for module in MODULES.values():
                for record in module.records:
                    table = Where(self.service.context.home_id, module.name, record).table
                    asked = select(table).where(table.c.county == county).order_by(table.c.id)
                    found += [tuple(one) for one in connection.execute(asked)]
        return found


def ask(desk: Desk, how: str, path: str, record: Record) -> Any:
    """A page, or a form with all that its route may need."""
    column = next((one.name for one in record.columns if one.secret), record.columns[0].name)
    return desk.get(path) if how == "GET" else desk.post(path, **FORM, column=column)


@pytest.fixture(scope="module")
def office(quick_home: Path) -> Iterator[Office]:
    made = Office(f"sqlite:///{quick_home / 'onecard.db'}")
    yield made
    made.service.close()


def test_the_application_has_routes_of_modules_and_none_goes_past_its_mounts(office: Office) -> None:
    assert len(office.routes) > 20
    assert {how for how, _ in office.routes} == {"GET", "POST"}


def test_no_route_of_the_console_opens_to_somebody_who_is_not_signed_in(office: Office) -> None:
    desk = Desk(office.service)
    record = next(iter(MODULES.values())).records[0]
    for how, path, address in mounted(office.service, "/office"):
        if path not in OPEN:
            answer = ask(desk, how, address, record)
            assert (answer.status_code, answer.headers.get("location")) == (303, "/office/sign-in"), (how, path)
    for how, path, address in mounted(office.service, "/office/api"):
        if path != "/session":
            answer = desk.api(how, address, {} if how == "POST" else None)
            assert answer.status_code in (401, 403), (how, path, answer.status_code)


def test_no_route_of_modules_opens_to_somebody_of_another_work(office: Office, night: bool) -> None:
    desk = Desk(office.service, DESK)
    for how, path, module, record in office.every(night):
        answer = ask(desk, how, office.filled(path, module, record, OURS), record)
        assert answer.status_code == 403, (how, path, module.name)


def test_no_route_of_a_module_opens_to_its_clerk_without_a_grant(office: Office, night: bool) -> None:
    office.grant(CLERK, [])
    desk = Desk(office.service, CLERK)
    before = office.rows(OURS) + office.rows(THEIRS)
    for how, path, module, record in office.every(night):
        answer = ask(desk, how, office.filled(path, module, record, OURS), record)
        assert answer.status_code in (403, 404), (how, path, module.name, record.name, answer.status_code)
    for path in ("modules", "work", "modules/deaths", "modules/half-year"):
        page = desk.get(path).text
        assert not [name for name in MODULES if f"/modules/{name}" in page], path
    assert office.rows(OURS) + office.rows(THEIRS) == before


def test_a_grant_of_one_module_opens_no_other(office: Office) -> None:
    first, *others = MODULES
    office.grant(CLERK, [first])
    desk = Desk(office.service, CLERK)
    assert desk.get(f"modules/{first}/{MODULES[first].records[0].name}").status_code == 200
    for name in others:
        assert desk.get(f"modules/{name}/{MODULES[name].records[0].name}").status_code == 404, name
        assert desk.get(f"modules/{name}/statistics").status_code == 404, name


def test_a_county_s_clerk_sees_and_changes_nothing_of_another_county_on_any_route(office: Office, night: bool) -> None:
    office.grant(COUNTY, list(MODULES))
    desk, before = Desk(office.service, COUNTY), office.rows(THEIRS)
    for how, path, module, record in office.every(night):
        answer = ask(desk, how, f"{office.filled(path, module, record, THEIRS)}?county={THEIRS}", record)

        told = (how, path, module.name, record.name, answer.status_code)
        if "{row_id}" in path or "{upload_id}" in path:
            assert answer.status_code == 404, told
        else:
            assert answer.status_code < 500, told
            seen = set(re.findall(r"[0-9a-f]{32}", answer.text))
            assert not seen & set(office.ids[module.name, record.name][THEIRS]), told
    assert office.rows(THEIRS) == before


def test_another_county_in_an_address_makes_no_difference_to_a_county_s_clerk(office: Office, night: bool) -> None:
    office.grant(COUNTY, list(MODULES))
    desk = Desk(office.service, COUNTY)
    for how, path, module, record in office.every(night):
        if how == "POST" or "{row_id}" in path or "{upload_id}" in path or path.endswith((".xlsx", "/set", "/new")):
            continue
        address = office.filled(path, module, record, OURS)
        own, asked = (desk.get(f"{address}{more}") for more in ("", f"?county={THEIRS}"))
        assert own.status_code == asked.status_code, path
        assert bare(own.text) == bare(asked.text), (path, module.name, record.name)


def test_a_county_s_clerk_opens_their_own_rows_on_each_page(office: Office, night: bool) -> None:
    """Otherwise the refusals above would say nothing."""
    office.grant(COUNTY, list(MODULES))
    desk = Desk(office.service, COUNTY)
    for how, path, module, record in office.every(night):
        if how == "GET" and "{upload_id}" not in path and not path.endswith("/set"):
            answer = desk.get(office.filled(path, module, record, OURS))
            assert answer.status_code in (200, 303, 409), (path, module.name, record.name)
            listed = path == "/modules/{module}/{record}"
            assert not listed or set(office.ids[module.name, record.name][OURS]) <= set(
                re.findall(r"[0-9a-f]{32}", answer.text)
            ), (path, record.name)


def bare(page: str) -> str:
    """A page without what its own address says of the county."""
    return re.sub(rf"(?:\?|&amp;|%3F|%26)county(?:=|%3D){THEIRS}", "", page)
