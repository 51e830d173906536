"""Money that a desk took without network is in the books, whatever has become of its case, its cashier or its rule."""

from collections.abc import Callable

import pytest
from sqlalchemy import text, update

from cardsvc.core import wire
from cardsvc.core.day_close import Check, DayClosed
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Account, deposits, receivable, suspense
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import Evidence, Rule
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.wire import Outcome, Result
from cardsvc.handlers import close_day, close_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store import day_close, tills, trial_balance
from cardsvc.store import tables as t
from cardsvc.store.tills import Kept
from cardsvc.store.trial_balance import one as account
from cardsvc.store.verifying import first_fault
from tests.service.test_tills import ONE, close, kept, mine, nowhere, pieces
from tests.support.accounts import bill
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

FEN = 36_000
NOBODYS = CaseNo("WZ-2026-009999")


def quoted(service: Service) -> Told:
    one = Told.begun(service, 1, resident=False)
    one.does(Step.QUOTE)
    one.does(Step.SIGN_QUOTE)
    return one


def takes(service: Service, case_no: CaseNo, step: Step, means: Means = Means.CASH, slip: str = "SL-7") -> None:
    """The desk has no network: the money is in its drawer, and its record waits."""
    terminal = "T-0007" if means is Means.CARD_TERMINAL else None
    details = Details(amount_fen=FEN, means=means, receipt=slip, reference=terminal)
    body = wire.Observation(step=step, details=details)
    service.station(StationKind.CASHIER).append(body, case_no=case_no, staff_no=ONE)
    service.clock.forward(minutes=10)


def cancelled(one: Told) -> None:
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))


def closed(one: Told) -> None:
    cancelled(one)
    one.office.step(one.case_no, Step.CLOSE)


def other_duties(one: Told) -> None:
    s = t.staff.c
    with one.service.context.engine.begin() as connection:
        connection.execute(update(t.staff).where(s.staff_no == ONE).values(roles="call_desk"))


def holds(service: Service, name: Account) -> int:
    """What an account holds that owes, in fen."""
    with service.context.engine.connect() as connection:
        found = account(connection, service.context.home_id, name, None)
    return found.credit_fen - found.debit_fen if found is not None else 0


def flags(service: Service) -> list[tuple[str | None, int, tuple[Problem, ...]]]:
    c = t.review_flag.c
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.review_flag.select().where(c.rule == Rule.TAKEN_IN_DOUBT.value)).all()
    return [(row.case_no, row.amount_fen, Evidence.model_validate_json(row.evidence).against) for row in rows]


def open_checks(service: Service) -> int:
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        balance = trial_balance.read(connection, home)
        found = day_close.found(connection, home, balance, local(service.clock.now).date())
    return found[Check.SUSPENSE]


def arrives(service: Service) -> tuple[Result, Outcome]:
    [result] = service.station(StationKind.CASHIER).send().results
    assert result.judgement is not None
    return result.result, result.judgement.outcome


@pytest.mark.parametrize("ends", [cancelled, closed])
def test_a_deposit_taken_without_network_for_a_case_that_ended_meanwhile_is_held(
    service: Service, ends: Callable[[Told], None]
) -> None:
    one, shift = quoted(service), mine(service)
    takes(service, one.case_no, Step.DEPOSIT)
    ends(one)
    before = bill(service, one.case_no)

    assert arrives(service) == (Result.RECORDED, Outcome.CONFLICT)

    assert holds(service, suspense(one.case_no)) == FEN
    assert bill(service, one.case_no) == before, "the bill of the family is as it was"
    assert kept(service, shift.shift_no).moved_fen == FEN and nowhere(service) == []
    assert flags(service) == [(one.case_no, FEN, (Problem.CASE_CLOSED,))]
    assert (open_checks(service), one.case.gaps) == (1, ())


@pytest.mark.parametrize("ends", [cancelled, closed])
def test_a_payment_taken_without_network_for_a_case_that_ended_meanwhile_is_held_for_the_family_and_looked_at(
    service: Service, ends: Callable[[Told], None]
) -> None:
    one, shift = quoted(service), mine(service)
    takes(service, one.case_no, Step.PAY)
    ends(one)
    assert bill(service, one.case_no).owed_fen == 0

    assert arrives(service) == (Result.RECORDED, Outcome.ACCEPTED)

    assert (holds(service, deposits(one.case_no)), holds(service, suspense(one.case_no))) == (FEN, 0)
    assert kept(service, shift.shift_no).moved_fen == FEN and nowhere(service) == []
    assert flags(service) == [(one.case_no, FEN, ())]
    assert one.case.gaps == ()
    bill(service, one.case_no)


def test_money_of_a_shift_that_was_counted_before_its_case_ended_arrives_after_the_count(service: Service) -> None:
    one, shift = quoted(service), mine(service)
    takes(service, one.case_no, Step.DEPOSIT)
    closed(one)
    assert not isinstance(close(service, 50_000), Problem)
    service.clock.forward(hours=15)

    arrives(service)

    assert (kept(service, shift.shift_no).later_fen, holds(service, suspense(one.case_no))) == (FEN, FEN)


def test_money_of_a_cashier_who_has_other_duties_now_pays_the_case_and_is_looked_at(service: Service) -> None:
    one, shift = quoted(service), mine(service)
    takes(service, one.case_no, Step.PAY)
    owed = -holds(service, receivable(one.case_no, Payer.FAMILY))
    other_duties(one)

    assert arrives(service) == (Result.RECORDED, Outcome.CONFLICT)

    held = holds(service, deposits(one.case_no))
    assert -holds(service, receivable(one.case_no, Payer.FAMILY)) == owed - (FEN - held)
    assert kept(service, shift.shift_no).moved_fen == FEN
    assert flags(service) == [(one.case_no, FEN, (Problem.STAFF_NOT_ALLOWED,))]
    with service.context.engine.connect() as connection:
        receipts = connection.execute(t.receipt.select().where(t.receipt.c.case_no == one.case_no)).all()
    assert receipts and all('"slip":"SL-7"' in row.body for row in receipts), "the slip can be exchanged"
    assert one.case.gaps == (), "it stands in nobody's way"
    bill(service, one.case_no)


@pytest.mark.parametrize(("means", "in_drawer"), [(Means.CASH, FEN), (Means.CARD_TERMINAL, 0)])
def test_money_for_a_case_that_nobody_here_knows_is_kept_in_its_drawer_and_shown(
    service: Service, means: Means, in_drawer: int
) -> None:
    shift = mine(service)
    takes(service, NOBODYS, Step.DEPOSIT, means)

    assert arrives(service) == (Result.RECORDED, Outcome.CONFLICT)

    assert kept(service, shift.shift_no).moved_fen == in_drawer
    assert flags(service) == [(None, FEN, (Problem.CASE_UNKNOWN,))]
    assert open_checks(service) == 1
    with service.context.engine.connect() as connection:
        [row] = connection.execute(t.stray_money.select()).all()
        taken = tills.takings(connection, service.context.home_id, shift.shift_no)
    assert (row.said_case_no, row.amount_fen, row.means, row.slip, row.settled) == (NOBODYS, FEN, means, "SL-7", None)
    assert [(one.case_no, one.said) for one in taken] == ([(None, NOBODYS)] if in_drawer else [])
    asked = Closing(shift.shift_no, pieces(50_000 + in_drawer), ONE, slip_fen=FEN - in_drawer)
    done = close_till.handle(service.context, asked, service.clock.now)
    assert isinstance(done, Kept), "its drawer, or its card slip, is counted with it"
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def test_money_is_kept_once_however_often_its_record_comes(service: Service) -> None:
    one, cashier = quoted(service), service.station(StationKind.CASHIER)
    takes(service, one.case_no, Step.DEPOSIT)
    takes(service, NOBODYS, Step.PAY)
    closed(one)
    sent = list(cashier.unsent)
    cashier.send()

    results = cashier.send(sent).results

    assert [one.result for one in results] == [Result.ALREADY, Result.ALREADY]
    with service.context.engine.connect() as connection:
        assert len(connection.execute(t.stray_money.select()).all()) == 1
    assert holds(service, suspense(one.case_no)) == FEN


def test_a_station_that_has_no_till_takes_no_money_whatever_it_says(service: Service) -> None:
    one, cold = quoted(service), service.station(StationKind.COLD_STORAGE)
    details = Details(amount_fen=FEN, means=Means.CASH)
    for case_no in (one.case_no, NOBODYS):
        cold.append(wire.Observation(step=Step.DEPOSIT, details=details), case_no=case_no, **cold.people(Step.STORE))

    outcomes = [one.judgement.outcome for one in cold.send().results if one.judgement is not None]

    assert outcomes == [Outcome.REFUSED, Outcome.REFUSED]
    assert (flags(service), open_checks(service)) == ([], 0)


def test_money_of_no_case_is_beside_the_trial_balance_and_in_what_two_people_sign(service: Service) -> None:
    mine(service)
    takes(service, NOBODYS, Step.DEPOSIT)
    arrives(service)
    page = Desk(service, "1015").get("trial-balance").text
    assert "已收未归案款项" in page and "¥360.00" in page

    day, drawers = local(service.clock.now).date(), (ONE, StaffNo("1015"))
    assert not isinstance(close(service, 50_000 + FEN), Refusal)
    other = mine(service, drawers[1])
    handed = Closing(other.shift_no, pieces(other.float_fen), drawers[1])
    assert not isinstance(close_till.handle(service.context, handed, service.clock.now), Refusal)
    done = close_day.handle(service.context, day, "it is looked for", *drawers)

    assert isinstance(done, DayClosed)
    assert [(one.name, one.left_fen) for one in done.no_case] == [("cash", FEN)]
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None
    answer = Desk(service, "1015").post(f"days/{day}.pdf")
    assert answer.status_code == 200
    with service.context.engine.begin() as connection:
        dropped = "stray_money_path ON stray_money" if connection.dialect.name == "postgresql" else "stray_money_path"
        connection.execute(text(f"DROP TRIGGER {dropped}"))
        connection.execute(text("UPDATE stray_money SET amount_fen = 1"))
        found = list(day_close.faults(connection, service.context.home_id, None))
    assert found == [f"closed day {day} is not its money of no case"]
