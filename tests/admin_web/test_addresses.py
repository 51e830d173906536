"""An address that nobody's page has made: numbers that no database holds, days that no calendar adds to."""

import re
from collections.abc import Iterator
from datetime import date
from inspect import Parameter, signature
from typing import Any, get_args

from fastapi.routing import APIRoute

from cardsvc.api.app import Surface
from cardsvc.handlers import found_home
from cardsvc.surfaces import create_service
from tests.admin_web.test_every_page import EVERYBODY
from tests.contract.test_every_route import routes
from tests.support.desk import Desk
from tests.support.home import Service, quick_hash

WILD = {int: ("99999999999999999999", "-99999999999999999999"), date: ("9999-12-31", "0001-01-01")}


def kind(annotation: Any) -> type | None:
    """Whether a number or a day is asked for, however it is wrapped."""
    if annotation in WILD:
        return annotation  # type: ignore[no-any-return]
    return next((found for one in get_args(annotation) if (found := kind(one)) is not None), None)


def wild(route: APIRoute) -> Iterator[str]:
    """The route's address with each of its numbers and days gone wild, one at a time."""
    asked: dict[str, Parameter] = dict(signature(route.endpoint).parameters)
    for name, parameter in asked.items():
        for value in WILD.get(kind(parameter.annotation) or str, ()):
            in_path = re.sub(r"\{(\w+)\}", lambda one, n=name, v=value: v if one[1] == n else "1", route.path)  # type: ignore[misc]
            yield in_path if f"{{{name}}}" in route.path else f"{in_path}?{name}={value}"


def test_no_number_or_day_of_an_address_breaks_a_page(service: Service) -> None:
    app = create_service([Surface.OFFICE], service.context)
    below: Any = next(one.app for one in app.routes if getattr(one, "path", "") == "/office")  # type: ignore[attr-defined]
    found_home.add_staff(service.context, [(EVERYBODY, EVERYBODY.staff_no * 2)], quick_hash, {})
    desk, broken, asked = Desk(service, EVERYBODY.staff_no), list[str](), 0
    for route in routes(below):
        for address in wild(route) if "GET" in (route.methods or ()) else ():
            answer = desk.get(address.removeprefix("/"))
            asked += 1
            if answer.status_code >= 500:
                broken.append(address)
    assert asked > 30
    assert "\n".join(broken) == ""
