"""Temperatures of the slots, and the count of bodies against the records."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from cardsvc.core.facts import Code, Wire
from cardsvc.core.ids import CaseNo
from cardsvc.core.policy import Policy


class Warmth(StrEnum):
    """How a temperature stands to the city's limits: within a degree of one of them is a warning."""

    OK = "ok"
    NEAR = "near"
    OUT = "out"


NEAR_TENTHS = 10


def warmth(tenths: int, policy: Policy) -> Warmth:
    """How a temperature (tenths of a degree Celsius) stands to the limits."""
    low, high = policy.slot_min_tenths, policy.slot_max_tenths
    if not low <= tenths <= high:
        return Warmth.OUT
    return Warmth.NEAR if tenths < low + NEAR_TENTHS or tenths > high - NEAR_TENTHS else Warmth.OK


class Missed(Wire):
    """A body that the records have in a slot, and nobody found there."""

    slot: Code
    case_no: CaseNo


class Differences(Wire):
    """What a count by hand found against the records; `found`: slots with a body that no record has there."""

    missed: tuple[Missed, ...] = ()
    found: tuple[Code, ...] = ()


def compare(recorded: Mapping[str, CaseNo], counted: Iterable[str]) -> Differences:
    """The differences between the slots that are taken by record and those in which a body was found."""
    seen = frozenset(counted)
    missed = (Missed(slot=slot, case_no=case_no) for slot, case_no in sorted(recorded.items()) if slot not in seen)
    return Differences(missed=tuple(missed), found=tuple(sorted(seen - recorded.keys())))
