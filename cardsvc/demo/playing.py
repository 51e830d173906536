"""One case driven through all nine stations, pressed at their touch pages and tapped on their readers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from cardsvc.api import entering
from cardsvc.context import Context
from cardsvc.core.facts import Details, Step
from cardsvc.core.facts import StationKind as At
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Refusal
from cardsvc.core.terms import Approval, Reason
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.demo import chips
from cardsvc.demo.hands import Hands, NotDone
from cardsvc.demo.history import CHECKER, MANAGER
from cardsvc.demo.people import Invented
from cardsvc.demo.phone import with_code
from cardsvc.demo.running import RunningHome
from cardsvc.demo.way import Things, people_for, whole_way
from cardsvc.handlers.found_home import HALLS, NUMBERED
from cardsvc.store import dispatching, office
from cardsvc.virtual_reader.vpcd import CardInField


def play(
    home: RunningHome, context: Context, person: Invented, said: Callable[[At, Step, str], None]
) -> tuple[str, VirtualCard]:
    """Drive a new case from the phone call to the resting place; its number and its card. Raises NotDone.

    `said` is told each step when it has turned green.
    """
    hands = {kind: home.hands(kind) for kind in home.stations}
    try:
        things, from_ = free_things(context)
        case_no = hands[At.BOOKING].book(people_for(Step.BOOK)[0], typed(person))
        said(At.BOOKING, Step.BOOK, case_no)
        card = chips.blank(context)
        way = [(At.BOOKING, Step.BIND_CARD, {}), *whole_way(things, from_)]
        for kind, step, entered in way:
            if step is Step.ARM:
                _before_others(context, CaseNo(case_no))
            press(home, hands, card, kind, step, case_no, with_code(context, CaseNo(case_no), entered))
            settled(hands[kind])
            said(kind, step, case_no)
        for one in hands.values():
            one.act("sign_out")
        return case_no, card
    finally:
        for one in hands.values():
            one.close()


def _before_others(context: Context, case_no: CaseNo) -> None:
    """Two people approve another order of the queue: the played case does not wait for those that stand in it."""
    details = Details(approval=Approval.REORDER, reason=Reason.URGENT)
    said = entering.enter(context, MANAGER, case_no, Step.APPROVE, details, CHECKER)
    if isinstance(said, Refusal):
        raise NotDone(f"the queue's order: {said.problem}")


def press(
    home: RunningHome,
    hands: Mapping[At, Hands],
    card: VirtualCard,
    kind: At,
    step: Step,
    case_no: str,
    entered: dict[str, str],
) -> None:
    """Lay the card down, press the step, take the card away. Raises NotDone."""
    field: list[CardInField] = []
    lay = lambda: field.append(CardInField(card, home.stations[kind].card_port))  # noqa: E731
    try:
        hands[kind].take(step, case_no, people_for(step), entered, lay)
    finally:
        for one in field:
            one.remove()
    hands[kind].until("the card to be gone", lambda state: not state["card_present"])


def settled(hands: Hands) -> None:
    """Wait until the service has what a station recorded, as it has before a case is carried to the next one."""
    hands.until("its records to be settled", lambda state: state["unsent"] == 0)


def typed(person: Invented) -> dict[str, str]:
    """What the call desk types for somebody."""
    return {
        "deceased_name": person.name,
        "id_no": person.id_no,
        "applicant_name": person.applicant,
        "applicant_phone": person.phone,
        "relation": person.relation,
        "county": person.county,
        "address": person.address,
        "floor": "3",
        "infectious": "no",
        "police": "no",
        "resident": "yes",
        "cause_class": "natural",
        "case_kind": "person",
    }


def free_things(context: Context) -> tuple[Things, datetime]:
    """Places that are free now, marks that were never used, and a day on which a hall is free."""
    now = context.clock()
    with context.engine.connect() as connection:
        taken = office.occupied(connection, context.home_id)
        periods = office.periods(connection, context.home_id)
        sent = dispatching.board(connection, context.home_id, None, now)
    vehicle = next(one.code for one in sent.vehicles if one.way is None and one.closed is None)
    driver, mate = [one.staff_no for one in sent.crew if one.free][:2]
    free: dict[str, list[str]] = {}
    for kind, prefix, _, count in NUMBERED:
        codes = [f"{prefix}{number:0{1 if count < 10 else 2}d}" for number in range(1, count + 1)]
        free[kind.value] = [code for code in codes if (kind.value, code) not in taken]
    mark = f"{int(now.timestamp()) % 10**7:07d}"
    things = Things(
        tag=f"P{mark}",
        disc=f"DP{mark}",
        label=f"LP{mark}",
        coffin=f"KP{mark}",
        paper=f"DCP{mark}",
        vehicle=vehicle,
        driver=driver,
        mate=mate,
        slot=free["slot"][0],
        second_slot=free["slot"][1],
        furnace=free["furnace"][0],
        shelf=free["shelf"][0],
    )
    halls = [code for code, _, _ in HALLS]
    for day in range(60):
        from_ = now + timedelta(days=day)
        starts = next(
            datetime.fromisoformat(one["starts"]) for _, _, one in whole_way(things, from_) if "starts" in one
        )
        for hall in halls:
            if not any((hall, starts + timedelta(minutes=one)) in periods for one in range(0, 60, 15)):
                return replace(things, hall=hall), from_
    return things, now
