"""The console's price lists and the posted prices: brought by one person, seen and published by another."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from cardsvc.core.local_time import local
from cardsvc.core.prices import PriceBook
from cardsvc.documents import price_sheet
from cardsvc.store import price_books
from cardsvc.store.opening import price_book
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, narrow_enough, picture
from tests.support.desk import Desk
from tests.support.home import Service


@pytest.fixture
def changed(service: Service) -> PriceBook:
    """A list for tomorrow: dressing dearer, flowers cheaper, mourning bands gone."""
    with service.context.engine.connect() as connection:
        book = price_book(connection, service.context.home_id, service.clock.now).model_copy(update={"waivers": ()})
    fen = {"dressing": 35_000, "flowers": 15_000}
    items = [
        one.model_copy(update={"price_fen": fen.get(one.item, one.price_fen)})
        for one in book.items
        if one.item != "mourning_band"
    ]
    day = local(service.clock.now).date() + timedelta(days=1)
    return book.model_copy(update={"version": "WZ-2027-1", "valid_from": day, "items": tuple(items)})


@pytest.fixture
def good(changed: PriceBook, tmp_path: Path) -> Path:
    path = tmp_path / "good.xlsx"
    path.write_bytes(price_sheet.write(changed, "zh_CN"))
    return path


@pytest.fixture
def bad(changed: PriceBook, tmp_path: Path) -> Path:
    workbook = load_workbook(io.BytesIO(price_sheet.write(changed, "zh_CN")))
    active: Any = workbook.active
    active.cell(7, 7).value = 999
    active.cell(9, 7).value = "about 300"
    path = tmp_path / "bad.xlsx"
    workbook.save(path)
    return path


def sent(desk: Desk, path: Path, token: str | None = None) -> Any:
    form = {"form_token": desk.form_token if token is None else token}
    return desk.http.post("/office/prices/upload", data=form, files={"file": (path.name, path.read_bytes())})


def versions(service: Service) -> list[str]:
    with service.context.engine.connect() as connection:
        return [one.book.version for one in price_books.versions(connection, service.context.home_id)]


def drafts(service: Service) -> int:
    with service.context.engine.connect() as connection:
        return len(price_books.drafts(connection, service.context.home_id))


def test_a_list_is_exported_and_what_is_exported_is_taken_back(service: Service, good: Path) -> None:
    desk = Desk(service, "1015")
    answer = desk.get("prices/lists/WZ-2026-1/xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="WZ-2026-1.xlsx"'
    assert load_workbook(io.BytesIO(answer.content)).active is not None
    assert PriceBook.model_validate_json(desk.get("prices/lists/WZ-2026-1/json").text).version == "WZ-2026-1"
    assert load_workbook(io.BytesIO(desk.get("prices/template").content)).active is not None
    assert desk.get("prices/lists/nothing").status_code == 404
    assert desk.get("prices/drafts/7").status_code == 404

    answer = sent(desk, good)

    assert (answer.status_code, answer.headers["location"]) == (303, "/office/prices/drafts/1")


def test_a_bad_file_shows_every_row_in_words_and_keeps_nothing(service: Service, bad: Path) -> None:
    answer = sent(Desk(service, "1015"), bad)

    assert answer.status_code == 422
    for words in ("有 2 处错误", "第 7 行", "高于最高价", "第 9 行", "about 300", "无法识别"):
        assert words in answer.text
    assert drafts(service) == 0


def test_who_may_not_and_who_sends_no_token_bring_nothing(service: Service, good: Path) -> None:
    assert sent(Desk(service, "1004"), good).status_code == 403
    assert sent(Desk(service, "1016"), good).status_code == 403
    assert sent(Desk(service), good, "x").status_code == 303
    assert sent(Desk(service, "1015"), good, "wrong").status_code == 403
    assert drafts(service) == 0


def test_a_file_that_is_too_large_is_not_read(service: Service, tmp_path: Path) -> None:
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"PK" + bytes(3_000_000))
    answer = sent(Desk(service, "1015"), large)
    assert answer.status_code == 409
    assert "文件太大" in answer.text


def test_the_second_person_sees_what_the_first_saw_and_publishes(service: Service, good: Path) -> None:
    first, second = Desk(service, "1015"), Desk(service, "1016")
    sent(first, good)
    mine, other = first.get("prices/drafts/1").text, second.get("prices/drafts/1").text
    for words in ("涨价", "降价", "取消", "+¥50.00", "−¥30.00", "+16.7%"):
        assert words in mine, words
        assert words in other, words
    assert "/publish" not in mine
    assert "/publish" in other
    seen = other.partition('name="seen" value="')[2][:64]

    assert first.post("prices/drafts/1/publish", seen=seen).status_code == 409
    assert Desk(service, "1006").post("prices/drafts/1/publish", seen=seen).status_code == 403
    assert second.post("prices/drafts/1/publish", seen="0" * 64).status_code == 403
    assert versions(service) == ["WZ-2026-1"]
    assert second.post("prices/drafts/1/publish", seen=seen).status_code == 303

    assert versions(service) == ["WZ-2027-1", "WZ-2026-1"]
    page = second.get("prices/lists/WZ-2027-1/compare?to=WZ-2026-1").text
    assert "涨价" in page
    assert second.post("prices/drafts/1/publish", seen=seen).status_code == 404


def test_the_prices_are_posted_for_everybody_in_the_list_of_the_day(service: Service, good: Path) -> None:
    second = Desk(service, "1016")
    sent(Desk(service, "1015"), good)
    seen = second.get("prices/drafts/1").text.partition('name="seen" value="')[2][:64]
    second.post("prices/drafts/1/publish", seen=seen)
    anybody = Desk(service).http

    page = anybody.get("/family/prices?lang=zh")
    whole = len(page.content) + len(anybody.get("/family/static/family.css").content)
    assert page.status_code == 200
    assert "黑纱" in page.text
    assert "¥300.00" in page.text
    assert whole < 60_000
    assert "Prices" in anybody.get("/family/prices?lang=en").text

    service.clock.forward(days=1)
    page = anybody.get("/family/prices?lang=zh")
    assert "黑纱" not in page.text
    assert "¥350.00" in page.text


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_a_list_is_brought_seen_and_published_by_keyboard(
    service: Service, office: str, pages: Pages, good: Path, bad: Path, language: str, width: int
) -> None:
    page = pages.open(language=language, width=width)
    pages.watch.expect("status of 422")
    sign_in(page, office, "1015")
    page.goto(f"{office}prices")
    expect(page.locator("#versions tbody tr")).to_have_count(1)
    picture(page, f"prices-{language}-{width}-first", whole=True)
    page.locator("input[name=file]").set_input_files(bad)
    page.locator("#bring button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#faults tbody tr")).to_have_count(2)
    narrow_enough(page, "faults")
    picture(page, f"prices-{language}-{width}-faults", whole=True)
    page.locator("input[name=file]").set_input_files(good)
    page.locator("#bring button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#differences tbody tr")).to_have_count(3)
    expect(page.locator("#decide form[action$=publish]")).to_have_count(0)
    narrow_enough(page, "draft")

    other = pages.open(language=language, width=width, dark=width < 500)
    sign_in(other, office, "1016")
    other.goto(f"{office}prices/drafts/1")
    picture(other, f"prices-{language}-{width}-draft", whole=True)
    other.locator("#decide input[type=checkbox]").focus()
    other.keyboard.press("Space")
    other.locator("#decide button.go").focus()
    other.keyboard.press("Enter")
    expect(other.locator("h1")).to_contain_text("WZ-2027-1")
    expect(other.locator("table.priced")).to_have_count(3)
    narrow_enough(other, "list")
    picture(other, f"prices-{language}-{width}-list", whole=True)
    other.locator("main form button").focus()
    other.keyboard.press("Enter")
    expect(other.locator("tbody tr")).to_have_count(3)
    narrow_enough(other, "compare")
    picture(other, f"prices-{language}-{width}-compare", whole=True)
    small = other.evaluate(
        "[...document.querySelectorAll('main button, main .button')].filter(one => one.offsetHeight < 44).length"
    )
    assert small == 0
    other.goto(f"{office.replace('/office/', '/family/')}prices")
    expect(other.locator(".prices li")).to_have_count(12)
    narrow_enough(other, "posted")
    picture(other, f"prices-{language}-{width}-posted", whole=True)
    other.emulate_media(media="print", color_scheme="light")
    picture(other, f"prices-{language}-{width}-posted-print", whole=True)
    other.goto(f"{office}prices/lists/WZ-2027-1")
    picture(other, f"prices-{language}-{width}-list-print", whole=True)
