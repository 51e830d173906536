"""A gate before what cannot be undone: a table of named preconditions, each with its evidence or its own refusal.

Station and service ask the very same functions; what a station cannot know (`Ground` fields that are None) it leaves
to the service, whose word both gates need.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import AwareDatetime

from cardsvc.core.case import Case
from cardsvc.core.facts import Step, Wire
from cardsvc.core.ids import CardNo, CaseNo, StaffNo
from cardsvc.core.policy import Policy
from cardsvc.core.preconditions import Asked
from cardsvc.core.prices import Trigger
from cardsvc.core.problems import Problem, Refusal


class Furnace(Wire):
    """A furnace as the service knows it; centimetres, kilograms. `open_case`: burnt here, its record not closed."""

    code: str
    serviceable: bool = True
    video: bool = True
    max_length_cm: int = 210
    max_width_cm: int = 80
    max_weight_kg: int = 150
    occupied_by: CaseNo | None = None
    open_case: CaseNo | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known beside the case at this moment; None: not known here."""

    policy: Policy = field(default_factory=Policy)
    now: datetime | None = None
    owed_fen: int | None = None
    furnace: Furnace | None = None
    ahead: tuple[CaseNo, ...] | None = None
    "Who is before this case in the furnace queue and not held."
    ordered: frozenset[Trigger] | None = None
    "The services that the signed quote orders."
    on_shift: frozenset[StaffNo] | None = None
    operators: frozenset[StaffNo] | None = None
    "Who may run a furnace today: role and valid certificate."
    checkers: frozenset[StaffNo] | None = None
    disc_owner: CaseNo | None = None
    certificate_disc: str | None = None
    code_valid: bool | None = None
    card_no: CardNo | None = None
    "The card that was presented."
    card_known: bool = False
    "Whether `card_no` says all about the card: False where nobody asks yet."


@dataclass(frozen=True, slots=True)
class Gate:
    """A step that is asked for, the case, and the ground on which it is judged."""

    case: Case
    asked: Asked
    ground: Ground


Evidence = str
Holds = Callable[[Gate], Evidence | Refusal]
NOT_NEEDED = "-"
"""Evidence of a precondition that this case does not have."""
LATER = "?"
"""Evidence where the service will judge: not known here."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """A row of DOMAIN.md section 3 or 4: its number, its function, and the problem with which it refuses."""

    number: int
    holds: Holds
    problem: Problem

    @property
    def name(self) -> str:
        """The function's name, by which words and records know it."""
        return self.holds.__name__


class Check(Wire):
    """A precondition that held, and what shows it."""

    number: int
    name: str
    evidence: str


class Clearance(Wire):
    """That every precondition of a gate held at one moment; the service signs it and keeps it (DOMAIN.md section 3)."""

    case_no: CaseNo
    step: Step
    at: AwareDatetime
    staff_no: StaffNo
    second_staff_no: StaffNo | None = None
    tag: str | None = None
    disc: str | None = None
    furnace: str | None = None
    label: str | None = None
    policy_version: int
    checks: tuple[Check, ...]


def objections(table: Iterable[Precondition], gate: Gate) -> list[Refusal]:
    """Every reason of a gate at once."""
    found = (row.holds(gate) for row in table)
    return [one for one in found if isinstance(one, Refusal)]


def clearance(table: Iterable[Precondition], gate: Gate, at: datetime) -> Clearance:
    """The record that all held. Raises ValueError when one does not, or is not known here."""
    checks = []
    for row in table:
        evidence = row.holds(gate)
        if isinstance(evidence, Refusal) or evidence == LATER:
            raise ValueError(f"precondition {row.number} {row.name} does not hold")
        checks.append(Check(number=row.number, name=row.name, evidence=evidence))
    case, details = gate.case, gate.asked.details
    return Clearance(
        case_no=case.case_no,
        step=gate.asked.step,
        at=at,
        staff_no=gate.asked.staff_no or StaffNo(""),
        second_staff_no=gate.asked.second_staff_no,
        tag=case.tag,
        disc=details.disc or case.disc,
        furnace=details.furnace,
        label=details.label,
        policy_version=gate.ground.policy.version,
        checks=tuple(checks),
    )


Gates = Mapping[Step, tuple[Precondition, ...]]
