"""The office's JSON surface: what its own description promises, and no crash whatever is sent."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from cardsvc.core.facts import StationKind
from tests.support.desk import Desk
from tests.support.home import Service, booking_form


def form(**changes: object) -> dict[str, object]:
    return booking_form(**changes).model_dump(mode="json", exclude_none=True)


def test_a_case_is_booked_found_and_read(service: Service) -> None:
    desk = Desk(service, "1006")
    made = desk.api("POST", "cases", {**form(), "wanted_at": "2026-11-03T09:30:00+08:00"})
    assert made.status_code == 201
    number = made.json()["case_no"]
    assert [one["case_no"] for one in desk.api("GET", "cases?q=000001").json()["cases"]] == [number]
    page = desk.api("GET", f"cases/{number}").json()
    assert page["shown_name"] == "王某" and page["case"]["stage"] == "booked"
    again = desk.api("POST", "cases", form())
    assert (again.status_code, again.json()["code"], again.json()["detail"]) == (409, "case_duplicate", number)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "cases?stage=nowhere", None, 422, "input_invalid"),
        ("GET", "cases/none", None, 422, "input_invalid"),
        ("GET", "cases/WZ-2026-999999", None, 404, "not_found"),
        ("POST", "cases", {}, 422, "input_invalid"),
        ("POST", "cases/WZ-2026-000001/steps", {"step": "store"}, 409, "step_not_here"),
        ("POST", "cases/WZ-2026-000001/reveal", {"what": "everything", "why": "police"}, 422, "input_invalid"),
        ("GET", "nowhere", None, 404, "not_found"),
    ],
)
def test_bad_input_is_a_problem_with_a_code(
    service: Service, method: str, path: str, body: object, status: int, code: str
) -> None:
    service.station(StationKind.BOOKING).book()
    answer = Desk(service, "1015").api(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_value_that_was_sent_comes_back_in_an_error(service: Service) -> None:
    answer = Desk(service, "1015").api("POST", "cases", {**form(), "id_no": 330302194001010010, "county": "330302x"})
    assert "330302194001010010" not in answer.text and "330302x" not in answer.text


@pytest.mark.parametrize("surface", ["office/api", "stations", "family"])
def test_whatever_is_sent_no_surface_crashes(service: Service, surface: str, night: bool) -> None:
    """Property-based: every operation of the surface's own OpenAPI document, with lawful and unlawful input."""
    service.station(StationKind.BOOKING).book()
    desk = Desk(service, "1015")
    document = desk.http.get(f"/{surface}/openapi.json").json()
    document["servers"] = [{"url": f"/{surface}"}]
    schema = schemathesis.openapi.from_dict(document)
    tried = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.label == "GET /events":  # endless by design; tested with the page
            continue
        attack(desk, surface, operation, 400 if night else 25)
        tried.append(operation.label)
    assert len(tried) >= 2


def attack(desk: Desk, surface: str, operation: Any, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(), data=st.data())
    def send(case: Any, data: st.DataObject) -> None:
        body = json.dumps(case.body).encode() if isinstance(case.body, dict | list | str | int | None) else b""
        if data.draw(st.integers(0, 4)) == 0:
            body = data.draw(st.binary(max_size=60))
        headers = {"content-type": "application/json", "x-form-token": desk.form_token, "x-one-card": "1"}
        query = {name: value for name, value in (case.query or {}).items() if isinstance(value, str | int)}
        answer = desk.http.request(
            case.method, quote(f"/{surface}{case.formatted_path}"), params=query, content=body, headers=headers
        )
        assert answer.status_code < 500, (operation.label, body, answer.text)
        if answer.status_code >= 400 and answer.headers["content-type"].startswith("text/html"):
            assert "<h1>" in answer.text, "a page says what is wrong as a page"
        elif answer.status_code >= 400:
            assert answer.json()["code"], answer.text

    send()
