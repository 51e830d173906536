"""What the database sums up by itself: it is what was posted, nobody writes it by hand, and it can be made anew."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Refusal
from cardsvc.core.reporting import Age, age_on
from cardsvc.core.terms import Means
from cardsvc.core.wire import Observation
from cardsvc.demo.home import FLOAT
from cardsvc.handlers import close_day, open_till
from cardsvc.store import business_days, summing, verifying
from cardsvc.store import tables as t
from tests.service.test_day_close import counted
from tests.support import half_year, many_lines
from tests.support.home import Service
from tests.support.telling import Told
from tests.support.tools import Databases

KEPT = (t.business_day, t.revenue_day, t.money_day, t.tap_day, t.account_spell, t.standing_day, t.standing_month)
CASHIER, MANAGER = StaffNo("1010"), StaffNo("1015")
BY_HAND = (
    "UPDATE revenue_day SET price_fen = price_fen + 1, due_fen = due_fen + 1",
    "UPDATE revenue_day SET day = '2020-01-01', entries = entries + 1",
    "DELETE FROM revenue_day",
    "UPDATE money_day SET in_fen = in_fen + 1",
    "DELETE FROM money_day",
    "UPDATE tap_day SET entries = entries - 1",
    "DELETE FROM tap_day",
    "UPDATE standing_day SET debit_fen = debit_fen - 1",
    "DELETE FROM standing_day",
    "UPDATE standing_month SET fen = fen + 1",
    "DELETE FROM standing_month",
    "UPDATE account_spell SET since = '2020-01-01'",
    "UPDATE account_spell SET until = '2020-01-01' WHERE until = '9999-12-31'",
    "UPDATE account_spell SET until = '9999-12-31' WHERE until <> '9999-12-31'",
    "DELETE FROM account_spell",
    "UPDATE business_day SET from_log_no = from_log_no + 1",
    "DELETE FROM business_day",
)
RUNS = """
CREATE FUNCTION {name}_ran() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('{name}_runs'); RETURN NULL; END $$
"""
PLANTED = {
    "revenue_day": "UPDATE revenue_day SET price_fen = price_fen + 1, due_fen = due_fen + 1, entries = entries + 1",
    "money_day": "UPDATE money_day SET in_fen = in_fen + 1, entries = entries + 1",
    "tap_day": "UPDATE tap_day SET entries = entries + 1 WHERE observed = 1",
    "standing_day": "UPDATE standing_day SET debit_fen = debit_fen + 1",
    "standing_month": "UPDATE standing_month SET fen = fen + 1",
    "account_spell": "INSERT INTO account_spell VALUES ('{home}', 'deposit/x', '2020-01-01', 'deposit', '2020-01-02')",
    "business day": "INSERT INTO business_day VALUES ('{home}', '2031-01-01', 900000)",
}


def today(service: Service) -> date:
    return local(service.clock()).date()


def closes(service: Service) -> None:
    """The drawers are counted, the day is closed, and the cashier goes on with a new shift."""
    counted(service)
    assert not isinstance(close_day.handle(service.context, today(service), "", CASHIER, MANAGER), Refusal)
    assert not isinstance(open_till.handle(service.context, CASHIER, "QT-1", FLOAT, service.clock()), Refusal)


def moved(service: Service) -> Told:
    """Three days: two cases charged, one waived, money of three kinds, a day that two people closed in its middle."""
    first = Told.begun(service, 1, resident=True)
    first.go(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
    first.does(Step.DEPOSIT, amount_fen=90_000, means=Means.CASH)
    second = Told.begun(service, 2, resident=False, id_no=None, deceased_name="欧阳宁")
    second.does(Step.DISPATCH, vehicle="V2")
    second.does(Step.COLLECT, tag="8Q2F")
    closes(service)
    second.does(Step.PAY, amount_fen=second_owes(service), means=Means.QR)
    service.clock.forward(days=1, hours=2)
    first.does(Step.SETTLE)
    first.tries(Step.REFUND, amount_fen=1_000, means=Means.CASH)  # the yes is the refund
    service.clock.forward(days=40)
    second.does(Step.PAY, amount_fen=5_000, means=Means.CASH)
    return first


def second_owes(service: Service) -> int:
    with service.context.engine.connect() as connection:
        c = t.account.c
        rows = connection.execute(select(c.debit_fen - c.credit_fen).where(c.account.like("receivable/%000002/family")))
        return int(rows.scalar_one())


def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {one.name: sorted(tuple(row) for row in connection.execute(select(one))) for one in KEPT}


def fault(service: Service) -> str | None:
    context = service.context
    return verifying.first_fault(context.engine, context.home_id, lambda _: None, context.vault.public_key)


def off(connection: Connection) -> None:
    """Take the guards away, as somebody who owns the database can."""
    for table in KEPT:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        else:
            of_it = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
            for name in connection.execute(of_it, {"table": table.name}).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))


def test_summaries_are_what_was_posted_and_can_be_made_anew(service: Service) -> None:
    moved(service)
    home = service.context.home_id
    assert fault(service) is None

    with service.context.engine.begin() as connection:
        kept = rows(connection)
        assert all(kept.values())
        c, line = t.revenue_day.c, t.bill_line.c
        assert sum(row[c.keys().index("price_fen")] for row in kept["revenue_day"]) == sum(
            connection.execute(select(line.price_fen)).scalars()
        )
        off(connection)
        days = kept["business_day"]
        for table in KEPT:
            connection.execute(table.delete())
        summing.fill(connection, home)

        assert rows(connection) == kept
    assert [day for _, day, _ in days][-1] == today(service).isoformat()


def test_what_is_posted_after_the_close_is_of_the_next_day_in_every_summary(service: Service) -> None:
    day = today(service)
    moved(service)
    with service.context.engine.connect() as connection:
        end = business_days.ends(connection, service.context.home_id, day)
        c, x = t.money_day.c, t.transfer.c
        came = connection.execute(select(c.day, c.means, c.in_fen, c.out_fen).order_by(c.day, c.means)).all()
        before = connection.execute(select(x.debit).where(x.log_no < end, x.debit.like("till/%"))).scalars().all()

    assert [(one.day == day.isoformat(), one.means) for one in came[:2]] == [(True, "cash"), (False, "cash")]
    assert before == ["till/cash"]
    assert [one.out_fen for one in came] == [0, 1_000, 0, 0]


def test_nobody_writes_a_summary_by_hand(service: Service) -> None:
    moved(service)
    with service.context.engine.begin() as connection:
        before = rows(connection)
        for statement in BY_HAND:
            nested = connection.begin_nested()
            with pytest.raises(DBAPIError) as refused:
                connection.execute(text(statement))
            nested.rollback()

            assert "only" in str(refused.value.orig) or "alone" in str(refused.value.orig), statement
        assert rows(connection) == before


@pytest.mark.parametrize("name", PLANTED)
def test_verify_finds_a_planted_difference(service: Service, name: str) -> None:
    moved(service)
    with service.context.engine.begin() as connection:
        off(connection)
        connection.execute(text(PLANTED[name].format(home=service.context.home_id)))

    assert name in (fault(service) or "whole")


def test_what_had_stood_for_more_than_a_year_is_carried_as_one_sum() -> None:
    """It is of the last age on every day of the month; what may pass into it within the month keeps its day."""
    days = {
        ("2026-05-30", "deposit", "2026-05-30"): [0, 7],
        ("2026-05-31", "deposit", "2026-05-31"): [0, 30],
        ("2026-06-01", "deposit", "2026-06-01"): [0, 5],
        ("2027-05-02", "deposit", "2026-05-31"): [10, 0],
        ("2027-06-01", "deposit", "2026-06-01"): [5, 0],
    }

    assert summing.carried(days, ["2027-06-01", "2027-07-01", "2028-07-01"]) == {
        ("2027-06-01", "deposit", "0001-01-01"): -27,
        ("2027-06-01", "deposit", "2026-06-01"): -5,
        ("2027-07-01", "deposit", "0001-01-01"): -27,
        ("2028-07-01", "deposit", "0001-01-01"): -27,
    }
    assert age_on(date(2026, 5, 31), date(2027, 6, 1)) is Age.OVER_365 is not age_on(date(2026, 6, 1), date(2027, 6, 1))


def test_books_that_are_loaded_at_once_are_what_the_triggers_make_of_them(service: Service, tmp_path: Path) -> None:
    """What is measured over millions of lines is what taps would have left."""
    home, engine = service.context.home_id, service.context.engine
    tapped = Service(f"sqlite:///{tmp_path / 'tapped.db'}")
    with tapped.context.engine.begin() as connection:
        half_year.write(connection, home, 50)
        one_by_one = rows(connection), sorted(tuple(row) for row in connection.execute(select(t.account)))
    tapped.close()

    many_lines.load(engine, home, 50)

    with engine.connect() as connection:
        assert (rows(connection), sorted(tuple(row) for row in connection.execute(select(t.account)))) == one_by_one
    with engine.begin() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM revenue_day"))


@pytest.mark.postgres
def test_a_batch_is_summed_once_however_many_rows_it_has(postgres: Databases, founded: str) -> None:
    service = Service(postgres.new_database(like=founded))
    case_no = service.station(StationKind.BOOKING).book(id_no=None).case_no or ""
    runs = {"fact": 0, "transfer": 0}
    with service.context.engine.begin() as connection:
        for name in runs:
            connection.execute(text(f"CREATE SEQUENCE {name}_runs"))
            connection.execute(text(RUNS.format(name=name)))
            counting = f"AFTER INSERT ON {name} FOR EACH STATEMENT EXECUTE FUNCTION {name}_ran()"
            connection.execute(text(f"CREATE TRIGGER counted {counting}"))
    cashier = service.station(StationKind.CASHIER)
    for _ in range(20):
        paid = Observation(step=Step.DEPOSIT, details=Details(amount_fen=100, means=Means.CASH))
        cashier.append(paid, case_no=CaseNo(case_no), staff_no=CASHIER)
    cashier.send()

    with service.context.engine.connect() as connection:
        for name in runs:
            runs[name] = connection.execute(text(f"SELECT last_value FROM {name}_runs WHERE is_called")).scalar_one()
        held = connection.execute(text("SELECT sum(in_fen), sum(entries) FROM money_day")).one()
    service.close()
    assert (runs, tuple(held)) == ({"fact": 1, "transfer": 1}, (2_000, 20))
