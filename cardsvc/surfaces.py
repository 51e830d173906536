"""Put the service together: its API surfaces and, with the office, the console's pages."""

from collections.abc import Iterable

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
        access = Access(context)
        app.mount("/office/api", office.create(context, access))
        app.mount("/office", console.create(context, access))
        app.mount("/public", outside.create(context))
    return app
