"""What a card says and what goes onto it: fixed layouts of whole files (CARD.md section 5).

Integers are least significant byte first. What cannot be is CardForged, never a guess.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardsvc.core.card.errors import CardForged
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, RecordKey

LAYOUT = 1
IDENTITY_BYTES = STATE_BYTES = 64
ENTRY_BYTES = 112

_IDENTITY = struct.Struct("<B8s20s20sB14x")
_STATE = struct.Struct("<I16sQBB16s18x")
_ENTRY = struct.Struct("<16sIHBBQ16s64s")


@dataclass(frozen=True, slots=True)
class Identity:
    """File 0: whose card this is; `case_no` is None on a blank card of the pool."""

    layout: int
    home: HomeId
    card_no: CardNo
    case_no: CaseNo | None
    issue_no: int

    def pack(self) -> bytes:
        """64 bytes. Raises ValueError for a number too long for its field."""
        fields = (self.home, self.card_no, self.case_no or "")
        raw = [text.encode("ascii") for text in fields]
        if len(raw[0]) > 8 or len(raw[1]) > 20 or len(raw[2]) > 20:
            raise ValueError("home, card or case number is too long for the card")
        return _IDENTITY.pack(self.layout, *raw, self.issue_no)

    @classmethod
    def unpack(cls, raw: bytes) -> "Identity":
        """Read file 0. Raises CardForged for another layout or bytes that are no numbers."""
        if len(raw) != IDENTITY_BYTES or raw[0] != LAYOUT:
            raise CardForged("the identity has another layout")
        layout, home, card_no, case_no, issue_no = _IDENTITY.unpack(raw)
        return cls(
            layout,
            HomeId(_text(home)),
            CardNo(_text(card_no)),
            CaseNo(_text(case_no)) if any(case_no) else None,
            issue_no,
        )


@dataclass(frozen=True, slots=True)
class CardState:
    """File 1: the counter (one up with every tap), the record that wrote it last, the stage, flags."""

    counter: int
    last: RecordKey | None
    stage: int
    flags: int
    last_hash: bytes

    def pack(self) -> bytes:
        """64 bytes."""
        journal, seq = (bytes.fromhex(self.last.journal_id), self.last.seq) if self.last else (bytes(16), 0)
        return _STATE.pack(self.counter, journal, seq, self.stage, self.flags, self.last_hash)

    @classmethod
    def unpack(cls, raw: bytes) -> "CardState":
        """Read file 1. Raises CardForged for another length."""
        if len(raw) != STATE_BYTES:
            raise CardForged("the state has another length")
        counter, journal, seq, stage, flags, last_hash = _STATE.unpack(raw)
        last = RecordKey(JournalId(journal.hex()), seq) if seq else None
        return cls(counter, last, stage, flags, last_hash)


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One record of file 2: a tap, signed by its station over the entry's own fields.

    `station` is the station's number on the card, `step` and `flags` are one byte each, `time_ms` milliseconds since
    1970 as the station claims, `before` the hash (16 bytes) of the entry before, `signature` Ed25519 (64 bytes).
    """

    station: int
    key: RecordKey
    step: int
    flags: int
    time_ms: int
    before: bytes
    signature: bytes

    def pack(self) -> bytes:
        """112 bytes."""
        journal = bytes.fromhex(self.key.journal_id)
        return _ENTRY.pack(
            journal, self.key.seq, self.station, self.step, self.flags, self.time_ms, self.before, self.signature
        )

    @classmethod
    def unpack(cls, raw: bytes) -> "TrailEntry":
        """Read a record. Raises CardForged for another length."""
        if len(raw) != ENTRY_BYTES:
            raise CardForged("a trail entry has another length")
        journal, seq, station, step, flags, time_ms, before, signature = _ENTRY.unpack(raw)
        return cls(station, RecordKey(JournalId(journal.hex()), seq), step, flags, time_ms, before, signature)

    def signed_bytes(self, uid: bytes) -> bytes:
        """What the station signs: the entry's fields, bound to this chip."""
        return b"one-card trail v1" + uid + self.pack()[:48]


def entry_hash(entry: TrailEntry) -> bytes:
    """The hash (16 bytes) by which the next entry names this one."""
    return hashlib.sha256(entry.pack()).digest()[:16]


@dataclass(frozen=True, slots=True)
class CardImage:
    """All that was read of a card in one session; `trail` is the newest entries, oldest first."""

    profile: str
    uid: bytes
    identity: Identity | None
    state: CardState | None
    trail: tuple[TrailEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class CardWrite:
    """What one tap writes, in one atomic commit; `identity` only when a card is bound."""

    state: CardState
    entry: TrailEntry
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The card has committed; `proof` is its Transaction MAC counter and value (12 bytes) where it gives one."""

    proof: bytes | None = None


@dataclass(frozen=True, slots=True)
class TrailKey:
    """The Ed25519 key (32 bytes) of one journal of a station; `suspect` when others may hold it too."""

    public_key: bytes
    suspect: bool = False


def check_trail(
    image: CardImage, key_of: Callable[[int, JournalId], TrailKey | None], told_counter: int = 2**32
) -> None:
    """Verify the chain of custody that the card carries, offline (CARD.md section 5).

    `key_of` gives the key of a station number and journal, None for what is not known here. `told_counter` is the
    card's counter as the service told it: what a suspect key has written since is not believed.
    Raises CardForged for a wrong signature, an unknown station, a broken chain, or a state that is not the newest
    entry's.
    """
    previous: TrailEntry | None = None
    newest = image.state.counter if image.state is not None else 0
    for older, entry in zip(range(len(image.trail) - 1, -1, -1), image.trail, strict=True):
        key = key_of(entry.station, entry.key.journal_id)
        if key is None:
            raise CardForged("a trail entry names an unknown station")
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(entry.signature, entry.signed_bytes(image.uid))
        except InvalidSignature:
            raise CardForged("a trail entry's signature is wrong") from None
        if key.suspect and newest - older > told_counter:
            raise CardForged("a trail entry is by a key that was stolen")
        if previous is not None and entry.before != entry_hash(previous):
            raise CardForged("the trail's chain is broken")
        previous = entry
    if image.state is not None and previous is not None and image.state.last != previous.key:
        raise CardForged("the state is not the newest entry's")


def _text(raw: bytes) -> str:
    text = raw.rstrip(b"\x00")
    if not text.isascii() or not text.decode("ascii", "replace").replace("-", "").replace("_", "").isalnum():
        raise CardForged("a number on the card is not one")
    return text.decode("ascii")
