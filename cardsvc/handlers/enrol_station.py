"""Enrol a station: a one-time code for keys that were made there; the journal's id comes from here."""

import base64
import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import JournalId, StationId, uuid7
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import EnrolAnswer, EnrolRequest, genesis
from cardsvc.store import tables as t
from cardsvc.store.engine import transact
from cardsvc.store.log import open_log

CODE_LIVES = timedelta(hours=1)
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def make_code(context: Context, station_id: StationId, kind: StationKind, number: int) -> str:
    """Make the station if it is new, and a one-time code for it: 16 characters, good for an hour."""
    code = "".join(ALPHABET[byte % len(ALPHABET)] for byte in context.chance(16))
    now = context.clock()

    def act(connection: Connection) -> None:
        log = open_log(connection, context.home_id)
        s = t.station.c
        known = select(s.station_id).where(s.home_id == context.home_id, s.station_id == station_id)
        if connection.execute(known).first() is None:
            connection.execute(
                t.station.insert().values(
                    home_id=context.home_id, station_id=station_id, kind=kind.value, number=number
                )
            )
        connection.execute(
            t.enrolment_code.insert().values(
                home_id=context.home_id, code_hash=_hash(code), station_id=station_id, expires_at=now + CODE_LIVES
            )
        )
        log.add("enrolment code", station_id, "", now)
        log.close()

    transact(context.engine, act)
    return code


def handle(context: Context, ask: EnrolRequest, now: datetime) -> EnrolAnswer | Refusal:
    """Exchange a code for a journal; a code serves once."""

    def act(connection: Connection) -> EnrolAnswer | Refusal:
        log = open_log(connection, context.home_id)
        c = t.enrolment_code.c
        row = connection.execute(
            select(t.enrolment_code, t.station.c.kind, t.station.c.number)
            .join(t.station, (t.station.c.home_id == c.home_id) & (t.station.c.station_id == c.station_id))
            .where(c.home_id == context.home_id, c.code_hash == _hash(ask.code))
        ).one_or_none()
        if row is None or row.used_at is not None or row.expires_at < now:
            return Refusal(Problem.CODE_INVALID)
        journal_id = JournalId(uuid7(int(now.timestamp() * 1000), context.chance(10)).hex)
        mine = (c.home_id == context.home_id, c.code_hash == row.code_hash)
        connection.execute(update(t.enrolment_code).where(*mine).values(used_at=now))
        connection.execute(
            t.journal.insert().values(
                home_id=context.home_id,
                journal_id=journal_id,
                station_id=row.station_id,
                public_key=ask.public_key,
                sealing_key=ask.sealing_key,
                head_seq=0,
                head_hash=genesis(journal_id).hex(),
                unsent=0,
            )
        )
        home = t.home.c.home_id == context.home_id
        connection.execute(update(t.home).where(home).values(setup_version=t.home.c.setup_version + 1))
        log.add("station enrolled", f"{row.station_id} {journal_id}", hashlib.sha256(ask.public_key).hexdigest(), now)
        log.close()
        epoch = connection.execute(select(t.home.c.epoch).where(home)).scalar_one()
        return EnrolAnswer(
            home_id=context.home_id,
            station_id=StationId(row.station_id),
            station_kind=row.kind,
            station_number=row.number,
            journal_id=journal_id,
            service_epoch=epoch,
            service_public_key=base64.b64encode(context.vault.public_key),
            service_sealing_key=base64.b64encode(context.vault.sealing_key),
        )

    return transact(context.engine, act)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
