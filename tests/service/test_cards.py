"""The life of a card at the service: every state and act, two people, the hot list, a case that goes on."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from cardsvc.core.card_life import ASKS, FOUR_EYES, FROM, OVER, Act, CardState, HeldCard, objection
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.permissions import ALLOWED
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import Outcome
from cardsvc.handlers import block_card, issue_card, replace_card, return_card, unblock_card, wipe_card
from cardsvc.store import cards, verifying
from cardsvc.store.card_life import People
from tests.core.story import DETAILS, Story
from tests.support.home import CardInHand, Service
from tests.support.telling import go, opened, stored

pytestmark = pytest.mark.one_engine
CLERK, MANAGER, AUDITOR = StaffNo("1001"), StaffNo("1015"), StaffNo("1016")
NUMBER = CardNo("WZC-000001")
P = Problem
STATES = {
    (Act.BLOCK, CardState.POOL): None,
    (Act.BLOCK, CardState.BOUND): None,
    (Act.BLOCK, CardState.BLOCKED): P.CARD_STATE,
    (Act.BLOCK, CardState.RETURNED): None,
    (Act.BLOCK, CardState.WIPED): P.CARD_STATE,
    (Act.UNBLOCK, CardState.POOL): P.CARD_STATE,
    (Act.UNBLOCK, CardState.BOUND): P.CARD_STATE,
    (Act.UNBLOCK, CardState.BLOCKED): None,
    (Act.UNBLOCK, CardState.RETURNED): P.CARD_STATE,
    (Act.UNBLOCK, CardState.WIPED): P.CARD_STATE,
    (Act.REPLACE, CardState.POOL): P.CARD_STATE,
    (Act.REPLACE, CardState.BOUND): None,
    (Act.REPLACE, CardState.BLOCKED): P.CARD_STATE,
    (Act.REPLACE, CardState.RETURNED): P.CARD_STATE,
    (Act.REPLACE, CardState.WIPED): P.CARD_STATE,
    (Act.RETURN, CardState.POOL): P.CARD_STATE,
    (Act.RETURN, CardState.BOUND): P.CARD_IN_USE,
    (Act.RETURN, CardState.BLOCKED): None,
    (Act.RETURN, CardState.RETURNED): P.CARD_STATE,
    (Act.RETURN, CardState.WIPED): P.CARD_STATE,
    (Act.WIPE, CardState.POOL): P.CARD_STATE,
    (Act.WIPE, CardState.BOUND): P.CARD_STATE,
    (Act.WIPE, CardState.BLOCKED): P.CARD_STATE,
    (Act.WIPE, CardState.RETURNED): None,
    (Act.WIPE, CardState.WIPED): P.CARD_STATE,
}
"""Every state and act, of a card whose open case goes on with it while it is bound, and without it when not."""


def test_the_table_of_states_and_acts_is_whole() -> None:
    assert set(STATES) == set(product(Act, CardState))
    assert set(FROM) == set(ASKS) == set(Act)


@pytest.mark.parametrize(("act", "state"), STATES)
def test_every_act_follows_only_its_states(act: Act, state: CardState) -> None:
    case = Story().booked().bound(NUMBER).case
    if state is not CardState.BOUND:
        case = case.model_copy(update={"card_no": None})
    of_case = None if state is CardState.POOL else case.case_no
    hot = HotReason.LOST if state is CardState.BLOCKED else None
    card = HeldCard(NUMBER, "04", state, of_case, None, hot, 1, 1)

    refusal = objection(act, card, case if of_case else None, HotReason.LOST)

    assert (refusal.problem if refusal else None) == STATES[act, state]


@pytest.mark.parametrize(
    ("act", "hot", "holder", "stage", "reason", "problem"),
    [
        (Act.BLOCK, None, NUMBER, Stage.STORED, HotReason.CLONED, P.FIELD_INVALID),
        (Act.BLOCK, None, NUMBER, Stage.STORED, HotReason.REPLACED, P.FIELD_INVALID),
        (Act.BLOCK, None, NUMBER, Stage.STORED, None, P.FIELD_INVALID),
        (Act.BLOCK, None, NUMBER, Stage.CLOSED, HotReason.LOST, None),
        (Act.REPLACE, None, NUMBER, Stage.CLOSED, HotReason.LOST, P.CASE_CLOSED),
        (Act.REPLACE, HotReason.CLONED, NUMBER, Stage.STORED, HotReason.REPLACED, None),
        (Act.UNBLOCK, HotReason.CLONED, NUMBER, Stage.STORED, None, P.CARD_STATE),
        (Act.UNBLOCK, HotReason.REPLACED, None, Stage.STORED, None, P.CARD_STATE),
        (Act.UNBLOCK, HotReason.LOST, CardNo("WZC-000002"), Stage.STORED, None, P.CASE_HAS_CARD),
        (Act.UNBLOCK, HotReason.LOST, None, Stage.RELEASED, None, P.CASE_CLOSED),
        *((Act.RETURN, None, NUMBER, stage, None, None if stage in OVER else P.CARD_IN_USE) for stage in Stage),
    ],
)
def test_reasons_holders_and_stages_count_too(
    act: Act, hot: HotReason | None, holder: CardNo | None, stage: Stage, reason: HotReason | None, problem: Problem
) -> None:
    case = Story().booked().bound(NUMBER).case.model_copy(update={"card_no": holder, "stage": stage})
    state = CardState.BLOCKED if hot else CardState.BOUND

    refusal = objection(act, HeldCard(NUMBER, "04", state, case.case_no, None, hot, 1, 1), case, reason)

    assert (refusal.problem if refusal else None) == problem


def hot(service: Service) -> tuple[int, tuple[CardNo, ...]]:
    with service.context.engine.connect() as connection:
        known = cards.hot_list(connection, service.context.home_id)
    return known.version, known.cards


def state(service: Service, card_no: CardNo) -> CardState:
    with service.context.engine.connect() as connection:
        held = cards.held(connection, service.context.home_id, card_no)
    assert held is not None
    return held.state


def links(service: Service) -> list[tuple[str, str, str | None]]:
    with service.context.engine.connect() as connection:
        rows = connection.execute(text("SELECT what, subject, staff_no FROM audit_link ORDER BY log_no"))
        return [(row.what, row.subject, row.staff_no) for row in rows if "card" in row.what]


def whole(service: Service) -> None:
    assert verifying.first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def block(service: Service, card_no: CardNo, reason: HotReason = HotReason.LOST) -> Any:
    return block_card.handle(service.context, card_no, reason, People(CLERK), service.clock.now)


def unblock(service: Service, card_no: CardNo) -> Any:
    return unblock_card.handle(service.context, card_no, People(MANAGER, AUDITOR), service.clock.now)


def test_a_blocked_card_is_hot_at_once_and_its_case_goes_on_without_it(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, Step.DISPATCH)
    before, _ = hot(service)

    assert block(service, card.card_no) == card.card_no

    assert hot(service) == (before + 1, (card.card_no,))
    assert state(service, card.card_no) is CardState.BLOCKED
    assert (stored(service, case_no).card_no, stored(service, case_no).issue_no) == (None, 1)
    assert links(service)[-1] == ("card block for lost", card.card_no, CLERK)
    told = service.station(StationKind.COLD_STORAGE)
    told.send()
    assert told.known is not None and told.known.hot.cards == (card.card_no,)
    assert told.known.cards[card.card_no].sealed_keys == {}
    whole(service)


@pytest.mark.parametrize("act", sorted(FOUR_EYES))
@pytest.mark.parametrize(
    ("second", "problem"),
    [(None, P.SECOND_PERSON_MISSING), (MANAGER, P.SECOND_PERSON_SAME), (StaffNo("1003"), P.NOT_ALLOWED),
     (StaffNo("none"), P.NOT_ALLOWED), (AUDITOR, None)],
)  # fmt: skip
def test_nobody_replaces_or_unblocks_alone(
    service: Service, act: Act, second: StaffNo | None, problem: Problem | None
) -> None:
    _, card = opened(service)
    people = People(MANAGER, second)
    if act is Act.REPLACE:
        answer = replace_card.handle(service.context, card.card_no, HotReason.DAMAGED, people, service.clock.now)
    else:
        block(service, card.card_no)
        answer = unblock_card.handle(service.context, card.card_no, people, service.clock.now)

    assert (answer.problem if isinstance(answer, Refusal) else None) == problem
    if problem is not None:
        assert links(service)[-1] == (f"card {act} refused: {problem}", card.card_no, MANAGER)
        assert state(service, card.card_no) is (CardState.BOUND if act is Act.REPLACE else CardState.BLOCKED)
    whole(service)


def test_a_case_goes_on_with_a_new_card_whose_counter_begins_anew(service: Service) -> None:
    case_no, old = opened(service)
    go(service, case_no, old, Step.DISPATCH, Step.COLLECT)
    people = People(CLERK, MANAGER)
    assert replace_card.handle(service.context, old.card_no, HotReason.DAMAGED, people, service.clock.now)
    new = CardInHand(service.pool_card(2))
    bound = service.station(StationKind.BOOKING).take(case_no, Step.BIND_CARD, Details(), new)
    assert bound.outcome is Outcome.ACCEPTED

    go(service, case_no, new, Step.ARRIVE, Step.STORE)

    case = stored(service, case_no)
    assert (case.card_no, case.issue_no, case.stage, case.gaps) == (new.card_no, 2, "stored", ())
    with service.context.engine.connect() as connection:
        held = cards.held(connection, service.context.home_id, new.card_no)
    assert held is not None and (held.issue_no, held.counter, held.state) == (2, 3, CardState.BOUND)
    whole(service)


def test_a_tap_made_before_the_card_was_blocked_and_told_later_takes_its_own_place(service: Service) -> None:
    case_no, old = opened(service)
    go(service, case_no, old, Step.DISPATCH)
    crew = service.station(StationKind.TRANSPORT)
    crew.write(case_no, Step.COLLECT, DETAILS[Step.COLLECT], old, **crew.people(Step.COLLECT))
    block(service, old.card_no)
    new = CardInHand(service.pool_card(2))
    service.station(StationKind.BOOKING).take(case_no, Step.BIND_CARD, Details(), new)

    assert crew.judged().outcome is Outcome.ACCEPTED

    case = stored(service, case_no)
    assert (case.card_no, case.issue_no, case.stage, case.gaps) == (new.card_no, 2, "in_transit", ())
    assert state(service, old.card_no) is CardState.BLOCKED
    go(service, case_no, new, Step.ARRIVE, Step.STORE)
    whole(service)


def test_a_hot_blank_that_a_station_bound_without_network_is_refused(service: Service) -> None:
    judgement = service.station(StationKind.BOOKING).book()
    assert judgement.case_no is not None
    blank = CardInHand(service.pool_card(1))
    block(service, blank.card_no, HotReason.STOLEN)

    bound = service.station(StationKind.BOOKING).take(judgement.case_no, Step.BIND_CARD, Details(), blank)

    assert [one.problem for one in bound.reasons] == [P.CARD_HOT]
    assert stored(service, judgement.case_no).card_no is None
    whole(service)


def test_a_card_that_is_found_again_serves_again_and_what_it_writes_comes_last(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, Step.DISPATCH)
    block(service, card.card_no)
    service.clock.forward(hours=1)

    assert unblock(service, card.card_no) == card.card_no

    assert hot(service)[1] == ()
    go(service, case_no, card, Step.COLLECT, Step.ARRIVE, Step.STORE)
    case = stored(service, case_no)
    assert (case.card_no, case.issue_no, case.stage) == (card.card_no, 2, "stored")
    assert links(service)[-1] == (f"card unblock with {AUDITOR}", card.card_no, MANAGER)
    whole(service)


def test_a_card_that_is_found_again_after_another_was_bound_only_comes_back(service: Service) -> None:
    case_no, old = opened(service)
    block(service, old.card_no)
    new = CardInHand(service.pool_card(2))
    service.station(StationKind.BOOKING).take(case_no, Step.BIND_CARD, Details(), new)

    assert unblock(service, old.card_no) == Refusal(P.CASE_HAS_CARD, new.card_no)
    taken = return_card.handle(service.context, old.card_no, People(CLERK), service.clock.now)

    assert taken == old.card_no and state(service, old.card_no) is CardState.RETURNED
    assert hot(service)[1] == (old.card_no,), "a copy of it may be about"
    whole(service)


def test_a_blank_that_is_found_again_goes_back_to_the_pool(service: Service) -> None:
    card_no = service.pool_card(1)
    block(service, card_no)
    unblock(service, card_no)
    assert state(service, card_no) is CardState.POOL


def test_a_chip_has_one_living_card_and_the_old_row_stays(service: Service) -> None:
    case_no, card = opened(service)
    uid = bytes([4, 1, 3, 4, 5, 6, 7])
    assert wipe_card.wipeable(service.context, uid) == Refusal(P.CARD_STATE, "bound")
    block(service, card.card_no)
    return_card.handle(service.context, card.card_no, People(CLERK), service.clock.now)
    new = issue_card.next_number(service.context)

    assert wipe_card.handle(service.context, card.card_no, new, People(CLERK), service.clock.now) == new

    assert (state(service, card.card_no), state(service, new)) == (CardState.WIPED, CardState.POOL)
    again = issue_card.handle(service.context, CardNo("WZC-000009"), uid, service.clock.now)
    assert again == Refusal(P.CARD_NOT_BLANK, "WZC-000009")
    reused = CardInHand(new)
    bound = service.station(StationKind.BOOKING).take(case_no, Step.BIND_CARD, Details(), reused)
    assert bound.outcome is Outcome.ACCEPTED
    assert stored(service, case_no).issue_no == 2
    whole(service)


def test_an_unknown_card_is_not_found(service: Service) -> None:
    assert block(service, CardNo("WZC-999999")) == Refusal(P.NOT_FOUND, "WZC-999999")


def test_whoever_may_act_on_a_card_is_in_the_table_of_roles() -> None:
    for action in ASKS.values():
        assert any(action in allows.actions for allows in ALLOWED.values())
