"""The exchange with a station: one transaction for a request, a savepoint for each record.

Signatures are verified before the transaction. What a station says is never lost; the service may disagree with it.
"""

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardsvc.api.batch import Batch
from cardsvc.api.checking import Checked, check
from cardsvc.context import Context
from cardsvc.core import wire
from cardsvc.core.ids import HomeId
from cardsvc.core.problems import Problem
from cardsvc.core.wire import RecordResult, Result
from cardsvc.store import journals, snapshots
from cardsvc.store import standing as journal_standing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.journals import JournalRow
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set


def handle(context: Context, journal: JournalRow, ask: wire.SyncRequest, now: datetime) -> wire.SyncAnswer:
    """Take what a station has, and tell it what is new. `journal` is the station's row, request already verified."""
    key = Ed25519PublicKey.from_public_bytes(journal.public_key)
    checked = [check(one, key) for one in ask.records]
    return transact(context.engine, lambda connection: _exchange(connection, context, journal, ask, checked, now))


def _exchange(
    connection: Connection,
    context: Context,
    journal: JournalRow,
    ask: wire.SyncRequest,
    checked: list[Checked],
    now: datetime,
) -> wire.SyncAnswer:
    log = open_log(connection, context.home_id)
    row = journals.journal(connection, context.home_id, journal.journal_id) or journal
    epoch = journals.epoch(connection, context.home_id)
    standing = row.standing or fork_of(connection, context.home_id, row, ask.hello)
    head_seq, head_hash = row.head_seq, row.head_hash
    results: list[RecordResult] = []
    delta = None
    if checked and standing is None:
        tx = working_set(connection, context.home_id, log, now, context.vault.sign)
        batch = Batch(tx, context, row, checked)
        for one in checked:
            result = batch.take(one)
            results.append(result)
            if result.result in (Result.EXPECTED, Result.DIFFERS):
                break
        batch.close()
        head_seq, head_hash, standing = batch.head_seq, batch.head_hash, batch.forked
    if standing is Problem.JOURNAL_FORKED and row.standing is None:
        journal_standing.halt(connection, context.home_id, row.journal_id, ask.hello.halted or standing)
        log.add("station halted", f"{row.station_id} {row.journal_id}", "", now)
        log.close()
    unsent = max(0, ask.hello.head_seq - head_seq)
    journals.heard(connection, context.home_id, row.journal_id, (head_seq, head_hash), unsent, now)
    if standing is None:
        if row.epoch_seen != epoch and ask.hello.service_epoch_seen == epoch and unsent == 0:
            journal_standing.said_hello(connection, context.home_id, row.journal_id, epoch)
        delta = snapshots.news(
            connection, context.home_id, ask.hello, row.kind, row.sealing_key, context.vault.card_key, now
        )
    root = context.vault.sign(wire.checkpoint_bytes(context.home_id, epoch, log.log_no, log.root))
    return wire.SyncAnswer(
        nonce=ask.nonce,
        service_epoch=epoch,
        journal_head=wire.JournalHead(seq=head_seq, hash=head_hash),
        durable_seq=head_seq,
        standing=standing,
        results=tuple(results),
        checkpoint=wire.Checkpoint(epoch=epoch, log_no=log.log_no, root=log.root, at=now, signature=_b64(root)),
        delta=_b64(delta.model_dump_json().encode()) if delta is not None else None,
        server_time=now,
    )


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
