"""The service's application: the surfaces that were asked for, each under its own path."""

from collections.abc import Iterable
from enum import StrEnum

from fastapi import FastAPI

from cardsvc.api import errors, family, pay, screens, stations
from cardsvc.context import Context


class Surface(StrEnum):
    """The surfaces; no credential of one is valid for another (DESIGN.md section 7)."""

    STATIONS = "stations"
    OFFICE = "office"
    FAMILY = "family"
    PAY = "pay"


def create_app(surfaces: Iterable[Surface], context: Context) -> FastAPI:
    """One process may serve several surfaces; each is its own application with its own OpenAPI document."""
    app = FastAPI(title="One Card", docs_url=None, redoc_url=None, openapi_url=None)
    errors.install(app)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether this process answers, and its database with it."""
        with context.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        return {"status": "ok"}

    if Surface.STATIONS in surfaces:
        app.mount("/stations", stations.create(context))
    if Surface.FAMILY in surfaces:
        app.mount("/family", family.create(context))
        app.mount("/screens", screens.create(context))
    if Surface.PAY in surfaces and context.provider is not None:
        app.mount("/pay", pay.create(context, context.provider))
    return app
