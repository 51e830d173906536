"""What everybody may see without signing in: an index, lists that are searched, and a map from no other service."""

import re

import pytest

from tests.modules.conftest import CLERK
from tests.modules.test_rows import add
from tests.support.desk import Desk
from tests.support.home import Service


def rows(bureau: Service, asked: str = "") -> list[str]:
    page = bureau.http.get(f"/public/sample/thing{asked}").text
    return sorted(re.findall(r'<td data-label="样Name">(.*?)</td>', page))


@pytest.fixture
def shown(bureau: Service) -> Service:
    desk = Desk(bureau, CLERK)
    add(desk, name="鹿城避灾中心", place="28.01,120.65")
    add(desk, name="永嘉小学操场", place="28.15,120.69", county="330324", id_no="", phone="")
    add(desk, name="未公布的仓库", shown="no", place="28.3,120.7", id_no="", phone="")
    return bureau


def test_the_index_leads_to_what_is_published_and_to_sending_in(shown: Service) -> None:
    page = shown.http.get("/public/").text

    assert 'href="/public/sample/thing"' in page and "样Thing" in page and 'href="/public/send"' in page
    assert 'href="/public/sample/part"' not in page
    assert 'href="/public/"' in shown.http.get("/public/sample/thing").text
    assert 'href="/public/"' in shown.http.get("/public/nowhere/at-all").text


def test_a_public_list_is_searched_anywhere_in_what_it_shows_and_in_nothing_else(shown: Service) -> None:
    assert rows(shown, "?q=避灾") == ["鹿城避灾中心"]
    assert rows(shown, "?q=操场") == ["永嘉小学操场"]
    assert rows(shown, "?q=仓库") == [] and rows(shown, "?q=13800000000") == [] and rows(shown, "?q=%25") == []
    assert rows(shown, "?q=%00") == [] and rows(shown, "?county=%00") == ["永嘉小学操场", "鹿城避灾中心"]
    assert rows(shown, "?county=330324") == ["永嘉小学操场"]
    assert rows(shown, "?f.kind=b&f.state=draft") == ["永嘉小学操场", "鹿城避灾中心"], (
        "what is not public filters nothing"
    )


def test_the_public_map_shows_the_places_that_the_list_shows_and_asks_nobody_outside(shown: Service) -> None:
    page = shown.http.get("/public/sample/thing").text

    picture = page.split('<svg class="map')[1].split("</svg>")[0]
    assert picture.count("<circle") == 2 and "仓库" not in picture
    assert "鹿城区" in picture and "永嘉县" in picture and " km" in picture and "° N" in picture
    assert "http://" not in page and "https://" not in page and "script" not in picture
    found = re.findall(r'<a href="([^"]*)" aria-label="永嘉小学操场, 永嘉县">', picture)
    assert len(found) == 1 and "永嘉小学操场" in shown.http.get(found[0]).text
    assert shown.http.get("/public/sample/thing?q=避灾").text.count("<circle") == 1


def test_the_map_of_one_place_and_of_the_whole_earth_is_drawn(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name="一处", place="28.01,120.65")

    assert desk.get("modules/sample/thing/map").text.count("<circle") == 1
    add(desk, name="天边", place="-89.9,-179.9", id_no="", phone="")
    assert desk.get("modules/sample/thing/map").text.count("<circle") == 2
