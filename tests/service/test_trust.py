"""Copied cards, records that do not come, holds against permits: what the service makes of what stations tell."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CaseNo, RecordKey, StaffNo
from cardsvc.core.preconditions import BEFORE_NO_RETURN
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Outcome
from cardsvc.demo.phone import collection_code
from cardsvc.handlers import block_card
from cardsvc.store import cards
from cardsvc.store.card_life import People
from cardsvc.store.verifying import first_fault
from tests.core.story import DETAILS, TAG
from tests.support.desk import Desk
from tests.support.home import CardInHand, Service
from tests.support.telling import READY, TO_STORAGE, collected, go, opened, stored

pytestmark = pytest.mark.one_engine
TO_FIRE = (*TO_STORAGE, *READY, Step.DEPOSIT, Step.QUEUE)
OUT = Details(tag=TAG, reason=Reason.PREPARATION, due=DETAILS[Step.TAKE_OUT].due)


def hot(service: Service) -> list[str]:
    with service.context.engine.connect() as connection:
        return list(cards.hot_list(connection, service.context.home_id).cards)


def missing(service: Service) -> list[tuple[str, int]]:
    with service.context.engine.connect() as connection:
        return [(one.journal_id, one.seq) for one in cards.missing(connection, service.context.home_id)]


def copied_holds(service: Service, case_no: CaseNo) -> int:
    return sum(hold.reason is Reason.CARD_COPIED for hold in stored(service, case_no).holds)


def in_storage(service: Service) -> tuple[CaseNo, CardInHand]:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    return case_no, card


def test_two_writers_of_one_counter_make_the_card_hot_and_hold_the_case(service: Service) -> None:
    case_no, card = in_storage(service)
    clone = replace(card)
    cold, dressing = service.station(StationKind.COLD_STORAGE), service.station(StationKind.DRESSING)
    cold.take(case_no, Step.TAKE_OUT, OUT, card)

    dressing.write(case_no, Step.PREPARE, DETAILS[Step.PREPARE], clone, **dressing.people(Step.PREPARE))
    judgement = dressing.judged()

    assert judgement.outcome is Outcome.CONFLICT
    assert Problem.CASE_CONFLICT in [one.problem for one in judgement.reasons]
    assert hot(service) == [card.card_no]
    case = stored(service, case_no)
    assert copied_holds(service, case_no) == 1 and set(case.holds[0].blocks) == BEFORE_NO_RETURN
    assert case.gaps


def test_a_copy_is_seen_from_the_last_record_that_it_carries(service: Service) -> None:
    """The copy was written at a station that has not spoken yet; the next one tells of it all the same."""
    case_no, card = in_storage(service)
    clone = replace(card)
    cold, dressing = service.station(StationKind.COLD_STORAGE), service.station(StationKind.DRESSING)
    cold.take(case_no, Step.TAKE_OUT, OUT, card)
    dressing.write(case_no, Step.PREPARE, DETAILS[Step.PREPARE], clone, **dressing.people(Step.PREPARE))

    farewell = service.station(StationKind.FAREWELL)
    farewell.write(case_no, Step.FAREWELL, DETAILS[Step.FAREWELL], clone, **farewell.people(Step.FAREWELL))
    judgement = farewell.judged()

    assert judgement.outcome is Outcome.CONFLICT
    assert hot(service) == [card.card_no] and copied_holds(service, case_no) == 1


def test_an_older_image_of_a_card_that_a_station_saw_is_flagged(service: Service) -> None:
    case_no, card = in_storage(service)
    station = service.station(StationKind.COLD_STORAGE)
    station.append(
        wire.Refused(step=None, problems=(Problem.CARD_ROLLED_BACK,)),
        card_no=card.card_no,
        card_counter=1,
        staff_no="1004",
    )
    station.judged()
    assert hot(service) == [card.card_no] and copied_holds(service, case_no) == 1


def test_a_hot_card_stays_hot_when_late_records_come_and_nothing_that_happened_is_lost(service: Service) -> None:
    case_no, card = in_storage(service)
    cold = service.station(StationKind.COLD_STORAGE)
    cold.write(case_no, Step.TAKE_OUT, OUT, card, **cold.people(Step.TAKE_OUT))
    desk = service.station(StationKind.TRANSPORT)
    desk.append(wire.Refused(step=None, problems=(Problem.CARD_ROLLED_BACK,)), card_no=card.card_no, card_counter=0)
    desk.judged()

    judgement = cold.judged()

    assert judgement.outcome is Outcome.CONFLICT
    assert stored(service, case_no).stage == "out"
    assert hot(service) == [card.card_no] and copied_holds(service, case_no) == 1


def test_the_hold_of_a_copied_card_stops_what_cannot_be_undone_until_two_people_lift_it(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_FIRE)
    station = service.station(StationKind.CREMATION)
    station.append(wire.Refused(step=None, problems=(Problem.CARD_ROLLED_BACK,)), card_no=card.card_no, card_counter=0)
    station.judged()

    refused = station.take(case_no, Step.ARM, DETAILS[Step.ARM], card)

    assert refused.outcome is Outcome.REFUSED
    assert Problem.CASE_ON_HOLD in [one.problem for one in refused.reasons]
    office = Desk(service, "1015")
    lift = {"step": "lift_hold", "reason": "card_copied"}
    assert office.post(f"cases/{case_no}/enter", **lift).status_code == 409
    both = {**lift, "second_staff_no": "1016", "second_password": "10161016"}
    assert office.post(f"cases/{case_no}/enter", **both).status_code == 303


def test_a_jump_opens_a_missing_record_that_names_journal_and_number_and_its_coming_closes_it(
    service: Service,
) -> None:
    case_no, card = in_storage(service)
    cold, dressing = service.station(StationKind.COLD_STORAGE), service.station(StationKind.DRESSING)
    cold.write(case_no, Step.TAKE_OUT, OUT, card, **cold.people(Step.TAKE_OUT))
    intent = cold.seq - 1

    waiting = dressing.take(case_no, Step.PREPARE, DETAILS[Step.PREPARE], card)

    assert waiting.outcome is Outcome.WAITING
    assert missing(service) == [(cold.journal_id, intent)]
    assert "cold_storage-1" in Desk(service, "1015").get("unsettled").text
    assert "cold_storage-1" in Desk(service, "1015").get(f"cases/{case_no}").text
    cold.judged()
    assert missing(service) == []
    assert stored(service, case_no).gaps == ()


def test_a_torn_tap_that_the_card_carried_on_is_settled_when_its_intent_comes(service: Service) -> None:
    """The first station never learned that its write was applied; the next one names it as the card's last."""
    case_no, card = in_storage(service)
    cold, dressing = service.station(StationKind.COLD_STORAGE), service.station(StationKind.DRESSING)
    intent = wire.Intent(step=Step.TAKE_OUT, details=OUT, stage_after=1)
    last = wire.Key.of(card.last) if card.last else None
    people = cold.people(Step.TAKE_OUT)
    seq = cold.append(
        intent, **people, case_no=case_no, card_no=card.card_no, card_counter=card.counter, card_last=last
    )
    cold.append(wire.Written(intent_seq=seq, torn=True), **people, case_no=case_no, card_no=card.card_no)
    card.counter, card.last = card.counter + 1, RecordKey(cold.journal_id, seq)
    assert dressing.take(case_no, Step.PREPARE, DETAILS[Step.PREPARE], card).outcome is Outcome.WAITING
    assert missing(service) == [(cold.journal_id, seq)]

    cold.judged()

    assert missing(service) == []
    case = stored(service, case_no)
    assert (case.gaps, [one.step for one in case.taken][-2:]) == ((), [Step.TAKE_OUT, Step.PREPARE])
    assert not hot(service)


def test_while_a_record_is_missing_nothing_that_cannot_be_undone_is_begun(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT)
    cold, dressing = service.station(StationKind.COLD_STORAGE), service.station(StationKind.DRESSING)
    cold.write(case_no, Step.TAKE_OUT, OUT, card, **cold.people(Step.TAKE_OUT))
    dressing.take(case_no, Step.PREPARE, DETAILS[Step.PREPARE], card)
    dressing.take(case_no, Step.PREPARED, DETAILS[Step.PREPARED], card)
    go(service, case_no, card, Step.QUEUE)
    station = service.station(StationKind.CREMATION)

    refused = station.take(case_no, Step.ARM, DETAILS[Step.ARM], card)
    assert [one.problem for one in refused.reasons] == [Problem.CASE_CONFLICT, Problem.PLACES_BROKEN]

    cold.judged()
    assert station.take(case_no, Step.ARM, DETAILS[Step.ARM], card).permit is not None


def armed(service: Service) -> tuple[CaseNo, CardInHand, str]:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_FIRE)
    permit = service.station(StationKind.CREMATION).take(case_no, Step.ARM, DETAILS[Step.ARM], card).permit
    assert permit is not None
    return case_no, card, permit


def hold(service: Service, case_no: CaseNo) -> None:
    held = Desk(service, "1015").post(f"cases/{case_no}/enter", step="hold", reason="police", blocks="fire")
    assert held.status_code == 303


def load(service: Service, case_no: CaseNo, card: CardInHand, permit: str) -> wire.Judgement:
    details = DETAILS[Step.LOAD].model_copy(update={"permit": permit})
    return service.station(StationKind.CREMATION).take(case_no, Step.LOAD, details, card)


def test_a_hold_during_a_live_permit_is_effective_when_the_permit_is_over(service: Service) -> None:
    case_no, card, permit = armed(service)
    service.clock.forward(seconds=30)
    hold(service, case_no)
    assert "生效" in Desk(service, "1015").get(f"cases/{case_no}").text

    assert load(service, case_no, card, permit).outcome is Outcome.ACCEPTED


def test_a_hold_without_a_live_permit_is_effective_at_once(service: Service) -> None:
    case_no, card, permit = armed(service)
    service.clock.forward(seconds=101)
    hold(service, case_no)

    late = load(service, case_no, card, permit)

    assert late.outcome is Outcome.CONFLICT
    assert Problem.CASE_ON_HOLD in [one.problem for one in late.reasons]


def test_no_new_permit_is_given_while_a_hold_waits_for_the_old_one(service: Service) -> None:
    case_no, card, _ = armed(service)
    hold(service, case_no)
    again = service.station(StationKind.CREMATION).take(case_no, Step.ARM, DETAILS[Step.ARM], card)
    assert again.outcome is Outcome.REFUSED
    assert Problem.CASE_ON_HOLD in [one.problem for one in again.reasons]


def test_a_refused_second_arming_leaves_the_first_permit_alone(service: Service) -> None:
    case_no, card, permit = armed(service)
    hold(service, case_no)
    service.station(StationKind.CREMATION).take(case_no, Step.ARM, DETAILS[Step.ARM], card)
    assert load(service, case_no, card, permit).outcome is Outcome.ACCEPTED


def test_after_a_restore_nobody_gets_a_permit_before_every_station_has_said_hello(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_FIRE)
    others = [service.station(kind) for kind in StationKind if kind is not StationKind.OFFICE]
    for one in others:
        one.send()
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE home SET epoch = epoch + 1"))
    furnace = service.station(StationKind.CREMATION)

    early = furnace.take(case_no, Step.ARM, DETAILS[Step.ARM], card)

    assert [one.problem for one in early.reasons] == [Problem.STATIONS_AWAITED]
    assert "transport-1" in early.reasons[0].detail
    for one in others:
        one.send()  # hears of the new epoch
        one.send()  # and says hello in it
    assert furnace.take(case_no, Step.ARM, DETAILS[Step.ARM], card).permit is not None


def test_a_station_that_says_its_permit_is_over_makes_the_hold_effective(service: Service) -> None:
    case_no, card, permit = armed(service)
    hold(service, case_no)
    station = service.station(StationKind.CREMATION)
    station.append(wire.PermitDead(permit=permit))
    station.judged()
    assert "尚未生效" not in Desk(service, "1015").get(f"cases/{case_no}").text

    late = load(service, case_no, card, permit)
    assert late.outcome is Outcome.CONFLICT
    assert Problem.PERMIT_NEEDED in [one.problem for one in late.reasons]


def test_a_permit_of_another_station_is_not_ended_by_this_one(service: Service) -> None:
    case_no, card, permit = armed(service)
    other = service.station(StationKind.ASHES)
    other.append(wire.PermitDead(permit=permit))
    other.judged()
    assert load(service, case_no, card, permit).outcome is Outcome.ACCEPTED


def test_nothing_else_is_changed_while_a_permit_lives(service: Service) -> None:
    case_no, card, _ = armed(service)
    desk = service.station(StationKind.ARRANGEMENT)
    refused = desk.take(case_no, Step.AUTHORISE, DETAILS.get(Step.AUTHORISE, Details()), card)
    assert Problem.PERMIT_LIVE in [one.problem for one in refused.reasons]
    service.clock.forward(seconds=101)
    assert desk.take(case_no, Step.AUTHORISE, DETAILS[Step.AUTHORISE], card).outcome is Outcome.ACCEPTED


def test_nobody_replaces_a_card_alone(service: Service) -> None:
    """A card that is blocked by one person is a loss; the next one for the same case is bound by two."""
    case_no, card = in_storage(service)
    lost = block_card.handle(service.context, card.card_no, HotReason.LOST, People(StaffNo("1001")), service.clock.now)
    assert lost == card.card_no
    desk, fresh = service.station(StationKind.BOOKING), CardInHand(service.pool_card(2))
    alone = desk.take(case_no, Step.BIND_CARD, Details(), replace(fresh), second_staff_no=None)
    assert [one.problem for one in alone.reasons] == [Problem.SECOND_PERSON_MISSING]
    same = desk.take(case_no, Step.BIND_CARD, Details(), CardInHand(service.pool_card(3)), second_staff_no="1001")
    assert [one.problem for one in same.reasons] == [Problem.SECOND_PERSON_SAME]
    both = desk.take(case_no, Step.BIND_CARD, Details(), CardInHand(service.pool_card(4)))
    assert both.outcome is Outcome.ACCEPTED
    assert stored(service, case_no).issue_no == 2


@pytest.mark.parametrize("fault", ["no permit", "wrong furnace", "wrong disc"])
def test_a_start_that_should_not_have_been_is_never_dropped_and_blocks_the_ashes(service: Service, fault: str) -> None:
    case_no, card, permit = armed(service)
    details = DETAILS[Step.LOAD].model_copy(
        update={
            "no permit": {"permit": "NONE"},
            "wrong furnace": {"permit": permit, "furnace": "F2"},
            "wrong disc": {"permit": permit, "disc": "D0009"},
        }[fault]
    )
    judgement = service.station(StationKind.CREMATION).take(case_no, Step.LOAD, details, card)
    assert judgement.outcome is Outcome.CONFLICT
    assert Problem.PERMIT_NEEDED in [one.problem for one in judgement.reasons]
    case = stored(service, case_no)
    assert case.stage == "cremating" and case.gaps
    disc = {"disc": case.disc}
    go(service, case_no, card, Step.SETTLE)
    station = service.station(StationKind.CREMATION)
    unload = DETAILS[Step.UNLOAD].model_copy(update=disc)
    assert station.take(case_no, Step.UNLOAD, unload, card).outcome is Outcome.ACCEPTED
    ashes = service.station(StationKind.ASHES)
    ashes.take(case_no, Step.SEAL, DETAILS[Step.SEAL].model_copy(update=disc), card)
    close = DETAILS[Step.CLOSE_FURNACE].model_copy(update={**disc, "furnace": case.furnace})
    assert station.take(case_no, Step.CLOSE_FURNACE, close, card).outcome is Outcome.ACCEPTED
    go(service, case_no, card, Step.CERTIFY)
    collected(service, case_no, card)
    code = collection_code(service.context, case_no)
    release = DETAILS[Step.RELEASE].model_copy(update={"code": code})
    refused = ashes.take(case_no, Step.RELEASE, release, card)
    assert [one.problem for one in refused.reasons] == [Problem.CASE_CONFLICT]

    office = Desk(service, "1015")
    both = {"second_staff_no": "1016", "second_password": "10161016"}
    assert office.post(f"cases/{case_no}/enter", step="resolve", reason="paper_record").status_code == 409
    assert office.post(f"cases/{case_no}/enter", step="resolve", reason="paper_record", **both).status_code == 303
    assert ashes.take(case_no, Step.RELEASE, release, card).outcome is Outcome.ACCEPTED


def test_everything_stays_whole(service: Service) -> None:
    case_no, card, permit = armed(service)
    hold(service, case_no)
    load(service, case_no, replace(card), "NONE")
    load(service, case_no, card, permit)
    service.clock.now += timedelta(days=1)
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None
    with service.context.engine.connect() as connection:
        lost = connection.execute(text("SELECT COUNT(*) FROM record WHERE outcome = 'refused'")).scalar_one()
    assert lost == 0
