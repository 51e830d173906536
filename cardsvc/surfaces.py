"""Put the service together: its API surfaces and, with the office, the console's pages."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from fastapi import FastAPI

from admin_web import app as console
from admin_web import outside
from cardsvc.api import office
from cardsvc.api.access import Access
from cardsvc.api.app import Surface, create_app
from cardsvc.context import Context


def create_service(surfaces: Iterable[Surface], context: Context) -> FastAPI:
    """The whole service as one application."""
    surfaces = list(surfaces)
    app = create_app(surfaces, context)
    if Surface.OFFICE in surfaces:
        for path, make in office_apps(context).items():
            app.mount(path, make())
    return app


def office_apps(context: Context) -> Mapping[str, Callable[[], FastAPI]]:
    """How the office's applications are made, by path, what lies within another first; who signs in is known to all."""
    access = Access(context)
    return {
        "/office/api": partial(office.create, context, access),
        "/office": partial(console.create, context, access),
        "/public": partial(outside.create, context),
    }
