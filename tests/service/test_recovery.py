"""What was entered as recovered is taken back by two, once, as long as the lost money itself has not come."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from cardsvc.api import correcting, held
from cardsvc.core import wire
from cardsvc.core.facts import Details, Quantity, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import SHORT, suspense, till
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Every, What, period_of
from cardsvc.core.review import Evidence, Rule
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.words import say
from cardsvc.demo.home import NAMES
from cardsvc.documents.capitals import capitals
from cardsvc.handlers import make_report
from cardsvc.store import held_money, paid_out, report_rows, short
from cardsvc.store import tables as t
from cardsvc.store.short import Recovered
from tests.service.test_statement_money import back, gives_card_back, shown
from tests.service.test_statements import pay, sent, signed, still_open, whole
from tests.service.test_tills import AUDITOR, ONE, UNKNOWN, close, kept, mine
from tests.support.desk import Desk
from tests.support.home import Service, Station
from tests.support.telling import Told

MANAGER, OTHER = StaffNo("1015"), StaffNo("1014")
BY, CASHIER = signed(MANAGER), signed(ONE)
FEN = 30_000
MISTAKE = Reason.ENTERED_BY_MISTAKE


@pytest.fixture
def one(service: Service) -> Told:
    """300 yuan of a case went out by the word of lost books, and every station was heard."""
    told = Told.begun(service, 1, resident=False)
    is_paid_out(told)
    assert balances(service) == {SHORT: FEN, till(Means.TRANSFER): -FEN}
    return told


def is_paid_out(told: Told) -> None:
    service, station = told.service, told.service.station(StationKind.CASHIER)
    money = Details(amount_fen=FEN, means=Means.TRANSFER)
    people = station.people(Step.REFUND) | {"case_no": told.case_no}
    asked = station.append(wire.Request(step=Step.REFUND, details=money), **people)
    station.append(wire.Observation(step=Step.REFUND, details=money, granted_seq=asked), **people)
    with service.context.engine.begin() as connection:
        connection.execute(update(t.home).values(epoch=2))
    station.settled = station.seq
    station.send()
    with service.context.engine.begin() as connection:
        connection.execute(update(t.journal).values(epoch_seen=2))


def balances(service: Service) -> dict[str, int]:
    whole(service)
    k = t.account.c
    with service.context.engine.connect() as connection:
        rows = connection.execute(select(k.account, k.debit_fen - k.credit_fen))
        return {row.account: int(row[1]) for row in rows if row[1]}


def recovers(one: Told, fen: int, means: Means = Means.CASH, number: str | None = None) -> Recovered:
    asked = (one.case_no, fen, means, number, Reason.PAYER_FOUND, AUDITOR)
    assert held.recover_short(one.service.context, CASHIER, *asked) is None
    return listed(one.service)[0]


def listed(service: Service) -> list[Recovered]:
    with service.context.engine.connect() as connection:
        return short.recoveries(connection, service.context.home_id)


def undoes(
    one: Told,
    came: Recovered,
    second: StaffNo | None = AUDITOR,
    by: StaffNo = MANAGER,
    reason: Reason = MISTAKE,
) -> Problem | None:
    asked = (one.case_no, came.fact.cause, reason, second)
    refusal = held.undo_recovery(one.service.context, signed(by), *asked)
    return refusal.problem if refusal is not None else None


def comes_after_all(one: Told, fen: int) -> None:
    """The lost money itself: what its station had sent before the books were restored once more."""
    lost = lost_station(one)
    deposits(one, lost, fen, "BANK-1")
    send_all(lost)


def is_typed_twice_after_all(one: Told, fen: int) -> None:
    """The lost money itself, as its station had typed it: with a wrong number, taken back, and once more."""
    lost = lost_station(one)
    wrong = f"{lost.journal_id}:{deposits(one, lost, fen, 'BANK-1')}"
    people = lost.people(Step.REVERSE_PAYMENT) | {"case_no": one.case_no}
    back = Details(payment=wrong, reason=MISTAKE)
    asked = lost.append(wire.Request(step=Step.REVERSE_PAYMENT, details=back), **people)
    lost.append(wire.Observation(step=Step.REVERSE_PAYMENT, details=back, granted_seq=asked), **people)
    deposits(one, lost, fen, "BANK-2")
    send_all(lost)


def lost_station(one: Told) -> Station:
    """A station whose records a second restore has lost."""
    lost = Station(one.service, StationKind.CASHIER, number=1)
    with one.service.context.engine.begin() as connection:
        connection.execute(update(t.home).values(epoch=3))
    return lost


def deposits(one: Told, station: Station, fen: int, number: str) -> int:
    money = Details(amount_fen=fen, means=Means.TRANSFER, reference=number)
    return station.append(wire.Observation(step=Step.DEPOSIT, details=money), staff_no=ONE, case_no=one.case_no)


def send_all(station: Station) -> None:
    station.settled = station.seq
    station.send()


def test_a_recovery_is_taken_back_by_two_and_once_out_of_the_drawer_that_has_it(one: Told) -> None:
    service, shift = one.service, mine(one.service).shift_no
    came = recovers(one, 20_000)
    assert kept(service, shift).moved_fen == 20_000
    assert undoes(one, came, None) is Problem.SECOND_PERSON_MISSING
    assert undoes(one, came, MANAGER) is Problem.SECOND_PERSON_SAME
    assert undoes(one, came, StaffNo("1003")) is Problem.SECOND_PERSON_NOT_ALLOWED

    assert undoes(one, came) is None

    assert balances(service) == {SHORT: FEN, till(Means.TRANSFER): -FEN}
    assert kept(service, shift).moved_fen == 0, "whoever takes it back"
    assert undoes(one, came) is Problem.RECOVERY_GONE
    [back] = listed(service)
    assert back.undone is not None and not back.may_go_back
    assert undoes(one, recovers(one, FEN)) is None, "entered anew, as what it was"


def test_a_recovery_in_a_shift_that_is_closed_goes_back_out_of_the_drawer_of_who_gives_it_back(one: Told) -> None:
    service, shift = one.service, mine(one.service).shift_no
    came = recovers(one, 20_000)
    found = kept(service, shift)
    assert not isinstance(close(service, found.ledger_fen, UNKNOWN), Refusal)

    theirs = mine(service, MANAGER).shift_no
    before = kept(service, theirs).moved_fen
    assert undoes(one, came, by=ONE, second=MANAGER) is Problem.TILL_CLOSED
    assert undoes(one, came) is None

    assert (kept(service, theirs).moved_fen, kept(service, shift).later_fen) == (before - 20_000, 0)


def test_what_was_recovered_is_not_taken_back_when_the_money_itself_has_come(one: Told) -> None:
    service = one.service
    came, less = recovers(one, 20_000), recovers(one, 10_000, Means.TRANSFER, "B-7")
    comes_after_all(one, 20_000)
    assert -balances(service)[suspense(one.case_no)] == 20_000, "it is held for who had paid"

    assert undoes(one, came) is Problem.RECOVERY_USED
    assert undoes(one, less) is None, "nothing has come in the place of these"
    assert undoes(one, came) is Problem.RECOVERY_USED

    assert balances(service)[SHORT] == 10_000
    page = Desk(service, MANAGER).get("held").text
    assert say("zh_CN", "held.recovered_used") in page and f"/recovered/{came.log_no}/undo" not in page


@pytest.mark.parametrize("fen", [20_000, 35_000])
def test_what_was_recovered_is_not_taken_back_either_when_the_money_itself_has_come_to_a_case_that_is_over(
    one: Told, fen: int
) -> None:
    service = one.service
    came = recovers(one, 20_000)
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    comes_after_all(one, fen)
    covered = min(fen, FEN - 20_000)
    assert -balances(service)[suspense(one.case_no)] == fen - covered, (
        "it stands in suspense, as all money of such a case"
    )
    f, paid_for = t.review_flag.c, min(20_000, fen - covered)
    with service.context.engine.connect() as connection:
        flagged = connection.execute(select(f.amount_fen).where(f.rule == Rule.RECOVERED_BEFORE)).scalars().all()
        assert held_money.of_case(connection, service.context.home_id, one.case_no).fen == fen - covered
    assert flagged == [paid_for]

    assert undoes(one, came) is Problem.RECOVERY_USED
    back = (one.case_no, fen - covered, Means.TRANSFER, AUDITOR)
    assert held.give_back(service.context, BY, *back) is None
    assert undoes(one, came) is Problem.RECOVERY_USED, "it went out already"
    assert not listed(service)[0].may_go_back


@pytest.mark.parametrize("over", [False, True])
def test_money_that_comes_after_all_and_was_typed_twice_is_held_for_who_had_paid(one: Told, over: bool) -> None:
    service, came = one.service, recovers(one, FEN, Means.TRANSFER, "B-7")
    if over:
        one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))

    is_typed_twice_after_all(one, FEN)

    assert balances(service) == {suspense(one.case_no): -FEN, till(Means.TRANSFER): FEN}
    assert undoes(one, came) is Problem.RECOVERY_USED
    assert held.give_back(service.context, BY, one.case_no, FEN, Means.TRANSFER, AUDITOR) is None


@pytest.mark.parametrize("recovered", [False, True])
@pytest.mark.parametrize("comes", [comes_after_all, is_typed_twice_after_all])
def test_money_that_comes_after_all_leaves_what_a_statement_s_payer_has_in_suspense_the_payer_s(
    service: Service, recovered: bool, comes: Callable[[Told, int], None]
) -> None:
    one = Told.begun(service, 1, resident=False)
    one.does(Step.QUOTE, items=(Quantity(item="flowers", count=2),))
    one.does(Step.SIGN_QUOTE)
    flowers = Details(item="flowers", payer=Payer.POLICE, reason=Reason.PAYER_FOUND)
    one.office.step(one.case_no, Step.SWITCH_PAYER, flowers)
    draft_no = sent(service, Payer.POLICE)
    asked = sum(still_open(service, draft_no).values())
    assert pay(service, draft_no, asked + 1_000) is None
    is_paid_out(one)
    if recovered:
        recovers(one, FEN, Means.TRANSFER, "B-7")
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    theirs = shown(service, draft_no)
    assert sum(theirs.values()) >= 1_000

    comes(one, FEN)

    assert shown(service, draft_no) == theirs
    with service.context.engine.connect() as connection:
        at_desks = held_money.of_case(connection, service.context.home_id, one.case_no).fen
    assert at_desks == (FEN if recovered else 0)
    assert SHORT not in balances(service)
    assert back(service, draft_no, one.case_no, sum(theirs.values())) is None


def gives_back(one: Told, fen: int, answers: str | None, by: StaffNo = MANAGER) -> Refusal | None:
    asked = (one.case_no, fen, Means.TRANSFER, AUDITOR)
    return held.give_back(one.service.context, signed(by), *asked, answers=answers)


def test_money_that_came_after_all_goes_back_to_the_payer_who_is_named_and_the_other_s_recovery_is_free(
    one: Told,
) -> None:
    first, other = (recovers(one, 15_000, Means.TRANSFER, number) for number in ("X-1", "Y-1"))
    assert gives_back(one, 1, first.fact.cause) is not None, "nothing is held yet"
    comes_after_all(one, 15_000)
    assert gives_back(one, 15_000, "office:1") == Refusal(Problem.RECOVERY_GONE, "office:1")

    assert gives_back(one, 15_000, first.fact.cause) is None

    assert [(row.may_go_back, row.answered_fen) for row in listed(one.service)] == [(True, 0), (False, 15_000)]
    assert undoes(one, first) is Problem.RECOVERY_USED, "it went back to who had paid it"
    assert undoes(one, other) is None
    assert balances(one.service) == {SHORT: 15_000, till(Means.TRANSFER): -15_000}


def test_no_more_goes_back_for_a_recovery_than_was_paid_by_it_and_has_come_in_its_place(one: Told) -> None:
    first, other = (recovers(one, fen, Means.TRANSFER, str(fen)) for fen in (10_000, 20_000))
    comes_after_all(one, 15_000)

    assert gives_back(one, 10_001, first.fact.cause) == Refusal(Problem.ABOVE_PAID, "¥100.00")
    assert gives_back(one, 10_000, first.fact.cause) is None
    assert gives_back(one, 1, first.fact.cause) == Refusal(Problem.ABOVE_PAID, "¥0.00")
    assert gives_back(one, 5_000, other.fact.cause) is None
    assert [undoes(one, came) for came in (first, other)] == [Problem.RECOVERY_USED] * 2


@pytest.mark.parametrize(("named", "seen"), [(None, {"X-1", "Y-1"}), ("X-1", {"X-1"}), ("Y-1", {"Y-1"})])
def test_who_said_that_somebody_paid_and_gives_back_what_came_in_its_place_is_looked_at(
    one: Told, named: str | None, seen: set[str]
) -> None:
    for number, second in (("X-1", MANAGER), ("Y-1", AUDITOR)):
        asked = (one.case_no, 15_000, Means.TRANSFER, number, Reason.PAYER_FOUND, second)
        assert held.recover_short(one.service.context, CASHIER, *asked) is None
    numbers = {came.fact.cause: came.details.reference for came in listed(one.service)}
    comes_after_all(one, 15_000)

    assert gives_back(one, 15_000, next((cause for cause in numbers if numbers[cause] == named), None)) is None

    f = t.review_flag.c
    with one.service.context.engine.connect() as connection:
        rows = connection.execute(select(f.amount_fen, f.evidence).where(f.rule == Rule.ONE_PERSON)).all()
    assert [fen for fen, _ in rows] == [15_000]
    assert {numbers[cause] for cause in Evidence.model_validate_json(rows[0][1]).causes if cause in numbers} == seen


def test_the_number_of_a_transfer_that_came_and_went_back_is_not_used_again(one: Told) -> None:
    assert undoes(one, recovers(one, 20_000, Means.TRANSFER, "B-7"), reason=Reason.DISPUTE) is None

    again = (one.case_no, 10_000, Means.TRANSFER, "b7", Reason.PAYER_FOUND, AUDITOR)
    assert held.recover_short(one.service.context, CASHIER, *again) == Refusal(Problem.PAID_TWICE, "B7")


def test_what_is_short_again_waits_for_somebody(one: Told) -> None:
    recovers_all = recovers(one, FEN)
    desk = Desk(one.service, MANAGER)

    def at_desks() -> list[int]:
        return [row["count"] for row in desk.get("work/news").json() if row["path"] == "held"]

    assert undoes(one, recovers_all) is None
    assert at_desks() == [1]


def test_what_was_recovered_for_a_case_that_was_merged_is_taken_back_at_the_one_that_goes_on(one: Told) -> None:
    service = one.service
    came = recovers(one, 20_000, Means.TRANSFER, "B-7")
    other = Told.begun(service, 2, resident=False, deceased_name="王守義", id_no=None)
    gives_card_back(one)
    assert correcting.merge(service.context, BY, one.case_no, other.case_no, AUDITOR) == other.case_no
    assert undoes(one, came) is not None, "its money is where it was carried"

    [goes_on] = listed(service)
    assert (goes_on.case_no, goes_on.may_go_back) == (other.case_no, True)
    assert undoes(other, came) is None

    assert balances(service) == {SHORT: FEN, till(Means.TRANSFER): -FEN}
    assert undoes(other, came) is Problem.RECOVERY_GONE
    again = (other.case_no, 10_000, Means.TRANSFER, "b7", Reason.PAYER_FOUND, AUDITOR)
    assert held.recover_short(service.context, CASHIER, *again) is None, "its number is free"


def test_the_number_of_a_recovery_that_was_taken_back_can_be_entered_again(one: Told) -> None:
    came = recovers(one, 20_000, Means.TRANSFER, "B-7")
    again = (one.case_no, 10_000, Means.TRANSFER, "b7", Reason.PAYER_FOUND, AUDITOR)
    assert held.recover_short(one.service.context, CASHIER, *again) == Refusal(Problem.PAID_TWICE, "B7")

    assert undoes(one, came) is None

    assert held.recover_short(one.service.context, CASHIER, *again) is None


@pytest.mark.parametrize(("reason", "waits"), [(MISTAKE, []), (Reason.DISPUTE, [20_000])])
def test_only_a_transfer_that_had_come_waits_for_the_bank_when_it_is_taken_back(
    one: Told, reason: Reason, waits: list[int]
) -> None:
    assert undoes(one, recovers(one, 20_000, Means.TRANSFER, "B-7"), reason=reason) is None

    with one.service.context.engine.connect() as connection:
        found = paid_out.waiting(connection, one.service.context.home_id)
    assert [row.amount_fen for row in found if row.step is Step.UNDO_RECOVERY] == waits


def test_a_recovery_that_was_taken_back_is_in_the_figures_of_its_day_as_what_it_is(one: Told) -> None:
    context = one.service.context
    assert undoes(one, recovers(one, 20_000)) is None
    period = period_of(Every.DAY, local(context.clock()).date())

    made = make_report.handle(context, period, "en")

    assert not isinstance(made, Refusal)
    sections = {section.name: section for section in made.report.sections}
    assert {line.names[0]: [cell.value for cell in line.cells] for line in sections["short"].lines} == {
        "refund": [FEN, 0, 0], "recover_short": [0, 20_000, 0], "undo_recovery": [0, -20_000, 0],
    }  # fmt: skip
    assert {line.names[0]: line.cells[0].value for line in sections["left"].lines} == {SHORT: FEN}
    [ended] = [cell for cell in sections["short"].total.cells if cell.rows.what is What.ENDED]  # type: ignore[union-attr]
    with context.engine.connect() as connection:
        rows = report_rows.page(connection, context.home_id, ended.rows, period, "", 9)
    assert [(row.name, row.value, row.who, row.second) for row in rows] == [
        ("recover_short", 20_000, ONE, AUDITOR), ("undo_recovery", -20_000, MANAGER, AUDITOR),
    ]  # fmt: skip


def test_money_that_came_after_all_and_was_typed_twice_went_out_uncovered_once_in_the_figures(one: Told) -> None:
    context = one.service.context
    is_typed_twice_after_all(one, FEN)
    period = period_of(Every.DAY, local(context.clock()).date())

    made = make_report.handle(context, period, "en")

    assert not isinstance(made, Refusal)
    sections = {section.name: section for section in made.report.sections}
    assert {line.names[0]: [cell.value for cell in line.cells] for line in sections["short"].lines} == {
        "refund": [FEN, 0, 0], "made_good": [0, 2 * FEN, 0], "reverse_payment": [0, -FEN, 0],
    }  # fmt: skip
    total = sections["short"].total
    assert total is not None and [cell.value for cell in total.cells] == [FEN, FEN, 0]


def test_who_took_it_in_and_takes_it_back_is_looked_at(one: Told) -> None:
    assert undoes(one, recovers(one, 20_000), MANAGER, by=ONE) is None

    f = t.review_flag.c
    with one.service.context.engine.connect() as connection:
        flags = connection.execute(select(f.rule, f.amount_fen).where(f.rule != Rule.PAID_OUT_SHORT))
        assert [(row.rule, row.amount_fen) for row in flags] == [(Rule.ONE_PERSON, 20_000)]


def test_the_page_of_held_money_takes_a_recovery_back_and_gives_whoever_paid_a_paper(one: Told) -> None:
    came = recovers(one, 20_001, Means.TRANSFER, "B-7")
    desk, path = Desk(one.service, MANAGER), f"held/recovered/{came.log_no}"
    page = desk.get("held").text
    assert f"/office/{path}/undo" in page and f'href="/office/{path}"' in page
    paper = desk.get(path).text
    for told in (NAMES.zh, "¥200.01", capitals(20_001), "B-7", one.case_no, str(came.log_no)):
        assert told in paper
    assert "data-print" in paper
    typed = {"reason": MISTAKE.value, "second_staff_no": AUDITOR, "second_password": "10161016"}
    assert Desk(one.service, "1001").post(f"{path}/undo", **typed).status_code == 403
    assert desk.post(f"{path}/undo", **typed | {"second_password": "wrong"}).status_code != 303

    assert desk.post(f"{path}/undo", **typed).status_code == 303

    page, paper = desk.get("held").text, desk.get(path).text
    assert f"/office/{path}/undo" not in page and re.search(r'class="stop"><b>■', paper)
    assert "data-print" not in paper, "what was taken back is printed no more"
    assert desk.post(f"{path}/undo", **typed).status_code == 409
    assert desk.get("held/recovered/1").status_code == 404


def test_what_was_short_is_recovered_and_written_off_once_however_often_its_form_is_sent(one: Told) -> None:
    mine(one.service)
    desk, two = Desk(one.service, MANAGER), {"second_staff_no": "1016", "second_password": "10161016"}
    typed = {"means": "transfer", "reference": "B-7", "reason": "payer_found", "amount": "100", **two}

    def sends(path: str, **form: str) -> list[int]:
        page = desk.get("held").text
        seen = re.search(r'name="seen" value="(\d+)"', page)
        assert seen is not None
        return [desk.post(f"held/{one.case_no}/{path}", seen=seen[1], **form).status_code for _ in range(2)]

    assert sends("recover", **typed) == [303, 409]
    assert sends("recover", **typed | {"means": "card_terminal", "reference": "T-8"}) == [303, 409]
    assert sends("write-off", reason="lost", amount="50", **two) == [303, 409]

    assert balances(one.service)[SHORT] == 5_000


@pytest.mark.parametrize(("by", "second", "looked_at"), [(ONE, MANAGER, 1), (MANAGER, AUDITOR, 1), (MANAGER, OTHER, 0)])
def test_who_entered_what_was_recovered_does_not_give_it_back_unseen(
    one: Told, by: StaffNo, second: StaffNo, looked_at: int
) -> None:
    came = recovers(one, 20_000, Means.TRANSFER, "B-7")
    comes_after_all(one, FEN)
    context, back = one.service.context, (one.case_no, 20_000, Means.TRANSFER, second)
    with context.engine.begin() as connection:
        connection.execute(update(t.staff).where(t.staff.c.staff_no == OTHER).values(roles="cashier"))

    assert held.give_back(context, signed(by), *back) is None

    f = t.review_flag.c
    with context.engine.connect() as connection:
        rows = connection.execute(select(f.evidence).where(f.rule == Rule.ONE_PERSON.value)).scalars().all()
    assert len(rows) == looked_at and all(came.fact.cause in evidence for evidence in rows)


def test_the_page_of_held_money_asks_which_recovery_is_answered_and_shows_what_went_back_for_it(one: Told) -> None:
    first, other = (recovers(one, 15_000, Means.TRANSFER, number) for number in ("X-1", "Y-1"))
    comes_after_all(one, 15_000)
    desk = Desk(one.service, MANAGER)
    page = desk.get("held").text
    assert 'name="answers"' in page and "X-1" in page and say("zh_CN", "held.answers") in page
    typed = {"amount": "150", "means": "transfer", "second_staff_no": AUDITOR, "second_password": "10161016"}
    typed["seen"] = page.partition('name="seen" value="')[2].partition('"')[0]

    assert desk.post(f"held/{one.case_no}/back", answers="office:1", **typed).status_code == 409
    assert desk.post(f"held/{one.case_no}/back", answers="not one", **typed).status_code != 303
    assert desk.post(f"held/{one.case_no}/back", answers=first.fact.cause, **typed).status_code == 303

    page = desk.get("held").text
    assert f"{say('zh_CN', 'held.answered')} ¥150.00" in page
    assert f"/recovered/{first.log_no}/undo" not in page and f"/recovered/{other.log_no}/undo" in page
    assert say("zh_CN", "held.answered") in desk.get(f"held/recovered/{first.log_no}").text
