"""The booking station asks about alike cases before it books, and says plainly when it could not."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cardsvc.core import wire
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.problems import Problem
from cardsvc.core.terms import AlertWhy
from terminal.session import Colour
from tests.support.browser import Pages, picture
from tests.support.home import booking_form
from tests.support.telling import stored
from tests.terminal.pressing import Touch, sign_in
from tests.terminal.rig import Bench, Home

ALIKE: dict[str, Any] = {"deceased_name": "汪守艺", "id_no": None}
"""Sounds like the name of the first booking."""


def book(desk: Bench, looked: str = "", **changes: Any) -> None:
    form = booking_form(**changes).model_dump(mode="json")
    desk.act("booking", **form, looked=looked)


@pytest.fixture
def desk(home: Home) -> Bench:
    one = home.at(At.BOOKING)
    one.exchange()
    one.sign_in(Step.BOOK)
    book(one)
    assert one.outcome is not None
    assert (one.outcome.colour, one.outcome.message) == (Colour.GO, "booked")
    one.exchange()
    return one


def test_an_alike_case_is_shown_before_anything_is_booked(home: Home, desk: Bench) -> None:
    book(desk, **ALIKE)

    outcome = desk.outcome
    assert outcome is not None
    assert (outcome.colour, outcome.message) == (Colour.AGAIN, "alike")
    assert outcome.refusal is not None
    assert [(one.problem, one.detail) for one in outcome.refusal.all()] == [
        (Problem.CASE_ALIKE, "WZ-2026-000001 sounds_alike")
    ]
    assert stored(home.service, "WZ-2026-000001").alerts == ()  # type: ignore[arg-type]
    assert [row.body.kind for row in desk.journal.recent(3)].count("booking") == 1


def test_it_is_booked_once_the_caller_was_asked_and_both_cases_are_alerted(home: Home, desk: Bench) -> None:
    book(desk, "WZ-2026-000001", **ALIKE)

    assert desk.outcome is not None
    assert (desk.outcome.message, desk.outcome.case_no) == ("booked", "WZ-2026-000002")
    alerts = stored(home.service, "WZ-2026-000001").alerts  # type: ignore[arg-type]
    assert [(one.other, one.why) for one in alerts] == [("WZ-2026-000002", AlertWhy.SOUNDS_ALIKE)]


def test_another_alike_case_is_not_hidden_by_the_one_that_was_looked_at(desk: Bench) -> None:
    book(desk, "WZ-2026-000009", **ALIKE)

    assert desk.outcome is not None
    assert desk.outcome.message == "alike"


def test_the_same_case_twice_is_refused_whatever_was_looked_at(desk: Bench) -> None:
    book(desk, "WZ-2026-000001")

    assert desk.outcome is not None
    assert desk.outcome.refusal is not None
    assert desk.outcome.refusal.problem is Problem.CASE_DUPLICATE


def test_without_network_it_says_that_nobody_was_asked_and_the_alert_follows(home: Home, desk: Bench) -> None:
    desk.cable.pulled = True
    desk.clocks.steady += 60_000

    book(desk, **ALIKE)

    assert desk.outcome is not None
    assert (desk.outcome.colour, desk.outcome.message) == (Colour.GO, "booked_unasked")
    assert not any(isinstance(row.body, wire.Listen) for row in desk.journal.recent(1))
    desk.cable.pulled = False
    desk.exchange()
    alerts = stored(home.service, "WZ-2026-000001").alerts  # type: ignore[arg-type]
    assert [(one.other, one.why) for one in alerts] == [("WZ-2026-000002", AlertWhy.SOUNDS_ALIKE)]


@pytest.fixture
def touch(desk: Bench) -> Iterator[Touch]:
    served = Touch(desk)
    yield served
    served.close()


@pytest.fixture
def page(touch: Touch, pages: Pages) -> Page:
    page = pages.open()
    page.goto(touch.url)
    sign_in(page, "1001")
    return page


def fill(page: Page) -> None:
    page.locator("[data-open=booking]").click()
    texts = {
        "deceased_name": "汪守艺",
        "applicant_name": "汪小梅",
        "applicant_phone": "13800000001",
        "address": "某路1号",
    }
    for name, value in {**texts, "floor": "3"}.items():
        page.locator(f"#booking [name={name}]").fill(value)
    picks = {"infectious": "no", "police": "no", "resident": "yes", "cause_class": "natural", "case_kind": "person"}
    for name, value in picks.items():
        page.locator(f"#booking [name={name}][value={value}] + span").click()
    page.locator("#booking [name=relation]").select_option("child")
    page.locator("#booking [name=county]").select_option("330302")


@pytest.mark.browser
def test_the_desk_sees_alike_cases_and_books_after_asking(page: Page) -> None:
    fill(page)
    page.locator("#booking [type=submit]").click()
    said = page.locator("#booking [data-said]")
    expect(said).to_contain_text("同音 · WZ-2026-000001 · 王某")
    expect(page.locator("#booking [type=submit]")).to_have_text("已向来电人核实：不是同一人")
    picture(page, "kiosk-booking-alike")

    page.locator("#booking [type=submit]").click()

    expect(page.locator(".band.go")).to_contain_text("WZ-2026-000002")


@pytest.mark.browser
def test_the_page_keeps_saying_that_nobody_could_be_asked(page: Page, touch: Touch) -> None:
    touch.unplug()
    fill(page)
    page.locator("#booking [type=submit]").click()
    expect(page.locator(".band.go")).to_contain_text("未能查对相似业务")
    page.wait_for_timeout(3_500)
    expect(page.locator(".band.go")).to_be_visible()
    picture(page, "kiosk-booking-unasked")
