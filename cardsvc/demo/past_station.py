"""A station of the demo's past: a real journal and the real exchange, at times that have gone by."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardsvc.api import exchange
from cardsvc.context import Context
from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StationId
from cardsvc.core.problems import Refusal
from cardsvc.core.rules import RULES, Offline
from cardsvc.core.wire import EnrolRequest, Judgement, Outcome, Record
from cardsvc.demo.home import APPROVERS
from cardsvc.handlers import enrol_station
from cardsvc.store import journals
from terminal import identity
from terminal.identity import SOFTWARE, Identity
from terminal.journal import Appended, Journal

NO_NEWS = 2**53 - 1
"""A snapshot version that no service has reached: what was told to the past is not asked for again."""
BOOT = "de" * 16


class Refused(Exception):
    """The service refused what the demo's past says; the demo's own fault."""


@dataclass
class PastStation:
    """One station; what it records is sent at once."""

    context: Context
    identity: Identity
    journal: Journal

    @classmethod
    def open(
        cls,
        context: Context,
        folder: Path,
        station_id: StationId,
        kind: StationKind,
        number: int,
        allow_memory: bool = False,
    ) -> "PastStation":
        """Enrol the station, with keys and a journal in `folder` that the running station goes on with.

        With `allow_memory` the folder may lie on a file system that forgets, as a test's may.
        """
        signing, sealing, ask = identity.ask_with(enrol_station.make_code(context, station_id, kind, number))
        enrolled = enrol_station.handle(context, EnrolRequest.model_validate(ask, strict=False), context.clock())
        if isinstance(enrolled, Refusal):
            raise Refused(enrolled.problem)
        approved = enrol_station.approve(context, enrolled.journal_id, *APPROVERS)
        if isinstance(approved, Refusal):
            raise Refused(approved.problem)
        one = identity.keep(folder, Identity(signing, sealing, enrolled))
        return cls(context, one, Journal(folder / "journal.db", one.journal_id, signing, allow_memory=allow_memory))

    def append(self, body: wire.Body, **fields: Any) -> Appended:
        """Journal a record at the context's time."""
        now = self.context.clock()

        def build(seq: int, prev: str) -> Record:
            return Record(
                journal_id=self.identity.journal_id,
                seq=seq,
                prev=prev,
                home_id=self.identity.here.home_id,
                station_id=self.identity.here.station_id,
                body=body,
                wall_time=now,
                boot_id=BOOT,
                steady_ms=int(now.timestamp() * 1000),
                snapshot_version=0,
                software=SOFTWARE,
                **fields,
            )

        return self.journal.append(build)

    def send(self) -> Judgement:
        """Send what is unsent; the judgement of the last record. Raises Refused for what was not accepted."""
        rows = self.journal.unsettled()
        sent = tuple(wire.Sent(raw=_b64(row.raw), sig=_b64(row.sig)) for row in rows)
        seq, digest = self.journal.head
        now = self.context.clock()
        with self.context.engine.connect() as connection:
            row = journals.journal(connection, self.context.home_id, self.identity.journal_id)
            setup = journals.setup_version(connection, self.context.home_id, now)
        if row is None:
            raise Refused("not enrolled")
        hello = wire.Hello(
            station_id=self.identity.here.station_id,
            journal_id=self.identity.journal_id,
            head_seq=seq,
            head_hash=digest.hex(),
            settled_seq=self.journal.settled_seq(),
            oldest_kept_seq=1,
            snapshot_version=NO_NEWS,
            setup_version=setup,
            hot_version=1,
            boot_id=BOOT,
            steady_ms=int(now.timestamp() * 1000),
            wall_time=now,
            software=SOFTWARE,
        )
        ask = wire.SyncRequest(nonce="0" * 32, hello=hello, records=sent)
        key = Ed25519PublicKey.from_public_bytes(row.public_key)
        (answer,) = exchange.handle(self.context, [exchange.sent(row.journal_id, key, ask, now)])
        if isinstance(answer, Refusal):
            raise Refused(answer.problem)
        self.journal.settle(list(answer.results), now)
        judgement = answer.results[-1].judgement
        if judgement is None or judgement.outcome not in (Outcome.ACCEPTED, Outcome.NOTED):
            raise Refused(f"{rows[-1].raw!r}: {judgement}")
        return judgement

    def observe(self, case_no: CaseNo, step: Step, details: Details, **people: Any) -> Judgement:
        """A step that writes no card; first asked for where it needs the service's word."""
        granted = None
        if RULES[step].offline is not Offline.YES:
            granted = self.ask(case_no, step, details, **people)
            if step is Step.ARM:
                return granted[1]
        body = wire.Observation(step=step, details=details, granted_seq=granted[0] if granted else None)
        self.append(body, case_no=case_no, **people)
        return self.send()

    def ask(self, case_no: CaseNo, step: Step, details: Details, **people: Any) -> tuple[int, Judgement]:
        """The service's word before a step."""
        appended = self.append(wire.Request(step=step, details=details), case_no=case_no, **people)
        return appended.key.seq, self.send()

    def tap(self, case_no: CaseNo, intent: wire.Intent, write: Callable[[Appended], None], **fields: Any) -> Judgement:
        """A step that writes the card: the intent, the write, its outcome."""
        appended = self.append(intent, case_no=case_no, **fields)
        write(appended)
        fields = {name: value for name, value in fields.items() if name not in ("card_counter", "card_last")}
        self.append(wire.Written(intent_seq=appended.key.seq), case_no=case_no, **fields)
        return self.send()

    def close(self) -> None:
        """Close the journal: the running station opens it next."""
        self.journal.close()


def _b64(raw: bytes) -> bytes:
    """A field of type Base64Bytes is given encoded, and kept decoded."""
    return base64.b64encode(raw)
