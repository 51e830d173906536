"""A death stops what is paid to the person, and lists what was paid after it; another's death lets it go on."""

import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from cardsvc import modules
from cardsvc.api.deaths import Deaths
from cardsvc.core.deaths import Telling
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.local_time import local
from cardsvc.core.plug import discover
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Values, Wrong
from cardsvc.core.terms import CaseKind, Issuer, Paper, Reason
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules import Module, Payments
from cardsvc.rows import deaths as rows
from cardsvc.rows import keeping
from cardsvc.rows.keeping import Where
from cardsvc.store import deaths as store
from tests.core.story import DETAILS
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.service.conftest import founded
from tests.service.test_verify import fault
from tests.support.desk import Desk
from tests.support.elders import receives
from tests.support.granting import grant
from tests.support.home import ID_NO, Service
from tests.support.rows import SECOND, Clerk, columns
from tests.support.telling import BELONGINGS, FIRE, READY, TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
__all__ = ["founded"]
PAYING = tuple(one for one in discover(modules, "MODULE", Module).values() if one.payments)
OTHER_ID_NO = "330302194001010029"
TWO = {"second_staff_no": "1016", "second_password": "1016" * 2}
ROWS: dict[tuple[str, str], dict[str, str]] = {
    ("social_relief", "single"): {
        "number": "DR-{n}",
        "name": "王守义",
        "kind": "肢体",
        "grade": "1",
        "monthly": "664",
        "since": "2024-03-01",
    },
    ("social_relief", "orphan"): {
        "number": "GE-{n}",
        "name": "王守义",
        "kind": "孤儿",
        "placement": "散居",
        "disabled": "否",
        "guardian": "王小雨",
        "monthly": "996",
        "since": "2024-03-01",
    },
    ("veterans", "beneficiary"): {
        "number": "YF-{n}",
        "name": "王守义",
        "category": "参战退役人员",
        "monthly": "800",
        "since": "2024-03-01",
    },
    ("elder_care", "elder"): {"name": "王守义", "born_on": "1940-01-01"},
}
HOUSEHOLD = {
    "number": "JZ-{n}",
    "head": "王守义",
    "kind": "最低生活保障",
    "residence": "城镇",
    "persons": "1",
    "standard": "664",
    "income": "0",
    "since": "2024-03-01",
}


@dataclass
class Bureau:
    """The modules that pay, and clerks who work in them."""

    service: Service
    made: int = 0
    paid: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def deaths(self) -> Deaths:
        return Deaths(self.service.context)

    def clerk(self, module: str) -> Clerk:
        return Clerk(self.service, self.service.context.modules[module])

    def pays(self, id_no: str = ID_NO, county: str = "330302") -> list[tuple[str, str, str]]:
        """Somebody is in every register that pays; module, record and id of their rows."""
        self.made += 1
        found = []
        for module in self.service.context.modules.values():
            for payments in module.payments:
                clerk, record = self.clerk(module.name), payments.record
                common = {"id_no": id_no, "county": county}
                if (module.name, record) == ("social_relief", "member"):
                    household = {name: said.format(n=self.made) for name, said in HOUSEHOLD.items()}
                    home = clerk.grants("household", **household, county=county)
                    typed = {"household": home, "name": "王守义", "relation": "户主", "since": "2024-03-01"}
                else:
                    typed = {name: said.format(n=self.made) for name, said in ROWS[module.name, record].items()}
                row_id = clerk.types(record, **typed, **common)
                if module.name == "elder_care":
                    receives(clerk, row_id, county)
                else:
                    clerk.moves(record, row_id, "approve", SECOND)
                found.append((module.name, record, row_id))
        return found

    def payments(self, at: tuple[str, str, str]) -> Payments:
        """How a row is paid."""
        return next(one for one in self.service.context.modules[at[0]].payments if one.record == at[1])

    def pay(self, at: tuple[str, str, str], day: date, yuan: str) -> None:
        """A payment to a row."""
        assert isinstance(self.tries_to_pay(at, day, yuan), str)

    def tries_to_pay(self, at: tuple[str, str, str], day: date, yuan: str = "1") -> object:
        """A payment to a row, whatever becomes of it."""
        module, record, row_id = at
        payments = self.payments(at)
        typed = {payments.of: row_id, payments.day: day.isoformat(), payments.amount: yuan}
        county = self.clerk(module).row(record, row_id).county
        return self.clerk(module).tries(payments.ledger, **typed, county=county)

    def states(self, mine: list[tuple[str, str, str]]) -> list[str]:
        """How the rows stand: paid, stopped, or the state's own name."""
        found = []
        for module, record, row_id in mine:
            payments = next(one for one in self.service.context.modules[module].payments if one.record == record)
            state = str(self.clerk(module).row(record, row_id).values[payments.state])
            found.append("paid" if state in payments.paid else "stopped" if state == payments.suspended else state)
        return found

    def late(self, at: tuple[str, str, str], day: date) -> tuple[int, int]:
        """What was paid to a row after a day."""
        module, record, row_id = at
        of = self.service.context.modules[module]
        payments = next(one for one in of.payments if one.record == record)
        ledger = Where(self.service.context.home_id, module, of.record(payments.ledger))
        with self.service.context.engine.connect() as connection:
            return rows.paid_after(connection, ledger, payments, row_id, day)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bureau]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{tmp_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn, modules=PAYING)
    yield Bureau(running)
    running.close()


def died(bureau: Bureau, number: int = 1, **booking: object) -> Told:
    """A case whose death certificate was seen."""
    case = Told.begun(bureau.service, number, resident=False, **booking)
    case.does(Step.VERIFY_DEATH, number=f"DC{number}", died_on=local(bureau.service.clock.now).date())
    return case


def corrected(bureau: Bureau, case: Told, id_no: str, name: str = "林长河") -> None:
    page = f"cases/{case.case_no}/correct/identity"
    answer = Desk(bureau.service, "1015").post(page, deceased_name=name, id_no=id_no, **TWO)
    assert answer.status_code == 303, answer.text


def histories(bureau: Bureau, at: tuple[str, str, str]) -> list[tuple[str, str | None, str]]:
    module, record, row_id = at
    where = Where(bureau.service.context.home_id, module, bureau.service.context.modules[module].record(record))
    with bureau.service.context.engine.connect() as connection:
        return [(one.field, one.staff_no, one.move) for one in keeping.history(connection, where, row_id)]


def test_a_death_stops_every_payment_to_the_person_in_all_counties_and_lists_what_was_paid_after_it(
    bureau: Bureau,
) -> None:
    mine, others = bureau.pays(county="330324"), bureau.pays(OTHER_ID_NO)
    bureau.service.clock.forward(days=60)
    today = local(bureau.service.clock.now).date()
    assert today == date(2026, 12, 31), "a subsidy is paid once a month"
    for at in mine:
        bureau.pay(at, today - timedelta(days=31), "664")
        bureau.pay(at, today, "664")
        bureau.pay(at, today + timedelta(days=1), "664")
        bureau.pay(at, today + timedelta(days=32), "664.50")
    assert bureau.deaths.tell_due() == {}

    died(bureau)

    assert bureau.deaths.tell_due() == {"stopped": len(mine)}
    assert {module for module, _, _ in mine} >= {"social_relief", "elder_care"} and len(mine) >= 4
    assert bureau.states(mine) == ["stopped"] * len(mine)
    assert bureau.states(others) == ["paid"] * len(others)
    assert [bureau.late(at, today) for at in mine] == [(2, 132_850)] * len(mine)
    for at in mine:
        assert ("death", None) in {(move, staff) for _, staff, move in histories(bureau, at)}


def test_it_is_told_once_whatever_else_happens_to_the_case_and_however_many_tell(bureau: Bureau) -> None:
    mine = bureau.pays()
    case = died(bureau)
    first, second = bureau.deaths, bureau.deaths
    assert first.tell_due() == {"stopped": len(mine)}

    case.does(Step.DEPOSIT)
    case.go(Step.DISPATCH)

    assert [first.tell_due(), second.tell_due(), bureau.deaths.tell_due()] == [{}, {}, {}]


def test_two_that_tell_at_the_same_moment_stop_each_row_once(bureau: Bureau) -> None:
    mine = bureau.pays()
    died(bureau)
    together = Barrier(2)

    def tell(_: int) -> Counter[str]:
        deaths = bureau.deaths
        together.wait()
        return deaths.tell_due()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(tell, range(2)))

    assert sum(one["stopped"] for one in outcomes) == len(mine)
    for at in mine:
        assert [move for _, _, move in histories(bureau, at)].count("death") >= 1
        assert bureau.clerk(at[0]).row(at[1], at[2]).version == (4 if at[1] == "elder" else 3)


def test_a_process_that_looked_before_another_told_it_tells_nothing_twice(bureau: Bureau) -> None:
    mine = bureau.pays()
    died(bureau)
    context = bureau.service.context
    with context.engine.connect() as connection:
        looks = store.changed(connection, context.home_id, store.FIRST)
    assert bureau.deaths.tell_due() == {"stopped": len(mine)}

    (single,) = [row for _, record, row in mine if record == "single"]
    bureau.clerk("social_relief").moves("single", single, "not_dead", SECOND, reason="经核未死亡")

    late = bureau.deaths
    assert [late._of(one) for one in looks] == [["nothing"]]
    assert bureau.states(mine) == ["paid" if row == single else "stopped" for _, _, row in mine]


def test_what_somebody_let_be_paid_again_is_stopped_once_more_when_the_furnace_record_is_closed(
    bureau: Bureau,
) -> None:
    mine = [one for one in bureau.pays() if one[1] == "single"]
    case = died(bureau)
    bureau.deaths.tell_due()
    bureau.clerk("social_relief").moves("single", mine[0][2], "not_dead", SECOND, reason="经核未死亡")
    case.does(Step.DEPOSIT)
    assert bureau.deaths.tell_due() == {} and bureau.deaths.tell_of_late_rows() == {}
    assert bureau.states(mine) == ["paid"]

    case.go(*TO_STORAGE, Step.VERIFY, Step.AUTHORISE, Step.PLAN_ASHES, Step.DECLARE_IMPLANTS, *BELONGINGS)
    case.go(Step.ENCOFFIN, *FIRE)

    assert bureau.deaths.tell_due() == {"stopped": 1}
    assert bureau.states(mine) == ["stopped"]
    bureau.clerk("social_relief").moves("single", mine[0][2], "end", reason="死亡")
    assert bureau.deaths.tell_due() == {}


def test_it_goes_on_when_the_deceased_turns_out_to_be_another_whose_payments_stop(bureau: Bureau) -> None:
    mine, others = bureau.pays(), bureau.pays(OTHER_ID_NO)
    case = died(bureau)
    bureau.deaths.tell_due()

    corrected(bureau, case, OTHER_ID_NO)

    assert bureau.deaths.tell_due() == {"undone": len(mine), "stopped": len(others)}
    assert (set(bureau.states(mine)), set(bureau.states(others))) == ({"paid"}, {"stopped"})
    for at in mine:
        assert histories(bureau, at)[0][1:] == (None, "death_undone")
    corrected(bureau, case, ID_NO, "王守义")
    assert bureau.deaths.tell_due() == {"undone": len(others), "stopped": len(mine)}
    assert (set(bureau.states(mine)), set(bureau.states(others))) == ({"stopped"}, {"paid"})
    assert fault(bureau.service) is None, "facts, folds, ledger and log agree"


def test_what_a_person_decided_meanwhile_stands_when_it_is_undone(bureau: Bureau) -> None:
    mine = bureau.pays()
    case = died(bureau)
    bureau.deaths.tell_due()
    (elder,) = [row for module, _, row in mine if module == "elder_care"]
    bureau.clerk("elder_care").moves("elder", elder, "resume", SECOND, reason="经核未死亡")
    bureau.clerk("elder_care").moves("elder", elder, "suspend", reason="无法联系")
    (single,) = [row for _, record, row in mine if record == "single"]
    bureau.clerk("social_relief").moves("single", single, "end", reason="死亡")

    corrected(bureau, case, OTHER_ID_NO)

    bureau.deaths.tell_due()
    decided = {elder: "suspended", single: "ended"}
    assert bureau.states(mine) == [decided.get(row, "paid") for _, _, row in mine]


def test_a_duplicate_that_is_merged_takes_its_paper_along_to_the_right_person(bureau: Bureau) -> None:
    mine, others = bureau.pays(), bureau.pays(OTHER_ID_NO)
    one = Told.begun(bureau.service, 1, id_no=OTHER_ID_NO, deceased_name="林长河", resident=False)
    booked = bureau.service.station(StationKind.BOOKING).book(resident=False)
    assert booked.case_no is not None
    twice = Told(bureau.service, booked.case_no, one.card)
    twice.office.step(twice.case_no, Step.VERIFY_DEATH, DETAILS[Step.VERIFY_DEATH])
    assert bureau.deaths.tell_due() == {"stopped": len(mine)}

    merge = f"cases/{twice.case_no}/correct/merge"
    answer = Desk(bureau.service, "1015").post(merge, target=one.case_no, **TWO)
    assert answer.status_code == 303, answer.text

    assert bureau.deaths.tell_due() == {"undone": len(mine), "stopped": len(others)}
    assert (set(bureau.states(mine)), set(bureau.states(others))) == ({"paid"}, {"stopped"})


def test_what_another_case_says_of_the_same_person_stays_stopped(bureau: Bureau) -> None:
    mine = bureau.pays()
    first = died(bureau)
    bureau.deaths.tell_due()
    first.office.step(first.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    again = died(bureau, 2)
    assert bureau.deaths.tell_due() == {"nothing": 1}

    corrected(bureau, again, OTHER_ID_NO)
    assert bureau.deaths.tell_due() == {"nothing": 1}
    third = died(bureau, 3)
    bureau.deaths.tell_due()
    third.office.step(third.case_no, Step.CANCEL, Details(reason=Reason.ENTERED_BY_MISTAKE))
    assert bureau.deaths.tell_due() == {"nothing": 1}
    assert set(bureau.states(mine)) == {"stopped"}


def test_the_second_of_two_cases_keeps_stopped_what_the_first_had_stopped_by_mistake(bureau: Bureau) -> None:
    mine = bureau.pays()
    first = died(bureau)
    bureau.deaths.tell_due()
    with bureau.service.context.engine.begin() as connection:
        # A second case of one person, as a funeral of long ago and an exhumation are two.
        person = text("SELECT id_no_blind FROM funeral_case WHERE case_no = :one")
        blind = connection.execute(person, {"one": first.case_no}).scalar_one()
    second = died(bureau, 2, id_no=OTHER_ID_NO, deceased_name="林长河")
    with bureau.service.context.engine.begin() as connection:
        moved = text("UPDATE funeral_case SET id_no_blind = :blind WHERE case_no = :two")
        connection.execute(moved, {"blind": blind, "two": second.case_no})
    assert bureau.deaths.tell_due() == {"nothing": 1}

    first.office.step(first.case_no, Step.CANCEL, Details(reason=Reason.ENTERED_BY_MISTAKE))

    assert bureau.deaths.tell_due() == {"kept": len(mine)}
    assert set(bureau.states(mine)) == {"stopped"}


@pytest.mark.parametrize(
    ("kind", "paper"),
    [
        (CaseKind.BODY_PART, Paper.BODY_PART_DOCUMENT),
        (CaseKind.STILLBORN, Paper.STILLBIRTH_CERTIFICATE),
    ],
)
def test_a_part_of_a_body_or_a_stillborn_child_stops_nobodys_payments(
    bureau: Bureau, kind: CaseKind, paper: Paper
) -> None:
    mine = bureau.pays()
    case = Told.begun(bureau.service, resident=False, case_kind=kind)
    case.does(Step.VERIFY_DEATH, paper=paper, number="BP1", issuer=Issuer.HOSPITAL)

    assert bureau.deaths.tell_due() == {}
    assert set(bureau.states(mine)) == {"paid"}


def test_a_case_that_was_a_mistake_is_undone_and_one_that_the_family_takes_elsewhere_is_not(bureau: Bureau) -> None:
    mine, others = bureau.pays(), bureau.pays(OTHER_ID_NO)
    mistake, elsewhere = died(bureau), died(bureau, 2, id_no=OTHER_ID_NO, deceased_name="林长河")
    bureau.deaths.tell_due()

    mistake.office.step(mistake.case_no, Step.CANCEL, Details(reason=Reason.ENTERED_BY_MISTAKE))
    elsewhere.office.step(elsewhere.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))

    assert bureau.deaths.tell_due() == {"undone": len(mine)}
    assert (set(bureau.states(mine)), set(bureau.states(others))) == ({"paid"}, {"stopped"})


MISTAKE = Details(reason=Reason.ENTERED_BY_MISTAKE)


def test_a_certificate_at_the_wrong_case_is_taken_back_by_two_and_is_the_right_ones(bureau: Bureau) -> None:
    mine, others = bureau.pays(), bureau.pays(OTHER_ID_NO)
    wrong = died(bureau)
    right = Told.begun(bureau.service, 2, id_no=OTHER_ID_NO, deceased_name="林长河", resident=False)
    assert bureau.deaths.tell_due() == {"stopped": len(mine)}
    right.refused(Step.VERIFY_DEATH, Problem.DEATH_PAPER_USED, number="DC1")
    nothing = right.office.try_step(right.case_no, Step.VOID_DEATH_PAPER, MISTAKE)
    assert nothing.status_code == 409 and Problem.NOTHING_TO_VOID in nothing.text
    alone = wrong.office.try_step(wrong.case_no, Step.VOID_DEATH_PAPER, MISTAKE, None)
    assert alone.status_code == 409 and Problem.SECOND_PERSON_MISSING in alone.text
    assert wrong.office.try_step(wrong.case_no, Step.VOID_DEATH_PAPER, Details()).status_code == 409, "and says why"
    assert 'value="void_death_paper"' in Desk(bureau.service, "1015").get(f"cases/{wrong.case_no}").text

    wrong.office.step(wrong.case_no, Step.VOID_DEATH_PAPER, MISTAKE)

    assert (wrong.case.papers, wrong.case.died_on) == ((), None)
    assert bureau.deaths.tell_due() == {"undone": len(mine)}
    right.does(Step.VERIFY_DEATH, number="DC1", died_on=local(bureau.service.clock.now).date())
    assert bureau.deaths.tell_due() == {"stopped": len(others)}
    assert (set(bureau.states(mine)), set(bureau.states(others))) == ({"paid"}, {"stopped"})
    wrong.refused(Step.VERIFY_DEATH, Problem.DEATH_PAPER_USED, number="DC1")
    wrong.does(Step.VERIFY_DEATH, number="DC9")
    assert bureau.deaths.tell_due() == {"stopped": len(mine)}
    assert fault(bureau.service) is None, "facts, folds, ledger and log agree"


def test_a_number_that_was_mistyped_is_not_kept_from_its_own_case(bureau: Bureau) -> None:
    case = died(bureau)
    other = Told.begun(bureau.service, 2, id_no=OTHER_ID_NO, deceased_name="林长河", resident=False)

    case.does(Step.VERIFY_DEATH, number="DC7")

    other.does(Step.VERIFY_DEATH, number="DC1")
    other.refused(Step.VERIFY_DEATH, Problem.DEATH_PAPER_USED, number="DC7")
    case.refused(Step.VERIFY_DEATH, Problem.DEATH_PAPER_USED, number="DC1")


def test_after_the_fire_a_paper_is_exchanged_by_two_and_the_dead_are_not_paid_meanwhile(bureau: Bureau) -> None:
    mine = bureau.pays()
    case = died(bureau)
    case.does(Step.DEPOSIT)
    case.go(*TO_STORAGE, *(one for one in READY if one is not Step.VERIFY_DEATH), *FIRE)
    assert bureau.deaths.tell_due() == {"stopped": len(mine)}
    case.refused(Step.VERIFY_DEATH, Problem.STEP_OUT_OF_ORDER, number="DC2")

    case.office.step(case.case_no, Step.VOID_DEATH_PAPER, MISTAKE)
    assert bureau.deaths.tell_due() == {}, "who is burnt is dead"
    case.does(Step.VERIFY_DEATH, number="DC2")

    assert bureau.states(mine) == ["stopped"] * len(mine)
    assert case.case.gaps == () and fault(bureau.service) is None


def test_a_wrong_day_of_death_is_corrected_by_two_and_what_was_paid_after_it_follows(bureau: Bureau) -> None:
    (at,) = [one for one in bureau.pays() if one[1] == "single"]
    today = local(bureau.service.clock.now).date()
    bureau.pay(at, today - timedelta(days=10), "664.50")
    case = died(bureau)
    told = bureau.deaths.tell_due()
    page = "/".join(("modules", *at))
    assert "¥664.50" not in Desk(bureau.service, LEADER).get(page).text

    def corrects(day: date, second: str | None = "1016", reason: Reason | None = Reason.ENTERED_BY_MISTAKE) -> int:
        details = Details(died_on=day, reason=reason)
        answer = case.office.try_step(case.case_no, Step.CORRECT_DEATH_DAY, details, second)
        return int(answer.status_code)

    right = today - timedelta(days=20)
    assert (corrects(right, None), corrects(right, "1015"), corrects(right, reason=None)) == (409, 409, 409)
    assert [corrects(day) for day in (today, today + timedelta(days=1), today - timedelta(days=400))] == [422] * 3
    assert case.case.died_on == today
    assert corrects(right) == 200

    assert case.case.died_on == right and case.case.paper(Paper.DEATH_CERTIFICATE) is not None
    assert told and bureau.deaths.tell_due() == {}, "it is the same death"
    shown = Desk(bureau.service, LEADER).get(page).text
    assert "¥664.50" in shown and right.isoformat() in shown
    case.office.step(case.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    assert corrects(today - timedelta(days=5)) == 200, "the death stands, wherever the family goes"
    assert "¥664.50" not in Desk(bureau.service, LEADER).get(page).text
    assert fault(bureau.service) is None


def test_a_module_that_cannot_hear_stops_no_other_and_is_told_again(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    mine, context = bureau.pays(), bureau.service.context
    case, other = died(bureau), died(bureau, 2, id_no=OTHER_ID_NO, deceased_name="林长河")
    with context.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elder_care_elder RENAME TO elder_care_away"))

    with caplog.at_level(logging.ERROR):
        assert bureau.deaths.tell_due() == {"stopped": len(mine) - 1, "unheard": 2}

    assert f"{case.case_no}: elder_care has not heard of the death: " in caplog.text and ID_NO not in caplog.text
    with context.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elder_care_away RENAME TO elder_care_elder"))
    with context.engine.connect() as connection:
        waiting = store.unheard(connection, context.home_id, 9)
    assert [(one.case_no, one.modules) for one in waiting] == [
        (case.case_no, ("elder_care",)),
        (other.case_no, ("elder_care",)),
    ]
    assert bureau.deaths.tell_due() == {}
    bureau.service.clock.forward(seconds=30)
    assert bureau.deaths.tell_due() == {"stopped": 1, "nothing": 1}
    assert set(bureau.states(mine)) == {"stopped"}


def test_a_module_that_was_deleted_is_told_nothing_and_the_others_are(bureau: Bureau) -> None:
    mine = bureau.pays()
    left = {name: one for name, one in bureau.service.context.modules.items() if name != "elder_care"}
    case = died(bureau)
    bureau.deaths.tell_due()

    bureau.service.context = replace(bureau.service.context, modules=left)
    corrected(bureau, case, OTHER_ID_NO)

    assert bureau.deaths.tell_due() == {"undone": len(mine) - 1}
    bureau.service.context = replace(bureau.service.context, modules={})
    assert bureau.deaths.tell_due() == {}


def test_clerks_see_the_stopped_rows_of_their_modules_and_county_with_what_was_paid(bureau: Bureau) -> None:
    here, there = bureau.pays(county="330302"), bureau.pays(OTHER_ID_NO, county="330324")
    today = local(bureau.service.clock.now).date()
    bureau.pay(next(one for one in here if one[1] == "single"), today + timedelta(days=9), "664.50")
    assert "没有待核的死亡停发" in Desk(bureau.service, LEADER).get("modules/deaths").text
    case = died(bureau)
    other = Told.begun(bureau.service, 2, id_no=OTHER_ID_NO, deceased_name="林长河", resident=False)
    other.does(Step.VERIFY_DEATH, number="DC2")
    bureau.deaths.tell_due()
    for one in (CLERK, COUNTY):
        grant(bureau.service, one, ["social_relief"])

    def rows_of(staff_no: str) -> set[str]:
        page = Desk(bureau.service, staff_no).get("modules/deaths").text
        return {row for _, _, row in (*here, *there) if f"/{row}" in page.replace("?f.", "")}

    whole, clerk, county = (Desk(bureau.service, one).get("modules/deaths").text for one in (LEADER, CLERK, COUNTY))
    assert rows_of(LEADER) == {row for _, _, row in (*here, *there)}
    assert rows_of(CLERK) == {row for module, _, row in (*here, *there) if module == "social_relief"}
    assert rows_of(COUNTY) == {row for module, _, row in there if module == "social_relief"}
    assert "¥664.50" in clerk and "1 笔" in clerk and "¥664.50" not in county
    assert "最迟（证明未载明，按受理日）" in county and whole.count("最迟") == len(there)
    assert all(case.case_no not in page for page in (clerk, county)), "they may not see cases"
    assert case.case_no in Desk(bureau.service, "1016").get("modules/deaths").text
    assert f'<span class="count" title="{len(here) + len(there)} 项待办">' in whole


def test_the_row_says_why_it_was_stopped_and_what_was_paid_and_its_moves_decide(bureau: Bureau) -> None:
    (at,) = [one for one in bureau.pays() if one[1] == "single"]
    today = local(bureau.service.clock.now).date()
    bureau.pay(at, today + timedelta(days=9), "664.50")
    died(bureau)
    bureau.deaths.tell_due()
    desk, path = Desk(bureau.service, LEADER), "/".join(("modules", *at))

    page = desk.get(path).text
    assert "因死亡暂停发放" in page and "¥664.50" in page and "死亡停发" in page
    assert "move/not_dead" in page and "move/end" in page
    late = desk.get(f"modules/social_relief/payment?f.single={at[2]}&from={today + timedelta(days=1)}").text
    assert "664.50" in late

    bureau.clerk("social_relief").moves("single", at[2], "end", reason="死亡")
    assert "因死亡暂停发放" not in desk.get(path).text
    assert at[2] not in desk.get("modules/deaths").text


def test_nothing_is_paid_from_the_day_on_that_a_death_was_told_nor_twice_nor_before_the_grant(bureau: Bureau) -> None:
    mine, today = bureau.pays(), local(bureau.service.clock.now).date()
    before = {"elder": today - timedelta(days=1)}
    for at in mine:
        since = before.get(at[1], date(2024, 2, 29))
        assert columns(bureau.tries_to_pay(at, since)) == [bureau.payments(at).of], "before it was granted"
        bureau.pay(at, today, "664")
        twice = bureau.tries_to_pay(at, today)
        assert isinstance(twice, Faulty) and [one.why for one in twice.faults] == [Wrong.TWICE]
    bureau.service.clock.forward(days=31)
    died(bureau)
    bureau.deaths.tell_due()

    told = local(bureau.service.clock.now).date()
    for at in mine:
        row = bureau.clerk(at[0]).row(at[1], at[2]).values
        assert row["death_on"] == told
        assert columns(bureau.tries_to_pay(at, told)) == [bureau.payments(at).of]
        assert isinstance(bureau.tries_to_pay(at, told - timedelta(days=1)), str), "it was paid before anybody knew"
    (single,) = [at for at in mine if at[1] == "single"]
    bureau.clerk("social_relief").moves("single", single[2], "end", reason="死亡")
    assert columns(bureau.tries_to_pay(single, told)) == ["single"]


def test_what_was_suspended_for_another_reason_waits_for_a_look_at_the_death_too(bureau: Bureau) -> None:
    mine = bureau.pays()
    for module, record, row in mine:
        bureau.clerk(module).moves(record, row, "suspend", reason="无法联系")
    case = died(bureau)

    assert bureau.deaths.tell_due() == {"stopped": len(mine)}

    assert bureau.states(mine) == ["stopped"] * len(mine)
    single = next(row for _, record, row in mine if record == "single")
    assert bureau.clerk("social_relief").tries_move("single", single, "resume", reason="其他") == Refusal(
        Problem.ROW_CHANGED
    )
    page = Desk(bureau.service, LEADER).get("modules/deaths").text
    assert all(f"/{row}" in page for _, _, row in mine)
    corrected(bureau, case, OTHER_ID_NO)
    bureau.deaths.tell_due()
    assert bureau.states(mine) == ["suspended"] * len(mine)
    for module, record, row in mine:
        assert bureau.clerk(module).row(record, row).values["death_on"] is None


def test_what_is_bought_for_a_dead_elder_stops_and_goes_on_when_the_death_was_anothers(bureau: Bureau) -> None:
    clerk = bureau.clerk("elder_care")
    paid = next(row for module, _, row in bureau.pays() if module == "elder_care")
    elder = clerk.types("elder", name="林长河", id_no=OTHER_ID_NO, born_on="1940-01-01")
    bought = {"provider": "安心居家服务中心", "service": "助餐", "hours": "20", "price": "30", "since": "2026-01-01"}
    mine, others = (clerk.types("service_order", elder=one, **bought) for one in (paid, elder))
    for one in (mine, others):
        clerk.moves("service_order", one, "start")

    def states() -> list[object]:
        return [clerk.row("service_order", one).values["state"] for one in (mine, others)]

    case = died(bureau)
    bureau.deaths.tell_due()

    assert states() == ["suspended", "running"]
    assert columns(clerk.tries_move("service_order", mine, "resume")) == ["elder"]
    assert columns(clerk.tries("service_order", elder=paid, **bought)) == ["elder"]
    assert histories(bureau, ("elder_care", "service_order", mine))[0] == ("state", None, "death")
    corrected(bureau, case, OTHER_ID_NO)
    bureau.deaths.tell_due()
    assert states() == ["running", "suspended"], "an elder without a subsidy is dead too"
    clerk.moves("elder", elder, "end", reason="死亡")
    order = clerk.row("service_order", others).values
    assert (order["state"], order["until"]) == ("ended", local(bureau.service.clock.now).date())
    assert fault(bureau.service) is None, "facts, folds, ledger and log agree"


@pytest.mark.parametrize("module", PAYING, ids=lambda one: one.name)
def test_every_register_that_pays_can_stop_for_good_or_pay_again_after_a_death(module: Module) -> None:
    for payments in module.payments:
        flow = module.record(payments.record).flow
        assert flow is not None and flow.column == payments.state
        leads_to = {move.to for move in flow.moves if payments.suspended in move.since}
        for state in payments.open:
            stops = [move for move in flow.moves if state in move.since and move.to == payments.suspended]
            assert stops and all(move.stamps for move in stops), f"{payments.record}: a death does not stop {state}"
        assert leads_to & set(payments.paid), f"{payments.record}: nobody can let it be paid again"
        assert leads_to - {*payments.paid, payments.suspended}, f"{payments.record}: nobody can end it"


def test_derived_columns_follow_and_the_state_before_is_kept(bureau: Bureau) -> None:
    mine = [one for one in bureau.pays() if one[0] == "elder_care"]
    before: Values = bureau.clerk("elder_care").row("elder", mine[0][2]).values
    case = died(bureau)
    bureau.deaths.tell_due()
    record = bureau.service.context.modules["elder_care"].record("elder")
    stopped = bureau.clerk("elder_care").row("elder", mine[0][2]).values
    assert record.derive is not None
    assert stopped["monthly"] == record.derive(stopped)["monthly"]

    corrected(bureau, case, OTHER_ID_NO)
    bureau.deaths.tell_due()

    after = bureau.clerk("elder_care").row("elder", mine[0][2]).values
    assert {name: after[name] for name in ("subsidy", "monthly")} == {
        name: before[name] for name in ("subsidy", "monthly")
    }
    assert Telling("") is Telling.NOTHING
