"""The dispatch board: the dispatcher sends a vehicle and a crew of two, and prints what they compare."""

from sqlalchemy import text

from cardsvc.core.ids import CaseNo
from cardsvc.core.words import say
from tests.support.desk import BOOKING, Desk
from tests.support.home import Service
from tests.support.telling import stored

FIRST, SECOND = CaseNo("WZ-2026-000001"), CaseNo("WZ-2026-000002")
CREW = {"vehicle": "V1", "driver": "1003", "mate": "1019"}


def waiting(service: Service) -> Desk:
    """Two bookings wait; the dispatcher's desk."""
    desk = Desk(service, "1001")
    desk.post("cases/new", **BOOKING)
    other = {**BOOKING, "deceased_name": "李长河", "id_no": "", "address": "某路 2 号"}
    desk.post("cases/new", **other, wanted_at="2026-11-01T10:00")
    return Desk(service, "1002")


def test_a_dispatcher_sends_a_vehicle_and_two_people(service: Service) -> None:
    desk = waiting(service)
    page = desk.get("dispatch").text
    assert page.index(SECOND) < page.index(FIRST), "the wanted time counts"

    assert desk.post(f"dispatch/{FIRST}", **CREW).status_code == 303

    case = stored(service, FIRST)
    assert (case.stage, case.taken[-1].station_kind, case.taken[-1].by) == ("dispatched", "office", "1002")
    page = desk.get("dispatch").text
    assert 'value="V1"' not in page and 'value="1003"' not in page and 'value="V2"' in page


def test_who_and_what_is_away_is_not_sent_again(service: Service) -> None:
    desk = waiting(service)
    desk.post(f"dispatch/{FIRST}", **CREW)

    answers = [
        desk.post(f"dispatch/{SECOND}", **(CREW | change))
        for change in ({}, {"vehicle": "V2"}, {"vehicle": "V2", "driver": "1020", "mate": "1020"}, {"mate": "1004"})
    ]

    assert [one.status_code for one in answers] == [409] * 4
    assert say("zh_CN", "problem.crew_taken.say") in answers[1].text
    assert stored(service, SECOND).stage == "booked"


def test_only_the_dispatcher_sends_and_the_duty_manager_sees(service: Service) -> None:
    waiting(service)
    assert Desk(service, "1001").get("dispatch").status_code == 403
    manager = Desk(service, "1015")
    assert 'class="assign"' not in manager.get("dispatch").text
    assert manager.post(f"dispatch/{FIRST}", **CREW).status_code == 403
    assert stored(service, FIRST).stage == "booked"


def test_the_crew_sheet_shows_what_is_compared_and_logs_the_look(service: Service) -> None:
    desk = waiting(service)
    assert desk.post(f"dispatch/{FIRST}/sheet", why="collect").status_code == 409
    desk.post(f"dispatch/{FIRST}", **CREW)
    assert "欧阳春" not in desk.get("dispatch").text

    sheet = desk.post(f"dispatch/{FIRST}/sheet", why="collect").text

    assert all(one in sheet for one in ("欧阳春", "0010", "1940-01-01", "某路 1 号", "13800000001", FIRST))
    assert "330302194001010010" not in sheet
    with service.context.engine.connect() as connection:
        looked = connection.execute(
            text("SELECT what FROM audit_link WHERE what LIKE 'revealed%' AND staff_no = '1002'")
        )
        assert len(looked.all()) == 5
    assert desk.post(f"dispatch/{FIRST}/sheet", why="").status_code == 422
