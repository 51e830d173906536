"""The office: who may see and do what, search that forgives, looks that are logged, forms that cannot be forged."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from cardsvc.core.facts import StationKind
from cardsvc.core.permissions import Action, may
from cardsvc.core.staffing import Person
from cardsvc.demo.home import STAFF
from tests.support.desk import BOOKING, Desk
from tests.support.home import Service

PAGES = {
    "calendar": Action.SEE_CALENDAR,
    "dressing": Action.SEE_DRESSING,
    "screens": Action.MANAGE_SCREENS,
    "cases": Action.SEE_CASES,
    "cases/new": Action.BOOK,
    "cards": Action.ISSUE_CARD,
    "stations": Action.SEE_STATIONS,
    "unsettled": Action.SEE_STATIONS,
    "audit": Action.SEE_AUDIT,
}
FORMS = {
    "cases/{case}/reveal": (Action.REVEAL, {"what": "id_no", "why": "police"}),
    "cases/{case}/link": (Action.FAMILY_LINK, {}),
    "cases/{case}/receipt": (Action.FAMILY_LINK, {}),
    "cases/{case}/enter": (Action.HOLD, {"step": "hold", "reason": "police", "blocks": "fire"}),
    "stations/cashier-1/code": (Action.ENROL_STATION, {}),
    "cases/new": (Action.BOOK, {}),
}


def booked(service: Service, **changes: object) -> str:
    number = service.station(StationKind.BOOKING).book(**changes).case_no
    assert number is not None
    return number


OFFICE = [one for one in STAFF if any(may(one.roles, action) for action in Action)]


@pytest.mark.parametrize("person", OFFICE, ids=[one.staff_no for one in OFFICE])
def test_every_page_and_form_is_for_those_who_may(service: Service, person: Person) -> None:
    case = booked(service, county=person.county or "330302")
    desk = Desk(service, person.staff_no)
    for path, action in PAGES.items():
        assert desk.get(path).status_code == (200 if may(person.roles, action) else 403), path
    assert desk.get("roles").status_code == 200, "what each role may is told to everybody who works here"
    for path, (action, form) in FORMS.items():
        answer = desk.post(path.format(case=case), **form)
        assert (answer.status_code == 403) != may(person.roles, action), (path, answer.status_code)


@pytest.mark.parametrize("path", [*PAGES, "", "roles", "cases/WZ-2026-000001"])
def test_nobody_sees_anything_without_signing_in(service: Service, path: str) -> None:
    answer = Desk(service).get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/sign-in")


def test_those_who_only_work_at_stations_see_the_boards_of_their_stations_and_no_case(service: Service) -> None:
    case, desk = booked(service), Desk(service, "1011")

    assert desk.http.get("/office/", follow_redirects=False).headers["location"] == "/office/boards"
    assert desk.get("boards/cremation").status_code == 200
    assert desk.get("boards/cashier").status_code == 403
    assert [desk.get(path).status_code for path in ("cases", f"cases/{case}", "board", "cards", "audit")] == [403] * 5


def test_a_form_without_its_token_or_from_another_site_changes_nothing(service: Service) -> None:
    case = booked(service)
    desk = Desk(service, "1015")
    forged = desk.http.post(f"/office/cases/{case}/link", data={"form_token": "x"})
    foreign = desk.http.post(
        f"/office/cases/{case}/link", data={"form_token": desk.form_token}, headers={"origin": "http://evil.example"}
    )
    cross = desk.http.post(
        f"/office/cases/{case}/link", data={"form_token": desk.form_token}, headers={"sec-fetch-site": "cross-site"}
    )
    api = desk.http.post(f"/office/api/cases/{case}/links")
    assert [one.status_code for one in (forged, foreign, cross, api)] == [403] * 4
    with service.context.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM family_link")).scalar_one() == 0


def test_headers_let_nothing_foreign_in(service: Service) -> None:
    answer = Desk(service).get("sign-in")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_session_ends_when_idle_when_old_and_when_its_owner_leaves(service: Service) -> None:
    desk = Desk(service, "1015")
    service.clock.now += timedelta(minutes=29)
    assert desk.get("cases").status_code == 200
    service.clock.now += timedelta(minutes=31)
    assert desk.get("cases").status_code == 303
    desk = Desk(service, "1015")
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET disabled_at = '2026-11-01T00:00:00+00:00' WHERE staff_no = '1015'"))
    assert desk.get("cases").status_code == 303


def test_a_role_that_is_taken_away_acts_on_the_next_request(service: Service) -> None:
    desk = Desk(service, "1015")
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE staff SET roles = 'auditor' WHERE staff_no = '1015'"))
    assert desk.get("cases/new").status_code == 403


def test_guessing_a_password_is_slowed_down_and_locks_nobody_else_out(service: Service) -> None:
    desk = Desk(service)
    tries = [
        desk.http.post("/office/sign-in", data={"staff_no": "1015", "password": "wrong"}).status_code for _ in range(10)
    ]
    assert tries == [401] * 8 + [429] * 2
    assert desk.http.post("/office/sign-in", data={"staff_no": "1016", "password": "10161016"}).status_code == 303


def test_guessing_the_second_persons_password_is_slowed_down_too(service: Service) -> None:
    case = booked(service)
    desk = Desk(service, "1015")
    desk.post(f"cases/{case}/enter", step="hold", reason="police", blocks="fire")
    guess = {"step": "lift_hold", "details": {"reason": "police"}, "second_staff_no": "1016", "second_password": "x"}
    codes = [desk.api("POST", f"cases/{case}/steps", guess).json()["code"] for _ in range(10)]
    assert codes == ["sign_in_failed"] * 8 + ["too_many"] * 2


def test_a_county_clerk_sees_and_books_only_in_their_county(service: Service) -> None:
    ours, theirs = booked(service, county="330324"), booked(service, county="330302", id_no=None)
    desk = Desk(service, "1018")
    assert desk.numbers("") == [ours]
    assert desk.get(f"cases/{theirs}").status_code == 404
    assert desk.post(f"cases/{theirs}/reveal", what="id_no", why="police").status_code == 404
    assert desk.api("GET", f"cases/{theirs}").status_code == 404
    assert desk.post("cases/new", **{**BOOKING, "id_no": ""}).status_code == 422


@pytest.mark.parametrize(
    "typed",
    [
        "WZ-2026-000001",
        "000001",
        "wz-2026",
        "欧阳春",
        "ouyangchun",
        "oyc",
        "欧阳 春",
        "330302194001010010",
        "138 0000 0001",
    ],
)
def test_search_forgives(service: Service, typed: str) -> None:
    desk = Desk(service, "1015")
    assert desk.post("cases/new", **BOOKING).status_code == 303
    other = {**BOOKING, "deceased_name": "李明", "id_no": "", "applicant_phone": "13900000002"}
    desk.post("cases/new", **other)
    assert "WZ-2026-000001" in desk.numbers(f"q={quote(typed)}")
    assert typed.lower().startswith("wz") or desk.numbers(f"q={quote(typed)}") == ["WZ-2026-000001"]


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "王' ", "\\"])
def test_search_takes_what_is_typed_as_text(service: Service, typed: str) -> None:
    desk = Desk(service, "1015")
    desk.post("cases/new", **BOOKING)
    assert desk.numbers(f"q={quote(typed)}") == []


def test_a_long_list_pages_by_key_both_ways(service: Service) -> None:
    for _ in range(53):
        booked(service, id_no=None)
    desk = Desk(service, "1015")
    first = desk.numbers("")
    second = desk.numbers(f"before={first[-1]}")
    assert (len(first), len(second)) == (50, 3)
    assert first + second == sorted(first + second, reverse=True)
    oldest = desk.numbers("oldest=true")
    assert oldest == sorted(oldest) and len(oldest) == 50


@pytest.mark.parametrize(
    ("field", "value"),
    [("id_no", "330302194001010011"), ("applicant_phone", "none"), ("infectious", ""), ("police", ""), ("county", "x"),
     ("deceased_name", ""), ("floor", "ten"), ("cause_class", "murder"), ("wanted_at", "soon")],
)  # fmt: skip
def test_a_wrong_booking_is_told_by_field_and_nothing_typed_is_lost(service: Service, field: str, value: str) -> None:
    desk = Desk(service, "1001")
    answer = desk.post("cases/new", **{**BOOKING, field: value})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert field == "deceased_name" or "欧阳春" in answer.text
    assert desk.numbers("") == []


def test_a_second_booking_of_the_same_person_names_the_first(service: Service) -> None:
    desk = Desk(service, "1001")
    desk.post("cases/new", **BOOKING)
    again = desk.post("cases/new", **BOOKING)
    assert again.status_code == 422
    assert "WZ-2026-000001" in again.text


def test_a_caller_desk_sees_who_is_alike_before_it_books(service: Service) -> None:
    desk = Desk(service, "1001")
    desk.post("cases/new", **BOOKING)
    other = {**BOOKING, "deceased_name": "歐陽春", "id_no": "", "address": "某路 2 号"}

    asked = desk.post("cases/new", **other)

    assert asked.status_code == 200 and desk.numbers("") == ["WZ-2026-000001"]
    assert "WZ-2026-000001" in asked.text and "欧阳某" in asked.text and "歐陽春" in asked.text
    assert desk.post("cases/new", **other, another="WZ-2026-000009").status_code == 200
    assert desk.post("cases/new", **other, another="WZ-2026-000001").status_code == 303
    assert desk.numbers("") == ["WZ-2026-000002", "WZ-2026-000001"]


def test_personal_data_is_hidden_until_somebody_says_why_and_then_logged(service: Service) -> None:
    desk = Desk(service, "1015")
    desk.post("cases/new", **BOOKING)
    page = desk.get("cases/WZ-2026-000001").text
    assert "330302194001010010" not in page and "欧阳春" not in page and "欧阳某" in page

    shown = desk.post("cases/WZ-2026-000001/reveal", what="id_no", why="check_papers").text

    assert "330302194001010010" in shown
    with service.context.engine.connect() as connection:
        logged = connection.execute(text("SELECT what, subject, staff_no FROM audit_link WHERE what LIKE 'revealed%'"))
        assert logged.all() == [("revealed id_no for check_papers", "WZ-2026-000001", "1015")]
    assert desk.post("cases/WZ-2026-000001/reveal", what="id_no", why="").status_code == 422


def test_a_hold_blocks_and_only_two_people_lift_it(service: Service) -> None:
    case = booked(service)
    desk = Desk(service, "1015")
    assert desk.post(f"cases/{case}/enter", step="hold", reason="police", blocks="fire").status_code == 303
    assert "■" in desk.get(f"cases/{case}").text
    alone = desk.post(f"cases/{case}/enter", step="lift_hold", reason="police")
    twice = desk.post(
        f"cases/{case}/enter", step="lift_hold", reason="police", second_staff_no="1015", second_password="10151015"
    )
    wrong = desk.post(
        f"cases/{case}/enter", step="lift_hold", reason="police", second_staff_no="1016", second_password="x"
    )
    assert [one.status_code for one in (alone, twice, wrong)] == [409, 409, 409]
    both = desk.post(
        f"cases/{case}/enter", step="lift_hold", reason="police", second_staff_no="1016", second_password="10161016"
    )
    assert both.status_code == 303
    assert desk.api("GET", f"cases/{case}").json()["case"]["holds"] == []


def test_the_timeline_says_what_was_observed_and_what_was_typed(service: Service) -> None:
    case = booked(service)
    desk = Desk(service, "1015")
    desk.post(f"cases/{case}/enter", step="hold", reason="police", blocks="fire")
    page = desk.get(f"cases/{case}").text
    assert page.count("● 现场") == 1 and page.count("✎ 补录") == 1
    assert "office:" in page and "罗某" in page


def test_a_family_link_is_shown_once_and_can_be_ended(service: Service) -> None:
    case = booked(service)
    desk = Desk(service, "1015")
    made = desk.post(f"cases/{case}/link").text
    assert "/family/#" in made and "data:image/svg+xml" in made
    page = desk.get(f"cases/{case}").text
    assert "/family/#" not in page
    token_hash = page.split("/links/")[1].split("/")[0]
    assert desk.post(f"cases/{case}/links/{token_hash}/revoke").status_code == 303
    assert "已停用" in desk.get(f"cases/{case}").text


def test_the_receipt_is_a_pdf(service: Service) -> None:
    case = booked(service)
    answer = Desk(service, "1010").post(f"cases/{case}/receipt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")


def test_an_administrator_makes_a_station_code_that_is_shown_once(service: Service) -> None:
    desk = Desk(service, "1017")
    page = desk.post("stations/cashier-1/code").text
    assert 'class="code"' in page
    assert 'class="code"' not in desk.get("stations").text
    assert desk.post("stations/none-9/code").status_code == 404


def test_a_page_that_is_not_there_says_so_in_the_shell(service: Service) -> None:
    answer = Desk(service, "1015").get("nowhere")
    assert answer.status_code == 404 and "没有找到" in answer.text


def test_the_language_is_kept_and_leads_nowhere_else(service: Service) -> None:
    desk = Desk(service, "1015")
    assert desk.get("language?to=en&back=/office/cards").headers["location"] == "/office/cards"
    assert "Phone booking" in desk.get("cases").text
    for back in ("https://evil.example", "//evil.example", "/office\\evil", "/elsewhere"):
        assert desk.get(f"language?to=en&back={quote(back)}").headers["location"] == "/office/"


def test_canaries_are_not_in_any_list_or_log(service: Service) -> None:
    desk = Desk(service, "1015")
    desk.post("cases/new", **BOOKING)
    auditor = Desk(service, "1016")
    for page in (desk.get("cases"), desk.get("cards"), desk.get("unsettled"), auditor.get("audit")):
        assert [one for one in ("欧阳春", "13800000001", "330302194001010010", "某路") if one in page.text] == []
