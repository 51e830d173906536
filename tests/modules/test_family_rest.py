"""A family signs up for an eco-burial by its own page, follows it, and withdraws while nobody confirmed it."""

import re
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from cardsvc.api.app import Surface, create_app
from cardsvc.api.family_rest import form_token_of
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.terms import Destination, Reason
from cardsvc.handlers import family_link
from cardsvc.store.family import hash_of
from tests.modules.test_trail import OTHER_ID_NO, Park, founded, handed, park
from tests.service.test_family import SECRETS
from tests.service.test_verify import fault
from tests.support.browser import Pages, narrow_enough, picture
from tests.support.calling import caller
from tests.support.desk import Desk
from tests.support.rows import columns
from tests.support.serving import Served
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine
__all__ = ["founded", "park"]
BUTTON = r"<button>为.*?报名</button>"


def link_of(case: Told) -> str:
    made = family_link.make(case.service.context, case.case_no, StaffNo("1001"), case.service.clock.now)
    assert isinstance(made, str)
    return made


class Family:
    """A family's phone, whose browser runs no scripts."""

    def __init__(self, case: Told, *, confirmed: bool = True) -> None:
        app = create_app([Surface.FAMILY], case.service.context)
        self.http = caller(app, follow_redirects=False)
        assert self.http.post("/family/rest/open", data={"link": link_of(case)}).status_code == 303
        if confirmed:
            assert self.sends("confirm", digits="0000").status_code == 303

    @property
    def page(self) -> str:
        answer = self.http.get("/family/rest")
        assert answer.status_code == 200
        return str(answer.text)

    def sends(self, what: str, **form: str) -> Any:
        token = form_token_of(self.http.cookies["family"])
        return self.http.post(f"/family/rest/{what}", data={"form_token": token, **form})

    def asks(self, event: str) -> int:
        return int(self.sends("sign-up", module="burial_reform", event=event).status_code)

    def withdraws(self) -> int:
        return int(self.sends("withdraw", module="burial_reform").status_code)


def test_a_family_asks_for_a_place_and_a_clerk_finds_it_under_my_work(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(places=2)
    family = Family(case)
    assert "清明树葬" in family.page and "剩 2 个名额" in family.page

    assert family.asks(event) == 303

    row = park.sign_up(case)
    assert (row.values["state"], row.values["event"], row.made_by) == ("signed_up", event, "")
    assert (row.values["deceased"], row.values["applicant"], row.county) == ("王守义", "王小雨", "330302")
    assert row.values["deceased_id_no"] is not None and row.values["phone"] is not None
    assert "已报名" in family.page and "退出报名" in family.page and "可以报名的活动" not in family.page
    assert family.http.get("/family/status").json()["rest"] == "已报名 · 清明树葬"
    park.clerk.granted()
    assert "殡葬改革 › 生态葬报名: 已报名" in Desk(park.service, "1052").get("work").text
    shown = Desk(park.service, "1052").get(f"modules/burial_reform/sign_up/{row.id}").text
    assert "外部人员 于" in shown, "nobody of the bureau made it"
    assert family.asks(event) == 422 and fault(park.service) is None


def test_what_the_clerk_confirms_plans_the_rest_once_and_the_family_can_no_longer_withdraw(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(way="海葬")
    family = Family(case)
    family.asks(event)
    assert park.trails.close_due() == {} and case.case.ash_plan is None

    park.clerk.moves("sign_up", park.sign_up(case).id, "notify", event=event)

    assert "已通知" in family.page and "退出报名" not in family.page
    assert family.withdraws() == 409
    assert park.sign_up(case).values["state"] == "notified"
    assert [park.trails.close_due(), park.trails.close_due()] == [{"planned": 1}, {}]
    assert case.case.ash_plan is Destination.SEA and case.case.rest_at is not None
    assert fault(park.service) is None


def test_a_plan_that_people_made_stands_whatever_a_module_confirms(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    Family(case).asks(event)
    case.does(Step.PLAN_ASHES, destination=Destination.HOME)

    park.clerk.moves("sign_up", park.sign_up(case).id, "notify", event=event)

    assert park.trails.close_due() == {} and case.case.ash_plan is Destination.HOME


def test_a_confirmed_sign_up_of_somebody_else_plans_nothing(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    typed = {"way": "树葬", "applicant": "王小雨", "deceased": "林长河", "signed_on": "2026-11-01"}
    assert columns(park.clerk.tries("sign_up", **typed, case_no=case.case_no)) == ["case_no"]
    row_id = park.clerk.types("sign_up", **typed)
    park.clerk.moves("sign_up", row_id, "notify", event=event)
    # As a file may bring it.
    with park.service.context.engine.begin() as connection:
        connection.execute(text("UPDATE burial_reform_sign_up SET case_no = :case_no"), {"case_no": case.case_no})

    assert park.trails.close_due() == {"another": 1} and case.case.ash_plan is None


def test_a_family_withdraws_what_nobody_confirmed_and_the_place_is_free_again(park: Park) -> None:
    case, event = Told.begun(park.service), park.event(places=1)
    other = Told.begun(park.service, 2, id_no=OTHER_ID_NO, deceased_name="林长河")
    family, others = Family(case), Family(other)
    family.asks(event)
    assert "清明树葬" not in others.page and others.asks(event) == 409

    assert family.withdraws() == 303

    assert park.sign_up(case).values["state"] == "withdrawn" and "已退出" in family.page
    assert family.withdraws() == 409
    assert others.asks(event) == 303
    assert "清明树葬</b></p><dl>" in family.page and not re.search(BUTTON, family.page), "its own, given up"
    assert fault(park.service) is None


def test_the_last_place_is_given_once_to_families_that_ask_at_the_same_moment(park: Park) -> None:
    cases = [Told.begun(park.service)]
    cases += [Told.begun(park.service, n, id_no=None, deceased_name=name) for n, name in ((2, "林长河"), (3, "周可凡"))]
    event, gate = park.event(places=1), Barrier(3)
    answers: list[int] = []

    def ask(family: Family) -> Callable[[], None]:
        def now() -> None:
            gate.wait()
            answers.append(family.asks(event))

        return now

    threads = [Thread(target=ask(Family(one))) for one in cases]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(answers) == [303, 409, 409]


def test_only_who_gave_the_second_factor_sees_and_asks(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    family = Family(case, confirmed=False)

    assert "清明树葬" not in family.page and "末四位" in family.page
    assert family.asks(event) == 409 and family.withdraws() == 409
    assert family.sends("confirm", digits="9999").status_code == 409
    family_link.revoke(park.service.context, hash_of(link_of(case).partition("#")[2]), None, park.service.clock.now)
    stranger = caller(create_app([Surface.FAMILY], park.service.context))
    assert "请从家属链接打开此页" in stranger.get("/family/rest").text
    assert stranger.post("/family/rest/open", data={"link": "https://x/#" + "A" * 43}).status_code == 404


def test_a_form_of_another_site_asks_nothing(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    family, form = Family(case), {"module": "burial_reform", "event": event}

    assert family.http.post("/family/rest/sign-up", data=form).status_code == 403
    token = re.search('name="form_token" value="([0-9a-f]+)"', family.page)
    assert token is not None
    for headers in ({"origin": "https://elsewhere.example"}, {"origin": "null", "sec-fetch-site": "cross-site"}):
        forged = family.http.post("/family/rest/sign-up", data=form | {"form_token": token[1]}, headers=headers)
        assert forged.status_code == 403 and re.search(BUTTON, family.page)
    old = family.http.post("/family/rest/sign-up", data=form | {"form_token": token[1]}, headers={"origin": "null"})
    assert old.status_code == 303, "an old phone that does not say where the form comes from"


def test_a_family_does_not_ask_all_day(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    family = Family(case)

    answers = [family.asks(event) if n % 2 == 0 else family.withdraws() for n in range(11)]

    assert answers == [303] * 10 + [429]


def test_events_that_are_not_published_and_cases_on_hold_offer_families_nothing(park: Park) -> None:
    case, hidden = Told.begun(park.service), park.event(name="内部树葬")
    family = Family(case)
    assert park.clerk.edits("event", hidden, **whole_event(park, hidden) | {"published": "否"}) == hidden

    assert "内部树葬" not in family.page and family.asks(hidden) == 422
    case.office.step(case.case_no, Step.HOLD, Details(reason=Reason.DISPUTE, blocks=(Step.PLAN_REST,)))
    shown = park.event()
    assert "现在不能报名" in family.page and family.asks(shown) == 409


def whole_event(park: Park, row_id: str) -> dict[str, str]:
    values = park.clerk.row("event", row_id).values
    return {name: str(values[name]) for name in ("name", "held_on", "place", "places")} | {"way": "树葬"}


def test_the_page_asks_no_number_runs_no_script_and_tells_nothing_that_is_not_the_family_s(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    family = Family(case)
    before = family.page
    family.asks(event)
    park.clerk.moves("sign_up", park.sign_up(case).id, "notify", event=event)

    for page in (before, family.page, family.http.get("/family/rest?lang=en").text):
        assert "<script" not in page and not re.search(r'<input(?![^>]*type="hidden")', page)
        assert [one for one in SECRETS if one in page] == []
    assert "Notified" in family.http.get("/family/rest?lang=en").text


def test_without_the_module_the_page_offers_nothing(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    Family(case).asks(event)
    park.service.context = replace(park.service.context, modules={})
    family = Family(case)

    assert "目前没有可报名的活动" in family.page and "rest" not in family.http.get("/family/status").json()
    assert family.asks(event) == 404 and family.withdraws() == 404


def test_what_is_buried_is_told_and_nothing_is_offered_any_more(park: Park) -> None:
    case, event = Told.begun(park.service), park.event()
    family = Family(case)
    family.asks(event)
    handed(case)
    park.buries(park.sign_up(case).id, event)
    assert park.trails.close_due() == {"closed": 1}

    assert "已安葬" in family.page and "12 号树" in family.page and not re.search(BUTTON, family.page)


@pytest.fixture
def address(park: Park) -> Any:
    served = Served(create_app([Surface.FAMILY], park.service.context))
    yield f"{served.address}family/"
    served.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scripts"), [("zh-CN", False), ("en", True)])
@pytest.mark.parametrize("park", ["sqlite"], indirect=True)
def test_a_family_signs_up_and_withdraws_on_a_narrow_phone(
    park: Park, address: str, pages: Pages, language: str, scripts: bool
) -> None:
    case = Told.begun(park.service)
    park.event(), park.event(way="海葬", places=1, name="春季海葬")
    link, zh = address + "#" + link_of(case).partition("#")[2], language == "zh-CN"
    page = pages.open(language=language, width=360, height=740, touch=True, scripts=scripts)
    page.goto(link)
    if scripts:
        expect(page.locator("#rest")).to_be_visible()
        picture(page, f"family-rest-{language}-0", whole=True)
        page.locator("#rest a").click()
    else:
        page.locator("noscript a").click()
        page.locator("#link").fill(link)
        shown(page, f"family-rest-{language}-1")
        page.locator("form button").click()
    page.locator("#digits").fill("0000")
    shown(page, f"family-rest-{language}-2")
    page.locator("form button").click()
    expect(page.locator(".choice")).to_have_count(2)
    shown(page, f"family-rest-{language}-3")

    page.locator(".choice").nth(1).locator("button").click()

    expect(page.locator("section .large")).to_contain_text("已报名" if zh else "Signed up")
    shown(page, f"family-rest-{language}-4")
    page.locator("summary").click()
    page.locator("button.stop").click()
    expect(page.locator("section .large").first).to_contain_text("已退出" if zh else "Withdrawn")
    shown(page, f"family-rest-{language}-5")
    page.locator("main > p > a:not(.button)").click()


def shown(page: Page, name: str) -> None:
    narrow_enough(page, name)
    low = page.locator("button:visible, a.button:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    )
    assert low == [], name
    picture(page, name, whole=True)
