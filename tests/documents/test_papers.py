"""Every paper at the real office: what it says, its fonts, its size, its codes, and that each copy is told."""

from pathlib import Path

import pytest

from cardsvc.core.facts import Step
from tests.service.conftest import hall_item
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.paper import Held
from tests.support.telling import FIRE, TO_STORAGE, Told, collected

__all__ = ["hall_item"]


@pytest.fixture
def service(tmp_path: Path):
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    running.http
    yield running
    running.close()


def test_look(service: Service, tmp_path: Path) -> None:
    from tests.support.telling import ARRANGED, DRESSED, FAREWELL, TO_SHELF

    one = Told.begun(service)
    one.go(*TO_STORAGE, *ARRANGED, *DRESSED, *FAREWELL, Step.DEPOSIT, *FIRE, *TO_SHELF)
    collected(service, one.case_no, one.card)
    one.go(Step.RELEASE)
    desk = Desk(service, "1015")
    offers = desk.api("GET", f"cases/{one.case_no}/papers").json()
    print(offers)
    for offer in offers:
        for language in ("zh_CN", "en"):
            desk.http.cookies.set("language", language)
            answer = desk.api("POST", f"cases/{one.case_no}/papers/{offer['paper']}.pdf?of={offer['of']}")
            print(offer, answer.status_code, answer.text[:300] if answer.status_code != 200 else "")
            if answer.status_code == 200:
                held = Held(answer.content, tmp_path, f"{offer['paper']}{offer['of']}-{language}")
                print(held.fonts(), held.size_mm(), held.pages(), held.scanned())
    assert 0
