"""Enrol a station: a one-time code for keys that were made there, then two people who have compared its words.

The journal's id comes from here; nothing is taken from it before it is approved (docs/protocol.md).
"""

import base64
import hashlib
from datetime import datetime, timedelta

from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import JournalId, StaffNo, StationId, uuid7
from cardsvc.core.permissions import Action, four_eyes
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import EnrolAnswer, EnrolRequest, RevokedWhy, genesis
from cardsvc.store import journals, standing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log
from cardsvc.store.opening import load_staff

CODE_LIVES = timedelta(hours=1)
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def make_code(
    context: Context, station_id: StationId, kind: StationKind, number: int, staff_no: StaffNo | None = None
) -> str:
    """Make the station if it is new, and a one-time code for it: 16 characters, good for an hour."""
    code = "".join(ALPHABET[byte % len(ALPHABET)] for byte in context.chance(16))
    now = context.clock()

    def act(connection: Connection) -> None:
        log = open_log(connection, context.home_id)
        journals.add_station(connection, context.home_id, station_id, kind, number)
        journals.add_code(connection, context.home_id, _hash(code), station_id, now + CODE_LIVES)
        log.add("enrolment code", station_id, "", now, staff_no)
        log.close()

    transact(context.engine, act)
    return code


def handle(context: Context, ask: EnrolRequest, now: datetime) -> EnrolAnswer | Refusal:
    """Exchange a code for a journal; a code serves once."""

    def act(connection: Connection) -> EnrolAnswer | Refusal:
        log = open_log(connection, context.home_id)
        row = journals.code(connection, context.home_id, _hash(ask.code))
        if row is None or row.used_at is not None or row.expires_at < now:
            return Refusal(Problem.CODE_INVALID)
        epoch = journals.epoch(connection, context.home_id)
        journal_id = JournalId(uuid7(int(now.timestamp() * 1000), context.chance(10)).hex)
        opened = {
            "journal_id": journal_id,
            "station_id": row.station_id,
            "public_key": ask.public_key,
            "sealing_key": ask.sealing_key,
            "head_seq": 0,
            "head_hash": genesis(journal_id).hex(),
            "epoch_seen": epoch,
        }
        journals.enrol(connection, context.home_id, _hash(ask.code), opened, now)
        log.add("station enrolled", f"{row.station_id} {journal_id}", hashlib.sha256(ask.public_key).hexdigest(), now)
        log.close()
        return EnrolAnswer(
            home_id=context.home_id,
            station_id=row.station_id,
            station_kind=row.kind.value,
            station_number=row.number,
            journal_id=journal_id,
            service_epoch=epoch,
            service_public_key=base64.b64encode(context.vault.public_key),
            service_sealing_key=base64.b64encode(context.vault.sealing_key),
        )

    return transact(context.engine, act)


def approve(context: Context, journal_id: str, first: StaffNo, second: StaffNo | None) -> StationId | Refusal:
    """Take from a pending journal from now on: two people have compared its words at both ends.

    What the station was before is replaced: its older journals are revoked, and their keys stay good for old trails.
    """
    now = context.clock()

    def act(connection: Connection) -> StationId | Refusal:
        log = open_log(connection, context.home_id)
        refusal = four_eyes(first, second, load_staff(connection, context.home_id), Action.APPROVE_STATION)
        if refusal is not None or second is None:
            return refusal or Refusal(Problem.FOUR_EYES)
        row = journals.journal(connection, context.home_id, journal_id)
        if row is None:
            return Refusal(Problem.STATION_UNKNOWN, journal_id)
        if row.standing is not Problem.STATION_PENDING:
            return Refusal(row.standing, row.station_id) if row.standing is not None else row.station_id
        for older in standing.living(connection, context.home_id, row.station_id):
            if older != row.journal_id:
                _replace(connection, context, log, older, now)
        standing.approve(connection, context.home_id, row.journal_id, (first, second), now)
        key = hashlib.sha256(row.public_key).hexdigest()
        log.add("station approved", f"{row.station_id} {row.journal_id} {second}", key, now, first)
        log.close()
        return row.station_id

    return transact(context.engine, act)


def _replace(connection: Connection, context: Context, log: Log, journal_id: JournalId, now: datetime) -> None:
    row = journals.journal(connection, context.home_id, journal_id)
    halted = row is not None and row.standing is Problem.JOURNAL_FORKED
    why = RevokedWhy.HALTED if halted else RevokedWhy.REPLACED
    standing.revoke(connection, context.home_id, journal_id, why, now)
    log.add("station revoked", f"{journal_id} {why}", "", now)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
