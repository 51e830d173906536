"""What counts as an answer from outside, and how long a message waits."""

import pytest

from cardsvc.core.ids import HomeId
from cardsvc.core.outgoing import LONGEST_WAIT, MOST_BYTES, SendError, answered, key_of, next_try, signature
from tests.core.story import START

SECRET, KEY = b"a shared secret", key_of(HomeId("WZ"), 12, 1)
TAKEN = b'{"id": "WZ-12-1", "state": "taken"}'


def said(body: bytes, status: int = 200, secret: bytes = SECRET, key: str = KEY) -> SendError | None:
    return answered(SECRET, KEY, status, body, signature(secret, key, body))


def test_only_a_signed_answer_that_names_the_message_confirms_it() -> None:
    assert said(TAKEN) is None
    assert said(TAKEN.replace(b"taken", b"already")) is None
    assert said(TAKEN.replace(b"taken", b"refused"), 409) is SendError.REFUSED
    assert said(TAKEN, secret=b"another") is SendError.UNSIGNED
    assert said(TAKEN, key="WZ-12-2") is SendError.UNSIGNED
    assert answered(SECRET, KEY, 200, TAKEN, "") is SendError.UNSIGNED
    assert said(TAKEN.replace(b"12-1", b"12-2")) is SendError.ANOTHER


@pytest.mark.parametrize("status", [201, 204, 301, 401, 404, 429, 500, 503])
def test_another_status_is_no_answer(status: int) -> None:
    assert said(TAKEN, status) is SendError.STATUS


@pytest.mark.parametrize(
    "body", [b"", b"<h1>Welcome</h1>", TAKEN * 2, TAKEN[:-2], b'{"id": "WZ-12-1"}', b"{}", b"x" * (MOST_BYTES + 1)]
)
def test_what_is_no_answer_of_the_protocol_is_garbage_even_when_signed(body: bytes) -> None:
    assert said(body) is SendError.GARBAGE


def test_each_wait_is_twice_the_one_before_up_to_two_hours() -> None:
    waits = [(next_try(tries, START) - START).total_seconds() for tries in (1, 2, 3, 4, 9, 500)]
    assert waits == [30, 60, 120, 240, 7_200, LONGEST_WAIT.total_seconds()]
