"""The trial balance at the real service: it is zero at any moment, and every figure is its transfers."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Account, till
from cardsvc.core.local_time import local
from cardsvc.core.terms import Means
from cardsvc.core.trial_balance import GROUPS, Stands, ends
from cardsvc.core.words import say
from cardsvc.store import trial_balance
from tests.service.test_ledger_guard import MOVED
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

PAGE = 2
"""Pages so small that every list has several."""


def paid(service: Service, fen: int) -> CaseNo:
    """A case that owes for its collection, and left a deposit."""
    told = Told.begun(service, service.bookings + 1, id_no=None, resident=False)
    told.does(Step.DISPATCH)
    for step in (Step.COLLECT, Step.ARRIVE):
        told.does(step, tag=f"T{service.bookings:04d}")
    told.does(Step.DEPOSIT, StationKind.CASHIER, amount_fen=fen, means=Means.CASH)
    return told.case_no


def down(connection: Connection, service: Service, figure: Stands, until: int | None) -> list[Stands]:
    """The accounts behind a figure, page by page."""
    if figure.name not in GROUPS:
        return [figure]
    found: list[Stands] = []
    while True:
        after = found[-1].name if found else ""
        rows = trial_balance.accounts(connection, service.context.home_id, figure.name, until, after, PAGE)
        found += rows[:PAGE]
        if len(rows) <= PAGE:
            return found


def summed(connection: Connection, service: Service, account: str, until: int | None) -> int:
    """What the transfers of an account come to, page by page; none is shown twice."""
    total, key, seen = 0, None, set()
    while True:
        rows = trial_balance.transfers(connection, service.context.home_id, Account(account), until, key, PAGE)
        for one in rows[:PAGE]:
            assert one.key not in seen and one.at is not None and account in (one.debit, one.credit)
            seen.add(one.key)
            total += one.amount_fen if one.debit == account else -one.amount_fen
        if len(rows) <= PAGE:
            return total
        key = rows[PAGE - 1].key


def test_every_figure_is_the_sum_of_its_transfers_now_and_as_it_was(service: Service) -> None:
    for fen in (50_000, 60_000, 70_000):
        paid(service, fen)
    day = local(service.clock()).date()
    service.clock.forward(days=2)
    paid(service, 80_000)
    with service.context.engine.connect() as connection:
        then = trial_balance.end_of(connection, service.context.home_id, day)
        held = []
        for until in (None, then):
            balance = trial_balance.read(connection, service.context.home_id, until)
            assert balance.difference_fen == 0 and balance.debit_fen > 0
            for figure in balance.rows:
                accounts = down(connection, service, figure, until)
                assert sum(summed(connection, service, one.name, until) for one in accounts) == figure.balance_fen
                assert all(
                    one == trial_balance.one(connection, service.context.home_id, Account(one.name), until)
                    for one in accounts
                )
            held.append({one.name: one.balance_fen for one in balance.rows})

    assert [one["deposit"] for one in held] == [-260_000, -180_000]
    assert [one["till/cash"] for one in held] == [260_000, 180_000]
    assert held[0]["receivable/family"] > held[1]["receivable/family"] > 0


def test_what_the_database_keeps_is_what_its_transfers_say(service: Service) -> None:
    paid(service, 50_000)
    with service.context.engine.connect() as connection:
        kept = trial_balance.read(connection, service.context.home_id)
        summed_ = trial_balance.read(connection, service.context.home_id, 2**40)

    assert kept == summed_


def test_transfers_of_an_account_of_the_home_are_found_by_their_index(service: Service) -> None:
    paid(service, 50_000)
    with service.context.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        asked: list[str] = []
        real = connection.execute

        def watched(statement: object, *values: object) -> object:
            asked.append(str(statement.compile(connection.engine, compile_kwargs={"literal_binds": True})))  # type: ignore[attr-defined]
            return real(statement, *values)  # type: ignore[call-overload]

        connection.execute = watched  # type: ignore[method-assign, assignment]
        trial_balance.transfers(connection, service.context.home_id, till(Means.CASH), None, (10, "WZ", 1), 50)
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        plans = [" ".join(map(str, real(text(explain + one.replace(":", r"\:"))).all())) for one in asked]

    assert "transfer_debit_of_home" in plans[0] and "transfer_credit_of_home" in plans[1]


def test_books_that_do_not_balance_are_said_at_once(service: Service) -> None:
    paid(service, 50_000)
    desk = Desk(service, "1010")
    assert say("zh_CN", "trial.zero") in desk.get("trial-balance").text
    with service.context.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE account DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE account SET debit_fen = debit_fen + 1 WHERE account = 'till/cash'"))

    page = desk.get("trial-balance").text

    assert say("zh_CN", "trial.not_zero", sum="¥0.01") in page and say("zh_CN", "trial.zero") not in page


def test_a_transfer_by_hand_shows_though_no_act_is_logged_for_it(service: Service) -> None:
    case_no = paid(service, 50_000)
    values = {"home": service.context.home_id, "case": case_no, "fen": 7}
    with service.context.engine.begin() as connection:
        connection.execute(text(MOVED), {**values, "debit": "till/cash", "credit": f"suspense/{case_no}"})

    page = Desk(service, "1010").get("trial-balance/transfers?account=till/cash").text

    assert "¥0.07" in page and "raw:1" in page


@pytest.mark.parametrize(("who", "status"), [("1010", 200), ("1015", 200), ("1016", 200), ("1001", 403), ("", 303)])
def test_who_sees_the_trial_balance(service: Service, who: str, status: int) -> None:
    case_no = paid(service, 50_000)
    paths = ("", "/accounts?group=deposit", f"/transfers?account=deposit/{case_no}")
    assert {Desk(service, who).get(f"trial-balance{one}").status_code for one in paths} == {status}


def test_nonsense_in_the_address_finds_nothing_and_breaks_nothing(service: Service) -> None:
    paid(service, 50_000)
    desk = Desk(service, "1010")
    status = {
        path: desk.get(f"trial-balance{path}").status_code
        for path in (
            "/accounts?group=till",
            "/accounts?group=%25",
            "/transfers?account=nobody",
            "/transfers?account=till/cash&before=nonsense",
            "/transfers?account=till/cash&before=9.WZ-2026-000001.1",
            "?day=yesterday",
            "?day=1999-01-01",
        )
    }
    assert list(status.values()) == [404, 404, 404, 200, 200, 422, 200]
    assert ends("%") is None
    day = local(service.clock() - timedelta(days=3)).date().isoformat()
    assert say("zh_CN", "trial.nothing") in desk.get(f"trial-balance?day={day}").text
