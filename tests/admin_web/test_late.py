"""A page's route is read when it is first asked for, and no page waits for that with a fault of its own."""

from collections.abc import Iterator

from starlette.routing import BaseRoute

from admin_web.late import LateRoute
from cardsvc.surfaces import office_apps
from tests.support.desk import Desk
from tests.support.home import Service


def late(service: Service) -> Iterator[LateRoute]:
    routes: list[BaseRoute] = office_apps(service.context)["/office"]().routes
    return (one for one in routes if isinstance(one, LateRoute))


def test_every_page_can_be_read(service: Service) -> None:
    pages = list(late(service))

    for one in pages:
        one.read()

    assert len(pages) > 150
    assert all(one.dependant.call is one.endpoint for one in pages)


def test_a_form_is_read_before_it_is_answered_and_stays_so(service: Service) -> None:
    desk = Desk(service, "1001")

    twice = [desk.http.post("/office/cases/new", data={"deceased_name": "甲"}).status_code for _ in range(2)]

    assert twice == [403, 403]
    assert desk.http.put("/office/cases/new").status_code == 405
