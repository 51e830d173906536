"""Stations at work: nine of them with one card, with the cable in and pulled."""

from typing import Any

import pytest

from cardsvc.core.facts import Details, Step
from cardsvc.core.facts import StationKind as At
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.virtual_card.misbehaving import Fault as CardFault
from cardsvc.core.virtual_card.misbehaving import ForeignCard, Misbehaving
from cardsvc.core.workflow import BESIDE
from cardsvc.store.snapshots import case_bill
from terminal.journal import Journal, JournalBroken
from terminal.readers.reader import Fault
from terminal.session import Colour, Phase
from tests.support.telling import Office, stored
from tests.terminal.rig import Bench, Home, green
from tests.terminal.way import DISPATCHED, TAG, WAY, at, before, booked, go, onward


def summary(home: Home, case_no: str) -> tuple[object, ...]:
    """What the way came to; work beside it has no order of its own."""
    case = stored(home.service, case_no)  # type: ignore[arg-type]
    with home.service.context.engine.connect() as connection:
        bill = case_bill(connection, home.service.context.home_id, case.case_no)
    way = [taken.step for taken in case.taken if taken.step not in BESIDE]
    beside = sorted(taken.step for taken in case.taken if taken.step in BESIDE)
    return case.stage, case.place, case.gaps, case.tag, case.disc, case.label, way, beside, bill


def test_one_card_through_nine_stations(home: Home) -> None:
    case_no, card = booked(home)

    go(home, card, *WAY)

    stage, place, gaps, *_ = summary(home, case_no)
    assert (stage, place.kind, gaps) == ("at_rest", "destination", ())  # type: ignore[attr-defined]
    assert all(bench.uplink.unsent == 0 for bench in home.benches.values())


def test_with_the_network_cut_at_four_stations_it_ends_in_the_same_state(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    case_no, card = booked(home)
    cut = (At.COLD_STORAGE, At.DRESSING, At.FAREWELL)
    go(home, card, *before(Step.LIST_BELONGINGS))
    home.at(At.TRANSPORT).cable.pulled = True
    for kind in cut:
        home.at(kind)
    go(home, card, *before(Step.STORE, Step.LIST_BELONGINGS))
    home.at(At.COLD_STORAGE).cable.pulled = True
    go(home, card, at(Step.STORE))
    assert stored(home.service, case_no).stage == "in_transit"
    for kind in (At.TRANSPORT, At.COLD_STORAGE):
        home.at(kind).cable.pulled = False
    home.at(At.COLD_STORAGE).exchange()
    home.at(At.TRANSPORT).exchange()
    assert (stored(home.service, case_no).stage, stored(home.service, case_no).gaps) == ("stored", ())
    go(home, card, *before(Step.TAKE_OUT, Step.VERIFY_DEATH))
    for kind in cut:
        home.at(kind).exchange()
        home.at(kind).cable.pulled = True
    go(home, card, *before(Step.DEPOSIT, Step.TAKE_OUT))
    for kind in reversed(cut):
        home.at(kind).cable.pulled = False
        home.at(kind).exchange()
    go(home, card, *onward(Step.DEPOSIT))

    there = summary(home, case_no)
    service_dir = tmp_path_factory.mktemp("online")
    from tests.support.home import Service

    other = Service(f"sqlite:///{service_dir / 'service.db'}")
    online = Home(other, service_dir)
    number, other_card = booked(online)
    go(online, other_card, *WAY)
    assert there == summary(online, number)
    online.close()
    other.close()


@pytest.fixture
def cold(home: Home) -> Bench:
    _, card = booked(home)
    go(home, card, *before(Step.STORE))
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    bench.sign_in(Step.STORE)
    bench.card = card  # type: ignore[attr-defined]
    return bench


def stop_reason(bench: Bench) -> Problem:
    assert bench.outcome is not None
    assert bench.outcome.refusal is not None
    return bench.outcome.refusal.problem


def test_a_card_of_ours_that_this_station_has_no_key_for_is_not_called_foreign(home: Home, cold: Bench) -> None:
    cold.cable.pulled = True
    cold.reader.present(home.blank_card(77))
    cold.seen()
    assert stop_reason(cold) is Problem.CARD_UNKNOWN


def test_a_foreign_card_says_so_and_the_station_goes_on(cold: Bench) -> None:
    cold.reader.present(ForeignCard())
    cold.seen()
    assert stop_reason(cold) is Problem.CARD_FOREIGN
    cold.reader.remove()

    green(cold.take(Step.STORE, cold.card, tag=TAG, slot="A-07"))  # type: ignore[attr-defined]


def test_a_mute_card_and_a_torn_card_ask_for_the_card_again(cold: Bench) -> None:
    for fault, problem in ((CardFault.MUTE, Problem.CARD_MUTE), (CardFault.GONE_BEFORE, Problem.CARD_TORN)):
        cold.reader.present(Misbehaving(cold.card, {1: fault}))  # type: ignore[attr-defined]
        cold.seen()
        assert stop_reason(cold) is problem
        assert cold.outcome is not None
        assert cold.outcome.colour is Colour.AGAIN
        cold.reader.remove()
        cold.seen()

    green(cold.take(Step.STORE, cold.card, tag=TAG, slot="A-07"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", [Fault.UNPLUGGED, Fault.NO_DAEMON])
def test_a_lost_reader_is_named_until_it_is_back(cold: Bench, fault: Fault) -> None:
    cold.reader.unplug(fault)
    cold.seen()
    assert cold.loop.session.reader_fault is fault
    cold.reader.plug_in()
    cold.seen()
    assert cold.loop.session.reader_fault is None

    green(cold.take(Step.STORE, cold.card, tag=TAG, slot="A-07"))


@pytest.mark.parametrize("fault", [CardFault.GONE_BEFORE, CardFault.GONE_AFTER])
@pytest.mark.parametrize("at", range(18))
def test_a_tap_torn_at_any_apdu_is_settled_at_the_next_sight(cold: Bench, at: int, fault: CardFault) -> None:
    card = cold.card  # type: ignore[attr-defined]
    torn = cold.take(Step.STORE, Misbehaving(card, {at: fault}), tag=TAG, slot="A-07") if at > 8 else None  # type: ignore[arg-type]
    case_no = "WZ-2026-000001"
    if torn is not None and torn.colour is Colour.GO:
        assert stored(cold.service, case_no).stage == "stored"  # type: ignore[arg-type]
        return
    cold.loop.session.leave_case()

    cold.reader.present(card)
    cold.seen()

    assert cold.journal.open_intents() == []
    cold.exchange()
    case = stored(cold.service, case_no)  # type: ignore[arg-type]
    assert cold.loop.session.case is not None
    cold.reader.remove()
    cold.seen()
    if case.stage == "received":
        green(cold.take(Step.STORE, card, tag=TAG, slot="A-07"))
    case = stored(cold.service, case_no)  # type: ignore[arg-type]
    assert (case.stage, case.gaps) == ("stored", ())
    assert sum(taken.step is Step.STORE for taken in case.taken) == 1


def test_the_wrong_tag_stops_with_a_reason_and_is_recorded(cold: Bench) -> None:
    outcome = cold.take(Step.STORE, cold.card, tag="9Z9Z", slot="A-07")  # type: ignore[attr-defined]

    assert outcome.colour is Colour.STOP
    assert outcome.refusal is not None
    assert outcome.refusal.problem is Problem.TAG_MISMATCH
    assert cold.journal.recent(1)[0].body.kind == "refused"


def test_every_reason_is_given_at_once(cold: Bench) -> None:
    outcome = cold.take(Step.STORE, cold.card, tag="9Z9Z", slot="Z-99")  # type: ignore[attr-defined]

    assert outcome.refusal is not None
    assert {one.problem for one in outcome.refusal.all()} == {Problem.TAG_MISMATCH, Problem.PLACE_UNKNOWN}


def test_a_step_that_needs_the_service_is_refused_without_it_and_nothing_happens(home: Home) -> None:
    _, card = booked(home)
    bench = home.at(At.TRANSPORT)
    bench.exchange()
    bench.cable.pulled = True
    bench.clocks.steady += 60_000

    outcome = bench.take(Step.DISPATCH, card, **DISPATCHED)

    assert outcome.refusal is not None
    assert outcome.refusal.problem is Problem.OFFLINE_FORBIDDEN
    bench.cable.pulled = False
    bench.exchange()
    assert stored(home.service, "WZ-2026-000001").stage == "booked"  # type: ignore[arg-type]


def test_a_card_of_another_case_on_the_reader_at_confirm_is_stopped(home: Home, cold: Bench) -> None:
    cold.reader.present(cold.card)  # type: ignore[attr-defined]
    cold.seen()
    cold.act("choose_step", step="store")
    cold.second(Step.STORE)
    cold.act("enter", field="tag", value=TAG)
    cold.act("enter", field="slot", value="A-07")
    cold.reader.present(home.blank_card(2))
    cold.exchange()
    cold.act("confirm")

    assert cold.outcome is not None
    assert cold.outcome.colour is Colour.STOP
    assert stored(home.service, "WZ-2026-000001").stage == "received"  # type: ignore[arg-type]


def test_a_lost_answer_is_resent_and_recorded_once(cold: Bench) -> None:
    cold.cable.lose_answers = 1
    green(cold.take(Step.STORE, cold.card, tag=TAG, slot="A-07"))  # type: ignore[attr-defined]
    for _ in range(3):
        cold.exchange()

    case = stored(cold.service, "WZ-2026-000001")  # type: ignore[arg-type]
    assert sum(taken.step is Step.STORE for taken in case.taken) == 1
    assert cold.uplink.unsent == 0


def test_a_restart_keeps_everything(cold: Bench) -> None:
    cold.cable.pulled = True
    green(cold.take(Step.STORE, cold.card, tag=TAG, slot="A-07"))  # type: ignore[attr-defined]
    head = cold.journal.head
    cold.restart()
    assert cold.journal.head == head
    assert cold.local.current is not None
    cold.cable.pulled = False
    cold.exchange()

    assert stored(cold.service, "WZ-2026-000001").stage == "stored"  # type: ignore[arg-type]


def test_two_processes_never_share_a_journal(cold: Bench) -> None:
    with pytest.raises(JournalBroken, match="another process"):
        Journal(cold.folder / "journal.db", cold.identity.journal_id, cold.identity.signing, allow_memory=True)


def test_a_flipped_byte_in_the_journal_is_found_at_start(cold: Bench) -> None:
    import sqlite3

    cold.take(Step.STORE, cold.card, tag=TAG, slot="A-07")  # type: ignore[attr-defined]
    cold.close()
    db = sqlite3.connect(cold.folder / "journal.db")
    db.executescript("DROP TRIGGER record_no_update; UPDATE record SET raw = zeroblob(9) WHERE seq = 1;")
    db.execute("UPDATE record SET sig = zeroblob(64) WHERE seq = 1")
    db.commit()
    db.close()

    with pytest.raises(JournalBroken, match="journal"):
        cold.start()
    cold.journal = Journal(cold.folder / "other.db", cold.identity.journal_id, cold.identity.signing, allow_memory=True)


def test_a_wrong_pin_signs_nobody_in(cold: Bench) -> None:
    cold.act("sign_out")
    cold.act("sign_in", staff_no="1004", pin="0000")

    assert cold.loop.session.staff_no is None
    assert cold.loop.session.phase is Phase.SIGN_IN
    assert stop_reason(cold) is Problem.STAFF_UNKNOWN


@pytest.mark.parametrize("step", [Step.STORE, Step.VERIFY_DEATH, Step.VOID])
def test_news_of_our_own_step_that_come_before_we_noted_it_are_not_noted_twice(home: Home, step: Step) -> None:
    """With a card and without: the uplink's thread may exchange at any moment after the journal has the record."""
    case_no, card = booked(home)
    kind, _, entered = at(step) if step is not Step.VOID else (At.COLD_STORAGE, step, {"reason": "entered_by_mistake"})
    go(home, card, *before(step if step is not Step.VOID else Step.TAKE_OUT))
    bench = home.at(kind)
    bench.exchange()
    noted = bench.local.note

    def late(*what: Any) -> None:
        bench.exchange()
        noted(*what)

    bench.local.note = late  # type: ignore[assignment, method-assign]
    green(bench.take(step, card, case_no, **entered))

    snapshot = bench.local.current
    assert snapshot is not None
    known, truth = snapshot.cases[case_no].case, stored(home.service, case_no)
    assert [one.cause for one in known.taken] == [one.cause for one in truth.taken]
    assert (known.stage, known.place) == (truth.stage, truth.place)


def test_our_own_step_is_noted_with_news_that_came_while_it_was_taken(home: Home) -> None:
    """What the office does to the case meanwhile is not forgotten again."""
    case_no, card = booked(home)
    go(home, card, *before(Step.STORE))
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    noted = bench.local.note

    def late(*what: Any) -> None:
        Office(home.service).step(case_no, Step.HOLD, Details(reason=Reason.POLICE, blocks=(Step.ARM, Step.LOAD)))
        bench.exchange()
        noted(*what)

    bench.local.note = late  # type: ignore[assignment, method-assign]
    green(bench.take(Step.STORE, card, tag=TAG, slot="A-07"))

    snapshot = bench.local.current
    assert snapshot is not None
    assert (snapshot.cases[case_no].case.place.code, snapshot.cases[case_no].case.holds != ()) == ("A-07", True)
