"""Cash of a day that two people have closed stays in the drawer that was counted, whoever it is put on afterwards."""

from cardsvc.api import held
from cardsvc.core.day_close import Check, DayClosed
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Reason
from cardsvc.core.till import Shift
from cardsvc.core.wire import Outcome
from cardsvc.demo.home import FLOAT
from cardsvc.handlers import close_day, close_till, open_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store import day_close, reversing, trial_balance
from tests.service.test_held_money import BY, strays
from tests.service.test_money_that_came import FEN, NOBODYS, arrives, takes
from tests.service.test_statements import AUDITOR, whole
from tests.service.test_tills import ONE, TWO, close, kept, mine, pieces
from tests.support.accounts import bill
from tests.support.home import Service
from tests.support.telling import Told


def closes(service: Service) -> DayClosed:
    """Both drawers are counted, and two people close the day."""
    other = mine(service, TWO)
    assert not isinstance(close(service, 50_000 + FEN), Refusal)
    handed = Closing(other.shift_no, pieces(other.float_fen), TWO)
    assert not isinstance(close_till.handle(service.context, handed, service.clock.now), Refusal)
    day = local(service.clock.now).date()
    done = close_day.handle(service.context, day, "it is looked for", ONE, TWO)
    assert isinstance(done, DayClosed)
    return done


def found(service: Service) -> dict[Check, int]:
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        return dict(
            day_close.found(connection, home, trial_balance.read(connection, home), local(service.clock.now).date())
        )


def test_cash_of_a_closed_day_that_is_put_on_a_case_is_not_taken_back_out_of_the_counted_drawer(
    service: Service,
) -> None:
    one, shift = Told.begun(service, 1, resident=False), mine(service)
    takes(service, NOBODYS, Step.DEPOSIT)
    arrives(service)
    closes(service)
    service.clock.forward(days=1)
    assert held.assign_stray(service.context, BY, strays(service)[0], one.case_no, AUDITOR) is None
    undo = Details(payment=one.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)

    judged = service.station(StationKind.CASHIER).take(
        one.case_no, Step.REVERSE_PAYMENT, undo, staff_no=TWO, second_staff_no=AUDITOR
    )

    assert (judged.outcome, judged.reasons[0].problem) == (Outcome.REFUSED, Problem.PAYMENT_DAY_CLOSED)
    with service.context.engine.connect() as connection:
        offered = reversing.payments(connection, service.context.home_id, [one.case_no])
    assert offered.get(one.case_no, ()) == (), "no desk offers it"
    assert (kept(service, shift.shift_no).moved_fen, kept(service, shift.shift_no).later_fen) == (FEN, 0)
    assert bill(service, one.case_no).deposit_fen == FEN and found(service)[Check.AFTER_COUNT] == 0
    whole(service)
    assert isinstance(open_till.handle(service.context, TWO, "QT-2", FLOAT, service.clock.now), Shift)
    back = Details(amount_fen=FEN, means=Means.CASH)
    given = service.station(StationKind.CASHIER).take(
        one.case_no, Step.REFUND, back, staff_no=TWO, second_staff_no=AUDITOR
    )
    assert given.outcome is Outcome.ACCEPTED, "who is to have it back has it out of a drawer that is open"
    assert kept(service, shift.shift_no).moved_fen == FEN
    whole(service)


def test_cash_that_was_put_on_a_case_while_its_day_was_open_can_be_taken_back(service: Service) -> None:
    one, shift = Told.begun(service, 1, resident=False), mine(service)
    takes(service, NOBODYS, Step.DEPOSIT)
    arrives(service)
    assert held.assign_stray(service.context, BY, strays(service)[0], one.case_no, AUDITOR) is None

    service.clock.forward(minutes=5)
    one.does(Step.REVERSE_PAYMENT, payment=one.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)

    assert (kept(service, shift.shift_no).moved_fen, bill(service, one.case_no).deposit_fen) == (0, 0)
    whole(service)
