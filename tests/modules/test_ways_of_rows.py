"""Rows of elder care, burial reform and disaster relief go their ways through the console, in the real service."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cardsvc.core.records import Value
from cardsvc.handlers import grant_module
from cardsvc.modules import burial_reform, disaster_relief, elder_care
from cardsvc.rows import keeping
from cardsvc.rows.keeping import Where
from tests.modules.conftest import CLERK, LEADER
from tests.support.desk import Desk
from tests.support.home import Service

MODULES = {one.name: one for one in (elder_care.MODULE, burial_reform.MODULE, disaster_relief.MODULE)}
TWO = {"second_staff_no": LEADER, "second_password": f"{LEADER}{LEADER}"}
ELDER = {"county": "330302", "name": "林某", "id_no": "330302194001010029", "born_on": "1940-01-01"}
ASSESSED = {
    "county": "330302",
    "assessed_on": "2026-10-20",
    "assessor": "陈某",
    "kind": "first",
    "living": "alone",
    "finances": "subsistence",
    "ability_score": "40",
    "needs_meals": "yes",
    "needs_bathing": "yes",
    "needs_cleaning": "no",
    "needs_medical": "no",
    "needs_emergency": "no",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}", modules=tuple(MODULES.values()))
    assert grant_module.handle(running.context, CLERK, list(MODULES), LEADER, running.clock.now) is None
    yield running
    running.close()


def add(desk: Desk, path: str, **typed: str) -> str:
    done = desk.post(f"modules/{path}/new", **typed)
    assert done.status_code == 303, re.sub(r"<[^>]*>", " ", done.text)[-2000:]
    return str(done.headers["location"].rsplit("/", 1)[1])


def moved(desk: Desk, path: str, row_id: str, move: str, version: int, **typed: str) -> int:
    done = desk.post(f"modules/{path}/{row_id}/move/{move}", version=str(version), **typed)
    return int(done.status_code)


def row(office: Service, path: str, row_id: str) -> dict[str, Value]:
    module, record = path.split("/")
    where = Where(office.context.home_id, module, MODULES[module].record(record))
    with office.context.engine.connect() as connection:
        found = keeping.find(connection, where, row_id, None)
    assert found is not None
    return dict(found.values)


def test_an_assessment_becomes_a_grade_and_two_people_a_subsidy(office: Service) -> None:
    desk = Desk(office, CLERK)
    elder = add(desk, "elder_care/elder", **ELDER, grade="one")
    assert row(office, "elder_care/elder", elder)["grade"] is None
    assessment = add(desk, "elder_care/assessment", **ASSESSED, elder=elder)
    told = row(office, "elder_care/assessment", assessment)
    assert (told["ability"], told["points"], told["grade"], told["monthly"]) == ("severe", 81, "one", 80_000)

    assert moved(desk, "elder_care/assessment", assessment, "approve", 1) == 409
    assert moved(desk, "elder_care/assessment", assessment, "approve", 1, **TWO) == 303
    assert moved(desk, "elder_care/elder", elder, "grant", 1, **TWO) == 422
    assert moved(desk, "elder_care/elder", elder, "grant", 1, grade="one", **TWO) == 303

    paid = row(office, "elder_care/elder", elder)
    assert (paid["subsidy"], paid["monthly"], paid["granted_on"]) == ("receiving", 80_000, date(2026, 11, 1))
    changed = ELDER | {"version": "2", "town": "安溪镇", "id_no": "", "grade": "three"}
    assert desk.post(f"modules/elder_care/elder/{elder}/edit", **changed).status_code == 303
    kept = row(office, "elder_care/elder", elder)
    assert (kept["town"], kept["grade"], kept["monthly"]) == ("安溪镇", "one", 80_000)


def test_a_call_is_dispatched_and_closed_and_its_minutes_are_counted(office: Service) -> None:
    desk = Desk(office, CLERK)
    received = office.clock.now.isoformat()
    call = add(desk, "elder_care/call", county="330302", number="990-1", received_at=received, category="meals")

    assert moved(desk, "elder_care/call", call, "dispatch", 1) == 422
    assert moved(desk, "elder_care/call", call, "dispatch", 1, dispatched_to="安心居家服务中心") == 303
    office.clock.forward(minutes=61, seconds=30)
    desk = Desk(office, CLERK)
    assert moved(desk, "elder_care/call", call, "close", 2, outcome="已送餐") == 303

    told = row(office, "elder_care/call", call)
    assert (told["state"], told["minutes_to_close"], told["minutes_to_answer"]) == ("closed", 61, None)


def test_a_grave_is_accepted_only_with_all_six_criteria(office: Service) -> None:
    desk = Desk(office, CLERK)
    surveyed = {"county": "330302", "number": "SF1", "place": "安溪山", "visible": "yes", "surveyed_on": "2026-10-01"}
    grave = add(desk, "burial_reform/grave", **surveyed, state="listed", point="28.01,120.65")
    work = {"county": "330302", "grave": grave, "converted_on": "2026-10-20"}
    work |= dict.fromkeys(burial_reform.graves.CRITERIA, "yes")
    conversion = add(desk, "burial_reform/conversion", **work | {"planted": "no"})

    assert moved(desk, "burial_reform/conversion", conversion, "accept", 1, **TWO) == 422
    assert desk.post(f"modules/burial_reform/conversion/{conversion}/edit", version="1", **work).status_code == 303
    assert moved(desk, "burial_reform/conversion", conversion, "accept", 2, **TWO) == 303
    spoilt = desk.post(f"modules/burial_reform/conversion/{conversion}/edit", version="3", **work | {"planted": "no"})

    assert spoilt.status_code == 409
    told = row(office, "burial_reform/conversion", conversion)
    assert (told["state"], told["criteria_met"], told["accepted_on"]) == ("accepted", 6, date(2026, 11, 1))
    assert grave in desk.get("modules/burial_reform/grave/map").text


def test_a_family_confirms_by_its_own_link_and_two_clerks_record_the_burial(office: Service) -> None:
    desk = Desk(office, CLERK)
    held = {"county": "330302", "name": "秋季海葬", "way": "sea", "held_on": "2026-11-20", "place": "洞头海域"}
    event = add(desk, "burial_reform/event", **held, places="40", published="yes")
    asked = {"county": "330302", "applicant": "欧阳小", "way": "sea", "deceased": "欧阳春", "signed_on": "2026-10-30"}
    assert desk.post("modules/burial_reform/sign_up/new", **asked, case_no="WZ-2026-1").status_code == 422
    sign_up = add(desk, "burial_reform/sign_up", **asked, case_no="WZ-2026-000001")
    assert moved(desk, "burial_reform/sign_up", sign_up, "notify", 1, event=event) == 303
    link = re.search(r"public/send#([\w-]{43})", desk.post(f"modules/burial_reform/sign_up/{sign_up}/link").text)
    assert link is not None

    assert moved(desk, "burial_reform/sign_up", sign_up, "bury", 2, spot="洞头海域", **TWO) == 409
    answer = office.http.post("/public/send/confirm", data={"token": link[1], "version": "2", "family": "4"})
    assert answer.status_code == 200, answer.text
    assert moved(desk, "burial_reform/sign_up", sign_up, "bury", 3, spot="") == 409
    assert moved(desk, "burial_reform/sign_up", sign_up, "bury", 3, spot="", **TWO) == 422
    assert moved(desk, "burial_reform/sign_up", sign_up, "bury", 3, spot="洞头海域", certificate="HZ-1", **TWO) == 303

    told = row(office, "burial_reform/sign_up", sign_up)
    assert (told["state"], told["family"], told["buried_on"]) == ("buried", 4, date(2026, 11, 1))
    page = office.http.get("/public/burial_reform/event").text
    assert "秋季海葬" in page and "欧阳" not in page


def test_everybody_finds_a_shelter_and_nobody_its_manager(office: Service) -> None:
    desk = Desk(office, CLERK)
    shelter = {"county": "330302", "name": "安溪避灾点", "level": "village", "address": "安溪路 1 号", "capacity": "60"}
    shelter |= {"manager": "陈管理", "manager_phone": "13800000001", "state": "ready", "point": "28.01,120.65"}
    add(desk, "disaster_relief/shelter", **shelter, published="yes", published_on="2026-10-01")
    add(desk, "disaster_relief/shelter", **shelter | {"name": "和岙避灾点"}, published="no")
    hidden = desk.post("modules/disaster_relief/shelter/new", **shelter | {"state": "repair"}, published="yes")

    page = office.http.get("/public/disaster_relief/shelter").text

    assert hidden.status_code == 422
    assert "安溪避灾点" in page and "安溪路 1 号" in page
    assert "和岙避灾点" not in page and "陈管理" not in page and "0001" not in page


def test_relief_that_two_approved_is_not_changed_by_one(office: Service) -> None:
    desk = Desk(office, CLERK)
    batch = {"county": "330302", "number": "JZ-1", "kind": "snow", "relieved_on": "2026-10-20", "households": "3"}
    batch |= {"people": "7", "money": "2100.00"}
    relief = add(desk, "disaster_relief/relief_batch", **batch)
    assert row(office, "disaster_relief/relief_batch", relief)["per_head"] == 30_000

    assert moved(desk, "disaster_relief/relief_batch", relief, "hand_out", 1) == 409
    assert moved(desk, "disaster_relief/relief_batch", relief, "approve", 1, **TWO) == 303
    changed = desk.post(
        f"modules/disaster_relief/relief_batch/{relief}/edit", **batch | {"version": "2", "money": "9999.00"}
    )
    assert moved(desk, "disaster_relief/relief_batch", relief, "hand_out", 2) == 303

    assert changed.status_code == 409
    told = row(office, "disaster_relief/relief_batch", relief)
    assert (told["state"], told["money"]) == ("handed_out", 210_000)
