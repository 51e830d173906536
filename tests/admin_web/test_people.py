"""The console's people in a real browser: added by two, a first password on a slip, one's own in its place, leaving."""

import pytest
from playwright.sync_api import expect

from cardsvc.core.permissions import Role
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, narrow_enough, picture
from tests.support.home import Service

OWN, PIN = "four tulips in a row", "604913"


@pytest.mark.browser
@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), ("en", True)])
def test_somebody_comes_chooses_a_password_and_leaves(
    service: Service, office: str, pages: Pages, language: str, dark: bool
) -> None:
    page = pages.open(language=language, dark=dark)
    sign_in(page, office, "1017")
    page.locator("nav a[href$='/staff']").click()
    picture(page, f"people-{language}", whole=True)
    page.locator("#add summary").focus()
    page.keyboard.press("Enter")
    page.locator("[name=staff_no]").fill("2001")
    page.locator("[name=name]").fill("温良")
    page.locator("#add [value=cashier]").check()
    page.locator("#add [name=second_staff_no]").fill("1016")
    page.locator("#add [name=second_password]").fill("not theirs")
    pages.watch.expect("401")
    page.keyboard.press("Enter")
    expect(page.locator(".refusal")).to_be_visible()
    assert page.locator("#add [value=cashier]").is_checked()
    page.locator("#add [name=second_staff_no]").fill("1016")
    page.locator("#add [name=second_password]").fill("10161016")
    picture(page, f"people-{language}-add", whole=True)
    page.keyboard.press("Enter")
    first = page.locator(".slip .code").inner_text()
    picture(page, f"people-{language}-slip", whole=True)
    page.emulate_media(media="print")
    expect(page.locator(".slip .code")).to_be_visible()
    expect(page.locator(".slip button")).to_be_hidden()
    picture(page, f"people-{language}-paper")

    own = pages.open(language=language, width=360, height=740, touch=True, dark=dark)
    own.goto(office)
    own.locator("[name=staff_no]").fill("2001")
    own.locator("[name=password]").fill(first)
    own.keyboard.press("Enter")
    expect(own.locator("[name=new]")).to_be_visible()
    narrow_enough(own, "one's own first password")
    picture(own, f"people-{language}-choose", whole=True)
    for name, value in (("old", first), ("new", OWN), ("again", OWN), ("pin", PIN), ("pin_again", PIN)):
        own.locator(f"[name={name}]").fill(value)
    own.keyboard.press("Enter")
    expect(own.locator(".who")).to_be_visible()
    own.locator(".who").click()
    narrow_enough(own, "my account")
    picture(own, f"people-{language}-account", whole=True)

    page.emulate_media(media="screen")
    page.goto(f"{office}staff/2001")
    page.on("dialog", lambda dialog: dialog.accept())
    picture(page, f"people-{language}-person", whole=True)
    page.locator("form[action$='/leave'] button").click()
    expect(page.locator("form[action$='/back']")).to_be_visible()
    own.goto(office)
    expect(own.locator("[name=staff_no]")).to_be_visible()
    page.goto(f"{office}roles")
    picture(page, f"people-{language}-roles", whole=True)
    heights = page.locator(".role-table td:first-child b").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert len(heights) == len(Role) and max(heights) < 30, "a role's name stands on one line"
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("staff", "staff/1010", "staff/2001"):
        page.goto(f"{office}{path}")
        narrow_enough(page, path)
        picture(page, f"people-{language}-phone-{path.replace('/', '-')}", whole=True)
