"""A counter with a payment provider, on both engines."""

from collections.abc import Iterator

import pytest

from cardsvc.core.ids import CaseNo
from tests.support.home import Service
from tests.support.paying import Counter


@pytest.fixture
def counter(service: Service) -> Iterator[Counter]:
    running = Counter.opened(service)
    yield running
    running.close()


@pytest.fixture
def case_no(counter: Counter) -> CaseNo:
    return counter.case()
