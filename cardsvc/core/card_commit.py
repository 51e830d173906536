"""What a step writes on the card, and how a torn write is settled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cardsvc.core import workflow
from cardsvc.core.card.image import CardImage, CardState, CardWrite, Identity, TrailEntry, entry_hash
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.ids import CaseNo, HomeId, RecordKey, StationId
from cardsvc.core.wire import Verdict

FLAG_SUSPENDED = 0x01
FLAG_INFECTIOUS = 0x02
FLAG_AT_WORK = 0x04


@dataclass(frozen=True, slots=True)
class Here:
    """The station where the tap happens."""

    home_id: HomeId
    station_id: StationId
    kind: StationKind
    number: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A step that may be taken: what goes into the journal, and what goes onto the card (None: nothing)."""

    case_no: CaseNo
    step: Step
    details: Details
    writes_card: bool
    needs_word: bool
    stage_after: Stage
    flags_after: int
    identity: Identity | None = None


def card_flags(case: Case, *, at_work: bool, suspended: bool = False) -> int:
    """The flags that the card carries: what another station must know of a case without network."""
    return FLAG_SUSPENDED * suspended | FLAG_INFECTIOUS * case.infectious | FLAG_AT_WORK * at_work


def card_write(
    decision: Decision,
    image: CardImage,
    here: Here,
    key: RecordKey,
    record_hash: bytes,
    at: datetime,
    sign: Callable[[bytes], bytes],
) -> CardWrite:
    """What goes onto the card for a journaled intent: one atomic commit of state and trail (CARD.md section 5).

    `key` and `record_hash` (32 bytes) are the intent's, `sign` is the station's Ed25519 signature (64 bytes).
    Raises ValueError for an image without state.
    """
    if image.state is None:
        raise ValueError("this card carries no state")
    before = entry_hash(image.trail[-1]) if image.trail else bytes(16)
    unsigned = TrailEntry(
        station=here.number,
        key=key,
        step=workflow.step_code(decision.step),
        flags=decision.flags_after,
        time_ms=int(at.timestamp() * 1000),
        before=before,
        signature=bytes(64),
    )
    entry = TrailEntry(
        station=unsigned.station,
        key=key,
        step=unsigned.step,
        flags=unsigned.flags,
        time_ms=unsigned.time_ms,
        before=before,
        signature=sign(unsigned.signed_bytes(image.uid)),
    )
    state = CardState(
        counter=image.state.counter + 1,
        last=key,
        stage=workflow.stage_code(decision.stage_after),
        flags=decision.flags_after,
        last_hash=record_hash[:16],
    )
    return CardWrite(state=state, entry=entry, identity=decision.identity)


def settle(intent: RecordKey, counter_before: int, image: CardImage) -> Verdict | None:
    """What became of a torn tap, from the card itself (RELIABILITY.md section 4); None: ask the service.

    `counter_before` is the card's counter when the intent was journaled.
    """
    if image.state is None or image.state.counter < counter_before:
        return Verdict.CONFLICT
    if image.state.counter == counter_before:
        return Verdict.NOT_APPLIED
    if any(entry.key == intent for entry in image.trail):
        return Verdict.APPLIED
    if image.state.counter == counter_before + 1:
        return Verdict.APPLIED if image.state.last == intent else Verdict.NOT_APPLIED
    return None if image.state.counter - counter_before > len(image.trail) else Verdict.NOT_APPLIED
