"""The real service on both engines, as its parent room has it."""

from tests.service.conftest import hall_item, service

__all__ = ["hall_item", "service"]
