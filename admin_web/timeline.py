"""The timeline of a case: the spine of its page; and the acts on a card in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cardsvc.core.card_life import Act
from cardsvc.core.facts import CardReleased, Fact, StepTaken, step_of
from cardsvc.core.ids import StaffNo

SHOWN = (
    *("vehicle", "slot", "hall", "furnace", "shelf", "tag", "disc", "label"),
    *("kilometres", "floor", "weight_g", "receipt", "reference"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: when, where, by whom, how it is known, and what it caused.

    `word` and `reason` are keys of the catalogue ("" for no reason), `details` are (field, value).
    """

    word: str
    at: datetime
    observed: bool
    station_kind: str
    station_id: str
    people: tuple[str, ...]
    cause: str
    details: tuple[tuple[str, str], ...]
    reason: str
    skip: str
    lines: tuple[tuple[str, int], ...]


def timeline(
    facts: list[Fact], names: Mapping[StaffNo, str], caused: Mapping[str, list[tuple[str, int]]]
) -> list[Event]:
    """The facts in their causal order, as events; the latest last."""
    events = []
    for fact in facts:
        step, reason = step_of(fact), ""
        if isinstance(fact.body, CardReleased):
            reason = f"hot_reason.{fact.body.reason}"
        details = fact.body.details if isinstance(fact.body, StepTaken) else None
        said = [(name, str(value)) for name in SHOWN if details and (value := getattr(details, name)) is not None]
        people = [names.get(one, one) for one in (fact.staff_no, fact.second_staff_no) if one]
        events.append(
            Event(
                word=f"step.{step}" if step is not None else f"fact.{fact.body.kind}",
                at=fact.at,
                observed=fact.observed,
                station_kind=fact.station_kind.value,
                station_id=fact.station_id or "",
                people=tuple(people),
                cause=fact.cause,
                details=tuple(said),
                reason=f"reason.{details.reason}" if details and details.reason else reason,
                skip=details.skip.value if details and details.skip else "",
                lines=tuple(caused.get(fact.cause, ())),
            )
        )
    return events


def told(what: str) -> tuple[list[str], str]:
    """An act on a card as the log has it: keys of the catalogue, and what is said as it is (a staff number)."""
    first, *rest = what.removeprefix("card ").split()
    keys, plain = [f"card_act.{first}" if first in set(Act) else f"fact.card_{first}"], ""
    for word, value in pairwise(rest):
        match word:
            case "for":
                keys.append(f"hot_reason.{value}")
            case "refused:":
                keys += ["outcome.refused", f"problem.{value}.say"]
            case "with":
                plain = value
            case _:
                continue
    return keys, plain
