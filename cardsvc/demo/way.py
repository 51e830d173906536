"""The way of one case through nine stations: what is pressed where, in the order of work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import may_take
from cardsvc.core.rules import COMPARED, RULES
from cardsvc.demo.home import STAFF

Press = tuple[At, Step, dict[str, str]]
AUDITOR = StaffNo("1016")
CODE = ""
"""Stands for the one-time code, which is on the family's phone by then (`cardsvc.demo.phone`)."""


@dataclass(frozen=True, slots=True)
class Things:
    """The things that one case meets: body tag, disc, ash label, places."""

    tag: str = "7Q2F"
    disc: str = "D0001"
    label: str = "L0001"
    slot: str = "A-07"
    second_slot: str = "A-08"
    vehicle: str = "V1"
    hall: str = "H1"
    furnace: str = "F1"
    shelf: str = "S-01"
    deposit: str = "3000"
    coffin: str = "K0001"
    paper: str = "DC0001"
    driver: str = "1003"
    mate: str = "1019"


def whole_way(things: Things, from_: datetime) -> Iterator[Press]:
    """Every step from dispatch to rest; the farewell is planned for two days after `from_`."""
    tag, disc, label = {"tag": things.tag}, {"disc": things.disc}, {"label": things.label}
    later = (from_ + timedelta(days=2)).replace(hour=1, minute=30, second=0, microsecond=0).isoformat()
    yield At.TRANSPORT, Step.DISPATCH, {"vehicle": things.vehicle, "driver": things.driver, "mate": things.mate}
    yield At.TRANSPORT, Step.COLLECT, {**dict.fromkeys(COMPARED, "yes"), **tag, "kilometres": "12", "floor": "3"}
    yield At.TRANSPORT, Step.LIST_BELONGINGS, {**tag, "things": "watch:1,glasses:1"}
    yield At.TRANSPORT, Step.ARRIVE, tag
    yield At.COLD_STORAGE, Step.STORE, {**tag, "slot": things.slot}
    death = {"paper": "death_certificate", "number": things.paper, "issuer": "hospital", "alike": "yes"}
    yield At.ARRANGEMENT, Step.VERIFY_DEATH, death
    yield At.ARRANGEMENT, Step.VERIFY, {"paper": "applicant_identity", "number": "COPY-1", "alike": "yes"}
    yield At.ARRANGEMENT, Step.QUOTE, {"items": "hall_large:1,flowers:2"}
    yield At.ARRANGEMENT, Step.SIGN_QUOTE, {}
    yield At.ARRANGEMENT, Step.RESERVE, {"hall": things.hall, "starts": later}
    yield At.ARRANGEMENT, Step.AUTHORISE, {"signed_by": "applicant"}
    yield At.ARRANGEMENT, Step.PLAN_ASHES, {"destination": "cemetery"}
    yield At.ARRANGEMENT, Step.DECLARE_IMPLANTS, {"implants": "none"}
    yield At.ARRANGEMENT, Step.HAND_BELONGINGS, {"receipt": "B1"}
    yield At.COLD_STORAGE, Step.TAKE_OUT, {**tag, "reason": "preparation", "due": later}
    yield At.DRESSING, Step.PREPARE, tag
    yield At.DRESSING, Step.PREPARED, tag
    yield At.COLD_STORAGE, Step.STORE, {**tag, "slot": things.second_slot}
    yield At.COLD_STORAGE, Step.TAKE_OUT, {**tag, "reason": "farewell", "due": later}
    yield At.FAREWELL, Step.FAREWELL, {**tag, "hall": things.hall}
    yield At.FAREWELL, Step.RECOGNISE, {}
    yield At.FAREWELL, Step.FAREWELL_OVER, tag
    yield At.FAREWELL, Step.ENCOFFIN, {**tag, "coffin": things.coffin, "length_cm": "190", "width_cm": "60"}
    yield At.CASHIER, Step.DEPOSIT, {"amount_fen": things.deposit, "means": "cash"}
    yield At.CREMATION, Step.QUEUE, {**tag, "coffin": things.coffin}
    yield At.CREMATION, Step.ARM, {**tag, **disc, "furnace": things.furnace}
    yield At.CREMATION, Step.LOAD, {**tag, **disc, "furnace": things.furnace}
    yield At.CREMATION, Step.UNLOAD, disc
    yield At.CREMATION, Step.CLOSE_FURNACE, {**disc, "furnace": things.furnace}
    yield At.ASHES, Step.SEAL, {**disc, **label, "weight_g": "2400", "portions": "1", "cooled": "yes"}
    yield At.ASHES, Step.SHELVE, {**label, "shelf": things.shelf}
    yield At.ASHES, Step.UNSHELVE, label
    yield At.ARRANGEMENT, Step.CERTIFY, {}
    yield At.CASHIER, Step.SETTLE, {}
    yield At.ASHES, Step.NOTIFY, {"notice": "second_contact", "number": "M1"}
    yield At.ASHES, Step.VERIFY, {"paper": "collector_identity", "number": "COPY-2", "alike": "yes"}
    yield At.ASHES, Step.RELEASE, {**label, "destination": "cemetery", "code": CODE}
    yield At.ASHES, Step.CONFIRM_REST, {"receipt": "R2"}


def people_for(step: Step) -> tuple[StaffNo, StaffNo | None]:
    """Two of the demo's people who may take the step together; the second only where two are needed.

    Who takes the money in gives none of it back.
    """
    able = [person.staff_no for person in STAFF if may_take(person.roles, step) and person.county is None]
    if step is Step.REFUND:
        return able[1], AUDITOR
    others = [person.staff_no for person in STAFF if person.staff_no != able[0]]
    second = able[1] if len(able) > 1 else others[-1]
    return able[0], second if RULES[step].second else None
