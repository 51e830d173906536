"""Modules granted as two people grant them: the bureau's leader and the auditor."""

from collections.abc import Iterable

from cardsvc.core.ids import StaffNo
from cardsvc.handlers import grant_module
from tests.support.home import Service

BY_TWO = StaffNo("1051"), StaffNo("1016")


def grant(service: Service, staff_no: str, modules: Iterable[str]) -> None:
    """From now on somebody works in these modules and no others."""
    assert grant_module.handle(service.context, StaffNo(staff_no), modules, BY_TWO, service.clock.now) is None
