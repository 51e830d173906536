"""What travels between a station and the service: records, hello, answers.

A record's hash is over its stored bytes, never over JSON written again; changing a shape here means a new protocol
version and an adapter (RELIABILITY.md sections 2 and 3).
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Base64Bytes, Field, StringConstraints

from cardsvc.core.desk import AskPaper, AskPay, DropPay
from cardsvc.core.facts import Details, Step, Wire
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, RecordKey, StaffNo, StationId
from cardsvc.core.problems import Problem

PROTOCOL: Literal[1] = 1
MEDIA_TYPE = "application/vnd.onecard.sync+json"
MOST_RECORDS = 100
MOST_RECORD_BYTES = 8_192

Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MOST_SEQ = 2**53
Seq = Annotated[int, Field(ge=1, le=MOST_SEQ)]


class Key(Wire):
    """A record's key as it travels."""

    journal_id: Hex32
    seq: Seq

    @property
    def record_key(self) -> RecordKey:
        """The same key as an id."""
        return RecordKey(JournalId(self.journal_id), self.seq)

    @classmethod
    def of(cls, key: RecordKey) -> "Key":
        """An id as it travels."""
        return cls(journal_id=key.journal_id, seq=key.seq)


class Intent(Wire):
    """A step is about to be written on the card; `stage_after` is the stage byte that the card will carry."""

    kind: Literal["intent"] = "intent"
    step: Step
    details: Details
    stage_after: int = Field(ge=0, le=255)


class Written(Wire):
    """The card took the write of the intent `intent_seq` of the same journal."""

    kind: Literal["written"] = "written"
    intent_seq: Seq
    torn: bool = False
    "True when the card left before it answered: applied or not is settled at its next contact."


class Seen(Wire):
    """A card was met that is ahead of what this station was told: what it carries settles another station's tear."""

    kind: Literal["seen"] = "seen"


class Verdict(StrEnum):
    """How a torn tap came out (RELIABILITY.md section 4)."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    CONFLICT = "conflict"


class Settled(Wire):
    """A torn tap was settled at a later sight of the card."""

    kind: Literal["settled"] = "settled"
    intent: Key
    verdict: Verdict


class Observation(Wire):
    """A step that writes no card."""

    kind: Literal["observation"] = "observation"
    step: Step
    details: Details
    granted_seq: Seq | None = None
    "The request of the same journal that the service granted, for a step that needs its word."


class Request(Wire):
    """Ask for the service's word before a step; it causes nothing by itself."""

    kind: Literal["request"] = "request"
    step: Step
    details: Details


class Refused(Wire):
    """The station said no."""

    kind: Literal["refused"] = "refused"
    step: Step | None = None
    problems: tuple[Problem, ...] = Field(min_length=1, max_length=40)
    details: Details | None = None
    "What had been entered: a scan that belongs to another case is a near miss, and the service freezes both."


class Booking(Wire):
    """A phone booking; what is personal is sealed to the service (HPKE, RFC 9180)."""

    kind: Literal["booking"] = "booking"
    sealed: Base64Bytes


class Listen(Wire):
    """Ask which cases a booking could be mixed up with, before it is made; sealed as the booking, it causes nothing.

    Accepted: with none. Noted: each is a reason CASE_ALIKE, `core.radar.Hit.detail`.
    """

    kind: Literal["listen"] = "listen"
    sealed: Base64Bytes


class PermitDead(Wire):
    """A permit ran out at the station without a load: nothing will start with it any more."""

    kind: Literal["permit_dead"] = "permit_dead"
    permit: str = Field(min_length=1, max_length=32)


class Witness(Wire):
    """A checkpoint of the service as this station was told it: every station is a witness."""

    kind: Literal["checkpoint"] = "checkpoint"
    epoch: int
    log_no: int
    root: Hex64
    signature: Base64Bytes


Body = Annotated[
    Seen | Intent | Written | Settled | Observation | Request | Refused | Booking | PermitDead | Witness | Listen
    | AskPay | DropPay | AskPaper,
    Field(discriminator="kind"),
]  # fmt: skip


class Record(Wire):
    """One row of a station's journal (RELIABILITY.md section 2).

    `steady_ms` counts milliseconds on a clock that cannot jump, within `boot_id`; `wall_time` is only claimed.
    """

    protocol: Literal[1] = PROTOCOL
    journal_id: Hex32
    seq: Seq
    prev: Hex64
    home_id: HomeId
    station_id: StationId
    case_no: CaseNo | None = None
    card_no: CardNo | None = None
    card_counter: int | None = Field(default=None, ge=0, lt=2**32)
    card_last: Key | None = None
    body: Body
    staff_no: StaffNo | None = None
    second_staff_no: StaffNo | None = None
    wall_time: AwareDatetime
    boot_id: Hex32
    steady_ms: int = Field(ge=0)
    snapshot_version: int = Field(ge=0)
    price_version: str | None = None
    software: str
    card_proof: Base64Bytes | None = None

    @property
    def key(self) -> RecordKey:
        """The record's identity."""
        return RecordKey(JournalId(self.journal_id), self.seq)


class Hello(Wire):
    """What a station says of itself with every message, an empty one too."""

    station_id: StationId
    journal_id: Hex32
    head_seq: int = Field(ge=0)
    head_hash: Hex64
    settled_seq: int = Field(ge=0)
    oldest_kept_seq: int = Field(ge=0)
    service_epoch_seen: int | None = None
    snapshot_version: int = Field(ge=0)
    snapshot_digest: Hex64 | None = None
    setup_version: int = Field(default=0, ge=0)
    hot_version: int = Field(default=0, ge=0)
    checkpoint_seen: int = Field(default=0, ge=0)
    boot_id: Hex32
    steady_ms: int = Field(ge=0)
    wall_time: AwareDatetime
    open_intents: int = Field(default=0, ge=0)
    halted: Problem | None = None
    "Why the station has stopped for good: said with its own signature, so that no late duplicate can stop it."
    software: str


class Sent(Wire):
    """A journal row as it travels: its own bytes and the station's Ed25519 signature over their hash."""

    raw: Base64Bytes
    sig: Base64Bytes


class SyncRequest(Wire):
    """The body of ``POST /stations/sync``; records follow `settled_seq` with no gap."""

    nonce: Hex32
    hello: Hello
    records: tuple[Sent, ...] = Field(default=(), max_length=MOST_RECORDS)


class RevokedWhy(StrEnum):
    """Why a journal is no longer taken. A journal that was only replaced keeps its key: old trails stay verifiable."""

    REPLACED = "replaced"
    OUT_OF_SERVICE = "out_of_service"
    STOLEN = "stolen"
    HALTED = "halted"  # rolled back or copied


class Result(StrEnum):
    """What became of a record: the closed vocabulary that a station's screen can show."""

    RECORDED = "recorded"
    ALREADY = "already"
    EXPECTED = "expected"
    DIFFERS = "differs"
    QUARANTINED = "quarantined"


class Outcome(StrEnum):
    """What the service thinks of what a recorded record says."""

    ACCEPTED = "accepted"
    WAITING = "waiting"  # accepted; a record that comes before it is still missing
    REFUSED = "refused"
    CONFLICT = "conflict"  # the fact stands, and contradicts: a named person looks at it
    NOTED = "noted"  # nothing to judge


class Reason(Wire):
    """One reason of a refusal, as it travels."""

    problem: Problem
    detail: str = ""


class Judgement(Wire):
    """The service's word on a record.

    `permit` and `permit_ms` answer an accepted request to arm: a duration from the sending of the request, never an
    end time (RELIABILITY.md section 5). `case_no` is the number that a provisional case has got; `copy_no` answers an
    accepted ask for a paper: which copy it is.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    case_no: CaseNo | None = None
    waiting_for: Key | None = None
    permit: str | None = None
    permit_ms: int | None = None
    copy_no: int | None = None


class RecordResult(Wire):
    """The answer to one record; `log_no` with recorded and already, `expected_seq` with expected."""

    result: Result
    seq: int
    log_no: int | None = None
    expected_seq: int | None = None
    problem: Problem | None = None
    judgement: Judgement | None = None


class Checkpoint(Wire):
    """The service's audit chain at a moment, signed: Ed25519 over `checkpoint_bytes`."""

    epoch: int
    log_no: int
    root: Hex64
    at: AwareDatetime
    signature: Base64Bytes


class JournalHead(Wire):
    """The last record of a journal that the service holds."""

    seq: int
    hash: Hex64


class SyncAnswer(Wire):
    """The signed answer: `nonce` is the request's, `delta` is the bytes of a `SnapshotDelta` when there is news.

    `standing` says why nothing is taken from this journal: STATION_PENDING, STATION_REVOKED or JOURNAL_FORKED.
    `backed_up_seq` is how far this journal is in a verified backup; up to there a station may prune what is settled.
    """

    nonce: Hex32
    service_epoch: int
    journal_head: JournalHead
    durable_seq: int
    standing: Problem | None = None
    backed_up_seq: int = 0
    results: tuple[RecordResult, ...]
    checkpoint: Checkpoint | None = None
    delta: Base64Bytes | None = None
    server_time: AwareDatetime


class PaperRequest(Wire):
    """The body of ``POST /stations/paper``: the paper that the record `seq` of this journal asked for."""

    nonce: Hex32
    journal_id: Hex32
    seq: Seq


class PaperAnswer(Wire):
    """The signed answer: the paper as PDF, or why there is none."""

    nonce: Hex32
    seq: Seq
    pdf: Base64Bytes | None = None
    problem: Problem | None = None
    detail: str = ""


class EnrolRequest(Wire):
    """The body of ``POST /stations/enrol``: a one-time code, and keys made at the station."""

    code: str = Field(min_length=8, max_length=64)
    public_key: Base64Bytes = Field(description="Ed25519, 32 bytes: signs records and requests")
    sealing_key: Base64Bytes = Field(description="X25519, 32 bytes: snapshot keys are sealed to it")
    software: str


class EnrolAnswer(Wire):
    """What an enrolled station must know."""

    home_id: HomeId
    station_id: StationId
    station_kind: str
    station_number: int
    journal_id: Hex32
    service_epoch: int
    service_public_key: Base64Bytes
    service_sealing_key: Base64Bytes


SIGNATURE_HEADER = "onecard-signature"
JOURNAL_HEADER = "onecard-journal"


def record_hash(raw: bytes) -> bytes:
    """SHA-256 (32 bytes) over the length-prefixed bytes of a record as stored."""
    return hashlib.sha256(len(raw).to_bytes(4, "big") + raw).digest()


def genesis(journal_id: JournalId) -> bytes:
    """What the first record of a journal follows: the SHA-256 (32 bytes) of the journal's id."""
    return hashlib.sha256(bytes.fromhex(journal_id)).digest()


def request_bytes(body: bytes) -> bytes:
    """What a station signs of a request."""
    return b"one-card request v1" + hashlib.sha256(body).digest()


def answer_bytes(nonce: str, body: bytes) -> bytes:
    """What the service signs of an answer: bound to the nonce, so that an old answer cannot be played again."""
    return b"one-card answer v1" + bytes.fromhex(nonce) + hashlib.sha256(body).digest()


def checkpoint_bytes(home: HomeId, epoch: int, log_no: int, root: str) -> bytes:
    """What the service signs of a checkpoint; `epoch` counts the service's restores."""
    numbers = epoch.to_bytes(4, "big") + log_no.to_bytes(8, "big")
    return b"one-card checkpoint v1" + home.encode() + numbers + bytes.fromhex(root)


def tombstone_bytes(journal_id: JournalId, last_seq: int, last_hash: bytes) -> bytes:
    """What a station signs of the rows that it has pruned: all up to `last_seq`, whose hash is `last_hash` (32)."""
    return b"one-card tombstone v1" + bytes.fromhex(journal_id) + last_seq.to_bytes(8, "big") + last_hash
