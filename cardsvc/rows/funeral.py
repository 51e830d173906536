"""The funeral service's figures, by the same mechanism as the modules'; they are asked of its own books."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection

from cardsvc.core.facts import Step
from cardsvc.core.figures import Asked, Chapter, Indicator, Unit
from cardsvc.core.ids import HomeId
from cardsvc.core.records import Label
from cardsvc.core.reporting import Period, Rows, What
from cardsvc.modules import Module
from cardsvc.store import counted_steps


def _door(rows: Rows) -> str:
    """The page of the rows that a figure was counted from."""
    asked = asdict(rows) | {"what": None}
    own = "".join(f"&{name}={value}" for name, value in asked.items() if value is not None)
    return f"/office/reports/rows?what={rows.what}&first={{first}}&last={{last}}{own}"


def _steps(name: str, label: Label, step: Step) -> Indicator:
    link = _door(Rows(What.TAPS, step=step))
    return Indicator(name, label, Unit.COUNT, Asked(_taken, step.value, link), Chapter.FUNERAL_REFORM)


def _taken(connection: Connection, home_id: HomeId, period: Period, county: str | None) -> Mapping[str, int]:
    """Steps by their names; one that nobody took was taken no times."""
    return {**dict.fromkeys(Step, 0), **counted_steps.counts(connection, home_id, period, county)}


def _rest(connection: Connection, home_id: HomeId, period: Period, county: str | None) -> Mapping[str, int]:
    return {"to_rest": counted_steps.to_rest(connection, home_id, period, county)}


def _charged(connection: Connection, home_id: HomeId, period: Period, county: str | None) -> Mapping[str, int]:
    """Money of the whole home; a county has none of its own."""
    return counted_steps.charged(connection, home_id, period) if county is None else {}


def _money(name: str, label: Label, part: str, rows: Rows, *, fewer: bool = False) -> Indicator:
    return Indicator(name, label, Unit.YUAN, Asked(_charged, part, _door(rows)), Chapter.FUNERAL_REFORM, fewer)


FUNERAL = Module(
    "funeral",
    Label("殡葬服务", "Funeral service"),
    indicators=(
        _steps("cases_opened", Label("受理", "Cases opened"), Step.BOOK),
        _steps("transports", Label("接运", "Transports"), Step.COLLECT),
        _steps("cremations", Label("火化", "Cremations"), Step.LOAD),
        _steps("ash_releases", Label("骨灰交付", "Handings over of ashes"), Step.RELEASE),
        _steps("burials_confirmed", Label("骨灰安放确认", "Ashes at rest, confirmed"), Step.CONFIRM_REST),
        Indicator(
            "ashes_to_rest",
            Label("骨灰尚未安放", "Ashes not at rest yet"),
            Unit.COUNT,
            Asked(_rest, "to_rest", _door(Rows(What.TO_REST))),
            Chapter.FUNERAL_REFORM,
            fewer_is_better=True,
        ),
        _money("revenue", Label("殡葬服务收入", "Charged for services"), "price", Rows(What.PRICE)),
        _money("waivers", Label("殡葬费用减免", "Waived"), "waiver", Rows(What.WAIVER)),
        _money(
            "receivables",
            Label("期末应收款", "Receivable at the end"),
            "owed",
            Rows(What.STANDS, kind="receivable"),
            fewer=True,
        ),
    ),
)
"""Not plugged in as a folder: it is the service itself."""


def counted_from(rows: Rows) -> Indicator | None:
    """The figure that was counted from these rows, and from no fewer."""
    asked = _door(rows)
    return next((one for one in FUNERAL.indicators if isinstance(one.figure, Asked) and one.figure.link == asked), None)
