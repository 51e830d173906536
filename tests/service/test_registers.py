"""Registers are asked beside the taps: one that is slow, wrong or away blocks nothing and is asked again."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from cardsvc.api.registers import Registers
from cardsvc.core import wire
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.plug import discover
from cardsvc.core.records import Label
from cardsvc.core.terms import Payer, Reason, WaiverFor
from cardsvc.core.wire import Result
from cardsvc.modules import Module
from cardsvc.naming.signs import identity
from cardsvc.store import registers as store
from cardsvc.store.engine import statements
from cardsvc.store.snapshots import case_lines
from tests.core.story import DETAILS
from tests.support import modules
from tests.support.accounts import bill, owes, told
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.modules.relief import SCHEMA, Mood, Way, waivers
from tests.support.telling import TO_STORAGE, Told
from tests.support.waiting import until

pytestmark = pytest.mark.one_engine
SOURCE = "low_income DB-7 relief 2026-11-01 table:1"
OTHER_ID_NO = "330302194001010029"
LONG_S = 60.0
TWO = {"second_staff_no": "1016", "second_password": "1016" * 2}


@pytest.fixture(autouse=True)
def relief(service: Service) -> Iterator[None]:
    """The module is plugged in, its tables are there, and it behaves."""
    Mood.way, Mood.asked = Way.WELL, 0
    Mood.go_on.clear()
    service.context = replace(service.context, modules=discover(modules, "MODULE", Module))
    with service.context.engine.begin() as connection:
        for one in statements(service.context.engine.dialect.name, SCHEMA):
            connection.exec_driver_sql(one)
    yield
    Mood.go_on.set()


def record(
    service: Service, number: str = "DB-7", until: date | None = None, state: str = "active", id_no: str = ID_NO
) -> None:
    person = identity(service.context.vault.blind, id_no)
    row = {"person": person, "number": number, "until": until.isoformat() if until else None, "state": state}
    with service.context.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO relief_record VALUES (:person, :number, 'low_income', '2020-01-01', :until, :state)"), row
        )


def begun(service: Service) -> Told:
    return Told.begun(service, resident=False)


def another(service: Service) -> Told:
    return Told.begun(service, 2, id_no=OTHER_ID_NO, resident=False, deceased_name="林长河")


def corrected(service: Service, case: Told, deceased_name: str, id_no: str) -> None:
    page = f"cases/{case.case_no}/correct/identity"
    answer = Desk(service, "1015").post(page, deceased_name=deceased_name, id_no=id_no, **TWO)
    assert answer.status_code == 303, answer.text


@contextmanager
def asking(registers: Registers, outcome: dict[str, int]) -> Iterator[None]:
    """What happens while a register thinks about its first question; then it answers, with this outcome."""
    Mood.way = Way.SLOW
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(registers.ask_due)
        while not Mood.asked:
            assert not asked.done(), asked.result()
            time.sleep(0.01)
        yield
        Mood.way = Way.WELL
        Mood.go_on.set()
        assert asked.result(LONG_S) == outcome


def source_of(service: Service, case_no: CaseNo) -> set[str | None]:
    with service.context.engine.connect() as connection:
        return {one.waiver_source for one in case_lines(connection, service.context.home_id, case_no)}


def proven(case: Told) -> list[str | None]:
    return [one.number for one in case.case.entitled]


def waiting(service: Service) -> list[store.Told]:
    with service.context.engine.connect() as connection:
        return store.told(connection, service.context.home_id, 10)


def test_a_record_is_proven_at_booking_and_named_on_line_bill_page_and_paper(service: Service) -> None:
    record(service)
    case = begun(service)
    registers = Registers(service.context)

    assert registers.ask_due() == {"proven": 1}
    case.go(Step.DISPATCH, Step.COLLECT)

    assert source_of(service, case.case_no) == {SOURCE}
    assert (bill(service, case.case_no).open_fen, owes(service, case.case_no, Payer.TREASURY)) == (0, 23_000)
    assert told(service, case.case_no).count("waiver_proven") == 1
    page = Desk(service, "1015").get(f"cases/{case.case_no}").text
    assert "低保 DB-7 （relief登记，2026-11-01 有效）" in page
    assert registers.ask_due() == {}


def test_a_waiver_proven_late_by_its_register_corrects_the_bill_by_itself(service: Service) -> None:
    case, registers = begun(service), Registers(service.context)
    assert registers.ask_due() == {"nothing": 1}
    case.go(*TO_STORAGE)
    assert bill(service, case.case_no).open_fen == 23_000
    record(service)

    case.does(Step.DEPOSIT)
    assert registers.ask_due() == {"proven": 1}

    after = bill(service, case.case_no)
    assert (after.due_fen, after.rest_fen) == (0, 300_000)
    assert source_of(service, case.case_no) == {None, SOURCE}
    assert told(service, case.case_no).count("waiver_proven") == 1


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        (Way.ERROR, "down"),
        (Way.WRONG_PERSON, "another"),
        (Way.WRONG_DAY, "another"),
        (Way.GARBAGE, "garbage"),
        (Way.SLOW, "slow"),
    ],
)
def test_a_register_that_misbehaves_blocks_no_tap_and_is_asked_again_until_it_answers(
    service: Service, way: Way, fault: str
) -> None:
    record(service)
    Mood.way = way
    registers = Registers(service.context, patience_s=0.2 if way is Way.SLOW else LONG_S)
    case = begun(service)

    assert registers.ask_due() == {fault: 1}
    case.go(Step.DISPATCH, Step.COLLECT)
    assert (bill(service, case.case_no).open_fen, source_of(service, case.case_no)) == (23_000, {None})
    (shown,) = waiting(service)
    assert (shown.case_no, dict(shown.faults), shown.answered) == (case.case_no, {"relief": fault}, False)
    assert fault == "slow" or registers.ask_due() == {fault: 1}

    Mood.way = Way.WELL
    Mood.go_on.set()
    for thread in registers._busy.values():
        thread.join(LONG_S)
    registers._patience_s = LONG_S
    service.clock.forward(hours=7)
    assert registers.ask_due() == {"proven": 1}
    assert bill(service, case.case_no).open_fen == 0
    assert waiting(service) == []


def test_a_slow_register_is_not_asked_a_second_question_while_it_thinks(service: Service) -> None:
    Mood.way = Way.SLOW
    registers = Registers(service.context, patience_s=0.2)
    begun(service)
    another(service)

    assert registers.ask_due() == {"slow": 2}
    until(lambda: Mood.asked > 0, "it was asked")  # it may hear the question after we gave it up
    Mood.go_on.set()
    for thread in registers._busy.values():
        thread.join(LONG_S)
    assert Mood.asked == 1


@pytest.mark.parametrize("state", ["withdrawn", "suspended"])
def test_a_record_that_did_not_hold_waives_nothing(service: Service, state: str) -> None:
    record(service, state=state)
    begun(service)

    assert Registers(service.context).ask_due() == {"nothing": 1}


def test_a_record_that_ended_before_the_case_was_opened_waives_nothing_and_one_that_ends_by_it_does(
    service: Service,
) -> None:
    today = local(service.clock.now).date()
    record(service, "DB-6", until=today - timedelta(days=1))
    case, registers = begun(service), Registers(service.context)
    assert registers.ask_due() == {"nothing": 1}

    record(service, "DB-7", until=today)
    service.clock.forward(days=3)
    case.does(Step.DEPOSIT)

    assert registers.ask_due() == {"proven": 1}
    assert case.case.entitled[0].number == "DB-7"


def test_what_a_register_takes_back_is_shown_and_only_two_people_withdraw_it(service: Service) -> None:
    record(service)
    case, registers = begun(service), Registers(service.context)
    registers.ask_due()
    case.go(Step.DISPATCH, Step.COLLECT)
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE relief_record SET state = 'withdrawn'"))
    case.does(Step.DEPOSIT)

    assert registers.ask_due() == {"lost": 1}

    assert bill(service, case.case_no).due_fen == 0
    assert [one.lost for one in waiting(service)] == ["DB-7"]
    assert "登记现称 DB-7 不成立" in Desk(service, "1015").get("waivers").text
    case.does(Step.WITHDRAW_WAIVER, category=WaiverFor.LOW_INCOME, reason=Reason.NOT_ENTITLED)
    assert bill(service, case.case_no).due_fen == 23_000


def test_what_a_register_took_back_stays_shown_while_it_is_mute_and_until_it_says_otherwise(service: Service) -> None:
    record(service)
    case, registers = begun(service), Registers(service.context)
    registers.ask_due()

    def asked(state: str, way: Way) -> list[str | None]:
        """What is shown once the register was asked at another turn."""
        with service.context.engine.begin() as connection:
            connection.execute(text("UPDATE relief_record SET state = :state"), {"state": state})
        Mood.way = way
        case.does(Step.DEPOSIT)
        registers.ask_due()
        return [one.lost for one in waiting(service)]

    assert asked("withdrawn", Way.WELL) == ["DB-7"]
    assert asked("withdrawn", Way.ERROR) == ["DB-7"]
    assert asked("active", Way.GARBAGE) == ["DB-7"]
    assert asked("active", Way.WELL) == []


def test_two_processes_prove_a_record_once(service: Service) -> None:
    record(service)
    case = begun(service)
    first, second = Registers(service.context), Registers(service.context)

    assert first.ask_due() == {"proven": 1}
    second._after = store.FIRST
    case.does(Step.DEPOSIT)
    assert [first.ask_due(), second.ask_due()] == [{"nothing": 1}, {}]
    assert told(service, case.case_no).count("waiver_proven") == 1


def test_an_answer_about_who_it_turned_out_not_to_be_proves_nothing_and_the_right_person_is_asked(
    service: Service,
) -> None:
    record(service)
    record(service, "DB-8", id_no=OTHER_ID_NO)
    case, registers = begun(service), Registers(service.context, patience_s=LONG_S)

    with asking(registers, {"dropped": 1}):
        corrected(service, case, "林长河", OTHER_ID_NO)

    assert proven(case) == []
    assert registers.ask_due() == {"proven": 1}
    assert proven(case) == ["DB-8"]
    assert registers.ask_due() == {}


def test_a_turn_that_comes_while_a_register_thinks_is_a_turn_of_its_own(service: Service) -> None:
    case, registers = begun(service), Registers(service.context, patience_s=LONG_S)

    with asking(registers, {"nothing": 1}):
        record(service)
        case.does(Step.DEPOSIT)

    assert registers.ask_due() == {"proven": 1}
    assert registers.ask_due() == {}


def test_cases_of_one_transaction_are_all_asked_about_though_a_look_ends_between_them(service: Service) -> None:
    cashier = service.station(StationKind.CASHIER)
    for case in (begun(service), another(service)):
        body = wire.Observation(step=Step.DEPOSIT, details=DETAILS[Step.DEPOSIT])
        cashier.append(body, case_no=case.case_no, **cashier.people(Step.DEPOSIT))
    assert {one.result for one in cashier.send().results} == {Result.RECORDED}
    registers = Registers(service.context, most=1)

    assert [registers.ask_due() for _ in range(3)] == [{"nothing": 1}, {"nothing": 1}, {}]
    assert Mood.asked == 2


def test_a_case_whose_answer_cannot_be_kept_stops_none_behind_it_and_is_asked_about_again(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    record(service)
    case = begun(service)
    another(service)
    misnamed = replace(service.context, modules={"no code": Module("no code", Label("", ""), waivers=waivers)})
    registers = Registers(misnamed)

    with caplog.at_level(logging.ERROR):
        assert [registers.ask_due(), registers.ask_due()] == [{"unkept": 1, "nothing": 1}, {}]

    assert f"{case.case_no}: what registers said was not kept: ValidationError" in caplog.text
    assert "DB-7" not in caplog.text and str(identity(service.context.vault.blind, ID_NO)) not in caplog.text
    (shown,) = waiting(service)
    assert (shown.case_no, dict(shown.faults), shown.answered) == (case.case_no, {"no code": "unkept"}, False)
    waits = []
    for seconds in (30, 60):
        service.clock.forward(seconds=seconds - 1)
        assert registers.ask_due() == {}
        service.clock.forward(seconds=1)
        assert registers.ask_due() == {"unkept": 1}
        waits.append(waiting(service)[0].next_at - service.clock.now)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2)]
    service.clock.forward(minutes=2)
    assert Registers(service.context).ask_due() == {"proven": 1}
    assert waiting(service) == []


def test_what_a_register_took_back_stays_shown_while_its_next_word_cannot_be_kept(service: Service) -> None:
    record(service)
    case, registers = begun(service), Registers(service.context)
    registers.ask_due()
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE relief_record SET number = 'DB-9', category = 'destitute'"))
    case.does(Step.DEPOSIT)
    assert registers.ask_due() == {"lost": 1, "proven": 1}
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE relief_record SET number = 'DB-10', category = 'veteran'"))
    case.does(Step.DEPOSIT)

    misnamed = replace(service.context, modules={"no code": Module("no code", Label("", ""), waivers=waivers)})
    assert Registers(misnamed).ask_due() == {"unkept": 1}

    assert [one.lost for one in waiting(service)] == ["DB-7"]


def test_what_a_person_has_proven_is_left_to_them(service: Service) -> None:
    record(service)
    case = begun(service)
    case.does(Step.PROVE_WAIVER, number="PAPER-1", category=WaiverFor.LOW_INCOME)

    assert Registers(service.context).ask_due() == {"nothing": 1}
    assert case.case.entitled[0].number == "PAPER-1"


def test_a_home_without_modules_asks_nobody(service: Service) -> None:
    service.context = replace(service.context, modules={})
    begun(service)

    assert Registers(service.context).ask_due() == {}
    assert "registers" not in Desk(service, "1015").get("waivers").text
