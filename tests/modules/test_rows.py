"""Rows of modules: typed, kept, changed, moved and looked at, with history, masks, counties and grants."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cardsvc.rows import keeping, paging, tables
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted
from cardsvc.store import staff
from cardsvc.store.engine import UnsafeStore
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.granting import grant
from tests.support.home import ID_NO, Service

THING = {
    "county": "330302",
    "name": "样品一",
    "kind": "a",
    "count": "12",
    "fen": "330.50",
    "day": "2026-06-30",
    "at": "2026-06-30 09:30",
    "good": "yes",
    "place": "27.99412, 120.65513",
    "code": "91330300MA2853PU4Y",
    "id_no": ID_NO,
    "phone": "13800000000",
    "account": "6222020000000000000",
    "note": "一\n二",
    "shown": "yes",
}


def where(service: Service, record: str = "thing") -> Where:
    return Where(service.context.home_id, "sample", sample_module.MODULE.record(record))


def rows(service: Service, record: str = "thing", **wanted: Any) -> list[Kept]:
    with service.context.engine.connect() as connection:
        place = where(service, record)
        return list(paging.every(connection, service.context.vault, place, Wanted(**wanted), 100))


def add(desk: Desk, record: str = "thing", **changes: str) -> str:
    """Add a row by the form; its id."""
    done = desk.post(f"modules/sample/{record}/new", **(({**THING, **changes}) if record == "thing" else changes))
    assert done.status_code == 303, re.sub(r"<[^>]*>", " ", done.text)[-2000:]
    return str(done.headers["location"].rsplit("/", 1)[1])


def test_a_typed_row_is_kept_as_it_was_meant_and_shown_masked(both: Service) -> None:
    desk = Desk(both, CLERK)
    row_id = add(desk)

    (row,) = rows(both)
    assert row.id == row_id and row.county == "330302" and row.made_by == CLERK
    assert row.values["count"] == 12 and row.values["twice"] == 24 and row.values["fen"] == 33_050
    assert str(row.values["day"]) == "2026-06-30" and row.values["good"] is True and row.values["state"] == "draft"
    page = desk.get(f"modules/sample/thing/{row_id}").text
    assert ID_NO not in page and "330***********0010" in page and "138****0000" in page and "330.50" in page
    assert ID_NO not in desk.get("modules/sample/thing").text
    with both.context.engine.connect() as connection:
        raw = connection.execute(text("SELECT * FROM sample_thing")).one()
    assert ID_NO not in str(tuple(raw)) and "13800000000" not in str(tuple(raw))


WRONG: list[tuple[dict[str, str], str]] = [
    ({"name": ""}, "Name"),
    ({"kind": "c"}, "Kind"),
    ({"count": "1.5"}, "Count"),
    ({"count": "1001"}, "Count"),
    ({"count": "-1"}, "Count"),
    ({"fen": "1.234"}, "Amount"),
    ({"day": "2026-02-30"}, "Day"),
    ({"at": "soon"}, "Moment"),
    ({"good": "perhaps"}, "Good"),
    ({"place": "91,10"}, "Place"),
    ({"code": "91330300MA2853PU4B"}, "Credit code"),
    ({"id_no": "330302194001010011"}, "ID number"),
    ({"phone": "abc"}, "Phone"),
    ({"account": "1234567"}, "Account"),
    ({"county": "110101"}, "County"),
    ({"kind": "b", "note": ""}, "needs a note"),
]


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    desk.http.cookies.set("language", "en")
    for changes, column in WRONG:
        answer = desk.post("modules/sample/thing/new", **{**THING, **changes})

        assert answer.status_code == 422, changes
        assert (column in answer.text and "aria-invalid=true" in answer.text) or "needs a note" in answer.text, changes
    assert rows(bureau) == []


def test_an_account_without_a_card_s_check_digit_is_kept_and_doubted(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    pages = {}
    for number in ("6222020000000000000", "6222020000000000004", "1203 2110 0904 5", "13800000000"):
        row_id = add(desk, name=f"样{number}", account=number)
        pages[number] = "请核对" in desk.get(f"modules/sample/thing/{row_id}").text

    assert list(pages.values()) == [False, True, False, True]


def test_a_change_tells_its_history_and_an_overtaken_one_is_refused(both: Service) -> None:
    desk = Desk(both, CLERK)
    row_id = add(desk)
    changed = {**THING, "name": "样品二", "id_no": "", "phone": "13900000000", "version": "1"}

    assert desk.post(f"modules/sample/thing/{row_id}/edit", **changed).status_code == 303
    overtaken = desk.post(f"modules/sample/thing/{row_id}/edit", **(changed | {"name": "样品三"}))

    assert overtaken.status_code == 409 and "刚被别人修改过" in overtaken.text
    with both.context.engine.connect() as connection:
        told = {one.field: (one.before, one.after) for one in keeping.history(connection, where(both), row_id)}
        row = keeping.find(connection, where(both), row_id, None)
    assert told == {"name": ("样品一", "样品二"), "phone": ("**00", "**00")}
    assert row is not None and row.version == 2
    assert keeping.clear(both.context.vault, where(both), row, "id_no") == ID_NO


def test_history_can_be_neither_changed_nor_removed(both: Service) -> None:
    desk = Desk(both, CLERK)
    row_id = add(desk)
    desk.post(f"modules/sample/thing/{row_id}/edit", **(THING | {"name": "样品二", "version": "1"}))

    for statement in ("UPDATE module_history SET after = 'x'", "DELETE FROM module_history"):
        with pytest.raises(Exception, match="append-only"), both.context.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_unique_value_is_there_once(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk)

    again = desk.post("modules/sample/thing/new", **THING)

    assert again.status_code == 422 and "已有相同的记录" in again.text


def test_a_county_clerk_sees_and_keeps_their_own_alone(bureau: Service) -> None:
    city, county = Desk(bureau, CLERK), Desk(bureau, COUNTY)
    theirs = add(county, county="330324", name="永嘉样品")
    others = add(city)

    listed = county.get("modules/sample/thing?county=330302").text
    assert "永嘉样品" in listed and "样品一" not in listed
    assert county.get(f"modules/sample/thing/{others}").status_code == 404
    assert county.get(f"modules/sample/thing/{others}/edit").status_code == 404
    for path in ("edit", "move/return", "reveal", "link"):
        more = {"column": "id_no", "why": "call"}
        answer = county.post(f"modules/sample/thing/{others}/{path}", **(THING | more | {"version": "1"}))
        assert answer.status_code in (404, 422), (path, answer.status_code)
    away = county.post(f"modules/sample/thing/{theirs}/edit", **(THING | {"version": "1", "county": "330302"}))
    assert away.status_code == 422
    linked = county.post("modules/sample/part/new", county="330324", thing=others, title="部件")
    assert linked.status_code == 422
    assert [one.county for one in rows(bureau) if one.id == theirs] == ["330324"]


def test_who_has_no_grant_finds_nothing_there(bureau: Service) -> None:
    grant(bureau, CLERK, [])
    desk = Desk(bureau, CLERK)

    assert desk.get("modules/sample/thing").status_code == 404
    assert desk.post("modules/sample/thing/new", **THING).status_code == 404
    assert Desk(bureau, "1016").get("modules/sample/thing").status_code == 200
    assert Desk(bureau, "1016").post("modules/sample/thing/new", **THING).status_code == 403
    assert Desk(bureau, "1001").get("modules").status_code == 403


def test_a_look_is_logged_before_it_is_given(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk)

    shown = desk.post(f"modules/sample/thing/{row_id}/reveal", column="id_no", why="check_papers")

    assert ID_NO in shown.text
    with bureau.context.engine.connect() as connection:
        log = connection.execute(text("SELECT what, staff_no FROM audit_link WHERE subject = :id"), {"id": row_id})
        assert ("revealed sample/thing id_no for check_papers", CLERK) in [tuple(one) for one in log]
    assert desk.post(f"modules/sample/thing/{row_id}/reveal", column="name", why="call").status_code == 404


def test_a_row_goes_its_way_by_somebody_outside_and_by_two(bureau: Service) -> None:
    desk, now = Desk(bureau, CLERK), bureau.http
    row_id = add(desk)
    page = desk.post(f"modules/sample/thing/{row_id}/link").text
    assert "http://testserver/public/send#" in page, "not set up: the address that who asks has"
    found = re.search(r"public/send#([\w-]{43})", page)
    assert found is not None
    token = found[1]
    assert desk.post(f"modules/sample/thing/{row_id}/move/send", version="1", note="x").status_code == 403

    opened = now.post("/public/send", data={"token": token})
    assert "样Send in" in opened.text and ID_NO not in opened.text
    sent = now.post("/public/send/send", data={"token": token, "version": "1", "note": "来自外部", "count": "7"})
    assert sent.status_code == 200 and "已提交" in sent.text
    alone = desk.post(f"modules/sample/thing/{row_id}/move/agree", version="2")
    assert alone.status_code == 409
    two = {"second_staff_no": LEADER, "second_password": f"{LEADER}{LEADER}"}
    assert desk.post(f"modules/sample/thing/{row_id}/move/agree", version="2", **two).status_code == 303

    (row,) = rows(bureau)
    assert row.values["state"] == "agreed" and row.values["count"] == 7 and row.values["twice"] == 14
    assert row.values["note"] == "来自外部" and row.values["agreed_on"] is not None
    with bureau.context.engine.connect() as connection:
        told = {one.move: (one.staff_no, one.second_no) for one in keeping.history(connection, where(bureau), row_id)}
    assert told == {"send": (None, None), "agree": (CLERK, LEADER)}
    page = re.sub(r"<[^>]*>", " ", desk.get(f"modules/sample/thing/{row_id}").text)
    with bureau.context.engine.connect() as connection:
        leader = staff.names(connection, bureau.context.home_id)[LEADER]
    assert f"由{leader}确认" in page
    again = now.post("/public/send/send", data={"token": token, "version": "3", "note": "y"})
    assert again.status_code == 409


def test_what_two_people_agreed_one_cannot_change(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    two = {"second_staff_no": LEADER, "second_password": f"{LEADER}{LEADER}"}
    row_id = add(desk)
    with bureau.context.engine.begin() as connection:
        connection.execute(text("UPDATE sample_thing SET state = 'sent'"))
    assert desk.post(f"modules/sample/thing/{row_id}/move/agree", version="1", **two).status_code == 303
    changed = {**THING, "count": "13"}

    answer = desk.post(f"modules/sample/thing/{row_id}/edit", **changed, version="2")

    assert answer.status_code == 409 and "已审批" in answer.text
    assert desk.get(f"modules/sample/thing/{row_id}/edit").status_code == 409
    assert f"{row_id}/edit" not in desk.get(f"modules/sample/thing/{row_id}").text
    assert [one.values["count"] for one in rows(bureau)] == [12]
    assert desk.post(f"modules/sample/thing/{row_id}/move/recall", version="2", **two).status_code == 303
    assert desk.post(f"modules/sample/thing/{row_id}/edit", **changed, version="3").status_code == 303
    assert [one.values["count"] for one in rows(bureau)] == [13]


@pytest.mark.parametrize("token", ["", "x" * 43])
def test_a_wrong_link_opens_nothing(bureau: Service, token: str) -> None:
    assert bureau.http.post("/public/send", data={"token": token}).status_code == 404


def test_a_link_ends_with_the_next_one_and_after_sixty_days(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk)
    tokens = []
    for _ in range(2):
        found = re.search(r"public/send#([\w-]{43})", desk.post(f"modules/sample/thing/{row_id}/link").text)
        assert found is not None
        tokens.append(found[1])

    answers = [bureau.http.post("/public/send", data={"token": one}).status_code for one in tokens]
    bureau.clock.forward(days=61)

    assert answers == [404, 200]
    assert bureau.http.post("/public/send", data={"token": tokens[1]}).status_code == 404


def test_what_is_published_is_public_and_nothing_else(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name="公开的")
    add(desk, name="不公开的", shown="no")

    page = bureau.http.get("/public/sample/thing").text

    assert "公开的" in page and "不公开的" not in page and "27.99412" in page and "330***" not in page
    assert bureau.http.get("/public/sample/part").status_code == 404
    assert bureau.http.get("/public/other/thing").status_code == 404


def test_a_list_turns_its_pages_there_and_back_in_every_order_and_hides_no_row(both: Service) -> None:
    desk = Desk(both, CLERK)
    for number in range(23):
        add(
            desk,
            name=f"样{number:02}",
            count=str(number % 5) if number % 3 else "",
            day="" if number % 4 else "2026-06-01",
        )
    place, vault = where(both), both.context.vault
    with both.context.engine.connect() as connection:
        for sort in ("", "name", "count", "day", "fen"):
            for down in (False, True):
                seen, after, pages = [], "", []
                while True:
                    page = paging.page(connection, vault, place, Wanted(sort=sort, down=down, after=after), 4)
                    pages.append([one.id for one in page.rows])
                    seen += pages[-1]
                    if not page.after:
                        break
                    after = page.after
                assert sorted(seen) == sorted(one.id for one in rows(both)), (sort, down)
                for earlier in reversed(pages[:-1]):
                    back = Wanted(sort=sort, down=down, after=page.before, back=True)
                    page = paging.page(connection, vault, place, back, 4)
                    assert [one.id for one in page.rows] == earlier, (sort, down)
                assert page.before == ""


def test_a_list_finds_by_the_beginning_and_by_a_whole_number(both: Service) -> None:
    desk = Desk(both, CLERK)
    add(desk, name="和平社区")
    add(desk, name="平安社区", id_no="", phone="13900000001")

    assert [one.values["name"] for one in rows(both, text="和平")] == ["和平社区"]
    assert [one.values["name"] for one in rows(both, text=ID_NO)] == ["和平社区"]
    assert [one.values["name"] for one in rows(both, text="13900000001")] == ["平安社区"]
    assert rows(both, text="社区") == [] and rows(both, text="139") == []
    assert [one.values["name"] for one in rows(both, only={"id_no": ("*",)})] == ["和平社区"]


def test_a_move_is_stamped_with_the_local_day(bureau: Service) -> None:
    bureau.clock.now = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 07:30 on the first of July
    desk = Desk(bureau, CLERK)
    row_id = add(desk)
    found = re.search(r"public/send#([\w-]{43})", desk.post(f"modules/sample/thing/{row_id}/link").text)
    assert found is not None
    sent = {"token": found[1], "version": "1", "note": "x"}
    assert bureau.http.post("/public/send/send", data=sent).status_code == 200
    two = {"second_staff_no": LEADER, "second_password": f"{LEADER}{LEADER}"}
    assert desk.post(f"modules/sample/thing/{row_id}/move/agree", version="2", **two).status_code == 303

    (row,) = rows(bureau)
    assert str(row.values["agreed_on"]) == "2026-07-01"


def test_a_number_that_is_looked_for_stands_in_no_address(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name="和平社区")
    add(desk, name="平安社区", id_no="", phone="13900000001")

    found = desk.post("modules/sample/thing/find", q=ID_NO)
    assert ID_NO not in found.headers["location"]
    page = desk.http.get(found.headers["location"]).text
    assert "和平社区" in page and "平安社区" not in page and "样ID number" in page
    named = desk.post("modules/sample/thing/find", q="平安")
    assert "平安社区" in desk.http.get(named.headers["location"]).text
    assert desk.post("modules/sample/thing/find", q="").headers["location"].endswith("/modules/sample/thing")


def test_search_finds_rows_cases_and_goes_straight_to_the_only_find(bureau: Service) -> None:
    desk = Desk(bureau, LEADER)
    row_id = add(desk, name="和平社区")

    straight = desk.post("search", q="和平")
    assert straight.headers["location"].endswith(f"modules/sample/thing/{row_id}")
    assert desk.post("search", q=ID_NO).headers["location"].endswith(row_id)
    assert "没有" in desk.post("search", q="天外").text
    assert Desk(bureau, "1016").post("search", q="和平").status_code == 303
    assert "和平" not in Desk(bureau, "1001").post("search", q="和平").headers.get("location", "")


def test_my_work_shows_what_waits_for_somebody_here_and_not_all_that_could_be_moved(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = add(desk)
    assert "样Thing: 样Sent" not in desk.get("work").text
    found = re.search(r"public/send#([\w-]{43})", desk.post(f"modules/sample/thing/{row_id}/link").text)
    assert found is not None
    bureau.http.post("/public/send/send", data={"token": found[1], "version": "1", "note": "x"})

    assert "样Thing: 样Sent" in desk.get("work").text
    assert "由外部提交 · 样Agree（须两人） · 样Return" in desk.get("work").text
    assert "样Thing: 样Sent" not in Desk(bureau, COUNTY).get("work").text
    agreed = desk.post(f"modules/sample/thing/{row_id}/move/agree", version="2", payee=ACCOUNT, **TWO)
    assert agreed.status_code == 303
    assert "样Thing" not in desk.get("work").text, "what two agreed could be recalled, but waits for nobody"


def test_a_county_links_to_its_own_rows_and_to_the_city_s(bureau: Service) -> None:
    city, county = Desk(bureau, CLERK), Desk(bureau, COUNTY)
    own = add(city, county="330300", name="市本级样品")

    assert "市本级样品" in county.get("modules/sample/part/new").text
    done = county.post("modules/sample/part/new", county="330324", thing=own, title="部件")
    assert done.status_code == 303


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("thing/%00", 422),
        ("thing/import/%00", 422),
        ("thing/%00/edit", 422),
        ("thing?q=%00", 422),
        ("thing?county=%00", 422),
        ("thing?f.name=a%00", 422),
        ("part?f.thing=%00", 422),
        ("thing/export.csv?q=a%00", 422),
        ("thing/withdrawn?after=0001-01-01T00:00:00%2B14:00%20x", 200),
        ("thing/withdrawn?after=9999-12-31T23:59:59-14:00%20x", 200),
        ("thing?after=nowhere", 200),
        ("thing?sort=name&after=nowhere", 200),
        ("thing?sort=name&after=%00", 422),
    ],
)
def test_what_no_database_can_hold_is_turned_away_or_finds_nothing(both: Service, path: str, status: int) -> None:
    desk = Desk(both, CLERK)
    add(desk)

    assert desk.get(f"modules/sample/{path}").status_code == status


TWO = {"second_staff_no": LEADER, "second_password": f"{LEADER}{LEADER}"}
ACCOUNT = "6222020000000000000"


def sent(service: Service, desk: Desk, **changes: str) -> str:
    """A row that somebody outside has sent in; its id. Its version is 2."""
    row_id = add(desk, **changes)
    found = re.search(r"public/send#([\w-]{43})", desk.post(f"modules/sample/thing/{row_id}/link").text)
    assert found is not None
    done = service.http.post("/public/send/send", data={"token": found[1], "version": "1", "note": "x"})
    assert done.status_code == 200
    return row_id


def test_a_form_leaves_alone_what_two_people_filled(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = sent(bureau, desk)
    agreed = desk.post(f"modules/sample/thing/{row_id}/move/agree", version="2", payee=ACCOUNT, **TWO)
    assert agreed.status_code == 303
    assert desk.post(f"modules/sample/thing/{row_id}/move/recall", version="3", **TWO).status_code == 303

    changed = THING | {"version": "4", "name": "改名", "payee": "1"}
    edited = desk.post(f"modules/sample/thing/{row_id}/edit", **changed)

    assert edited.status_code == 303
    with bureau.context.engine.connect() as connection:
        row = keeping.find(connection, where(bureau), row_id, None)
        told = [one.field for one in keeping.history(connection, where(bureau), row_id) if one.version == 5]
    assert row is not None and keeping.clear(bureau.context.vault, where(bureau), row, "payee") == ACCOUNT
    assert "payee" not in told and "name" in told


def test_a_move_s_link_is_chosen_on_the_page_and_looked_at(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    other, away = add(desk, name="和平"), "f" * 32
    row_id = sent(bureau, desk, name="平安")
    assert f'<option value="{other}"' in desk.get(f"modules/sample/thing/{row_id}").text

    lost = desk.post(f"modules/sample/thing/{row_id}/move/return", version="2", note="y", follows=away)
    done = desk.post(f"modules/sample/thing/{row_id}/move/return", version="2", note="y", follows=other)

    assert (lost.status_code, done.status_code) == (422, 303)


def test_the_second_person_works_in_the_module_and_with_the_county(bureau: Service) -> None:
    desk = Desk(bureau, LEADER)
    row_id = sent(bureau, desk)
    two = {"second_staff_no": COUNTY, "second_password": f"{COUNTY}{COUNTY}", "version": "2"}
    assert desk.post(f"modules/sample/thing/{row_id}/move/agree", **two).status_code == 403, "another county's"
    two |= {"second_staff_no": CLERK, "second_password": f"{CLERK}{CLERK}"}
    grant(bureau, CLERK, [])
    assert desk.post(f"modules/sample/thing/{row_id}/move/agree", **two).status_code == 403, "another module's"
    grant(bureau, CLERK, ["sample"])
    assert desk.post(f"modules/sample/thing/{row_id}/move/agree", **two).status_code == 303


def test_a_module_is_granted_by_two_and_taken_by_one(bureau: Service) -> None:
    desk, form = Desk(bureau, LEADER), {"module": "sample", "second_staff_no": "1016"}
    grant(bureau, CLERK, [])
    alone = desk.post(f"module-grants/{CLERK}", module="sample")
    wrong = desk.post(f"module-grants/{CLERK}", **form, second_password="wrong")
    assert (alone.status_code, wrong.status_code) == (409, 401)
    assert all(one.text.count('value="sample" checked') == 2 for one in (alone, wrong)), "what was ticked stays so"
    for second in ("1051", CLERK, "1010"):
        typed = {"module": "sample", "second_staff_no": second, "second_password": second * 2}
        assert desk.post(f"module-grants/{CLERK}", **typed).status_code in (403, 409), second
    assert Desk(bureau, CLERK).get("modules/sample/thing").status_code == 404

    assert desk.post(f"module-grants/{CLERK}", **form, second_password="10161016").status_code == 303
    assert Desk(bureau, CLERK).get("modules/sample/thing").status_code == 200
    assert desk.post(f"module-grants/{CLERK}").status_code == 303
    assert Desk(bureau, CLERK).get("modules/sample/thing").status_code == 404
    with bureau.context.engine.connect() as connection:
        ask = text("SELECT what FROM audit_link WHERE what LIKE 'modules granted%' ORDER BY log_no DESC LIMIT 2")
        assert connection.execute(ask).scalars().all() == ["modules granted: none", "modules granted: sample with 1016"]


def test_a_secret_that_a_move_leaves_empty_stays(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    row_id = sent(bureau, desk)
    page = desk.get(f"modules/sample/thing/{row_id}").text
    assert ">x</textarea>" in page, "what is there already stands in the field"
    assert ACCOUNT not in page


def test_a_link_is_named_by_what_the_row_is_called(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name="和平")

    assert desk.post("modules/sample/part/new", county="330302", thing="和平", title="甲").status_code == 303
    assert desk.post("modules/sample/part/new", county="330302", thing="战争", title="乙").status_code == 422


def test_a_county_s_row_leads_to_no_other_county_s_whoever_writes_it(bureau: Service) -> None:
    city = Desk(bureau, CLERK)
    other = add(city, county="330302", name="鹿城样品")

    done = city.post("modules/sample/part/new", county="330324", thing=other, title="部件")
    assert done.status_code == 422
    assert city.post("modules/sample/part/new", county="330300", thing=other, title="部件").status_code == 303


def test_a_form_offers_links_to_rows_of_its_county_and_of_the_city_alone(bureau: Service) -> None:
    city = Desk(bureau, CLERK)
    add(city, county="330302", name="鹿城样品")
    there = add(city, county="330324", name="永嘉样品")
    add(city, county="330300", name="市本级样品")

    first = city.get("modules/sample/part/new").text
    assert "先选县（市、区）" in first and "样品" not in first and 'name="title"' not in first
    chosen = city.get("modules/sample/part/new?county=330324").text
    assert "永嘉样品" in chosen and "市本级样品" in chosen and "鹿城样品" not in chosen
    assert "可关联的只列出永嘉县和市本级的记录" in chosen
    assert "鹿城样品" in city.get("modules/sample/part/new?county=330300").text
    wrong = city.post("modules/sample/part/new", county="330324", thing=there, title="")
    assert wrong.status_code == 422 and "永嘉样品" in wrong.text and "鹿城样品" not in wrong.text
    part = add(city, "part", county="330324", thing=there, title="部件")
    assert "鹿城样品" not in city.get(f"modules/sample/part/{part}/edit").text
    moved = city.get(f"modules/sample/thing/{sent(bureau, city, county='330324', name='永嘉另一样品')}").text
    assert 'name="follows"' in moved and "市本级样品" in moved and "鹿城样品" not in moved


def test_what_is_asked_before_the_county_takes_no_number_of_anybody_into_an_address(bureau: Service) -> None:
    page = Desk(bureau, CLERK).post("modules/sample/thing/new", **THING | {"county": "", "follows": "a" * 32})

    assert page.status_code == 422 and "a" * 32 in page.text and ID_NO not in page.text


def test_indexes_that_a_declaration_gained_are_made_on_tables_that_are_there(both: Service) -> None:
    engine, desk = both.context.engine, Desk(both, CLERK)
    module, part = sample_module.MODULE, sample_module.PART
    columns = tuple(replace(one, filtered=one.name == "thing", unique=one.name != "thing") for one in part.columns)
    grown = replace(module, records=(sample_module.THING, replace(part, columns=columns)))
    thing = add(desk)
    for title in ("一", "二"):
        add(desk, "part", county="330302", thing=thing, title=title, weight="5")

    with pytest.raises(UnsafeStore, match="rows have the same home_id, weight"):
        tables.prepare(engine, [grown])
    with engine.begin() as connection:
        connection.execute(text("UPDATE sample_part SET weight = 6 WHERE title = '二'"))
    assert tables.prepare(engine, [grown]) == [
        "sample_part_of_thing",
        "sample_part_one_title",
        "sample_part_one_weight",
    ]
    assert tables.prepare(engine, [grown]) == []
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE sample_part SET title = '一'"))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE sample_part SET weight = 5"))
