"""A waiver follows the real registers' state on the day of service, and names their record on every bill."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest

from cardsvc import modules
from cardsvc.api.registers import Registers
from cardsvc.core.facts import Step
from cardsvc.core.plug import discover
from cardsvc.core.terms import Payer
from cardsvc.handlers import withdraw_row
from cardsvc.invented import id_no
from cardsvc.modules import Module
from cardsvc.rows.hindering import Hindrance
from tests.service.conftest import founded
from tests.service.test_family import OURS, link, look_in
from tests.support.accounts import bill, owes
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.rows import CLERK, SECOND, Clerk
from tests.support.telling import Told

__all__ = ["founded"]
MODULES = discover(modules, "MODULE", Module)
PERSON = {"name": "王守义", "id_no": ID_NO, "since": "2024-03-01"}
ROWS = {
    "social_relief": ("single", PERSON | {"number": "DR-7", "kind": "肢体", "grade": "1", "monthly": "664"}),
    "veterans": ("beneficiary", PERSON | {"number": "YF-7", "category": "在乡老复员军人", "monthly": "1210"}),
}
HOUSEHOLD = {"number": "DB-7", "head": "王守义", "kind": "最低生活保障", "residence": "城镇", "persons": "2"}
HOUSEHOLD |= {"standard": "1000", "income": "0", "since": "2024-03-01"}
TRANSPORT_FEN = 23_000


@dataclass
class Register:
    """One of the modules that answer which waivers somebody has, and a clerk who keeps a row of the deceased."""

    service: Service
    name: str
    row_id: str = ""

    @property
    def clerk(self) -> Clerk:
        return Clerk(self.service, MODULES[self.name])

    @property
    def number(self) -> str:
        return ROWS[self.name][1]["number"]

    def keeps(self, **changes: str) -> None:
        record, typed = ROWS[self.name]
        self.row_id = self.clerk.grants(record, **(typed | changes))

    def moves(self, move: str, reason: str) -> None:
        second = SECOND if move in ("withdraw", "resume") else None
        self.clerk.moves(ROWS[self.name][0], self.row_id, move, second, reason=reason)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{tmp_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn, modules=tuple(MODULES[name] for name in ROWS))
    yield running
    running.close()


@pytest.fixture(params=ROWS)
def register(request: pytest.FixtureRequest, service: Service) -> Register:
    return Register(service, request.param)


def asked(service: Service) -> Counter[str]:
    """The registers are asked what is due, with patience: this machine may be at other work."""
    return Registers(service.context, patience_s=60).ask_due()


def served(register: Register) -> Told:
    """A case of today whose transport is billed, after the registers were asked."""
    case = Told.begun(register.service, resident=False)
    asked(register.service)
    case.go(Step.DISPATCH, Step.COLLECT)
    return case


@pytest.mark.parametrize(
    ("story", "waived"),
    [
        ((), True),
        (("suspend",), False),
        (("suspend", "resume"), True),
        (("withdraw",), False),
        (("end",), False),
        (("report_death",), True),
    ],
    ids=lambda said: "-".join(said) if isinstance(said, tuple) else "",
)
def test_a_waiver_follows_the_state_of_the_record_on_the_day_of_service(
    register: Register, story: tuple[str, ...], waived: bool
) -> None:
    register.keeps()
    for move in story:
        if move == "report_death":
            register.clerk.moves(ROWS[register.name][0], register.row_id, move)
        else:
            register.moves(move, "其他")
        register.service.clock.forward(days=2)

    case = served(register)

    open_fen, treasury = (0, TRANSPORT_FEN) if waived else (TRANSPORT_FEN, 0)
    assert bill(register.service, case.case_no).open_fen == open_fen
    assert owes(register.service, case.case_no, Payer.TREASURY) == treasury


@pytest.mark.parametrize(("since", "until"), [("2026-11-02", ""), ("2024-03-01", "2026-10-31")])
def test_a_record_that_begins_after_the_day_or_ended_before_it_waives_nothing(
    register: Register, since: str, until: str
) -> None:
    register.keeps(since=since, until=until)

    assert bill(register.service, served(register).case_no).open_fen == TRANSPORT_FEN


def test_the_record_is_named_on_the_office_s_bill_and_on_the_family_s(register: Register) -> None:
    register.keeps()
    case = served(register)

    label = MODULES[register.name].label.zh
    source = f"{register.number} （{label}登记，2026-11-01 有效）"
    assert source in Desk(register.service, "1015").get(f"cases/{case.case_no}").text
    family = look_in(register.service, link(register.service, case.case_no))
    family.post("/family/confirm", json={"digits": "0000"}, headers=OURS)
    lines = family.get("/family/status").json()["bill"]["lines"]
    assert [source in one["basis"] for one in lines] == [True]


def found(desk: Desk, number: str) -> set[str]:
    """The pages that a search finds."""
    answer = desk.post("search", q=number)
    if answer.status_code == 303:
        return {str(answer.headers["location"]).removeprefix("/office/")}
    return set(re.findall(r'href="/office/((?:cases/WZ|modules/\w+/\w+/)[^"]+)"', answer.text))


def test_a_number_that_was_corrected_finds_record_and_case_as_the_new_one_does(register: Register) -> None:
    register.keeps()
    case = served(register)
    record = ROWS[register.name][0]
    page, theirs = f"modules/{register.name}/{record}/{register.row_id}", f"cases/{case.case_no}"
    manager, leader = Desk(register.service, "1015"), Desk(register.service, "1051")
    assert (found(manager, register.number), found(leader, register.number)) == ({theirs}, {page})

    register.clerk.moves(record, register.row_id, "renumber", SECOND, number="ANEW-1")

    for number in (register.number, "ANEW-1"):
        assert (found(manager, number), found(leader, number)) == ({theirs}, {page}), number
    assert found(manager, "ANEW") == found(manager, "DR-8") == set(), "a case is found by the whole number"
    register.keeps(id_no=id_no(Random(3), "330302", date(1950, 1, 1)))
    assert found(leader, register.number) == {page, f"modules/{register.name}/{record}/{register.row_id}"}
    assert "原证号" in leader.post("search", q=register.number).text


def test_a_household_s_number_finds_the_cases_of_its_members(service: Service) -> None:
    clerk = Clerk(service, MODULES["social_relief"])
    household = clerk.grants("household", **HOUSEHOLD)
    clerk.grants("member", household=household, relation="户主", **PERSON)
    case = Told.begun(service, resident=False)
    asked(service)

    clerk.moves("household", household, "renumber", SECOND, number="ANEW-2")

    manager = Desk(service, "1015")
    assert found(manager, "DB-7") == found(manager, "ANEW-2") == {f"cases/{case.case_no}"}


def test_a_register_that_corrected_its_number_still_says_that_the_waiver_holds(register: Register) -> None:
    register.keeps()
    case = served(register)
    register.clerk.moves(ROWS[register.name][0], register.row_id, "renumber", SECOND, number="ANEW-1")

    case.does(Step.DEPOSIT)
    outcomes = asked(register.service)

    assert outcomes == {"nothing": 1}
    assert register.number not in Desk(register.service, "1015").get("waivers").text


def test_a_record_by_which_a_case_was_let_off_is_not_withdrawn_as_a_mistake(register: Register) -> None:
    register.keeps()
    case = served(register)
    module, context = MODULES[register.name], register.service.context
    record, people = module.record(ROWS[register.name][0]), (CLERK, SECOND)
    seen, now = (register.row_id, 2), register.service.clock.now

    done = withdraw_row.handle(context, module, record, seen, "误录", None, people, now)

    assert done == (Hindrance("", case.case_no),)
    register.clerk.moves(record.name, register.row_id, "renumber", SECOND, number="ANEW-1")
    anew = withdraw_row.handle(context, module, record, (register.row_id, 3), "误录", None, people, now)
    assert anew == (Hindrance("", case.case_no),), "the case names it by the number that it had"
