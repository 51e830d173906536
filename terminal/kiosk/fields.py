"""The fields of a step as the touch page offers them: one way of entering each, made for gloves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.limits import MONEY_IN
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.money import in_yuan
from cardsvc.core.permissions import Role
from cardsvc.core.reference import REFERENCED, is_asked
from cardsvc.core.reversal import PaidIn
from cardsvc.core.rules import RULES
from cardsvc.core.snapshot import KnownCase, Snapshot
from cardsvc.core.station import ENTRIES, PICKS, PLACES, Entry, offered
from cardsvc.core.terms import Belonging, Means, Payer
from cardsvc.core.words import Language, say
from terminal.kiosk.meter import extensions
from terminal.session import Session

ASKED_TOO = frozenset({"died_on"})
"""Fields that a step may have, and that the touch page asks for."""
EXCLUSIVE = frozenset({PlaceKind.SLOT, PlaceKind.FURNACE, PlaceKind.SHELF})


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it enters and what it says. `taken` things are shown dark, so that nobody looks for them."""

    value: str
    word: str
    taken: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: `shown` is what was entered, in words; `lit` marks the first that is still empty.

    One that is not `needed` holds nothing up.
    """

    name: str
    word: str
    entry: Entry
    value: str
    shown: str
    choices: tuple[Choice, ...]
    lit: bool
    needed: bool


def fields_of(session: Session, snapshot: Snapshot, now: datetime, *, linked: bool) -> tuple[Field, ...]:
    """The fields that the chosen step needs, left to right in the order of work.

    Money that is taken in without network needs the number of its paper receipt too, and money by card terminal or
    transfer what its slip or the bank calls it. Who pays is asked where somebody
    beside the family owes something.
    """
    step = session.step
    if step is None:
        return ()
    made: list[Field] = []
    lit = False
    receipt = ("receipt",) if step in MONEY_IN and not linked else ()
    payer = ("payer",) if step is Step.PAY and session.case is not None and session.case.owed else ()
    means = session.entered.get("means", "")
    reference = ("reference",) if means in REFERENCED and is_asked(step, Means(means)) else ()
    optional = tuple(name for name in RULES[step].may if name in ASKED_TOO)
    for name in (*payer, *RULES[step].needs, *reference, *receipt, *optional):
        entry = ENTRIES[name]
        if entry is Entry.GIVEN:
            continue
        value = session.entered.get(name, "")
        choices = tuple(_choices(name, step, session, snapshot, now))
        known = _in_words(value, entry, choices)
        here = not value and not lit
        lit = lit or here
        word = _word(name, step, means, session.language)
        made.append(Field(name, word, entry, value, known, choices, here, name not in optional))
    return tuple(made)


def _word(name: str, step: Step, means: str, language: Language) -> str:
    if name == "reference":
        return say(language, f"kiosk.slip_{means}")
    of_term = name == "due" and step in (Step.EXTEND_STORAGE, Step.RENEW_STORAGE)
    return say(language, "kiosk.term_until" if of_term else f"field.{name}")


def _in_words(value: str, entry: Entry, choices: tuple[Choice, ...]) -> str:
    words = {one.value: one.word for one in choices}
    if entry in (Entry.ITEMS, Entry.THINGS) and value:
        pairs = [one.partition(":") for one in value.split(",")]
        return ", ".join(f"{words.get(item, item)} × {count}" for item, _, count in pairs)
    if entry is Entry.TIME and value:
        return local(datetime.fromisoformat(value)).strftime("%m-%d %H:%M")
    if entry is Entry.DATE:
        return value
    return words.get(value, value)


def _choices(name: str, step: Step, session: Session, snapshot: Snapshot, now: datetime) -> Iterable[Choice]:
    language = session.language
    match ENTRIES[name]:
        case Entry.CHOOSE:
            yield from _places(PLACES[name], session, snapshot)
        case Entry.PICK if step is Step.PAY and name == "payer" and session.case is not None:
            bill, owed = session.case.bill, session.case.owed
            for payer, fen in ((Payer.FAMILY, max(bill.open_fen, 0)), *((one.payer, one.fen) for one in owed)):
                yield Choice(payer.value, say(language, f"payer.{payer}"), note=f"¥{in_yuan(fen)}")
        case Entry.PAYMENT if session.case is not None:
            yield from payment_choices(session.case.payments, language)
        case Entry.LINE if session.case is not None:
            yield from _lines(session.case, snapshot, language)
        case Entry.PICK:
            for one in offered(step, name):
                yield Choice(one.value, say(language, f"{PICKS[name][1]}.{one}"))
        case Entry.YES_NO:
            for answer in ("yes", "no"):
                yield Choice(answer, say(language, f"kiosk.{answer}"))
        case Entry.CREW:
            for member in snapshot.setup.staff:
                if Role.CREW in member.roles:
                    yield Choice(member.staff_no, member.shown_name, note=member.staff_no)
        case Entry.THINGS:
            for thing in Belonging:
                yield Choice(thing.value, say(language, f"belonging.{thing}"))
        case Entry.TIME if step is Step.EXTEND_STORAGE and session.case is not None:
            for days, until, fen in extensions(session.case, snapshot, now):
                word = say(language, "kiosk.further_days", count=days)
                yield Choice(until.isoformat(), word, note=f"{local(until):%m-%d %H:%M} ¥{in_yuan(fen)}")
        case Entry.TIME:
            yield from _times(now, language)
        case Entry.DATE if session.case is not None:
            booked = local(session.case.case.opened_at).date()
            for ago, key in enumerate(("kiosk.booked_day", "kiosk.day_before", "kiosk.two_before")):
                day = booked - timedelta(days=ago)
                yield Choice(day.isoformat(), day.strftime("%m-%d"), note=say(language, key))
        case Entry.ITEMS:
            for item in snapshot.setup.prices.items:
                word = item.name_zh if language == "zh_CN" else item.name_en
                yield Choice(item.item, word, note=f"¥{in_yuan(item.price_fen)} / {item.unit}")


def _lines(known: KnownCase, snapshot: Snapshot, language: Language) -> Iterable[Choice]:
    """The items of a case, each once: those on its bill with their payer, then those that were only ordered."""
    shown: dict[str, Choice] = {}
    for line in known.lines:
        word = line.name_zh if language == "zh_CN" else line.name_en
        shown[line.item] = Choice(line.item, word, note=say(language, f"payer.{line.payer}"))
    for ordered in known.case.items:
        row = snapshot.setup.prices.find(ordered.item)
        word = ordered.item if row is None else row.name_zh if language == "zh_CN" else row.name_en
        shown.setdefault(ordered.item, Choice(ordered.item, word))
    yield from shown.values()


def payment_choices(payments: Iterable[PaidIn], language: Language) -> Iterable[Choice]:
    """What came in and may be taken back, each with its amount, means and time."""
    for one in payments:
        keys = (f"step.{one.step}", f"means.{one.means}", f"payer.{one.payer}")
        note = " · ".join(say(language, key) for key in keys)
        yield Choice(one.cause, f"{local(one.at):%H:%M} ¥{in_yuan(one.amount_fen)}", note=note)


def _places(kind: PlaceKind, session: Session, snapshot: Snapshot) -> Iterable[Choice]:
    mine = session.case.case.case_no if session.case is not None else None
    held = {
        known.case.place.code
        for no, known in snapshot.cases.items()
        if known.case.place.kind is kind and no != mine and kind in EXCLUSIVE
    }
    for one in snapshot.setup.resources:
        if one.kind is kind:
            word = one.title_zh if session.language == "zh_CN" else one.title_en
            shut = one.code in held or one.traits.closed is not None
            yield Choice(one.code, one.code if kind is not PlaceKind.HALL else word, shut)


def _times(now: datetime, language: Language) -> Iterable[Choice]:
    here = local(now)
    for hours in (1, 2, 4):
        at = (here + timedelta(hours=hours)).replace(second=0, microsecond=0)
        yield Choice(at.isoformat(), say(language, "kiosk.in_hours", count=hours), note=at.strftime("%H:%M"))
    for days, key in ((1, "kiosk.tomorrow"), (2, "kiosk.day_after")):
        for hour, minute in ((8, 30), (9, 30)):
            at = datetime.combine(here.date() + timedelta(days=days), time(hour, minute), CHINA)
            yield Choice(at.isoformat(), say(language, key, time=at.strftime("%H:%M")), note=at.strftime("%m-%d"))
