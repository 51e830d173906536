"""A database of the seventh version, brought to the eighth: what it has already is where the code looks for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text

from cardsvc.core.facts import Details, Fact, StationKind, Step, StepTaken
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.terms import Means, Reason
from cardsvc.modules import social_relief
from cardsvc.rows import tables
from cardsvc.store import founding, migrations, stray_cash, till_checks, tills
from cardsvc.store import tables as t
from cardsvc.store.engine import WRITES, open_engine, transact
from cardsvc.store.log import Log, open_log
from tests.support.home import ID_NO

HOME, CASE = HomeId("330300"), CaseNo("WZ-2026-000001")
CASHIER, OTHER = StaffNo("1010"), StaffNo("1011")
OPENED = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
JOURNAL = "ab" * 16


@dataclass
class Seven:
    """A home of the seventh version, with a case, and one open shift of a cashier."""

    engine: Engine
    number: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def books(
        self,
        step: Step,
        debit: str,
        credit: str,
        fen: int,
        *,
        by: StaffNo = CASHIER,
        at: datetime = OPENED + timedelta(hours=1),
        payment: str | None = None,
    ) -> str:
        """A fact as that version kept it, with its transfer; its cause."""
        self.number += 1
        cause = f"{JOURNAL}:{self.number}"
        reason = Reason.ENTERED_BY_MISTAKE if payment else None
        body = StepTaken(step=step, details=Details(payment=payment, reason=reason))
        fact = Fact(
            case_no=CASE, body=body, at=at, observed=True, staff_no=by, station_kind=StationKind.CASHIER, cause=cause,
            order=(0, self.number),
        )  # fmt: skip

        def act(connection: Connection) -> None:
            log = open_log(connection, HOME)
            log_no = log.add("record", cause, "", OPENED + timedelta(hours=9), by)
            log.close()
            keys = {"home_id": HOME, "case_no": CASE, "log_no": log_no}
            told = fact.model_dump_json(exclude_none=True)
            connection.execute(t.fact.insert().values(**keys, cause=cause, body=told))
            move = {"debit": debit, "credit": credit, "amount_fen": fen, "memo": step.value, "cause": cause}
            connection.execute(t.transfer.insert().values(**keys, entry_no=1, **move))

        transact(self.engine, act)
        return cause

    def upgraded(self) -> Connection:
        migrations.upgrade(self.engine)
        return self.engine.connect()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def seven(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seven]:
    made_by = f"sqlite:///{tmp_path / 'seven.db'}" if request.param == "sqlite" else ""
    engine = open_engine(made_by or request.getfixturevalue("postgres").new_database())
    migrations.upgrade(engine, "0007")
    transact(engine, _found)
    yield Seven(engine)
    engine.dispose()


def _found(connection: Connection) -> None:
    founding.add_home(connection, HOME, "馆", "Home", "0577")
    person = {"home_id": HOME, "shown_name": "某", "name_sealed": b"", "roles": "", "password_hash": "", "pin_hash": ""}
    founding.add_staff(connection, [person | {"staff_no": one} for one in (CASHIER, OTHER)])
    log: Log = open_log(connection, HOME)
    log_no = log.add("till shift opened", "float", "", OPENED, CASHIER)
    log.close()
    sealed = dict.fromkeys(
        ("deceased_name_sealed", "applicant_name_sealed", "applicant_phone_sealed", "address_sealed"), b""
    )
    texts = {"county": "330302", "stage": "booked", "body": "{}", "shown_name": "某", "relation": "child"}
    connection.execute(
        t.funeral_case.insert().values(
            home_id=HOME, case_no=CASE, opened_at=OPENED, changed_log_no=log_no, phone_blind="", **texts, **sealed
        )
    )
    shift = {"home_id": HOME, "shift_no": 7, "staff_no": CASHIER, "drawer": "QT-1", "opened_at": OPENED}
    connection.execute(t.till_shift.insert().values(**shift, float_fen=0, opened_counts="{}"))


TILL, HELD = "till/card_terminal", f"deposit/{CASE}"


def test_card_money_of_an_open_shift_is_on_its_slip_and_no_other_is(seven: Seven) -> None:
    seven.books(Step.DEPOSIT, TILL, HELD, 10_000)
    gone = seven.books(Step.DEPOSIT, TILL, HELD, 2_000)
    seven.books(Step.REFUND, HELD, TILL, 3_000)
    seven.books(Step.REVERSE_PAYMENT, HELD, TILL, 2_000, by=OTHER, payment=gone)
    seven.books(Step.DEPOSIT, TILL, HELD, 500, at=OPENED - timedelta(minutes=1))
    seven.books(Step.DEPOSIT, TILL, HELD, 70, by=OTHER)
    seven.books(Step.DEPOSIT, "till/qr", HELD, 9)

    with seven.upgraded() as connection:
        assert tills.moved(connection, HOME, [7], Means.CARD_TERMINAL) == {7: 7_000}
        assert tills.moved(connection, HOME, [7]) == {7: 0}, "no cash"
        assert till_checks.in_no_shift(connection, HOME) == 0
        taken = connection.execute(select(t.till_taking).order_by(t.till_taking.c.log_no)).all()
        assert {(one.shift_no, one.at) for one in taken} == {(7, OPENED + timedelta(hours=1))}
        assert [one.staff_no for one in taken] == [CASHIER, CASHIER, CASHIER, OTHER]


def test_card_money_of_no_case_is_on_the_slip_of_its_open_shift(seven: Seven) -> None:
    def kept(connection: Connection) -> None:
        for number, by, means, at in (
            (90, CASHIER, "card_terminal", OPENED + timedelta(hours=1)),
            (91, CASHIER, "card_terminal", OPENED - timedelta(hours=1)),
            (92, OTHER, "card_terminal", OPENED + timedelta(hours=1)),
            (93, CASHIER, "transfer", OPENED + timedelta(hours=1)),
        ):
            one = {"home_id": HOME, "log_no": number, "cause": f"{JOURNAL}:{number}", "step": "deposit", "at": at}
            more = {"means": means, "amount_fen": number, "staff_no": by, "station_id": "cashier-1"}
            connection.execute(t.stray_money.insert().values(one | more))

    transact(seven.engine, kept)

    with seven.upgraded() as connection:
        assert stray_cash.moved(connection, HOME, [7], Means.CARD_TERMINAL) == {7: 90}
        assert tills.moved(connection, HOME, [7], Means.CARD_TERMINAL) == {7: 90}


def test_a_change_of_a_row_holds_since_the_local_day_on_which_it_was_written(seven: Seven) -> None:
    moments = {
        1: datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC),
        2: datetime(2026, 3, 31, 16, 0, tzinfo=UTC),
        3: datetime(2026, 12, 31, 16, 30, 0, 5, tzinfo=UTC),
    }

    def written(connection: Connection) -> None:
        for version, at in moments.items():
            row = {"module": "relief", "record": "household", "row_id": "a", "field": "town", "after": str(version)}
            one = {"home_id": HOME, "version": version, "at": at, "move": "change", "log_no": version}
            connection.execute(t.module_history.insert().inline().values(row | one))

    transact(seven.engine, written)

    with seven.upgraded() as connection:
        days = connection.execute(select(t.module_history.c.day).order_by(t.module_history.c.version)).scalars().all()
    assert days == ["2026-03-31", "2026-04-01", "2027-01-01"]


def test_numbers_that_stood_in_the_names_of_files_are_masked(seven: Seven) -> None:
    names = {"a": f"{ID_NO} 名单.xlsx", "b": "六月.xlsx"}

    def written(connection: Connection) -> None:
        for upload_id, name in names.items():
            row: dict[str, Any] = {
                one.name: "" for one in t.module_upload.columns if one.type.python_type is str and not one.nullable
            }
            row |= {"home_id": HOME, "id": upload_id, "file_name": name, "total": 0, "done": 0, "wrong": 0, "takes": 0}
            del row["digest"]
            moments = dict.fromkeys(("made_at", "beat_at"), datetime(2026, 3, 31, tzinfo=UTC))
            connection.execute(t.module_upload.insert().inline().values(row | moments))

    transact(seven.engine, written)

    with seven.upgraded() as connection:
        kept = connection.execute(select(t.module_upload.c.file_name).order_by(t.module_upload.c.id)).scalars().all()
    assert kept == ["**** 名单.xlsx", "六月.xlsx"]


def test_a_row_that_was_brought_before_files_told_their_day_tells_none(seven: Seven) -> None:
    module = social_relief.MODULE
    made = tables.table_of(module.name, module.records[0]).name
    with seven.upgraded():
        tables.prepare(seven.engine, [module])
    with seven.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(text(f"ALTER TABLE {made} DROP COLUMN known_on"))

    assert tables.prepare(seven.engine, [module]) == [f"{made}.known_on"]
    [column] = [one for one in inspect(seven.engine).get_columns(made) if one["name"] == "known_on"]
    assert column["nullable"], "such a row stands since it was made"
