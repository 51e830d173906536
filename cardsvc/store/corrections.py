"""What a correction changes in the rows of a case; what was before is kept, sealed, and never changed again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.store import tables as t
from cardsvc.store.working import DEATH_PAPER, WorkingSet


def sealed_row(tx: WorkingSet, case_no: CaseNo) -> Any:
    """The sealed columns of a case and its relation."""
    c = t.funeral_case.c
    return tx.connection.execute(select(t.funeral_case).where(c.home_id == tx.home_id, c.case_no == case_no)).one()


def rewrite(tx: WorkingSet, case_no: CaseNo, values: Mapping[str, object]) -> None:
    """Put other values into the case's row."""
    c = t.funeral_case.c
    where = (c.home_id == tx.home_id, c.case_no == case_no)
    tx.connection.execute(update(t.funeral_case).where(*where).values(dict(values)))


def reword(tx: WorkingSet, case_no: CaseNo, words: Iterable[str]) -> None:
    """The case is found and compared by other words from now on."""
    w = t.case_word.c
    tx.connection.execute(delete(t.case_word).where(w.home_id == tx.home_id, w.case_no == case_no))
    rows = [{"home_id": tx.home_id, "word_blind": word, "case_no": case_no} for word in words]
    if rows:
        tx.connection.execute(t.case_word.insert(), rows)


def where_earlier(case_no: CaseNo, log_no: int, what: str) -> str:
    """What an earlier value's seal is bound to."""
    return f"earlier_value/{case_no}/{log_no}/{what}"


def keep_earlier(tx: WorkingSet, case_no: CaseNo, log_no: int, what: str, sealed: bytes) -> None:
    """Keep a value that a correction replaces."""
    row = {"home_id": tx.home_id, "case_no": case_no, "log_no": log_no, "what": what, "sealed": sealed, "at": tx.now}
    tx.connection.execute(t.earlier_value.insert().values(row))


def earlier(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Sequence[Any]:
    """What corrections of a case replaced, the newest first."""
    e = t.earlier_value.c
    where = (e.home_id == home_id, e.case_no == case_no)
    return connection.execute(select(e.log_no, e.what, e.at).where(*where).order_by(e.log_no.desc(), e.what)).all()


def earlier_sealed(connection: Connection, home_id: HomeId, case_no: CaseNo, log_no: int, what: str) -> bytes | None:
    """One of them, sealed; None when there is none."""
    e = t.earlier_value.c
    where = (e.home_id == home_id, e.case_no == case_no, e.log_no == log_no, e.what == what)
    return connection.execute(select(e.sealed).where(*where)).scalar_one_or_none()


def redirect(tx: WorkingSet, source: CaseNo, target: CaseNo) -> None:
    """What comes for the one number goes to the other case, and so do the death documents that it had."""
    a, m = t.case_alias.c, t.mark.c
    tx.connection.execute(
        update(t.case_alias).where(a.home_id == tx.home_id, a.case_no == source).values(case_no=target)
    )
    row = {"home_id": tx.home_id, "provisional_no": source, "case_no": target}
    tx.connection.execute(t.case_alias.insert().values(row))
    papers = (m.home_id == tx.home_id, m.kind == DEATH_PAPER, m.case_no == source)
    tx.connection.execute(update(t.mark).where(*papers).values(case_no=target))


def living_links(connection: Connection, home_id: HomeId, case_no: CaseNo, now: datetime) -> list[str]:
    """The hashes of the family links of a case that open its page now."""
    k = t.family_link.c
    where = (k.home_id == home_id, k.case_no == case_no, k.revoked_at.is_(None), k.expires_at > now)
    return list(connection.execute(select(k.token_hash).where(*where).order_by(k.made_at)).scalars())
