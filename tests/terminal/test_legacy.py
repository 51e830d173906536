"""Cards that can only be recognised, and copies of a UID: the service decides, and a copy decides nothing."""

import random

import pytest

from cardsvc.core import tap, wire
from cardsvc.core.facts import Stage, Step
from cardsvc.core.facts import StationKind as At
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.virtual_card.legacy import LegacyCard
from cardsvc.handlers import adopt_card
from cardsvc.store.verifying import first_fault
from terminal.session import Colour, Phase
from tests.core.story import DETAILS
from tests.support.telling import stored
from tests.terminal.other_cards import LEGACY_UID, adopted, booked_without_card
from tests.terminal.rig import Bench, Home, green
from tests.terminal.way import AGREES, DISPATCHED, TAG, before, booked, go


def problems(bench: Bench) -> set[Problem]:
    outcome = bench.outcome
    return {one.problem for one in outcome.refusal.all()} if outcome is not None and outcome.refusal else set()


def present(bench: Bench, card: object) -> None:
    bench.reader.remove()
    bench.seen()
    bench.reader.present(card)  # type: ignore[arg-type]
    bench.seen()


def test_a_legacy_card_brings_up_its_case_and_takes_a_step_with_the_services_word(home: Home) -> None:
    case_no = booked_without_card(home)
    card = adopted(home, case_no)
    bench = home.at(At.TRANSPORT)

    green(bench.take(Step.DISPATCH, card, **DISPATCHED))  # type: ignore[arg-type]
    green(bench.take(Step.COLLECT, card, tag=TAG, kilometres="12", floor="3", **AGREES))  # type: ignore[arg-type]

    case = stored(home.service, case_no)
    request, observation = (bench.journal.recent(2)[1], bench.journal.recent(2)[0])
    assert (case.stage, case.card_no, case.gaps) == (Stage.IN_TRANSIT, "WZC-000001", ())
    assert (request.body.kind, observation.body.kind) == ("request", "observation")
    assert (observation.card_no, observation.body.granted_seq) == ("WZC-000001", request.seq)  # type: ignore[union-attr]
    assert first_fault(home.service.context.engine, home.service.context.home_id, lambda words: None) is None


def test_without_the_service_no_step_is_taken_with_a_legacy_card(home: Home) -> None:
    case_no = booked_without_card(home)
    card = adopted(home, case_no)
    bench = home.at(At.TRANSPORT)
    green(bench.take(Step.DISPATCH, card, **DISPATCHED))  # type: ignore[arg-type]
    bench.cable.pulled = True
    bench.clocks.steady += 60_000

    outcome = bench.take(Step.COLLECT, card, tag=TAG, kilometres="12", floor="3", **AGREES)  # type: ignore[arg-type]

    assert outcome.refusal is not None
    assert outcome.refusal.problem is Problem.OFFLINE_FORBIDDEN
    bench.cable.pulled = False
    bench.exchange()
    assert stored(home.service, case_no).stage is Stage.DISPATCHED


@pytest.mark.parametrize("step", sorted(tap.NEVER_BY_UID))
def test_neither_load_nor_release_is_taken_with_a_legacy_card_at_a_station(home: Home, step: Step) -> None:
    case_no = booked_without_card(home)
    adopted(home, case_no)
    bench = home.at(At.TRANSPORT)
    bench.exchange()
    snapshot = bench.local.current
    assert snapshot is not None
    known = snapshot.cases[case_no]
    card = snapshot.cards[known.case.card_no]  # type: ignore[index]
    asked = Asked(step, DETAILS[step], bench.loop.session.staff_no)
    met = tap.Met(known, card, known.case, False, by_uid=True)

    no = tap.decide(met, asked, bench.identity.here, snapshot, linked=True, now=bench.clocks.now())

    assert isinstance(no, Refusal)
    assert Problem.CARD_NOT_WRITABLE in {one.problem for one in no.all()}


@pytest.mark.parametrize("step", sorted(tap.NEVER_BY_UID))
def test_neither_load_nor_release_is_taken_with_a_legacy_card_at_the_service(home: Home, step: Step) -> None:
    case_no = booked_without_card(home)
    adopted(home, case_no)
    at = home.service.station(At.CREMATION if step is Step.LOAD else At.ASHES)

    for card_no in ("WZC-000001", None):
        who = at.people(step) | {"case_no": case_no, "card_no": card_no}
        at.append(wire.Request(step=step, details=DETAILS[step]), **who)
        judgement = at.judged()

        assert judgement.outcome == "refused"
        assert Problem.CARD_NOT_WRITABLE in {one.problem for one in judgement.reasons}


def test_the_service_takes_nothing_with_a_legacy_card_that_it_has_not_granted(home: Home) -> None:
    case_no = booked_without_card(home)
    card = adopted(home, case_no)
    green(home.at(At.TRANSPORT).take(Step.DISPATCH, card, **DISPATCHED))  # type: ignore[arg-type]
    crew = home.service.station(At.TRANSPORT)
    who = crew.people(Step.COLLECT) | {"case_no": case_no, "card_no": "WZC-000001"}

    crew.append(wire.Observation(step=Step.COLLECT, details=DETAILS[Step.COLLECT]), **who)
    observed = crew.judged()
    intent = wire.Intent(step=Step.COLLECT, details=DETAILS[Step.COLLECT], stage_after=3)
    seq = crew.append(intent, card_counter=0, **who)
    crew.append(wire.Written(intent_seq=seq), **who)
    written = crew.judged()

    assert [one.problem for one in observed.reasons] == [Problem.OFFLINE_FORBIDDEN]
    assert Problem.CARD_NOT_WRITABLE in {one.problem for one in written.reasons}
    assert stored(home.service, case_no).stage is Stage.DISPATCHED


def test_another_legacy_card_at_confirm_is_stopped(home: Home) -> None:
    case_no = booked_without_card(home)
    card = adopted(home, case_no)
    bench = home.at(At.TRANSPORT)
    bench.exchange()
    bench.sign_in(Step.DISPATCH)
    present(bench, card)
    bench.act("choose_step", step="dispatch")
    bench.second(Step.DISPATCH)
    for field, value in DISPATCHED.items():
        bench.act("enter", field=field, value=value)
    present(bench, LegacyCard(b"\x01\x02\x03\x04"))
    bench.act("confirm")

    assert problems(bench) == {Problem.CARD_FOREIGN}
    assert stored(home.service, case_no).stage is Stage.BOOKED


def test_a_uid_copy_of_a_family_card_is_forged_and_opens_no_case(home: Home) -> None:
    _, card = booked(home)
    bench = home.at(At.TRANSPORT)
    bench.exchange()
    bench.sign_in(Step.DISPATCH)
    present(bench, LegacyCard(card.uid))

    assert problems(bench) == {Problem.CARD_FORGED}
    assert bench.loop.session.case is None


def test_a_uid_copy_is_accepted_in_none_of_500_tries_over_all_stations(home: Home) -> None:
    """Laid down at first sight, or swapped in before the confirm, seen or unseen by the reader; online and offline."""
    case_no, card = booked(home)
    go(home, card, *before(Step.LIST_BELONGINGS))
    copies = (LegacyCard(card.uid), LegacyCard(card.uid, kilobytes=4))
    benches = [home.at(kind) for kind in At if kind is not At.OFFICE]
    for bench in benches:
        bench.exchange()
    seed = 20_261_125
    chance = random.Random(seed)
    earlier, accepted, forms = stored(home.service, case_no), 0, 0
    for number in range(500):
        bench = chance.choice(benches)
        bench.cable.pulled = chance.random() < 0.3
        bench.clocks.steady += 20_000
        home.service.clock.forward(seconds=20)
        bench.exchange()
        step = chance.choice(bench.loop.station.steps)
        bench.sign_in(step) if step is not Step.BOOK else bench.sign_in(Step.BIND_CARD)
        swapped = chance.random() < 0.5
        present(bench, card if swapped else chance.choice(copies))
        bench.act("choose_step", step=step.value)
        if bench.loop.session.phase is not Phase.FORM:
            bench.loop.session.step, bench.loop.session.phase = step, Phase.FORM
        bench.second(step)
        for name, value in DETAILS.get(step, DETAILS[Step.PREPARE]).model_dump(exclude_none=True, mode="json").items():
            bench.act("enter", field=name, value=str(value) if value != [] else "")
        needs_card = bench.loop.session.case is None or tap.writes(bench.loop.session.case.case, step)
        if swapped and needs_card:
            forms += 1
            bench.reader.present(chance.choice(copies))
            if chance.random() < 0.5:
                bench.seen()
        if needs_card:
            bench.act("confirm")
            accepted += bench.outcome is not None and bench.outcome.colour is Colour.GO
        bench.reader.remove()
        bench.seen()
        bench.act("cancel")
        assert accepted == 0, (seed, number, step)
    for bench in benches:
        bench.cable.pulled = False
        bench.exchange()
    assert (forms > 50, stored(home.service, case_no)) == (True, earlier)


def test_adopting_refuses_what_cannot_be(home: Home) -> None:
    context, now = home.service.context, home.service.clock.now
    case_no, family_card = booked(home)
    bare = booked_without_card(home, id_no="330302195002020020", deceased_name="李四海")
    atr = LegacyCard(LEGACY_UID).atr

    def adopt(number: str, uid: bytes, reads: bytes) -> object:
        made = adopt_card.handle(context, number, uid, reads, "1001", now)  # type: ignore[arg-type]
        return made.problem if isinstance(made, Refusal) else made

    assert adopt(case_no, LEGACY_UID, atr) is Problem.CASE_HAS_CARD
    assert adopt("WZ-2026-999999", LEGACY_UID, atr) is Problem.CASE_UNKNOWN
    assert adopt(bare, family_card.uid, atr) is Problem.CARD_NOT_BLANK
    assert adopt(bare, LEGACY_UID, family_card.atr) is Problem.CARD_FOREIGN
    assert adopt(bare, LEGACY_UID, atr) == "WZC-000002"
