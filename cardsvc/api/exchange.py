"""The exchange with stations: one transaction for what waits, a savepoint for each record.

Signatures are verified before the transaction. What a station says is never lost; the service may disagree with it.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardsvc.api.batch import Arrived, Batch
from cardsvc.api.checking import Checked, check
from cardsvc.context import Context
from cardsvc.core import wire
from cardsvc.core.ids import HomeId, JournalId
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import RecordResult, Result
from cardsvc.store import journals, snapshots
from cardsvc.store import standing as journal_standing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.journals import Heard, JournalRow
from cardsvc.store.log import Log, open_log
from cardsvc.store.opening import working_set


@dataclass(frozen=True, slots=True)
class Sent:
    """What a station sends; the request was verified, and so were the signatures of its records."""

    journal_id: JournalId
    ask: wire.SyncRequest
    checked: list[Checked]
    now: datetime


def sent(journal_id: JournalId, key: Ed25519PublicKey, ask: wire.SyncRequest, now: datetime) -> Sent:
    """Verify the records of a verified request."""
    return Sent(journal_id, ask, [check(one, key) for one in ask.records], now)


def handle(context: Context, stations: Sequence[Sent]) -> list[wire.SyncAnswer | Refusal]:
    """Take what stations have, each at most once, and tell them what is new: all of it committed, or nothing."""
    return transact(context.engine, lambda connection: _exchange(connection, context, stations))


@dataclass(slots=True)
class _Turn:
    """One station's part of the transaction: how far we have its journal, and why nothing is taken from it."""

    sent: Sent
    row: JournalRow
    standing: Problem | None
    head_seq: int
    head_hash: str
    results: list[RecordResult] = field(default_factory=list)

    @property
    def unsent(self) -> int:
        """Records that the station still has."""
        return max(0, self.sent.ask.hello.head_seq - self.head_seq)


def _exchange(connection: Connection, context: Context, stations: Sequence[Sent]) -> list[wire.SyncAnswer | Refusal]:
    home_id, now = context.home_id, max(one.now for one in stations)
    log = open_log(connection, home_id)
    rows = journals.journals(connection, home_id, [one.journal_id for one in stations])
    turns: dict[JournalId, _Turn] = {}
    for one in stations:
        row = rows.get(one.journal_id)
        if row is not None:
            standing = row.standing or fork_of(connection, home_id, row, one.ask.hello)
            turns[one.journal_id] = _Turn(one, row, standing, row.head_seq, row.head_hash)
    _take(connection, context, log, turns.values(), now)
    for turn in turns.values():
        if turn.standing is Problem.JOURNAL_FORKED and turn.row.standing is None:
            problem = turn.sent.ask.hello.halted or turn.standing
            journal_standing.halt(connection, home_id, turn.row.journal_id, problem)
            log.add("station halted", f"{turn.row.station_id} {turn.row.journal_id}", "", now)
    log.close()
    heard = [Heard(one.row.journal_id, one.head_seq, one.head_hash, one.unsent) for one in turns.values()]
    journals.heard(connection, home_id, heard, now)
    answers = _answers(connection, context, log, turns.values(), now)
    return [answers.get(one.journal_id, Refusal(Problem.STATION_UNKNOWN)) for one in stations]


def _take(connection: Connection, context: Context, log: Log, turns: Iterable[_Turn], now: datetime) -> None:
    """Judge the records of all stations in one working set, and write what they change."""
    taking = [one for one in turns if one.sent.checked and one.standing is None]
    if not taking:
        return
    tx = working_set(connection, context.home_id, log, now, context.vault.sign)
    arrived = Arrived(tx, [one.record for turn in taking for one in turn.sent.checked if one.record is not None])
    for turn in taking:
        batch = Batch(arrived, context, turn.row, _lost_until(connection, context.home_id, turn))
        for one in turn.sent.checked:
            result = batch.take(one)
            turn.results.append(result)
            if result.result in (Result.EXPECTED, Result.DIFFERS):
                break
        turn.head_seq, turn.head_hash, turn.standing = batch.head_seq, batch.head_hash, batch.forked
    arrived.close(context)


def _lost_until(connection: Connection, home_id: HomeId, turn: _Turn) -> int:
    """How far we had a journal before a restore, as its station says: that is believed until it has sent all again.

    Who says so otherwise would make the service take new requests for such as had their word.
    """
    settled = turn.sent.ask.hello.settled_seq
    lost = settled > turn.row.head_seq and turn.row.epoch_seen < journals.epoch(connection, home_id)
    return settled if lost else 0


def _answers(
    connection: Connection, context: Context, log: Log, turns: Iterable[_Turn], now: datetime
) -> dict[JournalId, wire.SyncAnswer]:
    """What each station is told: results, checkpoint, and the news since the version that it has."""
    home_id, home = context.home_id, journals.home(connection, context.home_id, now)
    root = context.vault.sign(wire.checkpoint_bytes(home_id, home.epoch, log.log_no, log.root))
    checkpoint = wire.Checkpoint(epoch=home.epoch, log_no=log.log_no, root=log.root, at=now, signature=_b64(root))
    answers = {}
    for turn in turns:
        row, hello, delta = turn.row, turn.sent.ask.hello, None
        if turn.standing is None:
            if row.epoch_seen != home.epoch and hello.service_epoch_seen == home.epoch and turn.unsent == 0:
                journal_standing.said_hello(connection, home_id, row.journal_id, home.epoch)
            seen_by = snapshots.Reader(row.kind, row.sealing_key, context.vault.card_key)
            delta = snapshots.news(connection, home, log.log_no, hello, seen_by, now)
        answers[row.journal_id] = wire.SyncAnswer(
            nonce=turn.sent.ask.nonce,
            service_epoch=home.epoch,
            journal_head=wire.JournalHead(seq=turn.head_seq, hash=turn.head_hash),
            durable_seq=turn.head_seq,
            standing=turn.standing,
            results=tuple(turn.results),
            checkpoint=checkpoint,
            delta=_b64(delta.model_dump_json().encode()) if delta is not None else None,
            server_time=now,
        )
    return answers


def _b64(raw: bytes) -> bytes:
    """A field of type Base64Bytes is given encoded, and kept decoded."""
    return base64.b64encode(raw)


def fork_of(connection: Connection, home_id: HomeId, row: JournalRow, hello: wire.Hello) -> Problem | None:
    """Whether a hello proves that the journal was rolled back or copied.

    A head below ours alone is no proof: a duplicate that comes late says the same. The station whose head is below
    what the answer tells halts by itself, and says so in a hello of its own.
    """
    if hello.halted is not None:
        return Problem.JOURNAL_FORKED
    if hello.head_seq == row.head_seq:
        return None if hello.head_hash == row.head_hash else Problem.JOURNAL_FORKED
    if 0 < hello.head_seq < row.head_seq:
        stored = journals.record(connection, home_id, row.journal_id, hello.head_seq)
        if stored is not None and stored.hash != hello.head_hash:
            return Problem.JOURNAL_FORKED
    return None
