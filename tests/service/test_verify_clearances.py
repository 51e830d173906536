"""`verify` looks at the kept clearances again: each planted tampering is named (RELIABILITY.md promises 3 and 10)."""

from typing import Any

from sqlalchemy import text

from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.store import tables as t
from cardsvc.store.verifying import first_fault
from tests.service.test_verify import guards
from tests.support.home import Service, some_vault
from tests.support.telling import FIRE, HANDED, READY, TO_SHELF, TO_STORAGE, collected, go, opened

TAMPERED = {
    "evidence changed": ("UPDATE clearance SET body = REPLACE(body, '\"1011\"', '\"1012\"')", "is not signed"),
    "a signature": ("UPDATE clearance SET sig = CAST('x' AS BYTES) WHERE step = 'release'", "is not signed"),
    "the fire's cut out": ("DELETE FROM clearance WHERE step = 'arm'", "is missing"),
    "the release's cut out": ("DELETE FROM clearance WHERE step = 'release'", "is missing"),
    "named as the other step": ("UPDATE clearance SET step = 'load' WHERE step = 'arm'", "is not in the log"),
    "put at another place": ("UPDATE clearance SET log_no = log_no - 1 WHERE step = 'arm'", "is not in the log"),
}


def fault(service: Service, key: bytes | None = None) -> str | None:
    context = service.context
    return first_fault(context.engine, context.home_id, lambda _: None, key or context.vault.public_key)


def handed_over(service: Service) -> CaseNo:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, *FIRE, *TO_SHELF, Step.SETTLE)
    collected(service, case_no, card)
    go(service, case_no, card, *HANDED)
    return case_no


def unguarded(service: Service, table: str) -> None:
    """Somebody with the database in hand has taken its guards away."""
    with service.context.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            return
        for one in guards(service, table):
            connection.execute(text(f"DROP TRIGGER {one}"))


def rows(service: Service) -> list[dict[str, Any]]:
    with service.context.engine.connect() as connection:
        return [dict(row) for row in connection.execute(t.clearance.select()).mappings()]


def test_what_was_done_to_a_kept_clearance_is_named(service: Service) -> None:
    case_no = handed_over(service)
    assert fault(service) is None
    assert "is not signed" in (fault(service, some_vault(2).public_key) or "")
    kept = rows(service)
    unguarded(service, "clearance")
    blob = "BYTEA" if service.context.engine.dialect.name == "postgresql" else "BLOB"
    for what, (statement, says) in TAMPERED.items():
        with service.context.engine.begin() as connection:
            connection.execute(text(statement.replace("BYTES", blob)))
        found = fault(service) or "whole"
        assert says in found and str(case_no) in found, (what, found)
        with service.context.engine.begin() as connection:
            connection.execute(t.clearance.delete())
            connection.execute(t.clearance.insert(), kept)
        assert fault(service) is None, what


def test_a_fire_that_no_clearance_let_start_is_named(service: Service) -> None:
    """Leave was kept for another furnace, and signed with the service's own key: the fire has none."""
    case_no = handed_over(service)
    unguarded(service, "clearance")
    with service.context.engine.begin() as connection:
        for row in connection.execute(t.clearance.select().where(t.clearance.c.step == "arm")).all():
            body = row.body.replace('"furnace":"F1"', '"furnace":"F2"')
            assert body != row.body
            sig = service.context.vault.sign(body.encode())
            connection.execute(t.clearance.update().where(t.clearance.c.step == "arm").values(body=body, sig=sig))

    found = fault(service) or "whole"

    assert f"fact {case_no}" in found and "load without a kept clearance" in found
