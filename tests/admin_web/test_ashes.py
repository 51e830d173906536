"""The office's ashes: shelf map, terms, follow-up and trips, by keyboard, on a desk and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Destination, Reason
from cardsvc.demo.phone import collection_code
from tests.admin_web.test_console import sign_in
from tests.support.accounts import taken
from tests.support.browser import Pages, picture, tab_to
from tests.support.desk import Desk
from tests.support.home import CardInHand, Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Office, collected, go, opened, stored

ASHES = StationKind.ASHES
PAGES = ("ashes", "ashes/storage", "ashes/rest", "ashes/trips")
MOVED = {"moved_to": "2027-01-01T09:00", "reason": "weather"}
WIDER = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"


def two_boxes(service: Service) -> tuple[CaseNo, CardInHand]:
    """One box on a shelf, one on the desk, and a trip to the sea."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, *FIRE, Step.SEAL, Step.SPLIT)
    taken(service, ASHES, case_no, Step.SHELVE, Details(label="L0001", shelf="S-02"), card)
    sails = service.clock.now.replace(hour=1, minute=0, second=0) + timedelta(days=14)
    Office(service).step(case_no, Step.PLAN_REST, Details(destination=Destination.SEA, starts=sails))
    return case_no, card


def handed_over(service: Service, case_no: CaseNo, card: CardInHand, label: str) -> None:
    """A box goes to its collector, and nobody says where it rests."""
    go(service, case_no, card, Step.CERTIFY)
    collected(service, case_no, card)
    code = collection_code(service.context, case_no)
    taken(service, ASHES, case_no, Step.RELEASE, Details(label=label, destination=Destination.HOME, code=code), card)


def test_an_empty_home_says_so_on_every_page(service: Service) -> None:
    desk = Desk(service, "1015")
    for path in PAGES:
        page = desk.get(path)
        assert (page.status_code, 'class="empty"' in page.text) == (200, True), path
    assert 'class="taken' not in desk.get("ashes").text


def test_shelves_show_who_is_where_and_another_county_sees_no_case(service: Service) -> None:
    case_no, _ = two_boxes(service)
    page = Desk(service, "1015").get("ashes").text
    assert page.count('class="taken') == 1
    assert "L0001" in page and "L0002" in page and str(case_no) in page
    foreign = Desk(service, "1018").get("ashes").text
    assert foreign.count('class="taken') == 1
    assert str(case_no) not in foreign and "L0001" not in foreign


@pytest.mark.parametrize(
    ("staff_no", "path", "form", "status"),
    [
        ("1015", "storage/{case}", {"periods": "2"}, 303),
        ("1015", "storage/{case}", {"periods": "0"}, 422),
        ("1016", "storage/{case}", {"periods": "1"}, 403),
        ("1018", "storage/{case}", {"periods": "1"}, 404),
        ("1015", "storage/{case}", {"form_token": "x"}, 403),
        ("1015", "trips", {"starts": "2026-11-01T00:00:00+00:00", **MOVED}, 404),
        ("1015", "trips", {"starts": "now", **MOVED}, 422),
    ],
)
def test_who_may_not_renew_or_postpone_is_refused(
    service: Service, staff_no: str, path: str, form: dict[str, str], status: int
) -> None:
    case_no, _ = two_boxes(service)
    before = stored(service, case_no).storage_until
    desk = Desk(service, staff_no)
    data = {"form_token": desk.form_token, **form}
    answer = desk.http.post(f"/office/ashes/{path.format(case=case_no)}", data=data)
    assert answer.status_code == status, answer.text
    assert (stored(service, case_no).storage_until != before) == (status == 303)


def test_a_trip_that_one_aboard_may_not_follow_moves_for_nobody(service: Service) -> None:
    case_no, _ = two_boxes(service)
    office = Office(service)
    sails = stored(service, case_no).rest_at
    assert sails is not None
    other = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="陈守拙").case_no
    assert other is not None
    office.step(other, Step.PLAN_REST, Details(destination=Destination.SEA, starts=sails))
    office.step(case_no, Step.HOLD, Details(reason=Reason.COURT, blocks=(Step.POSTPONE_REST,)))

    answer = office.desk.post(
        "ashes/trips", starts=sails.isoformat(), moved_to="2027-01-01T09:00", reason=Reason.WEATHER.value
    )

    assert answer.status_code == 409 and str(case_no) in answer.text
    assert {stored(service, number).rest_at for number in (case_no, other)} == {sails}


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_ashes_are_followed_by_keyboard(service: Service, office: str, pages: Pages, language: str) -> None:
    case_no, card = two_boxes(service)
    handed_over(service, case_no, card, "L0002")
    until = stored(service, case_no).storage_until
    assert until is not None
    service.clock.now = until + timedelta(days=1)
    page = pages.open(language=language)
    sign_in(page, office, "1015")
    tab_to(page, "nav a[href$='/ashes']")
    page.keyboard.press("Enter")
    expect(page.locator(".shelves .over")).to_have_count(1)
    picture(page, f"ashes-{language}-shelves", whole=True)
    tab_to(page, ".tabs a[href$='storage']")
    page.keyboard.press("Enter")
    expect(page.locator("td .stop")).to_be_visible()
    picture(page, f"ashes-{language}-storage", whole=True)
    tab_to(page, "[name=periods]")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".renew button")
    page.keyboard.press("Enter")
    expect(page.locator("td .on")).to_be_visible()
    assert stored(service, case_no).storage_until == until + timedelta(days=730)
    tab_to(page, ".tabs a[href$='trips']")
    page.keyboard.press("Enter")
    expect(page.locator("summary")).to_be_visible()
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    page.locator("[name=moved_to]").fill("2028-03-01T09:00")
    picture(page, f"ashes-{language}-trips", whole=True)
    tab_to(page, ".fields button")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="2028-03-01")).to_be_visible()
    phone = pages.open(width=360, height=740, touch=True, language=language)
    service.clock.now = until + timedelta(days=731)
    sign_in(phone, office, "1015")
    for name, path in zip(("shelves", "storage", "rest", "trips"), PAGES, strict=True):
        phone.goto(f"{office}{path}")
        assert phone.evaluate(f"{WIDER}.map(e => e.outerHTML)") == [], path
        picture(phone, f"ashes-phone-{language}-{name}", whole=True)
