"""What no database can hold is turned away at the door of the office: PostgreSQL would fail at it in the middle."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.desk import Desk
from tests.support.home import Service

FORMS: list[tuple[str, dict[str, Any]]] = [
    ("paid-out", {"of": "WZ\x00", "cause": "office:1", "reference": "B-1"}),
    ("held/strays/1/assign", {"target": "A\x00"}),
    ("search", {"q": "\x00"}),
    ("staff/%00/leave", {}),
    ("module-grants/%00", {"module": "relief"}),
    ("sign-in", {"staff_no": "\x00", "password": "x"}),
]


@pytest.fixture
def filled(postgres: Any) -> Iterator[Service]:
    running = Service(postgres.new_database())
    yield running
    running.close()


@pytest.mark.postgres
def test_a_nul_is_answered_as_input_that_is_not_valid(filled: Service) -> None:
    for staff_no in ("1010", "1017"):
        desk = Desk(filled, staff_no)
        for path in ("paid-out?case_no=%00", "staff/%00", "cases?q=a%00"):
            assert desk.get(path).status_code == 422, path
        for path, form in FORMS:
            answer = desk.post(path, **form)
            assert (answer.status_code, "<html" in answer.text) == (422, True), path
        assert desk.api("GET", "cases?q=%00").status_code == 422
        assert desk.api("POST", "session", {"staff_no": "\x00", "password": "x"}).status_code == 422


def test_a_page_without_one_is_looked_at(service: Service) -> None:
    assert Desk(service, "1010").get("cases?q=%2500").status_code == 200
