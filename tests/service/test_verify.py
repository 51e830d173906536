"""`verify` names the row that somebody changed behind the database's back (RELIABILITY.md promise 10)."""

import pytest
from sqlalchemy import text

from cardsvc.core.facts import Step
from cardsvc.store.verifying import counts, first_fault
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened

TAMPERED = {
    "a link's subject": ("audit_link", "UPDATE audit_link SET subject = 'x' WHERE log_no = 20", "log 20 was changed"),
    "a link cut out": ("audit_link", "DELETE FROM audit_link WHERE log_no = 21", "log 21 is missing"),
    "the end cut off": ("audit_link", "DELETE FROM audit_link WHERE log_no > 22", "the log ends at 22"),
    "a record's bytes": ("record", "UPDATE record SET raw = CAST('{}' AS BYTES) WHERE seq = 1", ":1 was changed"),
    "a record cut out": ("record", "DELETE FROM record WHERE seq = 1", ":1 is missing"),
    "a signature": ("record", "UPDATE record SET sig = CAST('x' AS BYTES) WHERE seq = 2", "is not signed"),
    "a fact cut out": ("fact", "DELETE FROM fact WHERE body LIKE '%\"store\"%'", "is not what its facts add up to"),
    "a stage": (
        "funeral_case", "UPDATE funeral_case SET body = REPLACE(body, '\"stored\"', '\"cremated\"')", "facts add up to",
    ),
    "a line made cheaper": (
        "bill_line", "UPDATE bill_line SET price_fen = price_fen - 1, due_fen = due_fen - 1", "lines and ledger differ",
    ),
    "an entry cut out": ("transfer", "DELETE FROM transfer WHERE credit LIKE 'revenue%'", "lines and ledger differ"),
}  # fmt: skip


def fault(service: Service) -> str | None:
    context = service.context
    return first_fault(context.engine, context.home_id, lambda _: None)


def test_an_untouched_home_is_whole(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.DEPOSIT)

    assert fault(service) is None
    assert counts(service.context.engine, service.context.home_id)["cases"] == 1


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_is_named(service: Service, what: str) -> None:
    table, statement, says = TAMPERED[what]
    case_no, card = opened(service, resident=False)
    go(service, case_no, card, *TO_STORAGE, Step.DEPOSIT)
    postgres = service.context.engine.dialect.name == "postgresql"
    off = (
        [f"ALTER TABLE {table} DISABLE TRIGGER ALL"]
        if postgres
        else [f"DROP TRIGGER {one}" for one in guards(service, table)]
    )
    with service.context.engine.begin() as connection:
        for one in [*off, statement.replace("AS BYTES", "AS BYTEA" if postgres else "AS BLOB")]:
            connection.execute(text(one))

    assert says in (fault(service) or "whole")


def guards(service: Service, table: str) -> list[str]:
    with service.context.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
        )
        return [row.name for row in rows]
