"""What each step needs: one row of WORKFLOW.md each, except where it leads (`core.workflow`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.facts import StationKind as At


class Offline(StrEnum):
    """What a step needs from the network (WORKFLOW.md column Off, RELIABILITY.md section 6)."""

    YES = "yes"
    NO = "no"  # the service's word first
    NEVER = "never"  # the service's word first, and it lives only for seconds


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of WORKFLOW.md."""

    stations: frozenset[StationKind]
    needs: tuple[str, ...] = ()
    offline: Offline = Offline.YES
    card: bool = False
    second: bool = False
    tag: bool = False
    disc: bool = False
    milestone: bool = False


def _at(*kinds: StationKind) -> frozenset[StationKind]:
    return frozenset(kinds)


ANYWHERE = frozenset(StationKind)
NO, NEVER = Offline.NO, Offline.NEVER

RULES: Mapping[Step, Rule] = {
    Step.BOOK: Rule(_at(At.BOOKING, At.OFFICE), milestone=True),
    Step.BIND_CARD: Rule(_at(At.BOOKING, At.TRANSPORT, At.ARRANGEMENT), card=True),
    Step.DISPATCH: Rule(_at(At.TRANSPORT), ("vehicle",), NO, second=True, milestone=True),
    Step.COLLECT: Rule(_at(At.TRANSPORT), ("tag", "kilometres", "floor"), card=True, second=True, milestone=True),
    Step.ARRIVE: Rule(_at(At.TRANSPORT, At.COLD_STORAGE), ("tag",), card=True, tag=True, milestone=True),
    Step.STORE: Rule(_at(At.COLD_STORAGE), ("tag", "slot"), card=True, second=True, tag=True, milestone=True),
    Step.TAKE_OUT: Rule(_at(At.COLD_STORAGE), ("tag", "reason", "due"), card=True, second=True, tag=True),
    Step.TRANSFER_OUT: Rule(
        _at(At.COLD_STORAGE), ("tag", "receipt"), NO, card=True, second=True, tag=True, milestone=True
    ),
    Step.QUOTE: Rule(_at(At.ARRANGEMENT), ("items",), NO),
    Step.SIGN_QUOTE: Rule(_at(At.ARRANGEMENT), (), NO, milestone=True),
    Step.RESERVE: Rule(_at(At.ARRANGEMENT), ("hall", "starts"), NO, milestone=True),
    Step.RELEASE_SLOT: Rule(_at(At.ARRANGEMENT), ("reason",), NO),
    Step.AUTHORISE: Rule(_at(At.ARRANGEMENT), (), NO),
    Step.PLAN_ASHES: Rule(_at(At.ARRANGEMENT), ("destination",)),
    Step.PREPARE: Rule(_at(At.DRESSING), ("tag",), card=True, second=True, tag=True),
    Step.PREPARED: Rule(_at(At.DRESSING), ("tag",), card=True, second=True, tag=True),
    Step.FAREWELL: Rule(_at(At.FAREWELL), ("tag", "hall"), card=True, tag=True, milestone=True),
    Step.FAREWELL_OVER: Rule(_at(At.FAREWELL), ("tag",), card=True, tag=True, milestone=True),
    Step.RECOGNISE: Rule(_at(At.FAREWELL)),
    Step.DEPOSIT: Rule(_at(At.CASHIER), ("amount_fen", "means")),
    Step.PAY: Rule(_at(At.CASHIER), ("amount_fen", "means")),
    Step.REFUND: Rule(_at(At.CASHIER), ("amount_fen", "means"), NO, second=True),
    Step.SETTLE: Rule(_at(At.CASHIER), (), NO),
    Step.QUEUE: Rule(_at(At.CREMATION), ("tag",), NO, tag=True, milestone=True),
    Step.ARM: Rule(_at(At.CREMATION), ("tag", "disc", "furnace"), NEVER, second=True, tag=True),
    Step.LOAD: Rule(
        _at(At.CREMATION), ("tag", "disc", "furnace", "permit"), NEVER, card=True, second=True, tag=True, disc=True
    ),
    Step.UNLOAD: Rule(_at(At.CREMATION), ("disc",), disc=True, milestone=True),
    Step.SEAL: Rule(
        _at(At.ASHES), ("disc", "label", "weight_g", "portions"), card=True, second=True, disc=True, milestone=False
    ),
    Step.SHELVE: Rule(_at(At.ASHES), ("label", "shelf"), card=True, second=True, milestone=True),
    Step.UNSHELVE: Rule(_at(At.ASHES), ("label",), card=True, second=True),
    Step.RELEASE: Rule(_at(At.ASHES), ("label", "destination"), NEVER, card=True, second=True, milestone=True),
    Step.CONFIRM_REST: Rule(_at(At.ASHES, At.OFFICE), ("receipt",), milestone=True),
    Step.CLOSE: Rule(_at(At.OFFICE), (), NO),
    Step.HOLD: Rule(_at(At.OFFICE), ("reason", "blocks"), milestone=True),
    Step.LIFT_HOLD: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.SUSPEND: Rule(ANYWHERE, ("reason",)),
    Step.RESUME: Rule(ANYWHERE, ()),
    Step.RETURN_STEP: Rule(ANYWHERE, ("reason",)),
    Step.VOID: Rule(ANYWHERE, ("reason",), second=True),
    Step.CANCEL: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.RESOLVE: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
}
