"""The permit at the station, by its steady clock; cards that are older than what was seen; RELIABILITY.md section 5."""

import random
from datetime import timedelta

from cardsvc.core import wire
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.virtual_card import store
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.store import cards
from terminal.session import Colour
from tests.support.desk import Desk
from tests.support.home import booking_form
from tests.support.telling import stored
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_station import stop_reason
from tests.terminal.way import at, before, booked, go

ARM, LOAD = at(Step.ARM)[2], at(Step.LOAD)[2]


def armed(home: Home) -> tuple[CaseNo, VirtualCard, Bench]:
    case_no, card = booked(home)
    go(home, card, *before(Step.ARM))
    furnace = home.at(StationKind.CREMATION)
    green(furnace.take(Step.ARM, card, **ARM))
    return case_no, card, furnace


def kinds(bench: Bench) -> list[str]:
    return [record.body.kind for record in bench.journal.recent(4)]


def test_load_is_dark_once_the_steady_clock_has_passed_the_permit(home: Home) -> None:
    case_no, card, furnace = armed(home)
    furnace.clocks.steady += 90_000
    furnace.exchange()

    late = furnace.take(Step.LOAD, card, **LOAD)

    assert late.colour is Colour.STOP
    assert late.refusal is not None and Problem.OFFLINE_FORBIDDEN in [one.problem for one in late.refusal.all()]
    assert stored(home.service, case_no).stage == "armed"


def test_wall_clocks_that_jump_do_not_lengthen_a_permit_and_do_not_shorten_it(home: Home) -> None:
    case_no, card, furnace = armed(home)
    wall = home.service.clock.now - timedelta(days=3650)
    furnace.clocks.now = lambda: wall  # type: ignore[method-assign]
    furnace.clocks.steady += 89_000
    green(furnace.take(Step.LOAD, card, **LOAD))
    assert stored(home.service, case_no).stage == "cremating"


def test_a_permit_that_ran_out_is_told_to_the_service_once(home: Home) -> None:
    case_no, _, furnace = armed(home)
    furnace.seen()
    assert "permit_dead" not in kinds(furnace)
    furnace.clocks.steady += 90_001
    furnace.seen()
    furnace.exchange()
    assert [one for one in kinds(furnace) if one == "permit_dead"] == ["permit_dead"]
    held = Desk(home.service, "1015").post(f"cases/{case_no}/enter", step="hold", reason="police", blocks="fire")
    assert held.status_code == 303
    assert stored(home.service, case_no).holds[0].spares is None


def test_a_permit_does_not_serve_another_case(home: Home) -> None:
    _, _, furnace = armed(home)
    other_no, other = booked_second(home)
    refused = furnace.take(Step.LOAD, other, **LOAD)
    assert refused.colour is Colour.STOP
    assert refused.refusal is not None and Problem.OFFLINE_FORBIDDEN in [one.problem for one in refused.refusal.all()]
    assert stored(home.service, other_no).stage == "booked"


def booked_second(home: Home) -> tuple[CaseNo, VirtualCard]:
    desk = home.at(StationKind.BOOKING)
    desk.sign_in(Step.BOOK)
    desk.act("booking", **booking_form(id_no=None, deceased_name="李守礼").model_dump(mode="json"))
    assert desk.outcome is not None
    case_no = desk.outcome.case_no
    assert case_no is not None
    card = home.blank_card(9)
    desk.exchange()
    green(desk.take(Step.BIND_CARD, card, case_no))
    return case_no, card


def test_no_permit_offline_whatever_was_granted_before(home: Home) -> None:
    _, card, furnace = armed(home)
    furnace.clocks.steady += 100_000
    furnace.seen()
    furnace.cable.pulled = True
    refused = furnace.take(Step.ARM, card, **ARM)
    assert refused.colour is Colour.STOP
    assert refused.refusal is not None and refused.refusal.problem is Problem.OFFLINE_FORBIDDEN


def test_an_older_image_of_a_card_is_refused_recorded_and_flagged_at_the_service(home: Home) -> None:
    case_no, card = booked(home)
    older = store.dump(card)
    go(home, card, *before(Step.VERIFY_DEATH))
    cold = home.at(StationKind.COLD_STORAGE)
    cold.exchange()
    cold.sign_in(Step.STORE)

    cold.reader.present(store.load(older, random.Random(1).randbytes))
    cold.seen()

    assert cold.outcome is not None and cold.outcome.colour is Colour.STOP
    assert stop_reason(cold) is Problem.CARD_ROLLED_BACK
    record = cold.journal.recent(1)[0]
    assert isinstance(record.body, wire.Refused) and record.card_counter == 1
    cold.exchange()
    with home.service.context.engine.connect() as connection:
        assert cards.hot_list(connection, home.service.context.home_id).cards
    assert [hold.reason for hold in stored(home.service, case_no).holds] == [Reason.CARD_COPIED]
    cold.reader.remove()
    cold.seen()
    cold.reader.present(card)
    cold.seen()
    assert stop_reason(cold).value == Problem.CARD_HOT.value
