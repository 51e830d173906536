"""Corrections on the console: alike cases side by side, merge, right name, another applicant; each by two people."""

from cardsvc.core.ids import CaseNo
from tests.support.desk import BOOKING, Desk
from tests.support.home import Service
from tests.support.telling import stored

FIRST, SECOND = CaseNo("WZ-2026-000001"), CaseNo("WZ-2026-000002")
TWO = {"second_staff_no": "1016", "second_password": "10161016"}


def alike(service: Service) -> Desk:
    """Two open cases of the same name; the desk of the duty manager."""
    desk = Desk(service, "1015")
    assert desk.post("cases/new", **BOOKING).status_code == 303
    other = {**BOOKING, "id_no": "", "address": "某路 2 号", "another": FIRST}
    assert desk.post("cases/new", **other).status_code == 303
    return desk


def test_two_alike_cases_stand_side_by_side_and_are_cleared_by_two(service: Service) -> None:
    desk = alike(service)
    assert f"cases/{SECOND}/compare/{FIRST}" in desk.get(f"cases/{SECOND}").text
    page = desk.get(f"cases/{SECOND}/compare/{FIRST}").text
    assert FIRST in page and SECOND in page and "欧阳春" not in page and "同名" in page

    shown = desk.post(f"cases/{SECOND}/compare/{FIRST}/reveal", why="check_papers").text
    assert shown.count("欧阳春") >= 2 and "330302194001010010" in shown

    assert desk.post(f"cases/{SECOND}/compare/{FIRST}/clear").status_code == 409
    assert desk.post(f"cases/{SECOND}/compare/{FIRST}/clear", **TWO).status_code == 303
    assert stored(service, FIRST).alerts == stored(service, SECOND).alerts == ()


def test_a_duplicate_is_merged_and_its_number_finds_the_other(service: Service) -> None:
    desk = alike(service)
    assert desk.post(f"cases/{SECOND}/correct/merge", target=SECOND, **TWO).status_code == 422
    assert desk.post(f"cases/{SECOND}/correct/merge", target="WZ-2026-000099", **TWO).status_code == 404

    answer = desk.post(f"cases/{SECOND}/correct/merge", target=FIRST.lower(), **TWO)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/office/cases/{FIRST}")
    assert stored(service, SECOND).merged_into == FIRST
    assert set(desk.numbers(f"q={SECOND}")) == {FIRST, SECOND}
    assert FIRST in desk.get(f"cases/{SECOND}").text


def test_a_right_name_is_found_and_the_wrong_one_stays_sealed(service: Service) -> None:
    desk = Desk(service, "1015")
    desk.post("cases/new", **BOOKING)
    page = f"cases/{FIRST}/correct"
    wrong = desk.post(f"{page}/identity", deceased_name="李长河", id_no="330302194001010011", **TWO)
    assert wrong.status_code == 422 and "李长河" in wrong.text
    alone = desk.post(f"{page}/identity", deceased_name="李长河")
    assert alone.status_code == 409

    assert desk.post(f"{page}/identity", deceased_name="李长河", **TWO).status_code == 303

    assert desk.numbers("q=lichanghe") == [FIRST] and desk.numbers("q=ouyangchun") == []
    assert "李某" in desk.get(f"cases/{FIRST}").text
    before = desk.get(page).text
    assert "欧阳春" not in before
    log_no = before.split('name="log_no" value="')[1].split('"')[0]
    shown = desk.post(f"{page}/earlier", log_no=log_no, what="deceased_name").text
    assert "欧阳春" in shown
    assert desk.post(f"{page}/earlier", log_no="1", what="id_no").status_code == 404


def test_another_applicant_ends_the_links_of_the_one_before(service: Service) -> None:
    desk = Desk(service, "1015")
    desk.post("cases/new", **BOOKING)
    desk.post(f"cases/{FIRST}/link")
    page = f"cases/{FIRST}/correct/applicant"
    form = {"applicant_name": "欧阳大", "applicant_phone": "13900000009", "relation": "child", "reason": "dispute"}
    assert desk.post(page, **{**form, "applicant_phone": "none"}, **TWO).status_code == 422

    assert desk.post(page, **form, **TWO).status_code == 303

    case = desk.get(f"cases/{FIRST}").text
    assert "已停用" in case and "欧阳大" not in case
    assert desk.numbers("q=13900000009") == [FIRST] and desk.numbers("q=13800000001") == []
    revealed = desk.post(f"cases/{FIRST}/reveal", what="applicant_name", why="call_family").text
    assert "欧阳大" in revealed
