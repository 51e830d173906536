"""News for a station come in parts, and no case falls between two of them."""

import pytest

from cardsvc.core.facts import StationKind, Step
from cardsvc.store import snapshots
from tests.core.story import DETAILS
from tests.support import crowd
from tests.support.home import Service, Station

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("most", [7, 20, 50], ids=["inside one exchange", "two", "as many as an exchange has"])
def test_a_new_station_learns_every_case_however_many_one_exchange_changed(
    service: Service, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    members = crowd.booked(service, 60)
    crowd.together(service, members, Step.QUOTE, lambda one: DETAILS[Step.QUOTE])
    monkeypatch.setattr(snapshots, "MOST", most)
    late = Station(service, StationKind.COLD_STORAGE, 7)

    for _ in range(60):
        late.send()

    assert late.known is not None
    assert set(late.known.cases) == {one.case_no for one in members}
