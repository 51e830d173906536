"""What stations were told of the log, held against the log: every station is a witness."""

from collections.abc import Iterator

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from cardsvc.core import wire
from cardsvc.core.ids import HomeId
from cardsvc.core.wire import Record, Witness
from cardsvc.store import tables as t

RECORD = TypeAdapter(Record)
RESTORED = "restored"
"""The link that a restore adds to the log; its subject is the new epoch."""


def contradicted(connection: Connection, home_id: HomeId, witness: Witness) -> str | None:
    """How the log contradicts a witness, in words; None when it does not.

    A restore by the rules takes back the newest links and says so: what was told of them in an older epoch is past.
    """
    c = t.audit_link.c
    if witness.log_no >= _first_lost(connection, home_id, witness.epoch):
        return None
    where = (c.home_id == home_id, c.log_no == witness.log_no)
    root = connection.execute(select(c.hash).where(*where)).scalar_one_or_none()
    if root == witness.root:
        return None
    return f"log {witness.log_no} is not what it was" if root is not None else f"log {witness.log_no} is gone"


def contradictions(connection: Connection, home_id: HomeId) -> Iterator[str]:
    """Every stored witness that the log contradicts: the record that bears it, its station, and how."""
    c, j = t.record.c, t.journal.c
    rows = connection.execute(
        select(c.journal_id, c.seq, c.raw, j.station_id)
        .join(t.journal, (j.home_id == c.home_id) & (j.journal_id == c.journal_id))
        .where(c.home_id == home_id, c.kind == "checkpoint")
        .order_by(c.log_no)
    ).all()
    for row in rows:
        body = RECORD.validate_json(row.raw).body
        found = contradicted(connection, home_id, body) if isinstance(body, Witness) else None
        if found is not None:
            yield f"history was rewritten: {found}, says {row.station_id} in record {row.journal_id}:{row.seq}"


def _first_lost(connection: Connection, home_id: HomeId, epoch: int) -> int:
    """The first number of the log that a restore after this epoch gave anew."""
    c = t.audit_link.c
    rows = connection.execute(
        select(c.log_no, c.subject).where(c.home_id == home_id, c.what == RESTORED).order_by(c.log_no)
    )
    return next((int(row.log_no) for row in rows if int(row.subject) > epoch), wire.MOST_SEQ)
