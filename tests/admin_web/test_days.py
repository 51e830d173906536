"""The day close in the console: checks first, two people, a day that stays as it was closed."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from cardsvc.core.day_close import Check
from cardsvc.core.local_time import local
from cardsvc.core.words import LANGUAGES, say
from cardsvc.documents import day_sheet
from cardsvc.handlers import print_paper
from cardsvc.store import day_close
from cardsvc.store import papers as paper_store
from tests.admin_web.test_console import sign_in
from tests.documents.test_papers import A4, log, rounded
from tests.service.test_day_close import close
from tests.service.test_trial_balance import paid
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.paper import Held


def test_what_two_people_signed_is_a_paper_in_both_languages(service: Service, tmp_path: Path) -> None:
    paid(service, 50_000)
    assert close(service) is None
    day = local(service.clock.now).date()
    desk = Desk(service, "1015")
    for copy, language in enumerate(LANGUAGES, 1):
        desk.http.cookies.set("language", language)

        answer = desk.post(f"days/{day}.pdf")

        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"] == f'inline; filename="day-close-{day}.pdf"'
        words = rounded(Held(answer.content, tmp_path, f"day-close-{language}"), A4, language)
        for said in (f"{day}", "朱某", "罗某", "500.00", "230.00"):
            assert said in words, said
        for key in ("check.suspense", "day_sheet.whole", "day_sheet.credit_balance"):
            assert "".join(say(language, key).split()) in words, key
        assert (f"printed day_close copy {copy}", f"{day}", "1015") in log(service)
    assert desk.post(f"days/{day - timedelta(days=1)}.pdf").status_code == 404
    assert Desk(service, "1004").post(f"days/{day}.pdf").status_code == 403


def test_a_paper_whose_figures_are_not_what_was_signed_says_so(service: Service, tmp_path: Path) -> None:
    paid(service, 50_000)
    assert close(service) is None
    home, day = service.context.home_id, local(service.clock.now).date()
    with service.context.engine.connect() as connection:
        kept = day_close.kept(connection, home, day)
        named = paper_store.home(connection, home)
    assert kept is not None
    assert print_paper.whole(service.context, kept.body, kept.sig)
    body = kept.body.replace(b"50000", b"40000")
    whole = print_paper.whole(service.context, body, kept.sig)
    assert not whole
    other = kept.closed.model_copy(update={"found": {Check.TILLS: 2, Check.UNSENT: 1}, "why": "网络中断"})

    pdf = day_sheet.render(named, other, (kept.at, kept.sig, whole), {}, {}, (2, kept.at, "罗某"), "zh_CN")

    words = Held(pdf, tmp_path, "day-close-broken").words()
    for said in ("签名与以上数字不符", "2项未了", "网络中断", "补打"):
        assert said in words, said


def test_every_closed_day_leads_to_its_report_and_every_open_check_to_what_it_counts(service: Service) -> None:
    paid(service, 50_000)
    day = local(service.clock.now).date()
    assert close(service) is None
    service.clock.forward(days=1)
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE journal SET unsent = 3"))

    page = Desk(service, "1015").get("days").text

    for path in (f"reports?every=day&amp;day={day}", f"reports.xlsx?every=day&amp;day={day}", "stations"):
        assert f'href="/office/{path}"' in page, path
    others = Desk(service, "1010").get("days").text
    assert f"days/{day}.pdf" in others and "/office/reports" not in others


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_two_people_close_a_day_by_keyboard(service: Service, office: str, pages: Pages, dark: bool) -> None:
    paid(service, 50_000)
    assert close(service) is None
    service.clock.forward(days=1)
    paid(service, 60_050)
    width = 360 if dark else 1280
    page = pages.open(language="en" if dark else "zh-CN", dark=dark, width=width)
    sign_in(page, office, "1010")
    page.goto(f"{office}days")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    picture(page, f"days-open-{'dark' if dark else 'light'}", whole=True)
    page.locator("[name=why]").fill("cash in no shift")
    page.locator("[name=second_staff_no]").fill("1015")
    page.locator("[name=second_password]").fill("10151015")
    page.keyboard.press("Enter")

    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("¥600.50")
    expect(page.locator("summary")).to_have_count(0)
    picture(page, f"days-closed-{'dark' if dark else 'light'}", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
