"""Staff cards: the card says who, the PIN says that it is they; a staff card is never a family's."""

import random

import pytest
from sqlalchemy import update

from cardsvc.core import wire
from cardsvc.core.card.script import run
from cardsvc.core.facts import Details, Step
from cardsvc.core.facts import StationKind as At
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.legacy import LegacyCard
from cardsvc.handlers import issue_staff_card
from cardsvc.store import cards
from cardsvc.store import tables as t
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from terminal.session import Colour, Phase
from tests.support.telling import stored
from tests.terminal.other_cards import booked_without_card, second_reader, staff_card
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_legacy import present, problems
from tests.terminal.way import TAG, before, booked, go


def pin(number: str) -> str:
    return number * 2


def test_somebody_signs_in_with_card_and_pin_and_not_with_the_card_alone(home: Home) -> None:
    card = staff_card(home, "1004")
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    present(bench, card)
    session = bench.loop.session

    assert (session.presented, session.staff_no, session.phase) == ("1004", None, Phase.SIGN_IN)
    bench.act("sign_in", pin="0000")
    assert (session.staff_no, problems(bench)) == (None, {Problem.STAFF_UNKNOWN})
    bench.act("sign_in", pin=pin("1004"))
    assert (session.staff_no, session.phase) == ("1004", Phase.READY)


def test_a_staff_card_taken_away_before_the_pin_says_nothing_any_more(home: Home) -> None:
    card = staff_card(home, "1004")
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    present(bench, card)
    bench.reader.remove()
    bench.seen()

    bench.act("sign_in", pin=pin("1004"))

    assert bench.loop.session.presented is None
    assert bench.loop.session.staff_no is None


def test_the_second_person_confirms_with_their_card_on_the_one_reader(home: Home) -> None:
    _, family_card = booked(home)
    go(home, family_card, *before(Step.STORE))
    colleague = staff_card(home, "1005")
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    bench.act("sign_in", staff_no="1004", pin=pin("1004"))
    present(bench, family_card)
    bench.act("choose_step", step="store")
    bench.act("enter", field="tag", value=TAG)
    bench.act("enter", field="slot", value="A-07")
    present(bench, colleague)
    assert (bench.loop.session.presented, bench.loop.session.card_present) == ("1005", False)
    bench.act("second", pin=pin("1005"))
    present(bench, family_card)
    bench.act("confirm")

    assert bench.outcome is not None
    green(bench.outcome)
    assert bench.loop.session.recent[0].step is Step.STORE
    assert bench.journal.recent(2)[1].second_staff_no == "1005"


def test_with_a_second_reader_both_cards_lie_at_once(home: Home) -> None:
    _, family_card = booked(home)
    go(home, family_card, *before(Step.STORE))
    colleague = staff_card(home, "1005")
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    other = second_reader(bench)
    bench.act("sign_in", staff_no="1004", pin=pin("1004"))
    present(bench, family_card)
    bench.act("choose_step", step="store")
    bench.act("enter", field="tag", value=TAG)
    bench.act("enter", field="slot", value="A-07")
    other.present(colleague)
    bench.seen()
    bench.act("second", pin=pin("1005"))
    bench.act("confirm")

    assert bench.outcome is not None
    green(bench.outcome)


def test_a_staff_card_is_no_family_card_and_a_family_card_no_staff_card(home: Home) -> None:
    _, family_card = booked(home)
    card = staff_card(home, "1002")
    bench = home.at(At.TRANSPORT)
    bench.exchange()
    present(bench, family_card)
    assert bench.loop.session.presented is None
    bench.act("sign_in", staff_no="1002", pin=pin("1002"))
    present(bench, card)

    assert problems(bench) == {Problem.STAFF_CARD}
    assert bench.loop.session.case is None
    desk = home.at(At.BOOKING)
    desk.exchange()
    desk.sign_in(Step.BIND_CARD)
    present(desk, card)
    desk.loop.session.chosen, desk.loop.session.step = next(iter(desk.local.current.cases.values())), Step.BIND_CARD  # type: ignore[union-attr]
    desk.loop.session.phase = Phase.FORM
    desk.act("confirm")
    assert desk.outcome is not None
    assert desk.outcome.colour is not Colour.GO


def test_the_service_never_takes_a_staff_card_for_a_familys(home: Home) -> None:
    staff_card(home, "1002")
    case_no = booked_without_card(home)
    crew = home.service.station(At.TRANSPORT)
    who = crew.people(Step.BIND_CARD) | {"case_no": case_no, "card_no": "WZS-000001"}
    seq = crew.append(wire.Intent(step=Step.BIND_CARD, details=Details(), stage_after=1), card_counter=0, **who)
    crew.append(wire.Written(intent_seq=seq), **who)

    judgement = crew.judged()

    assert (judgement.outcome, judgement.reasons[0].problem) == ("refused", Problem.STAFF_CARD)
    assert stored(home.service, case_no).card_no is None


def forged(home: Home, uid: bytes) -> VirtualCard:
    """A chip with our application and other keys, under the UID of a staff card."""
    card = VirtualCard(uid, random.Random(3).randbytes)
    other = VirtualCard(bytes([4, 99, 9, 9, 9, 9, 9]), random.Random(4).randbytes)
    run(issue_staff_card.script(home.service.context, other.uid, CardNo("WZS-000001")), card.transmit)
    card.field_off()
    return card


def test_the_uid_of_a_staff_card_is_not_enough(home: Home) -> None:
    card = staff_card(home, "1004")
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    for copy in (LegacyCard(card.uid), forged(home, card.uid), VirtualCard(card.uid, random.Random(1).randbytes)):
        present(bench, copy)
        assert bench.loop.session.presented is None
        assert problems(bench) & {Problem.CARD_FORGED, Problem.CARD_FOREIGN}, copy
        bench.act("sign_in", pin=pin("1004"))
        assert bench.loop.session.staff_no is None


def block(home: Home, card_no: str) -> None:
    def act(connection: Connection) -> None:
        log = open_log(connection, home.service.context.home_id)
        number = log.add("card blocked", card_no, "", home.service.clock.now)
        cards.make_hot(connection, log.home_id, CardNo(card_no), HotReason.LOST, number, home.service.clock.now)
        log.close()

    transact(home.service.context.engine, act)


def disable(home: Home, staff_no: str) -> None:
    def act(connection: Connection) -> None:
        connection.execute(
            update(t.staff).where(t.staff.c.staff_no == staff_no).values(disabled_at=home.service.clock.now)
        )
        connection.execute(update(t.home).values(setup_version=t.home.c.setup_version + 1))

    transact(home.service.context.engine, act)


@pytest.mark.parametrize("what", [lambda home: block(home, "WZS-000001"), lambda home: disable(home, "1004")])
def test_a_blocked_card_and_a_disabled_person_are_refused_with_the_next_snapshot(home: Home, what: object) -> None:
    card = staff_card(home, "1004")
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    present(bench, card)
    assert bench.loop.session.presented == "1004"

    what(home)  # type: ignore[operator]
    bench.exchange()
    present(bench, card)

    assert bench.loop.session.presented is None
    bench.act("sign_in", pin=pin("1004"))
    assert bench.loop.session.staff_no is None


def test_a_station_gets_the_cards_of_those_who_work_there_with_the_read_key_alone(home: Home) -> None:
    staff_card(home, "1004", 201)
    staff_card(home, "1010", 202)
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    snapshot = bench.local.current
    assert snapshot is not None

    held = {one.card_no: (one.staff_no, sorted(one.sealed_keys)) for one in snapshot.cards.values() if one.staff_no}

    assert held == {"WZS-000001": ("1004", [2])}


def test_a_staff_card_takes_its_number_from_its_own_row_and_says_nothing_personal(home: Home) -> None:
    card = staff_card(home, "1004")
    home.blank_card(1)
    home.blank_card(2)
    (file,) = card.applications[bytes.fromhex("013CF5")].files.values()

    assert issue_staff_card.next_number(home.service.context) == "WZS-000002"
    assert file.data.rstrip(b"\x00") == b"\x01WZ" + bytes(6) + b"WZS-000001" + bytes(10) + bytes(20) + b"\x01"  # type: ignore[union-attr]


def test_nobody_unknown_gets_a_card(home: Home) -> None:
    context = home.service.context
    made = issue_staff_card.handle(context, CardNo("WZS-000001"), bytes(7), StaffNo("9999"), home.service.clock.now)
    assert isinstance(made, Refusal)
    assert made.problem is Problem.STAFF_UNKNOWN


def wrong(bench: Bench, times: int, number: str = "1004") -> None:
    for _ in range(times):
        bench.act("sign_in", staff_no=number, pin="0000")


def test_five_wrong_pins_in_ten_minutes_make_a_number_wait_on_the_steady_clock(home: Home) -> None:
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    wrong(bench, 5)
    assert problems(bench) == {Problem.TOO_MANY}
    recorded = [one for one in bench.journal.recent(10) if one.body.kind == "refused"]
    wrong(bench, 3)
    home.service.clock.forward(days=2)
    bench.act("sign_in", staff_no="1004", pin=pin("1004"))
    assert (bench.loop.session.staff_no, problems(bench)) == (None, {Problem.TOO_MANY})
    bench.act("sign_in", staff_no="1005", pin=pin("1005"))
    assert bench.loop.session.staff_no == "1005"
    bench.act("sign_out")
    bench.clocks.steady += 10 * 60 * 1000

    bench.act("sign_in", staff_no="1004", pin=pin("1004"))

    assert bench.loop.session.staff_no == "1004"
    assert len(recorded) == len([one for one in bench.journal.recent(10) if one.body.kind == "refused"]) == 1
    assert (recorded[0].staff_no, recorded[0].body.problems) == ("1004", (Problem.TOO_MANY,))  # type: ignore[union-attr]


def test_four_wrong_pins_and_the_right_one_are_forgotten(home: Home) -> None:
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    for _ in range(2):
        wrong(bench, 4)
        bench.act("sign_in", staff_no="1004", pin=pin("1004"))
        assert bench.loop.session.staff_no == "1004"
        bench.act("sign_out")
