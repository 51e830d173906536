"""What the touch page shows: a pure function of the station's state, in one language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cardsvc.core import radar, tap
from cardsvc.core.card_commit import Here
from cardsvc.core.facts import Step
from cardsvc.core.fingerprint import Word
from cardsvc.core.limits import Unsent
from cardsvc.core.local_time import local
from cardsvc.core.preconditions import needs_two
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import KnownCase, Snapshot
from cardsvc.core.station import WAY_BACK, Finds, Station
from cardsvc.core.terms import Means
from cardsvc.core.usual import MENDED_BY, usual, who_can
from cardsvc.core.words import Language, say
from cardsvc.core.workflow import barred, in_order, skip_for
from terminal.kiosk.bill import BillView, bill_view
from terminal.kiosk.fields import Field, fields_of
from terminal.kiosk.limits import Strip, strip
from terminal.kiosk.meter import meter_view
from terminal.kiosk.paying import PayView, pay_view
from terminal.kiosk.printing import PrintRow, PrintView, comes_later, listed, print_view, rows_of
from terminal.session import Colour, Outcome, Phase, Session

SHAPES = {Colour.GO: "✓", Colour.AGAIN: "↻", Colour.STOP: "■"}
MOST_LISTED = 60
SAYS_ITS_DETAIL = frozenset(
    {
        *(Problem.CASE_DUPLICATE, Problem.CASE_UNKNOWN, Problem.CARD_CHANGED, Problem.CARD_UNKNOWN, Problem.CARD_HOT),
        *(Problem.CASH_LIMIT, Problem.ABOVE_PAID, Problem.PAID_TWICE, Problem.CARD_NOT_WRITABLE, Problem.ITEM_INCLUDED),
        *(Problem.TAG_MISMATCH, Problem.TAG_IN_USE, Problem.DISC_MISMATCH, Problem.DISC_USED),
        *(Problem.PLACE_TAKEN, Problem.PLACE_UNKNOWN, Problem.RECORD_UNREADABLE),
    }
)


@dataclass(frozen=True, slots=True)
class Link:
    """What the station is connected to and what waits; `steady_ms` lets the page count a permit down.

    `standing` is what the service says of this station, signed; `rejected` is what somebody said without signature.
    """

    linked: bool
    waiting: Unsent
    standing: Problem | None
    rejected: Problem | None
    steady_ms: int
    now: datetime
    words: tuple[Word, ...] = ()
    "The fingerprint words of this station's key."
    journal_id: str = ""

    @property
    def unsent(self) -> int:
        """How many rows wait to be sent."""
        return self.waiting.rows


@dataclass(frozen=True, slots=True)
class Band:
    """The answer, full width: colour, shape, word, and a line for each reason with what to do and who can."""

    colour: Colour
    shape: str
    word: str
    case_no: str
    lines: tuple[tuple[str, str, str], ...] = ()
    looked: str = ""
    "The alike cases that it shows, as the booking form sends them back once the caller was asked."
    stays: bool = False
    "It says what must be read: it does not go by itself."
    receipts: tuple[PrintRow, ...] = ()
    "What the payment gave, once the service has said so."
    later: bool = False
    "Its receipt comes when the network is back."


@dataclass(frozen=True, slots=True)
class Gate:
    """Why no work can be done here at all, in both languages; the words to compare while approval is awaited."""

    colour: str
    said: str
    do: str
    said_other: str
    do_other: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class StepButton:
    """A step that may be taken now."""

    code: str
    word: str
    needs_card: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the list shows it."""

    case_no: str
    shown_name: str
    tag: str
    stage: str


@dataclass(frozen=True, slots=True)
class View:
    """One page."""

    language: Language
    other_language: Language
    title: str
    title_other: str
    station_id: str
    home: str
    phase: Phase
    staff: str
    presented: str
    link: Link
    limits: Strip | None
    notices: tuple[tuple[str, str], ...]
    gate: Gate | None
    band: Band | None
    reader: str
    card_present: bool
    lists: bool
    books: bool
    prints: bool
    blank_card: str
    cases: tuple[CaseLine, ...]
    case: CaseLine | None
    next_step: StepButton | None
    "The usual next step, lit; `steps` are the others, folded."
    steps: tuple[StepButton, ...]
    way_back: tuple[StepButton, ...]
    step: StepButton | None
    fields: tuple[Field, ...]
    two: bool
    second: str
    permit_left_ms: int | None
    bill: BillView | None
    paying: PayView | None
    by_qr: bool
    "What was entered can be asked for by QR."
    printing: PrintView | None
    receipts: tuple[PrintRow, ...]
    "Of the case on the screen; else those that wait for paper, of which `unlisted` are more."
    unlisted: int
    meter: tuple[tuple[str, str], ...]
    "What cold storage costs, before somebody chooses: word and value."
    recent: tuple[tuple[str, str, str, str, str], ...]

    def say(self, key: str, **values: object) -> str:
        """Words in the page's language."""
        return say(self.language, key, **values)

    def also(self, key: str) -> str:
        """The same words in the other language, small beside the large ones."""
        return say(self.other_language, key)


def view(session: Session, station: Station, here: Here, snapshot: Snapshot | None, link: Link) -> View:
    """The page for this state. Every word comes from the catalogues."""
    language: Language = session.language
    other: Language = "en" if language == "zh_CN" else "zh_CN"
    case = session.case
    blank = session.met if session.met is not None and session.met.case is None else None
    known = case.case if case is not None else None
    shown = session.met.case if session.met is not None and session.met.case is not None else known
    offered = tuple(_offered(station.steps, case, session, language)) if case is not None else ()
    now_usual = usual(shown, (Step(one.code) for one in offered), case.bill) if case is not None and shown else ()
    lit = next((one for one in offered if one.code in now_usual[:1]), None)
    back = tuple(_offered(WAY_BACK, case, session, language)) if case is not None else ()
    gate = _gate(link, snapshot, language, other)
    permit = session.permit
    alive = permit is not None and case is not None and permit.case_no == case.case.case_no
    left = max(0, permit.until_ms - link.steady_ms) if permit is not None and alive else None
    receipts, unlisted = listed(session, station, snapshot, link.journal_id)
    shown_limits = None
    if snapshot is not None:
        shown_limits = strip(station, snapshot, link.waiting, linked=link.linked, now=link.now, language=language)
    return View(
        language=language,
        other_language=other,
        title=say(language, f"station.{here.kind}"),
        title_other=say(other, f"station.{here.kind}"),
        station_id=here.station_id,
        home=_home(snapshot, language),
        phase=session.phase,
        staff=_name(snapshot, session.staff_no),
        presented=_name(snapshot, session.presented if session.presented != session.staff_no else None),
        link=link,
        limits=shown_limits,
        notices=tuple(_notices(session, snapshot, link, shown_limits)) if gate is None else (),
        gate=gate,
        band=_band(session.outcome, snapshot, link, language) if session.outcome is not None else None,
        reader=say(language, f"reader.{session.reader_fault}") if session.reader_fault is not None else "",
        card_present=session.card_present,
        lists=station.finds is Finds.LIST,
        books=Step.BOOK in station.steps,
        prints=Step.PAY in station.steps,
        blank_card=blank.card.card_no if blank is not None else "",
        cases=tuple(_workable(station, snapshot, language)) if station.finds is Finds.LIST else (),
        case=_line(case, language, shown.stage) if case is not None and shown is not None else None,
        next_step=lit,
        steps=tuple(one for one in offered if one is not lit),
        way_back=back,
        step=_button(session.step, case, session, language) if session.step is not None and case is not None else None,
        fields=fields_of(session, snapshot, link.now, linked=link.linked)
        if session.step is not None and snapshot is not None
        else (),
        two=session.step is not None and case is not None and needs_two(case.case, session.step),
        second=_name(snapshot, session.second_staff_no),
        permit_left_ms=left if session.step is Step.LOAD else None,
        bill=bill_view(case, session) if case is not None and Step.PAY in station.steps else None,
        paying=pay_view(session, snapshot),
        by_qr=session.step is Step.PAY and session.entered.get("means") == Means.QR and link.linked,
        printing=print_view(session),
        receipts=receipts,
        unlisted=unlisted,
        meter=meter_view(case, session, snapshot, link.now)
        if case is not None and snapshot is not None and Step.QUOTE in station.steps
        else (),
        recent=tuple(
            (
                local(one.at).strftime("%H:%M"),
                one.case_no or "",
                say(language, f"step.{one.step}") if one.step else "",
                SHAPES[one.colour],
                one.colour.value,
            )
            for one in session.recent
        ),
    )


def _home(snapshot: Snapshot | None, language: Language) -> str:
    if snapshot is None:
        return ""
    return snapshot.setup.home_name_zh if language == "zh_CN" else snapshot.setup.home_name_en


def _name(snapshot: Snapshot | None, staff_no: str | None) -> str:
    if staff_no is None:
        return ""
    member = next((one for one in snapshot.setup.staff if one.staff_no == staff_no), None) if snapshot else None
    return member.shown_name if member is not None else staff_no


def _notices(
    session: Session, snapshot: Snapshot | None, link: Link, limits: Strip | None
) -> Iterable[tuple[str, str]]:
    """Quiet lines under the head: colour and sentence; never a dialog."""
    language = session.language
    for problem in (link.standing, link.rejected):
        if problem is not None:
            yield "stop", f"{say(language, f'problem.{problem}.say')} — {say(language, f'problem.{problem}.do')}"
    if snapshot is None:
        yield "wait", say(language, "kiosk.no_snapshot")
        return
    if limits is not None and (limits.hampered or not link.linked):
        no_network = "" if link.linked else f"{say(language, 'kiosk.no_network')} · "
        yield "stop" if limits.hampered else "wait", no_network + limits.works
    if session.met is not None and session.met.by_uid:
        yield "wait", say(language, "kiosk.legacy_card")


def _gate(link: Link, snapshot: Snapshot | None, language: Language, other: Language) -> Gate | None:
    """A station that waits for its first approval, was revoked or has halted does no work."""
    problem, pending = link.standing, link.standing is Problem.STATION_PENDING
    if problem is None or (pending and snapshot is not None):
        return None
    said, do = (tuple(say(one, f"problem.{problem}.{part}") for one in (language, other)) for part in ("say", "do"))
    return Gate("wait" if pending else "stop", said[0], do[0], said[1], do[1], link.words if pending else ())


def _band(outcome: Outcome, snapshot: Snapshot | None, link: Link, language: Language) -> Band:
    refusal = outcome.refusal
    reasons = refusal.all() if refusal is not None else ()
    lines = tuple(_reason(one, snapshot, language) for one in reasons)
    word = say(language, f"kiosk.{outcome.message}")
    if outcome.message == "refused":
        word = say(language, "kiosk.again" if outcome.colour is Colour.AGAIN else "kiosk.stop")
    elif outcome.message == "recorded" and outcome.step is not None:
        word = f"{word} · {say(language, f'step.{outcome.step}')}"
    looked = ",".join(radar.told(one.detail)[0] for one in reasons if one.problem is Problem.CASE_ALIKE)
    receipts = rows_of(outcome, snapshot, language)
    later = comes_later(outcome, receipts, linked=link.linked)
    stays = outcome.message == "booked_unasked" or bool(receipts) or later
    shape, case_no = SHAPES[outcome.colour], outcome.case_no or ""
    return Band(outcome.colour, shape, word, case_no, lines, looked, stays, receipts, later)


def _reason(refusal: Refusal, snapshot: Snapshot | None, language: Language) -> tuple[str, str, str]:
    problem = refusal.problem
    said, do, who = say(language, f"problem.{problem}.say"), say(language, f"problem.{problem}.do"), ""
    if problem is Problem.CASE_ALIKE:
        said = _alike(refusal.detail, snapshot, language)
    elif refusal.detail and problem in SAYS_ITS_DETAIL:
        said = f"{said}: {refusal.detail}"
    elif refusal.detail and problem in (Problem.FIELD_MISSING, Problem.FIELD_INVALID, Problem.IDENTIFIERS_DISAGREE):
        said = f"{said}: {'、'.join(_field(name.strip(), language) for name in refusal.detail.split(','))}"
    mends = MENDED_BY.get(problem)
    if problem is Problem.STAFF_NOT_ALLOWED and refusal.detail in set(Step):
        mends = Step(refusal.detail)
    if mends is not None:
        roles = [say(language, f"role.{role}") for role in who_can(mends)]
        who = say(language, "kiosk.who_can", roles="、".join(roles) if language == "zh_CN" else ", ".join(roles))
    return said, do, who


def _alike(detail: str, snapshot: Snapshot | None, language: Language) -> str:
    """An alike case with its number, its masked name and its stage, as far as this station knows it."""
    case_no, why = radar.told(detail)
    known = snapshot.cases.get(case_no) if snapshot is not None else None
    stage = say(language, f"stage.{known.case.stage}") if known is not None else say(language, "radar.ended")
    return " · ".join((say(language, f"alert.{why}"), case_no, *((known.shown_name,) if known else ()), stage))


def _field(name: str, language: Language) -> str:
    for table in ("field", "booking"):
        try:
            return say(language, f"{table}.{name}")
        except KeyError:
            continue
    return name


def _offered(
    steps: Iterable[Step], case: KnownCase | None, session: Session, language: Language
) -> Iterable[StepButton]:
    """Those of the station's steps that the case may take now, in the order of work."""
    if case is None:
        return
    now = session.met.case if session.met is not None and session.met.case is not None else case.case
    for step in steps:
        if step is Step.BOOK or (step is Step.BIND_CARD and now.card_no is not None):
            continue
        if in_order(now, step) is None and barred(now, step) is None and not isinstance(skip_for(now, step), Refusal):
            yield _button(step, case, session, language)


def _button(step: Step, case: KnownCase, session: Session, language: Language) -> StepButton:
    by_uid = session.met is not None and session.met.by_uid
    needs_card = by_uid or step is Step.BIND_CARD or tap.writes(case.case, step)
    return StepButton(step.value, say(language, f"step.{step}"), needs_card)


def _workable(station: Station, snapshot: Snapshot | None, language: Language) -> Iterable[CaseLine]:
    """Cases on which this station has something to do, those that wait longest first."""
    cases = snapshot.cases.values() if snapshot is not None else ()
    waiting = [known for known in cases if any(_may(known, step) for step in station.steps)]
    for known in sorted(waiting, key=lambda one: one.case.stage_since)[:MOST_LISTED]:
        yield _line(known, language, known.case.stage)


def _may(known: KnownCase, step: Step) -> bool:
    case = known.case
    if step is Step.BOOK or (step is Step.BIND_CARD and case.card_no is not None):
        return False
    return in_order(case, step) is None and barred(case, step) is None and not isinstance(skip_for(case, step), Refusal)


def _line(known: KnownCase, language: Language, stage: str) -> CaseLine:
    case = known.case
    return CaseLine(case.case_no, known.shown_name, case.tag or "", say(language, f"stage.{stage}"))
