"""Receipts and their way to paper, as the cashier's page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from cardsvc.core.facts import Step
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.receipts import SETTLES
from cardsvc.core.snapshot import Given, Snapshot
from cardsvc.core.station import Station
from cardsvc.core.words import Language, say
from terminal.printing import waiting
from terminal.session import Colour, OnPaper, Outcome, Phase, Session

SHAPES = {
    OnPaper.ASKED: ("○", "wait"),
    OnPaper.SHOWN: ("✓", "go"),
    OnPaper.SENT: ("✓", "go"),
    OnPaper.FAILED: ("■", "stop"),
}
MOST_LISTED = 4


@dataclass(frozen=True, slots=True)
class PrintRow:
    """A receipt that can be printed here; `press` is the word on its button, `case_no` "" where the page names it."""

    family: str
    kind: str
    number: str
    amount: str
    case_no: str
    copies: int
    press: str


@dataclass(frozen=True, slots=True)
class PrintView:
    """The receipt that is on its way to paper; `source` is where the page finds its PDF, "" where none is shown."""

    state: str
    shape: str
    colour: str
    word: str
    said: str
    do: str
    family: str
    number: str
    again: bool
    source: str
    title: str


def row(one: Given, language: Language, case_no: str = "") -> PrintRow:
    """A receipt in words and yuan."""
    press = say(language, "printing.again", number=one.copies + 1) if one.copies else say(language, "printing.print")
    kind, amount = say(language, f"receipt_family.{one.family}"), f"¥{in_yuan(Fen(one.amount_fen))}"
    return PrintRow(one.family, kind, one.number, amount, case_no, one.copies, press)


def rows_of(outcome: Outcome, snapshot: Snapshot | None, language: Language) -> tuple[PrintRow, ...]:
    """The receipts that the payment just taken gave, as far as the service has said."""
    known = snapshot.cases.get(outcome.case_no) if snapshot is not None and outcome.case_no is not None else None
    if known is None or outcome.cause is None:
        return ()
    return tuple(row(one, language) for one in known.receipts if one.cause == outcome.cause)


def comes_later(outcome: Outcome, given: Iterable[PrintRow], *, linked: bool) -> bool:
    """What was just paid has its receipt when the network is back."""
    paid = outcome.colour is Colour.GO and outcome.step in SETTLES and outcome.cause is not None
    return paid and not linked and not tuple(given)


def listed(
    session: Session, station: Station, snapshot: Snapshot | None, journal_id: str
) -> tuple[tuple[PrintRow, ...], int]:
    """The receipts that the page lists, and how many more there are: those of the case, or what waits for paper."""
    language, known = session.language, snapshot.cases.get(session.case_no) if snapshot and session.case_no else None
    if Step.PAY not in station.steps or session.staff_no is None:
        return (), 0
    if session.phase is Phase.CASE:
        return tuple(row(one, language) for one in known.receipts) if known is not None else (), 0
    if session.phase not in (Phase.READY, Phase.OUTCOME):
        return (), 0
    shown = session.outcome.cause if session.outcome is not None else None
    waits = [row(one, language, case_no) for case_no, one in waiting(snapshot, journal_id) if one.cause != shown]
    return tuple(waits[:MOST_LISTED]), max(0, len(waits) - MOST_LISTED)


def print_view(session: Session) -> PrintView | None:
    """The receipt on its way to paper; None when there is none."""
    job, language = session.printing, session.language
    if job is None:
        return None
    (shape, colour), refusal = SHAPES[job.state], job.refusal
    problem = refusal.problem if refusal is not None else None
    said = say(language, f"problem.{problem}.say") if problem is not None else ""
    kind = say(language, f"receipt_family.{job.family}")
    return PrintView(
        state=job.state,
        shape=shape,
        colour=colour,
        word=f"{kind} {job.number} · {say(language, f'printing.{job.state}')}",
        said=f"{said}: {refusal.detail}" if refusal is not None and refusal.detail else said,
        do=say(language, f"problem.{problem}.do") if problem is not None else "",
        family=job.family,
        number=job.number,
        again=job.state is OnPaper.FAILED,
        source=f"/paper/{job.seq}" if job.state is OnPaper.SHOWN else "",
        title=say(language, "printing.title", kind=kind, number=job.number, copy=job.copy_no),
    )
