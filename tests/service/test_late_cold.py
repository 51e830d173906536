"""Records of two cold stations that come late: the bill is the one that their right order would have made.

docs/decisions/0039.
"""

from typing import Any

from cardsvc.api.entering import take, within
from cardsvc.core.facts import Details, PlaceKind, Stage, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Refusal
from cardsvc.core.review import Rule
from cardsvc.core.storage import all_days
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet
from tests.core.story import DETAILS
from tests.service.test_statements import signed
from tests.support.accounts import bill, owes
from tests.support.home import Service, Station
from tests.support.telling import READY, TO_STORAGE, Told

MANAGER = StaffNo("1015")
TRANSPORT, DAY = 23_000, 8_000


class Offline:
    """A second cold station, whose records come when it has network again."""

    def __init__(self, one: Told, number: int) -> None:
        self.one, self.station = one, Station(one.service, StationKind.COLD_STORAGE, number)

    def does(self, step: Step, **details: Any) -> None:
        """A step that nobody hears of yet."""
        entered = DETAILS.get(step, Details()).model_copy(update=details)
        self.station.write(self.one.case_no, step, entered, self.one.card, **self.station.people(step))

    def sends(self) -> list[Outcome]:
        """What the service thinks of each of its steps."""
        judged = [one.judgement for one in self.station.send().results]
        return [one.outcome for one in judged if one is not None and one.outcome is not Outcome.NOTED]


def begun(service: Service) -> tuple[Told, Offline, Offline]:
    """A body in the cold, and two stations beside the one that has network."""
    one = Told.begun(service, 1, resident=False)
    one.go(*TO_STORAGE)
    return one, Offline(one, 1), Offline(one, 2)


def cold(service: Service, one: Told) -> list[tuple[int, int]]:
    """Days and price of each line of days in the cold that stands."""
    c = t.bill_line.c
    with service.context.engine.connect() as connection:
        rows = connection.execute(
            t.bill_line.select().where(c.item == "cold_storage").order_by(c.log_no, c.line_no)
        ).all()
    back = {(row.reverses, row.reverses_line) for row in rows}
    return [
        (row.quantity, row.price_fen)
        for row in rows
        if row.case_no == one.case_no and row.reverses is None and (row.log_no, row.line_no) not in back
    ]


def reviewed(one: Told, details: Details) -> None:
    """Review takes a line back."""

    def act(tx: WorkingSet, log_no: int) -> Judgement | Refusal:
        tx.load_things()
        return take(tx, one.case_no, Asked(Step.REVERSE_LINE, details, MANAGER), log_no)

    outcome = within(one.service.context, signed(MANAGER), "test", one.case_no, act)
    assert isinstance(outcome, Judgement), outcome


def flags(service: Service) -> list[tuple[str, int]]:
    with service.context.engine.connect() as connection:
        return [(row.rule, row.amount_fen) for row in connection.execute(t.review_flag.select())]


def test_a_taking_out_that_comes_after_the_next_stay_charges_no_day_twice(service: Service) -> None:
    one, away, here = begun(service)
    service.clock.forward(days=2, hours=-1)
    away.does(Step.TAKE_OUT)
    service.clock.forward(days=3)
    here.does(Step.STORE, slot="A-02")
    service.clock.forward(days=1, hours=1)
    here.does(Step.TAKE_OUT)
    here.sends()
    assert cold(service, one) == [(6, 6 * DAY)]

    assert away.sends() == [Outcome.ACCEPTED]

    assert sorted(cold(service, one)) == [(2, 2 * DAY), (2, 2 * DAY)]
    assert all_days(one.case, service.clock.now) == 4
    assert bill(service, one.case_no).due_fen == TRANSPORT + 4 * DAY
    assert flags(service) == []


def test_a_storing_that_comes_after_its_taking_out_charges_the_days_between_them(service: Service) -> None:
    one, away, here = begun(service)
    service.clock.forward(hours=23)
    one.does(Step.TAKE_OUT)
    service.clock.forward(days=1)
    away.does(Step.STORE, slot="A-02")
    service.clock.forward(days=5, hours=-1)
    here.does(Step.TAKE_OUT)
    here.sends()
    assert cold(service, one) == [(1, DAY)]

    assert away.sends() == [Outcome.ACCEPTED]

    assert sorted(cold(service, one)) == [(1, DAY), (5, 5 * DAY)]
    assert bill(service, one.case_no).due_fen == TRANSPORT + 6 * DAY
    assert flags(service) == []


def test_the_way_to_the_furnace_is_charged_for_no_day_that_a_late_record_says_the_body_was_out(
    service: Service,
) -> None:
    one, away, _ = begun(service)
    service.clock.forward(days=2, hours=-1)
    away.does(Step.TAKE_OUT)
    service.clock.forward(days=3)
    one.go(*READY, Step.QUEUE)
    assert cold(service, one) == [(6, 6 * DAY)]

    assert away.sends() == [Outcome.CONFLICT]

    assert cold(service, one) == [(2, 2 * DAY)]
    assert all_days(one.case, service.clock.now) == 2
    assert bill(service, one.case_no).due_fen == TRANSPORT + 2 * DAY


def test_a_void_that_was_not_heard_of_is_the_voids_of_the_tap_that_it_took_back(service: Service) -> None:
    one, away, here = begun(service)
    service.clock.forward(hours=5)
    away.does(Step.TAKE_OUT)
    away.does(Step.VOID, reason=Reason.ENTERED_BY_MISTAKE)
    service.clock.forward(days=3)
    here.does(Step.TAKE_OUT)
    here.sends()

    away.sends()

    assert cold(service, one) == [(4, 4 * DAY)]
    here.does(Step.VOID, reason=Reason.ENTERED_BY_MISTAKE)
    here.sends()
    assert (cold(service, one), one.case.stage) == ([], Stage.STORED)
    assert bill(service, one.case_no).due_fen == TRANSPORT


def test_a_void_that_comes_after_the_way_to_the_furnace_leaves_that_as_it_happened(service: Service) -> None:
    one, away, _ = begun(service)
    service.clock.forward(days=2, hours=-1)
    away.does(Step.TAKE_OUT)
    away.sends()
    service.clock.forward(hours=1)
    away.does(Step.VOID, reason=Reason.ENTERED_BY_MISTAKE)
    service.clock.forward(days=1)
    one.go(*READY, Step.QUEUE)
    assert cold(service, one) == [(2, 2 * DAY)]

    away.sends()

    assert (one.case.stage, one.case.place.kind) == (Stage.QUEUED, PlaceKind.FURNACE_HALL)
    assert not one.case.has_taken(Step.TAKE_OUT) and one.case.gaps == ()
    assert cold(service, one) == [(4, 4 * DAY)], "it was in the cold until it went to the furnace"
    assert all_days(one.case, service.clock.now) == 4
    one.does(Step.VOID, reason=Reason.ENTERED_BY_MISTAKE)
    assert (one.case.stage, one.case.place.kind) == (Stage.STORED, PlaceKind.SLOT)


def test_what_a_waiver_and_another_payer_had_changed_holds_for_days_that_are_charged_anew(service: Service) -> None:
    one, away, here = begun(service)
    service.clock.forward(days=2, hours=-1)
    away.does(Step.TAKE_OUT)
    service.clock.forward(days=3)
    here.does(Step.STORE, slot="A-02")
    service.clock.forward(days=1, hours=1)
    here.does(Step.TAKE_OUT)
    here.sends()
    one.office.step(one.case_no, Step.PROVE_WAIVER, Details(number="WP-1", reason=Reason.PROVEN_LATE))
    assert owes(service, one.case_no, Payer.FAMILY) == 3 * DAY

    away.sends()

    assert owes(service, one.case_no, Payer.FAMILY) == DAY
    assert owes(service, one.case_no, Payer.TREASURY) == TRANSPORT + 3 * DAY
    assert flags(service) == []


def test_what_review_took_off_the_bill_stays_off_and_review_is_told_that_days_differ(service: Service) -> None:
    one, away, here = begun(service)
    service.clock.forward(days=2, hours=-1)
    away.does(Step.TAKE_OUT)
    service.clock.forward(days=3)
    here.does(Step.STORE, slot="A-02")
    service.clock.forward(days=1, hours=1)
    here.does(Step.TAKE_OUT)
    here.sends()
    c = t.bill_line.c
    with service.context.engine.connect() as connection:
        row = connection.execute(t.bill_line.select().where(c.item == "cold_storage")).one()
    taken_back = Details(line=f"{row.log_no}.{row.line_no}", number="days_differ", reason=Reason.REVIEWED)
    reviewed(one, taken_back)
    assert cold(service, one) == []

    away.sends()

    assert cold(service, one) == [(2, 2 * DAY)]
    assert flags(service) == [(Rule.DAYS_DIFFER, 0)]


def test_a_case_that_is_closed_is_charged_nothing_anew_and_review_is_told_by_how_much_it_is_off(
    service: Service,
) -> None:
    one, away, _ = begun(service)
    service.clock.forward(days=2, hours=-1)
    away.does(Step.TAKE_OUT)
    service.clock.forward(days=1)
    away.does(Step.STORE, slot="A-02")
    service.clock.forward(days=3)
    assert one.tries(Step.TRANSFER_OUT).outcome is Outcome.WAITING
    one.does(Step.PAY, amount_fen=TRANSPORT + 6 * DAY, means=Means.CASH)
    one.office.step(one.case_no, Step.CONFIRM_TRANSFER, Details(receipt="T1"))
    one.office.step(one.case_no, Step.CLOSE)
    assert one.case.stage is Stage.CLOSED

    away.sends()

    assert cold(service, one) == [(6, 6 * DAY)]
    assert (Rule.DAYS_DIFFER, DAY) in flags(service)
    assert bill(service, one.case_no).open_fen == 0
