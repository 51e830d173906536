"""A family's link: what it shows, what it never shows, and that it stops at once when it is ended."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cardsvc.api.app import Surface, create_app
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.documents import receipt
from cardsvc.handlers import family_link
from cardsvc.store.family import hash_of
from cardsvc.store.snapshots import case_bill, case_lines
from tests.support.calling import caller
from tests.support.home import Service
from tests.support.paper import Held
from tests.support.telling import ARRANGED, DRESSED, FAREWELL, TO_STORAGE, go, opened

pytestmark = pytest.mark.one_engine
ALLOWED = {
    "home", "phone", "name", "milestones", "words", "at", "held", "paused", "over", "needs", "looked", "looks",
    "confirmed", "version", "next", "hall", "bill", "lines", "item", "quantity", "price", "waived", "due", "payer",
    "basis", "running", "paid", "deposit", "open", "ashes_until", "storage", "receipts", "kind", "number", "amount",
    "void", "rest",
}  # fmt: skip
OURS = {"x-one-card": "1"}
SECRETS = (
    "王守义", "守义", "王小雨", "13800000000", "鹿城区", "330302194001010010", "19400101", "1940", "WZ-2026-000001",
    "WZC-", "A-07", "F1", "D0001", "7Q2F", "1004", "吴雪梅", "natural", "cold_storage",
)  # fmt: skip


def browser(service: Service) -> TestClient:
    return caller(create_app([Surface.FAMILY], service.context))


def link(service: Service, case_no: CaseNo) -> str:
    address = family_link.make(service.context, case_no, StaffNo("1001"), service.clock.now)
    assert isinstance(address, str)
    return urldefrag(address).fragment


def look_in(service: Service, token: str) -> TestClient:
    client = browser(service)
    answer = client.post("/family/open", json={"token": token}, headers=OURS)
    assert answer.status_code == 204, answer.text
    return client


@pytest.fixture
def case_no(service: Service) -> Iterator[CaseNo]:
    number, card = opened(service)
    go(service, number, card, *TO_STORAGE)
    yield number


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys_of(one)}
    return {key for one in value for key in keys_of(one)} if isinstance(value, list) else set()


def test_a_link_shows_milestones_and_nothing_that_is_not_on_the_list(service: Service) -> None:
    number, card = opened(service)
    go(service, number, card, *TO_STORAGE, *ARRANGED, *DRESSED, *FAREWELL)
    client = look_in(service, link(service, number))
    client.post("/family/confirm", json={"digits": "0000"}, headers=OURS)

    fetched = [
        client.get(path) for path in ("/family/status", "/family/status?lang=en", "/family/", "/family/?lang=en")
    ]
    fetched += [client.get(f"/family/static/{one}") for one in ("family.js", "family.css", "icon.svg")]

    assert keys_of(fetched[0].json()) <= ALLOWED
    assert fetched[0].json()["name"] == "王某"
    assert fetched[0].json()["bill"]["lines"]
    for answer in fetched:
        said = answer.text + json.dumps(dict(answer.headers), ensure_ascii=False)
        assert [one for one in SECRETS if one in re.sub(r'"at": ?"[^"]*"', "", said)] == [], answer.url


def test_the_bill_needs_the_second_factor(service: Service, case_no: CaseNo) -> None:
    client = look_in(service, link(service, case_no))
    assert "bill" not in client.get("/family/status").json()

    wrong = client.post("/family/confirm", json={"digits": "9999"}, headers=OURS)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "code_invalid")
    assert "bill" not in client.get("/family/status").json()

    client.post("/family/confirm", json={"digits": "0000"}, headers=OURS)
    bill = client.get("/family/status").json()["bill"]
    assert bill["running"][0]["quantity"] == 1
    assert bill["storage"][0].endswith("¥80.00"), "the price of a day before it runs"
    assert bill["storage"][-1].endswith("¥320.00"), "seven days, the first three waived"
    assert bill["lines"][0]["basis"]


def test_guessing_the_second_factor_is_slowed_down_and_locks_nobody_else_out(service: Service, case_no: CaseNo) -> None:
    token = link(service, case_no)
    guesser, family = look_in(service, token), browser(service)
    codes = [
        guesser.post("/family/confirm", json={"digits": f"{n:04d}"}, headers=OURS).status_code for n in range(1, 8)
    ]
    assert codes == [409, 409, 409, 409, 409, 429, 429]
    service.clock.forward(minutes=11)
    assert guesser.post("/family/confirm", json={"digits": "0000"}, headers=OURS).status_code == 204
    assert family.post("/family/open", json={"token": token}, headers=OURS).status_code == 204


def test_unknown_revoked_and_expired_look_alike(service: Service, case_no: CaseNo) -> None:
    revoked, expired = link(service, case_no), link(service, case_no)
    family_link.revoke(service.context, hash_of(revoked), StaffNo("1001"), service.clock.now)
    service.clock.forward(days=family_link.LIVES.days + 1)
    answers = [
        browser(service).post("/family/open", json={"token": token}, headers=OURS)
        for token in ("A" * 43, revoked, expired)
    ]
    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}


def test_a_revoked_link_stops_at_once_with_the_page_open(service: Service, case_no: CaseNo) -> None:
    token = link(service, case_no)
    client = look_in(service, token)
    assert client.get("/family/status").status_code == 200

    family_link.revoke(service.context, hash_of(token), None, service.clock.now)

    assert client.get("/family/status").status_code == 404
    assert client.get("/family/events").status_code == 404


def test_a_family_may_end_its_link_itself_after_the_second_factor(service: Service, case_no: CaseNo) -> None:
    client = look_in(service, link(service, case_no))
    assert client.post("/family/revoke", json={}, headers=OURS).status_code == 409
    client.post("/family/confirm", json={"digits": "0000"}, headers=OURS)
    assert client.post("/family/revoke", json={}, headers=OURS).status_code == 204
    assert client.get("/family/status").status_code == 404


def test_a_cookie_of_one_case_shows_no_other(service: Service, case_no: CaseNo) -> None:
    other = service.station(next(iter(service._stations))).book(id_no=None, deceased_name="李明").case_no
    assert other is not None
    client = look_in(service, link(service, case_no))
    look_in(service, link(service, other))
    assert client.get("/family/status").json()["name"] == "王某"


def test_a_get_never_consumes_a_link_and_a_foreign_form_opens_none(service: Service, case_no: CaseNo) -> None:
    token = link(service, case_no)
    client = browser(service)
    assert client.get("/family/", headers={"user-agent": "preview"}).cookies == {}
    assert client.post("/family/open", json={"token": token}).status_code == 403
    assert client.get("/family/open").status_code == 405


def test_the_page_is_small_and_its_headers_are_strict(service: Service) -> None:
    client = browser(service)
    page = client.get("/family/")
    size = len(page.content) + sum(
        len(client.get(f"/family/static/{one}").content) for one in ("family.js", "family.css")
    )
    assert size < 60_000
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert [page.headers[name] for name in ("referrer-policy", "cache-control")] == ["no-referrer", "no-store"]
    assert "noindex" in page.headers["x-robots-tag"]


def test_only_the_hash_of_a_token_is_kept(service: Service, case_no: CaseNo) -> None:
    token = link(service, case_no)
    with service.context.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT token_hash FROM family_link").all()
    assert token not in str(rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(st.binary(max_size=60), st.text(max_size=40).map(lambda text: json.dumps({"token": text}).encode()))
)
def test_whatever_is_posted_the_answer_is_a_problem_with_a_code(service: Service, body: bytes) -> None:
    service.clock.now += timedelta(minutes=1)
    for path in ("open", "confirm", "revoke"):
        answer = browser(service).post(
            f"/family/{path}", content=body, headers={**OURS, "content-type": "application/json"}
        )
        assert 400 <= answer.status_code < 500
        assert answer.json()["code"]


def test_the_receipts_qr_opens_the_familys_page(service: Service, case_no: CaseNo, tmp_path: Path) -> None:
    address = family_link.make(service.context, case_no, StaffNo("1001"), service.clock.now)
    assert isinstance(address, str)
    with service.context.engine.connect() as connection:
        bill = case_bill(connection, service.context.home_id, case_no)
        lines = case_lines(connection, service.context.home_id, case_no)
    for language in ("zh_CN", "en"):
        pdf = receipt.render("温州市殡仪馆", case_no, "王某", bill, lines, address, service.clock.now, language)
        held = Held(pdf, tmp_path, f"receipt-{language}")
        assert held.scanned() == [address]
        words = held.words()
        assert case_no in words and "王某" in words and "13800000000" not in words


def test_milestones_are_gentle_words_in_the_order_of_the_way(service: Service, case_no: CaseNo) -> None:
    told = look_in(service, link(service, case_no)).get("/family/status").json()["milestones"]
    assert [one["words"] for one in told] == ["已受理", "已派车", "已接到", "已到馆", "安置妥当"]
    assert [one["at"] for one in told] == sorted(one["at"] for one in told)
