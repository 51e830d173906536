"""What has come since somebody last looked at their work is told on whatever page they have open."""

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Step
from cardsvc.core.terms import Means, Payer, Reason
from tests.admin_web.test_console import sign_in
from tests.service.test_statements import TO_FAMILY, TO_POLICE, stored
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service

KEPT = "() => window.localStorage.length > 0"
"""The page has heard what there is, and keeps it: the answer comes before that."""


def overpaid(service: Service) -> None:
    """Another payer paid 160 yuan at the counter, and the line is the family's again."""
    one = stored(service)
    to_other = TO_POLICE.model_copy(update={"payer": Payer.OTHER, "reason": Reason.PAYER_FOUND})
    one.office.step(one.case_no, Step.SWITCH_PAYER, to_other)
    one.does(Step.PAY, amount_fen=16_000, means=Means.TRANSFER, payer=Payer.OTHER)
    one.office.step(one.case_no, Step.SWITCH_PAYER, TO_FAMILY)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(service: Service) -> None:
    assert Desk(service, "1015").get("work/news").json() == []
    overpaid(service)
    desk = Desk(service, "1015")
    [told] = [one for one in desk.get("work/news").json() if one["path"] == "held"]
    assert (told["name"], told["count"]) == ("柜台待查款", 1)

    for _ in range(3):
        service.clock.forward(minutes=14)
        last = desk.get("work/news").status_code
    assert last == 303, "an empty chair"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_came_since_is_told_once_with_a_link(service: Service, office: str, pages: Pages, language: str) -> None:
    page = pages.open(language=language)
    with page.expect_response("**/work/news"):
        sign_in(page, office, "1015")
    page.wait_for_function(KEPT)
    expect(page.locator(".notices")).to_be_hidden()
    overpaid(service)

    sign_in(page, office, "1015")
    told = page.locator(".notices a[href$='/office/held']")
    expect(told).to_have_text("柜台待查款：新增 1 项" if language == "zh-CN" else "Money held at the desks: 1 more")
    picture(page, f"console-{language}-notice")
    told.click()
    expect(page.locator("h1")).to_be_visible()

    page.goto(f"{office}work")
    expect(page.locator("[data-since=held]")).to_have_text("新增 1" if language == "zh-CN" else "1 new")
    picture(page, f"console-{language}-work-since")
    page.goto(f"{office}cases")
    expect(page.locator(".waits .count")).not_to_have_text("0")
    expect(page.locator(".notices")).to_be_hidden()


@pytest.mark.browser
def test_to_who_sees_their_work_for_the_first_time_nothing_is_new(service: Service, office: str, pages: Pages) -> None:
    overpaid(service)
    page = pages.open()
    sign_in(page, office, "1015")
    page.wait_for_function(KEPT)
    page.goto(f"{office}static/icon.svg")  # where no page asks by itself and keeps it anew
    page.evaluate("window.localStorage.clear()")

    with page.expect_response("**/work/news"):
        page.goto(f"{office}work")

    expect(page.locator("[data-since=held]")).to_be_hidden()
    page.wait_for_function(KEPT)
    expect(page.locator("[data-since=held]")).to_be_hidden()
