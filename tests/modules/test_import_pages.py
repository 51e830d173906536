"""The console's imports: a file is handed in, its faults are read, its rows are looked at and kept."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cardsvc.api.uploads import work_due
from cardsvc.documents.safe_xlsx import RECORDS
from cardsvc.loops import Duty, running
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.support.browser import Pages, narrow_enough, picture
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.importing import HEADS, kept, things
from tests.support.serving import Served
from tests.support.sheets import sheet

PAGE = "modules/sample/thing/import"
PATIENCE_MS = 60_000
"""A file is checked beside the page; a machine at other work takes its time."""


def sent(desk: Desk, raw: bytes, name: str = "台账.xlsx", token: str | None = None) -> Any:
    form = {"form_token": desk.form_token if token is None else token}
    return desk.http.post(f"/office/{PAGE}", data=form, files={"file": (name, raw)})


def handed_in(desk: Desk, raw: bytes) -> str:
    """The path of the file's page."""
    answer = sent(desk, raw)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removeprefix("/office/")


def test_a_file_is_handed_in_checked_looked_at_and_kept(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    assert "还没有上传过文件" in desk.get(PAGE).text
    page = handed_in(desk, sheet([HEADS, *things(120)]))

    assert "正在检查" in desk.get(page).text
    assert desk.get(f"{page}/progress").json() == {"state": "reading", "done": 0, "total": 0, "wrong": 0}
    work_due(bureau.context)
    assert desk.get(f"{page}/progress").json() == {"state": "ready", "done": 120, "total": 120, "wrong": 0}

    shown = desk.get(page).text
    for words in ("台账.xlsx", "检查通过，共 120 行", "前 10 行将写入为", "第10件", "鹿城区", "138****0000"):
        assert words in shown, words
    assert "第11件" not in shown
    assert "13800000000" not in shown
    assert kept(bureau) == []
    assert desk.post(f"{page}/commit").status_code == 303
    assert "正在写入" in desk.get(page).text
    work_due(bureau.context)
    assert "已写入 120 行" in desk.get(page).text
    assert len(kept(bureau)) == 120
    assert "台账.xlsx" in desk.get(PAGE).text
    assert desk.post(f"{page}/commit").status_code == 409
    assert desk.post(f"{page}/drop").status_code == 409


def test_the_faults_of_a_file_are_told_in_both_languages_by_row_column_and_why(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    rows: list[list[str | int]] = [*things(2), ["330302", "丙", "样A", 7, "1.005"], ["330302", "丁", "样B"]]
    page = handed_in(desk, sheet([[*HEADS, "多余"], *rows[:2]]))
    work_due(bureau.context)
    assert "多余" in desk.get(page).text
    page = handed_in(desk, sheet([HEADS, *rows]))
    work_due(bureau.context)

    shown = desk.get(page).text
    for words in (
        "有 2 处错误",
        "第 4 行",
        "样Amount",
        "请填金额",
        "第 5 行",
        "样Note",
        "乙类须有说明",
        "一行也没有写入",
    ):
        assert words in shown, words
    assert f"{page}/commit" not in shown
    desk.http.get("/office/language?to=en&back=/office/")
    shown = desk.get(page).text
    for words in ("2 faults", "Row 4", "Amount", "Row 5", "kind B needs a note", "Nothing was kept"):
        assert words in shown, words
    assert desk.post(f"{page}/drop").status_code == 303
    assert "Dropped" in desk.get(page).text


def test_a_hostile_file_is_refused_in_words(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    page = handed_in(desk, b"PK\x03\x04 no")
    work_due(bureau.context)
    assert "不是可读的 .xlsx 文件" in desk.get(page).text
    assert "文件太大" in sent(desk, bytes(RECORDS.size + 50_000)).text
    assert "没有可导入的行" in sent(desk, b"").text


def test_only_who_may_edit_hands_in_and_each_sees_what_is_theirs(bureau: Service) -> None:
    raw = sheet([["name", "kind"], ["甲", "样A"]])
    assert sent(Desk(bureau, "1016"), raw).status_code == 403
    assert Desk(bureau, "1016").get(PAGE).status_code == 403
    assert sent(Desk(bureau), raw, token="x").status_code == 303
    desk = Desk(bureau, CLERK)
    assert sent(desk, raw, token="wrong").status_code == 403
    assert desk.get("modules/sample/nothing/import").status_code == 404
    assert desk.get(f"{PAGE}/{'0' * 32}").status_code == 404

    city, county = handed_in(desk, raw), handed_in(Desk(bureau, COUNTY), raw)
    work_due(bureau.context)
    assert Desk(bureau, COUNTY).get(city).status_code == 404
    assert Desk(bureau, COUNTY).get(f"{city}/progress").status_code == 404
    assert Desk(bureau, COUNTY).post(f"{city}/drop").status_code == 404
    leader = Desk(bureau, LEADER)
    assert leader.get(county.replace("thing", "part")).status_code == 404
    assert "由上传人本人确认写入" in leader.get(county).text
    assert leader.post(f"{county}/commit").status_code == 409
    assert leader.post(f"{county}/drop", form_token="wrong").status_code == 403
    assert leader.post(f"{county}/drop").status_code == 303
    assert kept(bureau) == []


def test_the_template_is_theirs(bureau: Service) -> None:
    answer = Desk(bureau, COUNTY).get(f"{PAGE}/template.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="sample-thing.xlsx"'
    assert answer.content.startswith(b"PK")


def small_targets(page: Page) -> Any:
    return page.evaluate(
        "[...document.querySelectorAll('main button, main .button, main input:not([type=hidden])')]"
        ".filter(one => one.offsetHeight && one.offsetHeight < 44).map(one => one.outerHTML)"
    )


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_a_file_is_brought_by_keyboard_and_the_page_follows_it(
    bureau: Service, served: Served, pages: Pages, tmp_path: Path, language: str, width: int
) -> None:
    bad, good = tmp_path / "2016年社区台账.xlsx", tmp_path / "good.xlsx"
    rows = list(things(40))
    rows[3][4], rows[7][2], rows[30][9] = "三百", "丙", ID_NO[:-1] + "1"
    bad.write_bytes(sheet([HEADS, *rows]))
    good.write_bytes(sheet([HEADS, *things(600)]))
    page = pages.open(language=language, width=width, dark=width < 500)
    office = f"{served.address}office/"
    name = f"import-{language}-{width}"
    page.goto(f"{office}sign-in")
    page.locator("input[name=staff_no]").fill(CLERK)
    page.locator("input[name=password]").fill(CLERK * 2)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{office}modules/sample/thing")
    picture(page, f"{name}-records", whole=True)
    narrow_enough(page, "records")
    page.goto(f"{office}{PAGE}")
    picture(page, f"{name}-first", whole=True)

    page.locator("input[name=file]").set_input_files(bad)
    page.locator("#hand-in button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_be_visible()
    picture(page, f"{name}-progress", whole=True)
    with running([Duty("uploads", 0.2, lambda: work_due(bureau.context))]):
        expect(page.locator("#faults tbody tr")).to_have_count(3, timeout=PATIENCE_MS)
        narrow_enough(page, "faults")
        picture(page, f"{name}-faults", whole=True)
        page.goto(f"{office}{PAGE}")
        page.locator("input[name=file]").set_input_files(good)
        page.locator("#hand-in button.go").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#decide button.go")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("#preview tbody tr")).to_have_count(10)
        narrow_enough(page, "preview")
        assert small_targets(page) == []
        picture(page, f"{name}-preview", whole=True)
        page.locator("#decide button.go").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#done")).to_be_visible(timeout=PATIENCE_MS)
        picture(page, f"{name}-done", whole=True)
    page.goto(f"{office}{PAGE}")
    expect(page.locator("#uploads tbody tr")).to_have_count(2)
    narrow_enough(page, "list of files")
    picture(page, f"{name}-list", whole=True)
    assert len(kept(bureau)) == 600
