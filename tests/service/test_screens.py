"""Screens on the walls: what they show, what they never show, and the farewell that must be the screen's case."""

import json
from datetime import timedelta
from typing import Any

import pytest

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.shown import NameChoice, ScreenKind
from cardsvc.core.station import offered
from cardsvc.core.terms import Approval, Reason
from cardsvc.core.wire import Outcome
from cardsvc.core.words import LANGUAGES, say
from cardsvc.handlers import hall_name, screen
from cardsvc.store import tables as t
from cardsvc.store.family import hash_of
from tests.core.story import COFFIN, START, TAG
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import ARRANGED, FIRE, READY, TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
BY = StaffNo("1015")
HOUR = timedelta(hours=1)
FAREWELL_AT = START + timedelta(days=2)
"""When the story's farewell begins (H1)."""


def made(service: Service, kind: ScreenKind = ScreenKind.QUEUE, hall: str | None = None) -> str:
    """A new screen's token."""
    address = screen.make(service.context, kind, hall, "门口", BY, service.clock.now)
    assert isinstance(address, str), address
    return address.rpartition("/")[2]


def shown(service: Service, token: str) -> dict[str, Any]:
    answer = service.http.get(f"/screens/{token}/now")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def second(service: Service, number: int = 2, *, tag: str = "8R3H", slot: str = "A-08", vehicle: str = "V2") -> Told:
    """Another body, stored beside the first one."""
    one = Told.begun(service, number, id_no=None)
    one.does(Step.DISPATCH, vehicle=vehicle, driver="1020", mate="1021")
    one.does(Step.COLLECT, tag=tag)
    one.does(Step.ARRIVE, tag=tag)
    one.does(Step.STORE, tag=tag, slot=slot)
    return one


def first(service: Service) -> Told:
    one = Told.begun(service, 1, id_no=None)
    one.go(*TO_STORAGE)
    return one


def everything(service: Service, *cases: Told) -> list[str]:
    """What must never stand on a wall: numbers, tags, cards, names, addresses, phones."""
    with service.context.engine.connect() as connection:
        rows = {row.case_no: row for row in connection.execute(t.funeral_case.select())}
    found = ["13800000000", "王小雨", "鹿城区"]
    for one in cases:
        row, case = rows[one.case_no], one.case
        name = service.context.vault.show(row.deceased_name_sealed, f"funeral_case/{one.case_no}/deceased_name")
        found += [one.case_no, one.card.card_no, name, case.tag or one.case_no, case.coffin or one.case_no]
    return found


def linked(service: Service, start: str) -> list[str]:
    with service.context.engine.connect() as connection:
        return [row.what for row in connection.execute(t.audit_link.select()) if row.what.startswith(start)]


def test_the_queue_shows_numbers_their_order_and_a_move_with_its_reason(service: Service) -> None:
    one, two = first(service), second(service)
    one.go(*READY, Step.QUEUE)
    two.does(Step.ENCOFFIN, tag="8R3H", coffin="K0002")
    two.does(Step.QUEUE, tag="8R3H", coffin="K0002")
    token = made(service)

    before = shown(service, token)["rows"]

    assert [(row["number"], row["turn"], row["ahead"][0], row["moved"]) for row in before] == [
        ("01", "waiting", "下一位", None),
        ("02", "waiting", "前面 1 位", None),
    ]
    two.office.step(two.case_no, Step.APPROVE, Details(approval=Approval.REORDER, reason=Reason.INFECTION))
    after = shown(service, token)["rows"]
    assert [(row["number"], row["moved"]) for row in after] == [
        ("02", ["调整: 按规定", "Moved: By regulation"]),
        ("01", None),
    ]


def test_the_queue_follows_a_case_through_the_fire_and_drops_one_that_left(service: Service) -> None:
    one, two = first(service), second(service)
    one.go(*READY)
    two.does(Step.ENCOFFIN, tag="8R3H", coffin="K0002")
    two.does(Step.QUEUE, tag="8R3H", coffin="K0002")
    token = made(service)
    two.does(Step.VOID, StationKind.CREMATION)
    assert shown(service, token)["rows"] == [], "who left the queue has no number any more"
    permit, turns = "", []
    for step in FIRE:
        judgement = one.tries(step, permit=permit if step is Step.LOAD else None)
        assert judgement.outcome is Outcome.ACCEPTED, (step, judgement)
        permit = judgement.permit or permit
        turns += [row["turn"] for row in shown(service, token)["rows"]]

    assert turns == ["waiting", "called", "in_progress", "done", "done"]
    service.clock.forward(days=1)
    assert shown(service, token)["rows"] == [], "yesterday is over"


def test_the_hall_shows_now_and_next_masked_unless_the_family_chose(service: Service) -> None:
    one, two = first(service), second(service)
    one.go(*ARRANGED)
    two.does(Step.RESERVE, hall="H1", starts=FAREWELL_AT + 2 * HOUR)
    token = made(service, ScreenKind.HALL, "H1")
    assert shown(service, token)["now"] is None, "two days before"

    service.clock.now = FAREWELL_AT + timedelta(minutes=5)
    body = shown(service, token)

    assert body["hall"] == ["思源厅", "Siyuan Hall"]
    assert body["now"] == {"name": ["王某"] * 2, "period": "11:30–12:45"}
    assert (body["check"], body["next"]["period"]) == ("waiting", "13:30–14:45")
    for choice, words, name in (
        (NameChoice.BOOKED, "", "王守义"),
        (NameChoice.OWN, "王老先生", "王老先生"),
        (NameChoice.MASKED, "", "王某"),
    ):
        hall_name.handle(service.context, one.case_no, choice, words, BY, service.clock.now)
        assert shown(service, token)["now"]["name"][0] == name
    assert linked(service, "hall name") == ["hall name booked", "hall name own", "hall name masked"]
    hall_name.handle(service.context, one.case_no, NameChoice.OWN, "王老先生", BY, service.clock.now)
    two_people = {"second_staff_no": "1016", "second_password": "10161016"}
    path = f"cases/{one.case_no}/correct/identity"
    assert Desk(service, "1015").post(path, deceased_name="李长河", **two_people).status_code == 303
    assert shown(service, token)["now"]["name"][0] == "李某", "the other name was approved"
    wrong = hall_name.handle(service.context, one.case_no, NameChoice.OWN, "长" * 21, BY, service.clock.now)
    assert isinstance(wrong, Refusal)


def test_the_tag_that_is_scanned_makes_the_screen_agree_and_the_end_frees_it(service: Service) -> None:
    one = first(service)
    one.go(*ARRANGED, Step.TAKE_OUT)
    service.clock.now = FAREWELL_AT + timedelta(minutes=5)
    token = made(service, ScreenKind.HALL, "H1")

    one.does(Step.FAREWELL)

    assert shown(service, token)["check"] == "agrees"
    service.clock.forward(hours=2)
    assert shown(service, token)["check"] == "agrees", "a farewell that lasts longer stays on its screen"
    one.does(Step.FAREWELL_OVER)
    assert (shown(service, token)["now"], shown(service, token)["check"]) == (None, None)


def test_a_farewell_in_the_hall_of_another_case_is_refused_when_it_is_asked(service: Service) -> None:
    one, two = first(service), second(service)
    one.go(*ARRANGED)
    two.does(Step.TAKE_OUT, tag="8R3H")
    service.clock.now = FAREWELL_AT + timedelta(minutes=5)

    judgement = asked(service, two)

    assert judgement.outcome is Outcome.REFUSED
    assert [(r.problem, r.detail) for r in judgement.reasons] == [(Problem.HALL_OF_ANOTHER, f"H1, {one.case_no}")]
    service.clock.now = FAREWELL_AT + 2 * HOUR
    assert asked(service, two).outcome is Outcome.ACCEPTED, "the period is over"


def asked(service: Service, one: Told) -> Any:
    """What the service says to a farewell that is asked for before it begins."""
    station = service.station(StationKind.FAREWELL)
    fields = station.people(Step.FAREWELL) | {"case_no": one.case_no}
    station.append(wire.Request(step=Step.FAREWELL, details=Details(tag="8R3H", hall="H1")), **fields)
    return station.judged()


def test_a_farewell_that_began_in_the_wrong_hall_stands_contested_and_the_screen_names_nobody(
    service: Service,
) -> None:
    one, two = first(service), second(service)
    one.go(*ARRANGED)
    two.does(Step.TAKE_OUT, tag="8R3H")
    service.clock.now = FAREWELL_AT + timedelta(minutes=5)
    token = made(service, ScreenKind.HALL, "H1")

    judgement = two.tries(Step.FAREWELL, tag="8R3H")

    assert judgement.outcome is Outcome.CONFLICT
    assert (two.case.place.code, len(two.case.gaps)) == ("H1", 1), "the body is there, and nothing irreversible goes on"
    body = shown(service, token)
    assert (body["check"], body["now"]) == ("differs", None)
    assert "某" not in json.dumps(body["now"])
    assert one.case.gaps == ()


def test_nothing_personal_is_ever_on_a_screen(service: Service) -> None:
    one, two = first(service), second(service)
    one.go(*ARRANGED, Step.ENCOFFIN, Step.TAKE_OUT)
    two.does(Step.ENCOFFIN, tag="8R3H", coffin="K0002")
    two.does(Step.QUEUE, tag="8R3H", coffin="K0002")
    service.clock.now = FAREWELL_AT + timedelta(minutes=5)
    one.does(Step.FAREWELL)
    forbidden = everything(service, one, two)
    assert {TAG, COFFIN, "8R3H", one.case_no} <= set(forbidden)
    for token in (made(service), made(service, ScreenKind.HALL, "H1")):
        for path in (f"/screens/{token}", f"/screens/{token}/now"):
            answer = service.http.get(path)
            text = answer.content.decode()
            assert answer.status_code == 200
            assert [word for word in forbidden if word in text or word in json.dumps(text)] == [], path
            assert "set-cookie" not in answer.headers
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["referrer-policy"] == "no-referrer"
    queue = shown(service, made(service))
    assert set(queue) == {"home", "at", "rows", "more"}
    assert {key for row in queue["rows"] for key in row} == {"number", "day", "turn", "words", "ahead", "moved"}
    assert "王" not in json.dumps(queue, ensure_ascii=False)


def test_a_screen_that_is_switched_off_or_unknown_shows_nothing(service: Service) -> None:
    token = made(service)
    assert service.http.get(f"/screens/{token}").status_code == 200
    with service.context.engine.connect() as connection:
        row = connection.execute(t.screen.select()).one()
    assert (row.token_hash, token in str(row)) == (hash_of(token), False), "only the hash is kept"
    assert row.seen_at == service.clock.now

    assert screen.revoke(service.context, hash_of(token), BY, service.clock.now) is None

    for address in (token, "A" * 43, "x"):
        page, now = service.http.get(f"/screens/{address}"), service.http.get(f"/screens/{address}/now")
        assert (page.status_code, now.status_code) == (404, 404)
        assert "已停用" in page.text
        assert now.json()["code"] == "link_invalid"
    assert linked(service, "screen") == ["screen made", "screen revoked"]
    assert screen.revoke(service.context, "00" * 32, BY, service.clock.now) is not None


@pytest.mark.parametrize(("kind", "hall", "title"), [("hall", "F1", "x"), ("queue", "H1", "x"), ("queue", None, " ")])
def test_a_screen_needs_a_hall_that_is_there_and_a_title(
    service: Service, kind: ScreenKind, hall: str | None, title: str
) -> None:
    assert isinstance(screen.make(service.context, ScreenKind(kind), hall, title, BY, service.clock.now), Refusal)


def test_every_reason_for_another_order_has_a_public_word_that_names_no_cause() -> None:
    for reason in offered(Step.APPROVE, "reason"):
        for language in LANGUAGES:
            word = say(language, f"public_reason.{reason}")
            assert word and word != say(language, "reason.infection") and word != say(language, "reason.unclaimed")
