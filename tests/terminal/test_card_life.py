"""Lost, replaced, found again, wiped: what real stations say to real (virtual) cards of which the office knows more."""

import pytest

from cardsvc.core.card.errors import CardError
from cardsvc.core.card.image import CardImage
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_TAP
from cardsvc.core.card.script import Script, run
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.problems import Problem
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card import store
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.handlers import block_card, issue_card, replace_card, return_card, unblock_card, wipe_card
from cardsvc.store import verifying
from cardsvc.store.card_life import People
from terminal.session import Phase
from terminal.uplink import IDLE_S
from tests.support.home import Service, booking_form
from tests.support.telling import stored
from tests.terminal.rig import Bench, Home, green
from tests.terminal.way import AGREES, DISPATCHED, TAG, at, before, booked, go, onward

CLERK, BOTH = People(StaffNo("1001")), People(StaffNo("1015"), StaffNo("1016"))
FIRST = CardNo("WZC-000001")


def look(service: Service, card: VirtualCard) -> CardImage:
    """Read a card with the key of the vault, as the issuing desk could."""

    def script() -> Script[CardImage]:
        key = SoftwareKey(service.context.vault.card_key(card.uid, KEY_TAP, service.context.vault.newest_version))
        session = yield from PROFILE.open(key, KEY_TAP, bytes(16))
        image, _ = yield from PROFILE.read(card.uid, session)
        return image

    image = run(script(), card.transmit)
    card.field_off()
    return image


def meets(bench: Bench, card: VirtualCard, step: Step) -> Problem | None:
    """Lay the card down at a station where somebody is signed in; what it says against it."""
    bench.sign_in(step)
    bench.reader.present(card)
    bench.seen()
    outcome = bench.outcome
    bench.reader.remove()
    bench.seen()
    bench.act("cancel")
    return outcome.refusal.problem if outcome is not None and outcome.refusal is not None else None


def block(home: Home, reason: HotReason = HotReason.LOST) -> None:
    block_card.handle(home.service.context, FIRST, reason, CLERK, home.service.clock.now)


def whole(home: Home) -> None:
    for bench in home.benches.values():
        bench.exchange()
    context = home.service.context
    assert verifying.first_fault(context.engine, context.home_id, lambda _: None) is None


def test_a_station_that_idles_hears_of_a_blocked_card_with_one_exchange(home: Home) -> None:
    """Within ten seconds: an idle uplink asks every `IDLE_S`, and one asking brings the hot list."""
    _, card = booked(home)
    storage = home.at(At.COLD_STORAGE)
    storage.exchange()
    assert meets(storage, card, Step.STORE) is None
    assert IDLE_S <= 5
    block(home)

    storage.uplink.exchange()

    assert storage.local.current is not None and storage.local.current.hot.cards == (FIRST,)
    assert meets(storage, card, Step.STORE) is Problem.CARD_HOT


def test_a_card_that_lies_on_the_reader_when_it_is_blocked_is_not_written_any_more(home: Home) -> None:
    case_no, card = booked(home)
    go(home, card, at(Step.DISPATCH))
    bench = home.at(At.TRANSPORT)
    bench.sign_in(Step.COLLECT)
    bench.reader.present(card)
    bench.seen()
    bench.act("choose_step", step="collect")
    assert bench.loop.session.phase is Phase.FORM
    bench.second(Step.COLLECT)
    for field, value in at(Step.COLLECT)[2].items():
        bench.act("enter", field=field, value=value)
    before = look(home.service, card).state
    block(home)
    bench.exchange()

    bench.act("confirm")

    assert bench.outcome is not None and bench.outcome.refusal is not None
    assert bench.outcome.refusal.problem is Problem.CARD_HOT
    assert look(home.service, card).state == before
    assert stored(home.service, case_no).stage == "dispatched"


def test_a_lost_card_is_replaced_and_the_case_goes_on_with_the_new_one(home: Home) -> None:
    case_no, old = booked(home)
    go(home, old, *before(Step.LIST_BELONGINGS))
    kept = stored(home.service, case_no)
    replace_card.handle(home.service.context, FIRST, HotReason.LOST, BOTH, home.service.clock.now)
    new = home.blank_card(2)
    for bench in home.benches.values():
        bench.exchange()
    green(home.at(At.BOOKING).take(Step.BIND_CARD, new, case_no))

    identity = look(home.service, new).identity
    assert identity is not None and (identity.case_no, identity.issue_no) == (case_no, 2)
    go(home, new, *onward(Step.LIST_BELONGINGS))
    case = stored(home.service, case_no)
    assert (case.stage, case.card_no, case.issue_no, case.gaps) == ("at_rest", "WZC-000002", 2, ())
    assert case.taken[: len(kept.taken)] == kept.taken, "what the first card saw stays"
    image = look(home.service, new)
    assert image.state is not None and image.state.counter > 8
    for bench in home.benches.values():
        step = next((step for step in bench.loop.station.steps if step is not Step.BIND_CARD), Step.BIND_CARD)
        assert meets(bench, old, step) is Problem.CARD_HOT, bench.kind
    whole(home)


def test_a_tap_without_network_before_the_loss_was_known_still_counts(home: Home) -> None:
    case_no, old = booked(home)
    go(home, old, at(Step.DISPATCH))
    crew = home.at(At.TRANSPORT)
    crew.cable.pulled = True
    green(crew.take(Step.COLLECT, old, **at(Step.COLLECT)[2]))
    block(home)
    new = home.blank_card(2)
    desk = home.at(At.BOOKING)
    desk.exchange()
    green(desk.take(Step.BIND_CARD, new, case_no))

    crew.cable.pulled = False
    crew.exchange()

    case = stored(home.service, case_no)
    assert (case.stage, case.tag, case.card_no, case.gaps) == ("in_transit", TAG, "WZC-000002", ())
    assert meets(crew, old, Step.COLLECT) is Problem.CARD_HOT
    go(home, new, *before(Step.VERIFY_DEATH, Step.LIST_BELONGINGS))
    whole(home)


def test_a_card_that_is_found_again_in_time_serves_on(home: Home) -> None:
    case_no, card = booked(home)
    go(home, card, at(Step.DISPATCH))
    block(home)
    assert home.at(At.TRANSPORT).uplink.exchange() is not None
    unblock_card.handle(home.service.context, FIRST, BOTH, home.service.clock.now)

    go(home, card, *before(Step.VERIFY_DEATH, Step.COLLECT))

    assert stored(home.service, case_no).stage == "stored"
    whole(home)


def test_a_wiped_chip_tells_nothing_of_the_old_card_and_serves_another_case(home: Home) -> None:
    case_no, card = booked(home)
    go(home, card, *before(Step.LIST_BELONGINGS))
    old = look(home.service, card)
    block(home)
    context = home.service.context
    return_card.handle(context, FIRST, CLERK, home.service.clock.now)
    crew = home.at(At.TRANSPORT)
    crew.exchange()
    assert meets(crew, card, Step.COLLECT) is Problem.CARD_UNKNOWN

    number = issue_card.next_number(context)
    run(issue_card.script(context, card.uid, number), card.transmit)
    card.field_off()
    assert wipe_card.handle(context, FIRST, number, CLERK, home.service.clock.now) == number

    image = look(home.service, card)
    assert image.identity is not None and (image.identity.card_no, image.identity.case_no) == (number, None)
    assert image.state is not None and (image.state.counter, image.trail) == (0, ())
    inside = store.dump(card)
    assert old.identity is not None and old.state is not None and old.state.last is not None
    for secret in (old.identity.pack(), old.state.pack(), *(entry.pack() for entry in old.trail)):
        assert secret.hex() not in inside
    green(home.at(At.BOOKING).take(Step.BIND_CARD, card, case_no))
    assert stored(home.service, case_no).card_no == number
    whole(home)


@pytest.mark.parametrize("after", range(1, 40))
def test_a_wiping_that_is_torn_anywhere_is_taken_up_again(home: Home, after: int) -> None:
    context, card = home.service.context, home.blank_card()
    left = after

    def torn(apdu: bytes) -> bytes:
        nonlocal left
        left -= 1
        return card.transmit(apdu) if left >= 0 else b""

    try:
        run(issue_card.script(context, card.uid, CardNo("WZC-000002")), torn)
    except CardError:
        card.field_off()
        run(issue_card.script(context, card.uid, CardNo("WZC-000002")), card.transmit)
    card.field_off()
    identity = look(home.service, card).identity
    assert identity is not None and identity.card_no == "WZC-000002"


def test_a_crew_without_network_binds_a_blank_card_of_its_pool(home: Home) -> None:
    """The case is known from the snapshot, the card from the pool; the service hears of it when the network is back."""
    desk = home.at(At.BOOKING)
    desk.exchange()
    desk.sign_in(Step.BOOK)
    desk.act("booking", **booking_form().model_dump(mode="json"))
    assert desk.outcome is not None and desk.outcome.case_no is not None
    case_no, card = desk.outcome.case_no, home.blank_card()
    crew = home.at(At.TRANSPORT)
    crew.exchange()
    green(crew.take(Step.DISPATCH, None, case_no, **DISPATCHED))
    crew.cable.pulled = True

    green(crew.take(Step.BIND_CARD, card, case_no))
    green(crew.take(Step.COLLECT, card, tag=TAG, kilometres="12", floor="3", **AGREES))

    assert stored(home.service, case_no).card_no is None
    crew.cable.pulled = False
    crew.exchange()
    case = stored(home.service, case_no)
    assert (case.card_no, case.stage, case.gaps) == ("WZC-000001", "in_transit", ())
