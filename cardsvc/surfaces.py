"""Put the service together: its API surfaces and, with the office, the console's pages."""

from collections.abc import Iterable

from fastapi import FastAPI

from cardsvc.api.app import Surface, create_app
from cardsvc.context import Context


def create_service(surfaces: Iterable[Surface], context: Context) -> FastAPI:
    """The whole service as one application."""
    return create_app(surfaces, context)
