"""What is put to a payer outside: a statement of its lines for a period, made by one person and sent by another.

A statement moves no money. What the payer owes stands in the ledger, case by case; a statement says which lines it is
asked for, and what comes for it is divided among the cases to the fen (DOMAIN.md section 6).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field, model_validator

from cardsvc.core.facts import Details, Wire
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.money import Fen, split
from cardsvc.core.prices import Line
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Age, age_on
from cardsvc.core.terms import Means, Payer

PAYERS = (Payer.TREASURY, Payer.POLICE, Payer.INSURER)
"""Who is sent statements; everybody else pays at the counter."""
MOST_LINES = 5_000
"""Of one statement: about a month of a large home's waivers."""
MOST_FEN = 100_000_000_000
"""Of one payment: a thousand million yuan is a slip of the hand."""


class StatementState(StrEnum):
    """How far a statement is."""

    DRAFT = "draft"
    SENT = "sent"
    DISCARDED = "discarded"


class Handed(StrEnum):
    """How a statement reached its payer."""

    OUTBOX = "outbox"
    BY_HAND = "by_hand"


class Gone(StrEnum):
    """Why a line is on a statement no more."""

    DISCARDED = "discarded"  # the draft was
    RETURNED = "returned"  # the payer disputes it


class ReturnedWhy(StrEnum):
    """Why a payer does not pay a line."""

    NOT_ENTITLED = "not_entitled"
    WRONG_PAYER = "wrong_payer"
    WRONG_AMOUNT = "wrong_amount"
    PAPER_MISSING = "paper_missing"
    PAID_ALREADY = "paid_already"


class Share(Wire):
    """What one line of a bill asks of a payer: its due where that is the payer's, its waiver where it bears that."""

    case_no: CaseNo
    log_no: int
    line_no: int
    line: Line
    cause: str
    amount_fen: int = Field(ge=1)


class Corrected(Wire):
    """A line that an earlier statement asked for, and that its bill has no more: it is asked for no longer."""

    number: int = Field(ge=1)
    "Of the statement on which it stands."
    share: Share


class Statement(Wire):
    """A statement as it was sent, frozen. Numbers of a home follow each other without a gap.

    `corrections` ask for nothing and take nothing off: each is of the statement that it names.
    """

    home: str
    number: int = Field(ge=1)
    payer: Payer
    first: date
    last: date
    made_by: StaffNo
    approved_by: StaffNo
    sent_at: AwareDatetime
    total_fen: int = Field(ge=0)
    shares: tuple[Share, ...] = Field(max_length=MOST_LINES)
    corrections: tuple[Corrected, ...] = Field(default=(), max_length=MOST_LINES, exclude_if=lambda value: not value)

    @model_validator(mode="after")
    def _adds_up(self) -> "Statement":
        if self.total_fen != sum(one.amount_fen for one in self.shares):
            raise ValueError("total_fen")
        for rows in (self.shares, tuple(one.share for one in self.corrections)):
            keys = [(one.case_no, one.log_no, one.line_no) for one in rows]
            if len(keys) != len(set(keys)):
                raise ValueError("shares")
        if not self.shares and not self.corrections:
            raise ValueError("says nothing")
        return self


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of a statement as it stands now: `gone` it was returned, `taken_back` its bill has it no more."""

    share: Share
    gone: Gone | None = None
    taken_back: bool = False
    why: ReturnedWhy | None = None
    told: int | None = None
    "The statement, by its number, that told the payer that the line was taken back."

    @property
    def asked_fen(self) -> int:
        """What is still asked for it, paid or not."""
        return 0 if self.gone is not None or self.taken_back else self.share.amount_fen


@dataclass(frozen=True, slots=True)
class Settled:
    """How a case stands on a statement, in fen: asked, come for it, given back.

    `owed_fen` is what the payer owes by the ledger and no later statement asks for: no fen is open on two.
    `stands_fen` is what its lines come to that are on their bill still, those too that the payer has returned.
    """

    asked_fen: int
    came_fen: int
    back_fen: int
    owed_fen: int
    stands_fen: int = 0

    @property
    def missing_fen(self) -> int:
        """What was asked for and has not come for it."""
        return max(0, self.asked_fen - self.came_fen + self.back_fen)

    @property
    def open_fen(self) -> int:
        """What is still to come; never more than the ledger has."""
        return max(0, min(self.missing_fen, self.owed_fen))


@dataclass(frozen=True, slots=True)
class Allocated:
    """What a payment pays: a part for each case, in whole fen; `over_fen` of it fits nothing."""

    parts: Mapping[CaseNo, int]
    over_fen: int


def share_fen(line: Line, payer: Payer) -> int:
    """What a line asks of a payer, in fen."""
    due = line.due_fen if line.payer is payer else 0
    return due + (line.waiver_fen if line.waiver_payer is payer else 0)


def earlier(shares: Iterable[Share], first: date) -> tuple[int, int]:
    """How many lines of a statement are of days before its first, and what they ask for in fen: they were on none."""
    late = [one.amount_fen for one in shares if is_earlier(one, first)]
    return len(late), sum(late)


def is_earlier(share: Share, first: date) -> bool:
    """Whether a line is of a local day before the first of its statement."""
    return local(share.line.at).date() < first


def period(first: date, last: date, now: datetime) -> Refusal | None:
    """Why a period cannot be put to a payer: it runs backwards, or is not over."""
    if last < first:
        return Refusal(Problem.FIELD_INVALID, "last")
    return Refusal(Problem.FIELD_INVALID, "last") if last > local(now).date() else None


def sendable(made_by: StaffNo, by: StaffNo, lines: Iterable[Standing]) -> Refusal | None:
    """Why a draft cannot be sent: whoever made it sends it, or a line of it has been taken back since."""
    if made_by == by:
        return Refusal(Problem.OWN_WORK)
    stale = [one.share for one in lines if one.asked_fen != one.share.amount_fen]
    return Refusal(Problem.STATEMENT_STALE, stale[0].case_no) if stale else None


def allocate(amount_fen: int, opens: Mapping[CaseNo, int]) -> Allocated:
    """Divide what came among the cases by what is open of each: nothing is lost, and no case gets more than is open."""
    whole = sum(opens.values())
    fits = min(amount_fen, whole)
    if fits <= 0:
        return Allocated({}, amount_fen)
    parts = split(Fen(fits), list(opens.values()))
    return Allocated({case: part for case, part in zip(opens, parts, strict=True) if part}, amount_fen - fits)


def left_by_later(owed_fen: int, missing: Iterable[int]) -> int:
    """What of a payer's debt for a case is left to a statement, in fen, by those after it, that miss so much.

    What came at the counter paid the oldest lines, as on receipts: it is the newest statements that are still open.
    """
    return max(0, owed_fen - sum(missing))


def held(left_fen: int, statements: Iterable[Settled]) -> list[int]:
    """How much of what is held of a case, in fen, is of each of its statements, in their order: no fen is of two.

    First what came for a statement beyond the lines that stand, then beyond those that it asks for, then whatever
    came for it.
    """
    rows = list(statements)
    found = [0] * len(rows)
    for pays in (lambda one: one.stands_fen, lambda one: one.asked_fen, lambda one: 0):
        for at, one in enumerate(rows):
            more = one.came_fen - one.back_fen - pays(one) - found[at]
            part = max(0, min(more, left_fen))
            found[at] += part
            left_fen -= part
    return found


def paid(payer: Payer, number: int, amount_fen: int) -> Details:
    """What a case's fact says of its part of a payment."""
    return Details(amount_fen=amount_fen, means=Means.TRANSFER, payer=payer, number=f"ST-{number}")


def digest(body: str) -> str:
    """What the log says of a statement that was sent: the SHA-256 of its body, 64 hex digits."""
    return hashlib.sha256(body.encode()).hexdigest()


def age_of(sent_at: datetime, now: datetime) -> Age:
    """Which age an open statement is in, by local days since it was sent: the ages of the reports."""
    return age_on(local(sent_at).date(), local(now).date())
