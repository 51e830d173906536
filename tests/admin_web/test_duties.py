"""The console's duties: who sees them, what they show and hide, by keyboard and on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cardsvc.core.drill import Attempt, Drill, Whose
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.outgoing import SendError
from cardsvc.core.terms import Approval, Reason
from cardsvc.handlers import reconcile
from cardsvc.store import drills, outbox
from cardsvc.store.outbox import Entry
from tests.admin_web.test_console import sign_in
from tests.core.story import DETAILS
from tests.support.browser import Pages, picture, tab_to
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Office, go, opened

PAGES = ("outbox", "reconciliation", "drills", "furnaces")


def burnt(service: Service) -> CaseNo:
    """A case that was burnt with a trip in mid-run, before others by approval."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT)
    leave = DETAILS[Step.APPROVE].model_copy(update={"approval": Approval.REORDER, "reason": Reason.URGENT})
    Office(service).step(case_no, Step.APPROVE, leave)
    go(service, case_no, card, *FIRE[:3], Step.SUSPEND, Step.RESUME, *FIRE[3:])
    return case_no


def refuse_first(service: Service) -> None:
    """The newest message is refused by its receiver."""
    home, now = service.context.home_id, service.clock.now
    with service.context.engine.begin() as connection:
        for entry in outbox.take(connection, home, ["statutory"], now, now):
            outbox.again(connection, home, entry, now, SendError.REFUSED)


@pytest.mark.parametrize(
    ("who", "status"), [("1015", 200), ("1016", 200), ("1017", 200), ("1001", 403), ("1010", 403), ("1018", 403)]
)
def test_the_pages_are_for_manager_auditor_and_administrator(service: Service, who: str, status: int) -> None:
    desk = Desk(service, who)
    assert {desk.get(page).status_code for page in PAGES} == {status}
    assert Desk(service).get("outbox").status_code == 303


def test_only_the_duty_manager_sends_again_reconciles_and_drills(service: Service) -> None:
    burnt(service)
    day = local(service.clock.now).date()
    for who, status in (("1016", 403), ("1017", 403), ("1015", 303)):
        desk = Desk(service, who)
        with service.context.engine.connect() as connection:
            row = outbox.listed(connection, service.context.home_id, None, None, 1)[0]
        answers = (desk.post(f"outbox/{row.log_no}/{row.entry_no}"), desk.post(f"reconciliation/{day}"))
        assert {one.status_code for one in answers} == {status}, who
    manager = Desk(service, "1015")
    assert manager.http.post(f"/office/reconciliation/{day}", data={}).status_code == 403, "no form token"
    assert manager.post(f"reconciliation/{day + timedelta(days=1)}").status_code in (409, 422)
    assert manager.post("drills").status_code == 409, "there are no two cases"
    assert manager.post("drills", first="WZ-2026-000001").status_code in (409, 422)
    assert manager.get("drills/7").status_code == manager.get("reconciliation/2026-01-01").status_code == 404


def test_the_outbox_shows_neither_text_nor_number_nor_name(service: Service) -> None:
    burnt(service)
    refuse_first(service)

    page = Desk(service, "1015").get("outbox").text

    assert "对方拒收" in page and "市级上报" in page
    for secret in ("13800000000", "王守义", "330302194001010010"):
        assert secret not in page


def test_a_list_of_messages_pages_by_key(service: Service) -> None:
    home, now = service.context.home_id, service.clock.now
    with service.context.engine.begin() as connection:
        for number in range(1, 54):
            outbox.put(connection, home, Entry(number, 1, "message", "hold_lifted", None, b"", b""), now)
    desk = Desk(service, "1015")

    first, second = desk.get("outbox").text, desk.get("outbox?before=4").text

    assert (first.count('aria-label="重新发送'), second.count('aria-label="重新发送')) == (50, 3)
    assert "outbox?before=4" in first and "outbox?before=" not in second
    assert desk.get("outbox?state=sent").text.count("<tr><td") == 0
    assert desk.get("outbox?state=nonsense").status_code == 200


def test_a_furnace_log_shows_the_run_its_trip_its_people_and_the_approved_order(service: Service) -> None:
    case_no = burnt(service)
    day = local(service.clock.now).date()

    page = Desk(service, "1015").get(f"furnaces?day={day}").text

    assert case_no in page and "D0001" in page and "紧急" in page
    assert re.search(r"\d\d:\d\d–\d\d:\d\d", page), "the trip"
    assert "高某" in page and "何某" in page
    assert "没有开始火化" in Desk(service, "1015").get("furnaces?day=2026-01-01").text
    assert Desk(service, "1015").get("furnaces?day=x").status_code == 422


def test_a_red_drill_stands_on_top_of_the_pages_until_a_green_one(service: Service) -> None:
    passed = Attempt(
        case_no=CaseNo("WZ-2026-000001"),
        step=Step.ARM,
        station=StationKind.CREMATION,
        card=Whose.OWN,
        tag=Whose.OTHER,
        disc=Whose.OWN,
        refusals=(),
    )
    right = passed.model_copy(update={"tag": Whose.OWN})
    red = Drill(first=passed.case_no, second=CaseNo("WZ-2026-000002"), policy_version=0, attempts=(right, passed))
    home, manager = service.context.home_id, Desk(service, "1015")

    def keep(drill: Drill, number: int) -> None:
        with service.context.engine.begin() as connection:
            drills.keep(connection, home, drill, number, StaffNo("1015"), service.clock.now)

    keep(red, 900)
    told = [manager.get(page).text for page in ("drills", "reconciliation", "drills/900")]
    assert all("停止火化" in text for text in told[:2])
    assert "结果不应如此" in told[2] and "放行" in told[2] and 'class="verdict red"' in told[2]
    keep(red.model_copy(update={"attempts": (right,)}), 901)
    assert not any("停止火化" in manager.get(page).text for page in ("drills", "reconciliation"))


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_a_manager_works_through_the_morning_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int
) -> None:
    first = burnt(service)
    service.clock.forward(hours=1)
    second, _ = opened(service, id_no=None)
    third, _ = opened(service, id_no=None, deceased_name="林秀英")
    refuse_first(service)
    day = local(service.clock.now).date()
    reconcile.handle(service.context, day, service.clock.now)
    page = pages.open(language=language, width=width)
    sign_in(page, office, "1015")
    name = f"duties-{language}-{width}"

    page.goto(f"{office}reconciliation")
    picture(page, f"{name}-nights", whole=True)
    tab_to(page, f"a[href$='reconciliation/{day}']")
    page.keyboard.press("Enter")
    expect(page.locator("#messages_failed")).to_be_visible()
    picture(page, f"{name}-findings", whole=True)

    page.goto(f"{office}outbox?state=failed")
    picture(page, f"{name}-outbox", whole=True)
    rows = page.locator("tbody tr").count()
    tab_to(page, "tbody button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office}outbox")
    page.goto(f"{office}outbox?state=failed")
    assert page.locator("tbody tr").count() == rows - 1

    page.goto(f"{office}drills")
    picture(page, f"{name}-drills", whole=True)
    tab_to(page, "[name=first]")
    page.keyboard.type(second)
    page.keyboard.press("Tab")
    page.keyboard.type(third)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    assert page.locator(".verdict.red").count() == 0
    picture(page, f"{name}-drill")

    page.goto(f"{office}furnaces?day={day}")
    expect(page.locator("main")).to_contain_text(first)
    picture(page, f"{name}-furnaces", whole=True)
    for path in (*PAGES, f"reconciliation/{day}"):
        page.goto(f"{office}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
