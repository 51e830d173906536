"""Row 5: the family's page and status by cookie against an empty JSON answer of the same server."""

import tempfile
import time

import httpx2

from bench.measuring import Figure, in_turns
from bench.upload import served
from cardsvc.core.facts import Step
from cardsvc.core.ids import StaffNo
from cardsvc.handlers import family_link
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, go, opened


def family(quick: bool) -> list[Figure]:
    """Requests a second of one phone after another, over one connection."""
    rounds, count = (1, 200) if quick else (5, 1_500)
    with tempfile.TemporaryDirectory() as folder:
        dsn = f"sqlite:///{folder}/onecard.db"
        service = Service(dsn)
        number, card = opened(service)
        go(service, number, card, *TO_STORAGE, Step.RESERVE)
        address = family_link.make(service.context, number, StaffNo("1001"), service.clock.now)
        token = str(address).partition("#")[2]
        service.close()
        with served(dsn) as url, httpx2.Client(base_url=url, timeout=30) as phone:
            made = phone.post("/family/open", json={"token": token}, headers={"x-one-card": "1"})
            made.raise_for_status()
            phone.cookies.set("family", made.cookies["family"])

            def rate(path: str) -> float:
                began = time.perf_counter()
                for _ in range(count):
                    phone.get(path).raise_for_status()
                return count / (time.perf_counter() - began)

            rate("/empty")
            figures = []
            for name, path in (("family page", "/family/"), ("family status by cookie", "/family/status")):
                ours, empty = in_turns(lambda path=path: rate(path), lambda: rate("/empty"), rounds)  # type: ignore[misc]
                figures.append(Figure(name, ours, empty, "requests/s", 0.5, True))
            return figures
