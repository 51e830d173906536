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
    may: tuple[str, ...] = ()
    "Fields that may be given too."
    by_word: bool = False
    "The service's yes is the act itself: money leaves the drawer on it, so a second yes must find it gone (0030)."


def _at(*kinds: StationKind) -> frozenset[StationKind]:
    return frozenset(kinds)


COMPARED = ("first_agrees", "second_agrees", "third_agrees")
"""What the crew compared with the band before the body is moved (decision 0016)."""
ANYWHERE = frozenset(StationKind)
DESK = _at(At.ARRANGEMENT, At.OFFICE)
NO, NEVER = Offline.NO, Offline.NEVER

RULES: Mapping[Step, Rule] = {
    Step.BOOK: Rule(_at(At.BOOKING, At.OFFICE), milestone=True),
    Step.BIND_CARD: Rule(_at(At.BOOKING, At.TRANSPORT, At.ARRANGEMENT), card=True),
    Step.DISPATCH: Rule(_at(At.TRANSPORT, At.OFFICE), ("vehicle", "driver", "mate"), NO, milestone=True),
    Step.COLLECT: Rule(
        *(_at(At.TRANSPORT), (*COMPARED, "tag", "kilometres", "floor")), card=True, second=True, milestone=True
    ),
    Step.ARRIVE: Rule(_at(At.TRANSPORT, At.COLD_STORAGE), ("tag",), card=True, tag=True, milestone=True),
    Step.STORE: Rule(_at(At.COLD_STORAGE), ("tag", "slot"), card=True, second=True, tag=True, milestone=True),
    Step.TAKE_OUT: Rule(_at(At.COLD_STORAGE), ("tag", "reason", "due"), card=True, second=True, tag=True),
    Step.TRANSFER_OUT: Rule(
        _at(At.COLD_STORAGE), ("tag", "receipt"), NO, card=True, second=True, tag=True, milestone=True
    ),
    Step.QUOTE: Rule(_at(At.ARRANGEMENT), ("items",), NO),
    Step.SIGN_QUOTE: Rule(_at(At.ARRANGEMENT), (), NO, milestone=True),
    Step.RESERVE: Rule(DESK, ("hall", "starts"), NO, milestone=True),
    Step.RELEASE_SLOT: Rule(DESK, ("reason",), NO),
    Step.AUTHORISE: Rule(DESK, ("signed_by",), NO),
    Step.PLAN_ASHES: Rule(_at(At.ARRANGEMENT), ("destination",)),
    Step.PREPARE: Rule(_at(At.DRESSING), ("tag",), card=True, second=True, tag=True),
    Step.PREPARED: Rule(_at(At.DRESSING), ("tag",), card=True, second=True, tag=True),
    Step.FAREWELL: Rule(_at(At.FAREWELL), ("tag", "hall"), card=True, tag=True, milestone=True),
    Step.FAREWELL_OVER: Rule(_at(At.FAREWELL), ("tag",), card=True, tag=True, milestone=True),
    Step.RECOGNISE: Rule(_at(At.FAREWELL)),
    Step.DEPOSIT: Rule(_at(At.CASHIER), ("amount_fen", "means"), may=("reference",)),
    Step.PAY: Rule(_at(At.CASHIER), ("amount_fen", "means"), may=("payer", "reference")),
    Step.REFUND: Rule(_at(At.CASHIER), ("amount_fen", "means"), NO, second=True, by_word=True),
    Step.SETTLE: Rule(_at(At.CASHIER), (), NO),
    Step.QUEUE: Rule(_at(At.CREMATION), ("tag", "coffin"), NO, tag=True, milestone=True),
    Step.ARM: Rule(_at(At.CREMATION), ("tag", "disc", "furnace"), NEVER, second=True, tag=True),
    Step.LOAD: Rule(
        _at(At.CREMATION), ("tag", "disc", "furnace", "permit"), NEVER, card=True, second=True, tag=True, disc=True
    ),
    Step.UNLOAD: Rule(_at(At.CREMATION), ("disc",), disc=True, milestone=True),
    Step.SEAL: Rule(
        _at(At.ASHES),
        ("disc", "label", "weight_g", "portions", "cooled"),
        card=True,
        second=True,
        disc=True,
        milestone=False,
    ),
    Step.SHELVE: Rule(_at(At.ASHES), ("label", "shelf"), card=True, second=True, milestone=True),
    Step.UNSHELVE: Rule(_at(At.ASHES), ("label",), card=True, second=True),
    Step.RELEASE: Rule(_at(At.ASHES), ("label", "destination", "code"), NEVER, card=True, second=True, milestone=True),
    Step.CONFIRM_REST: Rule(_at(At.ASHES, At.OFFICE), ("receipt",), milestone=True, may=("label",)),
    Step.CLOSE: Rule(_at(At.OFFICE), (), NO, may=("reason",)),
    Step.HOLD: Rule(_at(At.OFFICE), ("reason", "blocks"), milestone=True),
    Step.LIFT_HOLD: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.SUSPEND: Rule(ANYWHERE, ("reason",)),
    Step.RESUME: Rule(ANYWHERE, ()),
    Step.RETURN_STEP: Rule(ANYWHERE, ("reason",)),
    Step.VOID: Rule(ANYWHERE, ("reason",), second=True),
    Step.CANCEL: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.RESOLVE: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.VERIFY_DEATH: Rule(DESK, ("paper", "number", "issuer", "alike"), NO, may=("died_on",)),
    Step.VERIFY: Rule(_at(At.ARRANGEMENT, At.ASHES, At.OFFICE), ("paper", "number", "alike"), NO),
    Step.APPROVE: Rule(_at(At.OFFICE), ("approval", "reason"), NO, second=True, may=("other",)),
    Step.DECLARE: Rule(
        _at(At.TRANSPORT, At.COLD_STORAGE, At.ARRANGEMENT, At.DRESSING, At.CREMATION, At.OFFICE), ("condition",)
    ),
    Step.DECLARE_IMPLANTS: Rule(_at(At.ARRANGEMENT, At.DRESSING, At.OFFICE), ("implants",)),
    Step.DECLARE_RELATIVE: Rule(DESK, ("about",)),
    Step.LIST_BELONGINGS: Rule(
        _at(At.TRANSPORT, At.COLD_STORAGE, At.DRESSING), ("tag", "things"), second=True, tag=True
    ),
    Step.HAND_BELONGINGS: Rule(_at(At.ARRANGEMENT, At.DRESSING, At.OFFICE), ("receipt",), second=True),
    Step.ENCOFFIN: Rule(
        _at(At.COLD_STORAGE, At.DRESSING, At.FAREWELL, At.CREMATION),
        ("tag", "coffin", "length_cm", "width_cm"),
        second=True,
        tag=True,
    ),
    Step.CLOSE_FURNACE: Rule(_at(At.CREMATION), ("disc", "furnace"), second=True, disc=True),
    Step.SKIP_RECOGNITION: Rule(_at(At.ARRANGEMENT, At.FAREWELL), ("reason",)),
    Step.RESERVE_FURNACE: Rule(DESK, ("furnace", "starts"), NO),
    Step.CERTIFY: Rule(DESK, (), NO),
    Step.VOID_CERTIFICATE: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.CLEAR_ALERT: Rule(_at(At.OFFICE), ("other", "reason"), NO, second=True),
    Step.NOTIFY: Rule(_at(At.ASHES, At.OFFICE), ("notice", "number"), NO),
    Step.SPLIT: Rule(_at(At.ASHES), ("label", "portion", "weight_g"), second=True),
    Step.RETURN_ASHES: Rule(_at(At.ASHES), ("label", "reason"), second=True),
    Step.RENEW_STORAGE: Rule(_at(At.ASHES, At.OFFICE), ("due",), NO),
    Step.PLAN_REST: Rule(_at(At.ARRANGEMENT, At.ASHES, At.OFFICE), ("destination", "starts"), NO, may=("resting",)),
    Step.POSTPONE_REST: Rule(_at(At.ASHES, At.OFFICE), ("starts", "reason"), NO),
    Step.CHANGE_VEHICLE: Rule(_at(At.TRANSPORT), ("tag", "vehicle", "reason"), second=True, tag=True),
    Step.REPLACE_TAG: Rule(_at(At.TRANSPORT, At.COLD_STORAGE, At.DRESSING), ("replacement", "reason"), NO, second=True),
    Step.EXTEND_STORAGE: Rule(_at(At.COLD_STORAGE, At.ARRANGEMENT, At.OFFICE), ("due", "reason"), NO),
    Step.CONFIRM_TRANSFER: Rule(_at(At.COLD_STORAGE, At.OFFICE), ("receipt",)),
    Step.MERGE: Rule(_at(At.OFFICE), ("other", "reason"), NO, second=True),
    Step.CORRECT_IDENTITY: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.CHANGE_APPLICANT: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.SWITCH_PAYER: Rule(_at(At.CASHIER, At.OFFICE), ("item", "payer", "reason"), NO, second=True),
    Step.PROVE_WAIVER: Rule(_at(At.CASHIER, At.OFFICE), ("number", "reason"), NO, second=True, may=("category",)),
    Step.CANCEL_ITEM: Rule(_at(At.ARRANGEMENT), ("item", "reason"), NO),
    Step.WITHDRAW_WAIVER: Rule(_at(At.CASHIER, At.OFFICE), ("category", "reason"), NO, second=True, milestone=True),
    Step.REVERSE_LINE: Rule(_at(At.OFFICE), ("line", "number", "reason"), NO, milestone=True),
    Step.STATEMENT_PAID: Rule(_at(At.OFFICE), ("amount_fen", "means", "payer", "number"), NO),
    Step.REVERSE_PAYMENT: Rule(_at(At.CASHIER, At.OFFICE), ("payment", "reason"), NO, second=True, by_word=True),
    Step.VOID_DEATH_PAPER: Rule(_at(At.OFFICE), ("reason",), NO, second=True),
    Step.CORRECT_DEATH_DAY: Rule(_at(At.OFFICE), ("died_on", "reason"), NO, second=True),
    Step.GIVE_BACK_HELD: Rule(_at(At.OFFICE), ("amount_fen", "means"), NO, second=True, may=("payment",)),
    Step.ASSIGN_HELD: Rule(_at(At.OFFICE), ("amount_fen", "payer"), NO, may=("other", "receipt")),
    Step.RECOVER_SHORT: Rule(_at(At.OFFICE), ("amount_fen", "means", "reason"), NO, second=True, may=("reference",)),
    Step.WRITE_OFF_SHORT: Rule(_at(At.OFFICE), ("amount_fen", "reason"), NO, second=True),
    Step.BANK_PAID: Rule(_at(At.OFFICE), ("payment", "reference"), NO, may=("reason",)),
    Step.UNDO_RECOVERY: Rule(_at(At.OFFICE), ("payment", "reason"), NO, second=True),
}
