"""The console's cold storage, places, shifts and rules: what the pages show and what their forms change."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cardsvc.api import notices
from cardsvc.core.facts import Details, PlaceKind, StationKind, Step
from cardsvc.core.terms import Notice, Reason
from cardsvc.core.words import say
from cardsvc.store import cold_storage, outbox, policies
from cardsvc.store import tables as t
from cardsvc.store.resources import thing
from tests.admin_web.test_console import sign_in
from tests.core.story import DETAILS
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened, stored

TWO = {"second_staff_no": "1016", "second_password": "10161016"}


def linked(service: Service, start: str) -> list[str]:
    with service.context.engine.connect() as connection:
        return [row.what for row in connection.execute(t.audit_link.select()) if row.what.startswith(start)]


def setup_version(service: Service) -> int:
    with service.context.engine.connect() as connection:
        return int(connection.execute(t.home.select()).one().setup_version)


def test_the_map_shows_who_is_where_and_until_when(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    desk = Desk(service, "1004")

    page = desk.get("cold-storage").text

    assert case_no in page
    assert "7Q2F" in page
    assert "2026-11-08" in page, "seven days after it was stored"
    assert desk.get("cold-storage/terms").text.count(case_no) >= 1


def test_a_body_that_is_out_too_long_comes_first(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    due = service.clock.now + timedelta(hours=2)
    out = DETAILS[Step.TAKE_OUT].model_copy(update={"reason": Reason.VIEWING, "due": due})
    service.station(StationKind.COLD_STORAGE).take(case_no, Step.TAKE_OUT, out, card)
    assert "逾期" not in Desk(service, "1004").get("cold-storage").text

    service.clock.forward(hours=3)

    page = Desk(service, "1004").get("cold-storage").text
    assert "逾期" in page
    assert "瞻仰" in page or "告别" in page or case_no in page


def test_temperatures_are_typed_and_one_out_of_range_is_named(service: Service) -> None:
    desk = Desk(service, "1004")
    assert desk.post("cold-storage/temperatures", **{"t-A-01": "-4.5", "t-A-02": "7"}).status_code == 303
    assert linked(service, "temperature") == ["temperature out of range 70"]
    page = desk.get("cold-storage").text
    assert "-4.5 °C" in page
    assert "超出限值" in page


@pytest.mark.parametrize("text", ["warm", "1.23", "NaN", "99"])
def test_what_is_no_temperature_is_refused_whole(service: Service, text: str) -> None:
    desk = Desk(service, "1004")
    assert desk.post("cold-storage/temperatures", **{"t-A-01": "-4", "t-A-02": text}).status_code == 422
    with service.context.engine.connect() as connection:
        assert cold_storage.readings(connection, service.context.home_id, "A-01") == []


def test_a_sensor_sends_again_and_nothing_is_doubled(service: Service) -> None:
    desk = Desk(service, "1004")
    sent = {"readings": [{"slot": "A-01", "at": service.clock.now.isoformat(), "tenths": -180}]}
    assert desk.api("POST", "temperatures", sent).json() == {"new": 1}
    assert desk.api("POST", "temperatures", sent).json() == {"new": 0}
    late = {"readings": [{"slot": "A-01", "at": (service.clock.now + timedelta(hours=1)).isoformat(), "tenths": 1}]}
    assert desk.api("POST", "temperatures", late).status_code == 422
    assert Desk(service, "1006").api("POST", "temperatures", sent).status_code == 403


def test_a_count_names_both_kinds_of_difference(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    desk = Desk(service, "1004")
    asked = desk.get("cold-storage/count").text
    assert case_no not in asked, "nobody copies the records"

    desk.http.post("/office/cold-storage/count", data={"form_token": desk.form_token, "found": ["A-08", "B-01"]})

    with service.context.engine.connect() as connection:
        (count,) = cold_storage.counts(connection, service.context.home_id)
    assert (count.counted, count.recorded) == (2, 1)
    assert [(one.slot, one.case_no) for one in count.differences.missed] == [("A-07", case_no)]
    assert count.differences.found == ("A-08", "B-01")
    assert case_no in desk.get("cold-storage/count").text


def test_notices_of_the_term_are_sent_once_each_and_anew_for_a_new_term(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)

    def told() -> tuple[int, int, int]:
        new = notices.handle(service.context, service.clock.now)
        assert notices.handle(service.context, service.clock.now) == 0
        with service.context.engine.connect() as connection:
            both = (Notice.STORAGE_ENDS, Notice.STORAGE_OVERDUE)
            sent = [len(outbox.of_case(connection, service.context.home_id, case_no, one)) for one in both]
        return new, sent[0], sent[1]

    assert told() == (0, 0, 0)
    service.clock.forward(days=5, hours=1)
    assert told() == (1, 1, 0)
    assert stored(service, case_no).notices == (Notice.STORAGE_ENDS,), "what was told is a fact of the case"
    service.clock.forward(days=2)
    assert told() == (1, 1, 1)
    more = Details(due=service.clock.now + timedelta(days=10), reason=Reason.FAMILY_WISH)
    service.station(StationKind.COLD_STORAGE).take(case_no, Step.EXTEND_STORAGE, more, card)
    assert told() == (0, 1, 1)
    service.clock.forward(days=9)
    assert told() == (1, 2, 1)


def test_a_place_is_closed_with_its_reason_and_every_station_is_told(service: Service) -> None:
    before, desk = setup_version(service), Desk(service, "1015")

    desk.post("resources/slot/A-07", closed="equipment", max_length_cm="200", max_width_cm="80", max_weight_kg="150")

    with service.context.engine.connect() as connection:
        found = thing(connection, service.context.home_id, PlaceKind.SLOT, "A-07")
    assert found is not None
    assert (found.traits.closed, found.traits.max_length_cm) == (Reason.EQUIPMENT, 200)
    assert setup_version(service) == before + 1
    assert linked(service, "place changed") == ["place changed"]
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:-1])
    refused = service.station(StationKind.COLD_STORAGE).take(case_no, Step.STORE, DETAILS[Step.STORE], card)
    assert "place_closed" in str(refused)


def test_a_temporary_slot_comes_and_goes_but_not_while_it_is_used(service: Service) -> None:
    desk = Desk(service, "1015")
    assert desk.post("resources", kind="slot", code="t-01").status_code == 303
    assert desk.post("resources", kind="slot", code="T-01").status_code == 409
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:-1])
    here = DETAILS[Step.STORE].model_copy(update={"slot": "T-01"})
    service.station(StationKind.COLD_STORAGE).take(case_no, Step.STORE, here, card)

    assert Desk(service, "1015").post("resources/slot/T-01/remove").status_code == 409
    go(service, case_no, card, Step.TAKE_OUT)
    later = Desk(service, "1015")
    assert later.post("resources/slot/T-01/remove").status_code == 303
    assert later.post("resources/slot/T-01/remove").status_code == 409, "it is gone"
    assert later.post("resources/slot/A-01/remove").status_code == 403, "what belongs to the house stays"


def test_only_who_may_changes_places(service: Service) -> None:
    assert Desk(service, "1004").post("resources/slot/A-07", closed="equipment").status_code == 403


def test_shifts_are_clocked_and_a_qualification_is_set_by_two(service: Service) -> None:
    desk = Desk(service, "1015")
    assert desk.post("shifts/clock", card="1011", to="off").status_code == 303
    assert desk.post("shifts/clock", card="9999", to="on").status_code == 409
    assert linked(service, "clocked out") == ["clocked out"]
    assert desk.post("shifts/1011/qualified", until="2027-01-31").status_code != 303
    assert desk.post("shifts/1011/qualified", until="2027-01-31", **TWO).status_code == 303
    assert desk.post("shifts/1015/qualified", until="2027-01-31", **TWO).status_code != 303, "never one's own"
    assert "2027-01-31" in desk.get("shifts").text


def test_what_collides_every_time_is_told_in_words(service: Service) -> None:
    desk = Desk(service, "1015")
    desk.post("shifts/clock", card="1011", to="off")
    again = desk.post("shifts/clock", card="1011", to="on")
    assert again.status_code == 503, "the clock of this test stands still: two shifts would begin at one moment"
    assert say("zh_CN", "problem.too_many.do") in again.text


def rules_form(**changes: str) -> dict[str, str]:
    from cardsvc.core.policy import RULES, Policy

    product = Policy()
    values = {name: getattr(product, name) for name in RULES}
    form = {name: ("yes" if one else "no") if isinstance(one, bool) else str(one) for name, one in values.items()}
    return form | changes


def test_rules_take_effect_on_their_day_and_an_older_day_reads_the_older_ones(service: Service) -> None:
    desk, home = Desk(service, "1015"), service.context.home_id
    changes = {"storage_days": "10", "basis-storage_days": "X 1", "valid_from": "2026-11-05"}
    before = setup_version(service)

    assert desk.post("rules", **rules_form(**changes), **TWO).status_code == 303

    with service.context.engine.connect() as connection:
        days = [
            policies.policy_of(connection, home, service.clock.now + timedelta(days=after)).storage_days
            for after in (0, 3, 4, 9)
        ]
    assert days == [7, 7, 10, 10], "in local days: the fifth begins on the fourth, 16:00 UTC"
    assert setup_version(service) == before + 1
    assert linked(service, "rules set") == ["rules set from 2026-11-05 with 1016"]
    page = desk.get("rules").text
    assert "X 1" in page
    assert "待生效" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"storage_days": "10", "valid_from": "2026-11-05"},
        {"storage_days": "10", "basis-storage_days": "X 1", "valid_from": "2026-10-31"},
        {"storage_days": "40", "basis-storage_days": "X 1", "valid_from": "2026-11-05"},
        {"storage_days": "ten", "basis-storage_days": "X 1", "valid_from": "2026-11-05"},
        {"valid_from": "2026-11-05"},
        {"storage_days": "10", "basis-storage_days": "X 1", "valid_from": "2026-11-05", "second_staff_no": ""},
        {"storage_days": "10", "basis-storage_days": "X 1", "valid_from": "", "second_password": "wrong"},
    ],
)
def test_rules_without_basis_day_order_or_second_person_are_refused(service: Service, changes: dict[str, str]) -> None:
    desk = Desk(service, "1015")
    assert desk.post("rules", **rules_form() | TWO | changes).status_code >= 400
    with service.context.engine.connect() as connection:
        assert policies.policies(connection, service.context.home_id) == []


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_the_places_are_worked_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int
) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE)
    home, now = service.context.home_id, service.clock.now
    with service.context.engine.begin() as connection:
        cold = [
            cold_storage.Reading(f"A-0{n}", now, tenths, "sensor", None) for n, tenths in ((7, -40), (8, 90), (9, 35))
        ]
        cold_storage.add_readings(connection, home, cold)
    page = pages.open(language=language, width=width)
    sign_in(page, office, "1015")
    for path in ("cold-storage", "cold-storage/terms", "cold-storage/temperatures", "resources", "shifts", "rules"):
        page.goto(f"{office}{path}")
        expect(page.locator("h1")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
        picture(page, f"places-{language}-{width}-{path.replace('/', '-')}")

    page.goto(f"{office}cold-storage/count")
    page.locator("[value=A-08]").focus()
    page.keyboard.press("Space")
    page.locator("main form button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr .stop")).to_have_count(2)
    picture(page, f"places-{language}-{width}-count", whole=True)

    page.goto(f"{office}resources?kind=furnace")
    page.locator("#F1 summary").focus()
    page.keyboard.press("Enter")
    page.locator("#F1 select[name=closed]").select_option("equipment")
    page.locator("#F1 button.go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#F1 .stop")).to_be_visible()
    picture(page, f"places-{language}-{width}-furnaces")
