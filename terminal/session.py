"""What a station shows and waits for: one value, changed only by the loop."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cardsvc.core.card.image import CardImage
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Refusal
from cardsvc.core.receipts import Family
from cardsvc.core.snapshot import KnownCase
from cardsvc.core.tap import Met
from cardsvc.core.terms import Payer
from cardsvc.core.words import Language
from terminal.readers.reader import Fault


class Phase(StrEnum):
    """Where the work at this station stands."""

    SIGN_IN = "sign_in"
    READY = "ready"  # present the card, or choose a case
    CASE = "case"  # choose a step
    FORM = "form"  # enter, then confirm
    PAYING = "paying"  # a payer's phone is awaited
    WAITING = "waiting"  # the service's word is awaited
    OUTCOME = "outcome"


class Colour(StrEnum):
    """The three answers; never colour alone, always a word and a shape."""

    GO = "go"
    AGAIN = "again"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the last act came to. `message` is a key of ``[kiosk]``; refusals bring their own words."""

    colour: Colour
    message: str
    refusal: Refusal | None = None
    case_no: CaseNo | None = None
    step: Step | None = None
    cause: str | None = None
    "The record that it is about: what the service makes of it, a receipt, is shown when it comes."


@dataclass(frozen=True, slots=True)
class Live:
    """A live permit: good while the steady clock is below `until_ms`."""

    case_no: CaseNo
    permit: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class Paying:
    """A QR payment that the desk waits for; `before`: the orders that were over when it was asked for."""

    case_no: CaseNo
    payer: Payer
    amount_fen: int
    before: frozenset[str]


class OnPaper(StrEnum):
    """How far a receipt has come on its way to paper."""

    ASKED = "asked"
    SHOWN = "shown"  # the page has it, and prints it
    SENT = "sent"  # the receipt printer has it
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A receipt on its way to paper. Asked again before it is over, it is the same copy."""

    case_no: CaseNo
    family: Family
    number: str
    seq: int
    "The record that asked for it."
    state: OnPaper = OnPaper.ASKED
    copy_no: int = 0
    pdf: bytes = b""
    refusal: Refusal | None = None
    over: bool = False
    "It is on paper, or the service does not give it: the next press asks for a copy of its own."


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the footer: what was done lately."""

    at: datetime
    case_no: CaseNo | None
    step: Step | None
    colour: Colour


@dataclass(slots=True)
class Session:
    """The station's working state."""

    phase: Phase = Phase.SIGN_IN
    language: Language = "zh_CN"
    staff_no: StaffNo | None = None
    second_staff_no: StaffNo | None = None
    image: CardImage | None = None
    presented: StaffNo | None = None
    "Whose staff card lies there, authenticated: only the PIN is asked."
    card_present: bool = False
    two_cards: bool = False
    card_remark: Outcome | None = None
    unknown_since: int | None = None
    "The card that lies here was not known in this version of the snapshot: it is met again with the next."
    met: Met | None = None
    chosen: KnownCase | None = None
    step: Step | None = None
    entered: dict[str, str] = field(default_factory=dict)
    outcome: Outcome | None = None
    permit: Live | None = None
    paying: Paying | None = None
    printing: PrintJob | None = None
    reader_fault: Fault | None = None
    recent: list[Done] = field(default_factory=list)

    @property
    def case(self) -> KnownCase | None:
        """The case on the screen, by card or from the list."""
        if self.met is not None and self.met.known is not None:
            return self.met.known
        return self.chosen

    @property
    def case_no(self) -> CaseNo | None:
        """The number of the case on the screen."""
        return self.case.case.case_no if self.case is not None else None

    def leave_case(self) -> None:
        """Back to waiting for a card; whoever is signed in stays."""
        self.phase = Phase.READY if self.staff_no else Phase.SIGN_IN
        self.met = self.chosen = self.step = self.image = None
        self.second_staff_no = self.paying = None
        self.put_paper_away()

    def put_paper_away(self) -> None:
        """A receipt that is on paper needs no words any more."""
        if self.printing is not None and self.printing.over:
            self.printing = None
        self.entered = {}
