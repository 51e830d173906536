"""Receipts of a case in the console: void and issued anew by keyboard, narrow and wide, in both languages."""

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Step
from cardsvc.core.terms import Payer, Reason
from tests.admin_web.test_ashes import WIDER
from tests.admin_web.test_certificates import SMALL, typed
from tests.admin_web.test_console import sign_in
from tests.service.test_receipts import burnt, pay
from tests.support.accounts import owes
from tests.support.browser import Pages, picture, tab_to
from tests.support.home import Service


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width", "dark"), [("zh-CN", 1280, False), ("en", 360, True)])
def test_a_cashier_voids_a_receipt_and_has_another(
    service: Service, office: str, pages: Pages, language: str, width: int, dark: bool
) -> None:
    one = burnt(service)
    pay(one, owes(service, one.case_no, Payer.FAMILY))
    one.does(Step.SWITCH_PAYER, item="cold_storage", payer=Payer.POLICE, reason=Reason.POLICE)
    page = pages.open(language=language, width=width, dark=dark, touch=width == 360)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, office, "1010")
    page.goto(f"{office}cases/{one.case_no}/receipts")
    expect(page.locator("article.receipt")).to_have_count(2)
    expect(page.locator("#FP-000001 .wait")).to_contain_text("80.00")
    picture(page, f"receipts-{language}-{width}", whole=True)

    tab_to(page, "#FP-000001 summary")
    page.keyboard.press("Enter")
    typed(page, "#FP-000001 [name=second_staff_no]", "1016")
    typed(page, "#FP-000001 [name=second_password]", "10161016")
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Enter")

    expect(page.locator("#FP-000002")).to_be_visible()
    expect(page.locator("#FP-000001 .stop").first).to_be_visible()
    picture(page, f"receipts-{language}-{width}-void", whole=True)
    assert page.evaluate(f"{WIDER}.map(e => e.outerHTML)") == []
    page.goto(f"{office}receipts/invoice?state=void")
    expect(page.locator("tr#FP-000001")).to_be_visible()
    picture(page, f"receipts-{language}-{width}-stock", whole=True)
