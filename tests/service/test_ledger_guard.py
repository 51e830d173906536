"""What the ledger is, the database itself keeps: raw SQL cannot post what the service would not."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import below_floor
from cardsvc.core.terms import Means
from cardsvc.core.wire import Outcome
from cardsvc.store import verifying
from tests.support.home import Service
from tests.support.telling import go, opened

MOVED = "INSERT INTO transfer VALUES (:home, :case, 9000, 1, :debit, :credit, :fen, 'raw', 'raw:1')"

BROKEN = (
    ("deposit/{case}", "till/cash", 50_001, "above_floor"),
    ("till/cash", "receivable/{case}/family", 23_001, "above_floor"),
    ("till/cash", "receivable/{case}/police", 1, "above_floor"),
    ("suspense/{case}", "till/cash", 1, "above_floor"),
    ("deposit/WZ-2026-999999", "till/cash", 1, "another case"),
    ("till/cash", "receivable/WZ-2026-999999/family", 1, "another case"),
    ("till/cash", "receivable/{case}", 1, "another case"),
    ("till/cash", "receivable/{case}/", 1, "another case"),
    ("till/cash", "suspense/{case}/x", 1, "another case"),
    ("till/cash", "pocket/mine", 1, "another case"),
    ("carried_shorts", "till/cash", 1, "another case"),
    ("till/cash", "", 1, "another case"),
    ("till/cash", "till/cash", 1, "accounts_differ"),
    ("till/cash", "revenue/urn", 0, "amount_is_positive"),
    ("till/cash", "revenue/urn", -1, "amount_is_positive"),
)
"""Debit, credit, fen, and what the database says."""
REWRITTEN = (
    "UPDATE transfer SET amount_fen = amount_fen + 1",
    "DELETE FROM transfer",
    "UPDATE bill_line SET due_fen = due_fen - 1, price_fen = price_fen - 1",
    "DELETE FROM bill_line",
    "DELETE FROM account",
    "UPDATE account SET debit_fen = debit_fen - 1 WHERE debit_fen > 0",
    "UPDATE account SET floor_fen = -100000",
    "UPDATE account SET account = 'deposit/x' WHERE account = 'till/cash'",
)


@pytest.fixture
def paid(service: Service) -> Iterator[tuple[Service, CaseNo]]:
    """A case that was collected, and has 500 yuan held."""
    case_no, card = opened(service)
    go(service, case_no, card, Step.DISPATCH, Step.COLLECT)
    deposit = Details(amount_fen=50_000, means=Means.CASH)
    assert service.station(StationKind.CASHIER).take(case_no, Step.DEPOSIT, deposit, card).outcome is Outcome.ACCEPTED
    yield service, case_no


def tries(connection: Connection, statement: str, **values: Any) -> str:
    """What the database says to a statement that it has to refuse."""
    nested = connection.begin_nested()
    with pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement), values)
    nested.rollback()
    return str(refused.value.orig)


def accounts(connection: Connection) -> dict[str, int]:
    rows = connection.execute(text("SELECT account, debit_fen - credit_fen AS fen FROM account"))
    return {row.account: int(row.fen) for row in rows}


def test_a_transfer_that_breaks_the_books_is_refused(paid: tuple[Service, CaseNo]) -> None:
    service, case_no = paid
    values = {"home": service.context.home_id, "case": case_no}
    with service.context.engine.begin() as connection:
        before = accounts(connection)
        for debit, credit, fen, said in BROKEN:
            sides = {"debit": debit.format(case=case_no), "credit": credit.format(case=case_no)}

            answer = tries(connection, MOVED, fen=fen, **sides, **values)

            assert said in answer, (debit, credit, fen)
            assert accounts(connection) == before


def test_nothing_posted_is_changed_or_taken_away(paid: tuple[Service, CaseNo]) -> None:
    with paid[0].context.engine.begin() as connection:
        for statement in REWRITTEN:
            answer = tries(connection, statement)

            assert "only" in answer or "alone" in answer, statement


def test_a_line_is_taken_back_once(paid: tuple[Service, CaseNo]) -> None:
    service, _ = paid
    with service.context.engine.begin() as connection:
        line = connection.execute(text("SELECT * FROM bill_line")).mappings().first()
        assert line is not None
        back = dict(line) | {"log_no": 9_000, "reverses": line["log_no"], "reverses_line": line["line_no"]}
        back |= {name: -line[name] for name in ("price_fen", "waiver_fen", "due_fen")}
        insert = f"INSERT INTO bill_line ({', '.join(back)}) VALUES ({', '.join(f':{name}' for name in back)})"
        connection.execute(text(insert), back)

        answer = tries(connection, insert, **(back | {"log_no": 9_001}))

        assert "unique" in answer.lower()


def test_accounts_are_the_sums_of_their_transfers(paid: tuple[Service, CaseNo]) -> None:
    service, _ = paid
    with service.context.engine.connect() as connection:
        kept = accounts(connection)
        sums: dict[str, int] = {}
        for side, sign in (("debit", 1), ("credit", -1)):
            for row in connection.execute(
                text(f"SELECT {side} AS account, sum(amount_fen) AS fen FROM transfer GROUP BY 1")
            ):
                sums[row.account] = sums.get(row.account, 0) + sign * int(row.fen)

    assert kept == sums
    assert sum(kept.values()) == 0
    assert below_floor(kept) == ()  # type: ignore[arg-type]


def test_a_forged_balance_is_found(paid: tuple[Service, CaseNo]) -> None:
    service, _ = paid
    home = service.context.home_id
    assert verifying.first_fault(service.context.engine, home, lambda _: None) is None
    with service.context.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE account DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE account SET debit_fen = debit_fen + 1 WHERE account = 'till/cash'"))

    assert (
        verifying.first_fault(service.context.engine, home, lambda _: None) == "account till/cash is not its transfers"
    )
