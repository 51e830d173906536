"""What another line of the bureau's work says of a person: for which waivers, and by which record.

A register is asked about the day on which the case was opened: it may end a record because of the death itself, and
what held on that day is what counts (MODULES.md, cross-link 1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import ValidationError

from cardsvc.core.case import Case, Entitled
from cardsvc.core.doubling import doubled
from cardsvc.core.facts import Code, Details, Step, Wire
from cardsvc.core.local_time import local
from cardsvc.core.terms import Reason, WaiverFor

ASKED_AT = frozenset({Step.QUOTE, Step.SIGN_QUOTE, Step.DEPOSIT, Step.PAY, Step.SETTLE, Step.CORRECT_IDENTITY})
"""Beside booking: arrangement and cashier, and when it turns out who the deceased is."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


class RecordState(StrEnum):
    """How a register's record stood on the day that it was asked about."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Entitlement(Wire):
    """A record that lets a person off: whose (their blind index), for what, its number, and its state on the day."""

    person: str
    category: WaiverFor
    number: Code
    state: RecordState
    on: date


class RegisterFault(StrEnum):
    """Why a register's answer is none, or came to nothing: it is asked again."""

    DOWN = "down"
    SLOW = "slow"
    ANOTHER = "another"  # it answers about somebody else, or another day
    GARBAGE = "garbage"
    UNKEPT = "unkept"  # whatever it said, the case could not be written


@dataclass(frozen=True, slots=True)
class Heard:
    """What a register said of a case: its records that let the person off, or why it is no answer.

    `formerly`: the numbers that these records had before, each with its record's category.
    """

    register: str
    records: tuple[Entitlement, ...] = ()
    fault: RegisterFault | None = None
    formerly: tuple[tuple[WaiverFor, Code], ...] = ()


def asked_day(case: Case) -> date:
    """The local day that registers are asked about."""
    return local(case.opened_at).date()


def turns(case: Case) -> int:
    """How often registers are to have been asked by now: at booking, and at each step of `ASKED_AT`."""
    return 1 + sum(taken.step in ASKED_AT for taken in case.taken)


def believed(register: str, said: Iterable[object], person: str, day: date) -> Heard:
    """Take a register's word, or not: one record about somebody else, and nothing of its answer counts."""
    records = []
    for one in said:
        try:
            record = Entitlement.model_validate(one)
        except ValidationError:
            return Heard(register, fault=RegisterFault.GARBAGE)
        if record.person != person or record.on != day:
            return Heard(register, fault=RegisterFault.ANOTHER)
        records.append(record)
    return Heard(register, tuple(one for one in records if one.state is RecordState.ACTIVE))


def to_prove(case: Case, heard: Iterable[Heard]) -> tuple[Details, ...]:
    """What is to be proven: one record a category, and none of a category that a person or register has proven."""
    held = {one.category for one in case.entitled}
    if case.resident:
        held.add(WaiverFor.RESIDENT)
    found: dict[WaiverFor, Details] = {}
    for one in heard:
        for record in one.records:
            if record.category not in held:
                details = {"category": record.category, "number": record.number, "registry": one.register}
                found.setdefault(record.category, Details.model_validate(details | {"reason": Reason.PROVEN_LATE}))
    return tuple(found.values())


def lost(case: Case, heard: Iterable[Heard]) -> tuple[Entitled, ...]:
    """What was proven by a register that says now that it was not so: two people decide, the family would owe again.

    A record whose number was corrected still is the one that a case names by the number that it had.
    """
    said = {
        one.register: {(r.category, r.number) for r in one.records} | {*one.formerly}
        for one in heard
        if one.fault is None
    }
    return tuple(
        one
        for one in case.entitled
        if one.registry is not None and one.registry in said and (one.category, one.number) not in said[one.registry]
    )


def remark(case: Case, heard: Iterable[Heard], before: str | None) -> str | None:
    """What is shown of records that hold no more, by their numbers; None where there is nothing.

    What a register said `before` stays while it gives no answer.
    """
    rows = tuple(heard)
    gone, answered = lost(case, rows), {one.register for one in rows if one.fault is None}
    known = frozenset((before or "").split(", "))
    shown = [
        _named(one) for one in case.entitled if one in gone or (one.registry not in answered and _named(one) in known)
    ]
    return ", ".join(shown) or None


def _named(one: Entitled) -> str:
    return one.number or one.category


def next_ask(tries: int, now: datetime) -> datetime:
    """When registers that did not answer are asked again: each wait is twice the one before."""
    return doubled(tries, now, FIRST_WAIT, LONGEST_WAIT)
