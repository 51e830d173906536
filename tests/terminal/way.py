"""The way of one case through nine stations, as the staff press it."""

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.virtual_card.card import VirtualCard
from tests.support.home import booking_form
from tests.terminal.rig import Home, green

TAG, DISC, LABEL = "7Q2F", "D0001", "L0001"
LATER = "2026-11-09T09:30:00+08:00"

WAY: tuple[tuple[At, Step, dict[str, str]], ...] = (
    (At.TRANSPORT, Step.DISPATCH, {"vehicle": "V1"}),
    (At.TRANSPORT, Step.COLLECT, {"tag": TAG, "kilometres": "12", "floor": "3"}),
    (At.TRANSPORT, Step.ARRIVE, {"tag": TAG}),
    (At.COLD_STORAGE, Step.STORE, {"tag": TAG, "slot": "A-07"}),
    (At.ARRANGEMENT, Step.QUOTE, {"items": "hall_large:1,flowers:2"}),
    (At.ARRANGEMENT, Step.SIGN_QUOTE, {}),
    (At.ARRANGEMENT, Step.RESERVE, {"hall": "H1", "starts": LATER}),
    (At.ARRANGEMENT, Step.AUTHORISE, {}),
    (At.ARRANGEMENT, Step.PLAN_ASHES, {"destination": "cemetery"}),
    (At.COLD_STORAGE, Step.TAKE_OUT, {"tag": TAG, "reason": "preparation", "due": LATER}),
    (At.DRESSING, Step.PREPARE, {"tag": TAG}),
    (At.DRESSING, Step.PREPARED, {"tag": TAG}),
    (At.COLD_STORAGE, Step.STORE, {"tag": TAG, "slot": "A-08"}),
    (At.COLD_STORAGE, Step.TAKE_OUT, {"tag": TAG, "reason": "farewell", "due": LATER}),
    (At.FAREWELL, Step.FAREWELL, {"tag": TAG, "hall": "H1"}),
    (At.FAREWELL, Step.RECOGNISE, {}),
    (At.FAREWELL, Step.FAREWELL_OVER, {"tag": TAG}),
    (At.CASHIER, Step.DEPOSIT, {"amount_fen": "1000", "means": "cash"}),
    (At.CREMATION, Step.QUEUE, {"tag": TAG}),
    (At.CREMATION, Step.ARM, {"tag": TAG, "disc": DISC, "furnace": "F1"}),
    (At.CREMATION, Step.LOAD, {"tag": TAG, "disc": DISC, "furnace": "F1"}),
    (At.CREMATION, Step.UNLOAD, {"disc": DISC}),
    (At.ASHES, Step.SEAL, {"disc": DISC, "label": LABEL, "weight_g": "2400", "portions": "1"}),
    (At.ASHES, Step.SHELVE, {"label": LABEL, "shelf": "S-01"}),
    (At.ASHES, Step.UNSHELVE, {"label": LABEL}),
    (At.CASHIER, Step.SETTLE, {}),
    (At.ASHES, Step.RELEASE, {"label": LABEL, "destination": "cemetery"}),
    (At.ASHES, Step.CONFIRM_REST, {"receipt": "R2"}),
)


def booked(home: Home) -> tuple[CaseNo, VirtualCard]:
    """A phone booking and a card bound at the desk."""
    desk = home.at(At.BOOKING)
    desk.exchange()
    desk.sign_in(Step.BOOK)
    form = booking_form().model_dump(mode="json")
    desk.act("booking", **form)
    assert desk.outcome is not None
    green(desk.outcome)
    case_no = desk.outcome.case_no
    assert case_no is not None
    card = home.blank_card()
    desk.exchange()
    green(desk.take(Step.BIND_CARD, card, case_no))
    return case_no, card


def go(home: Home, card: VirtualCard, *way: tuple[At, Step, dict[str, str]]) -> None:
    for kind, step, entered in way:
        home.service.clock.forward(hours=1)
        outcome = home.at(kind).take(step, card, **entered)
        assert outcome.colour == "go", (kind, step, outcome)
