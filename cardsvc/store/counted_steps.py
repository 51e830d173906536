"""What the funeral service did in a period, counted: steps that were taken, what was charged, what stood at its end."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from cardsvc.core.facts import Stage, Step
from cardsvc.core.ids import HomeId
from cardsvc.core.reporting import Period
from cardsvc.store import business_days, reports
from cardsvc.store import tables as t
from cardsvc.store.summing import SAYS

TO_REST = (Stage.SEALED, Stage.RELEASED)
"""Stages of ashes that are not at rest."""


def counts(connection: Connection, home_id: HomeId, period: Period, county: str | None) -> Mapping[str, int]:
    """How often each step was taken in a period of business days, by its name."""
    f, k = t.fact.alias("f"), t.funeral_case.c
    first, end = business_days.of_days(connection, home_id, *period)
    step: ColumnElement[str] = literal_column(SAYS[connection.dialect.name]["step"])
    where = [f.c.home_id == home_id, f.c.log_no >= first] + ([f.c.log_no < end] if end is not None else [])
    asked = select(step.label("step"), func.count()).where(*where).group_by(step)
    if county is not None:
        of_case = (k.home_id == f.c.home_id) & (k.case_no == f.c.case_no)
        asked = asked.select_from(f.join(t.funeral_case, of_case)).where(k.county == county)
    return {name: int(count) for name, count in connection.execute(asked) if name is not None}


def to_rest(connection: Connection, home_id: HomeId, period: Period, county: str | None) -> int:
    """How many cases have ashes that were sealed by the end of a period and are not at rest yet."""
    where = unrested(connection, home_id, period)
    where += [t.funeral_case.c.county == county] if county is not None else []
    asked = select(func.count()).select_from(t.funeral_case).where(*where)
    return int(connection.execute(asked).scalar_one())


def unrested(connection: Connection, home_id: HomeId, period: Period) -> list[ColumnElement[bool]]:
    """What is true of these cases."""
    f, k = t.fact.alias("f"), t.funeral_case.c
    end = business_days.ends(connection, home_id, period.last)
    step: ColumnElement[str] = literal_column(SAYS[connection.dialect.name]["step"])
    sealed = [f.c.home_id == k.home_id, f.c.case_no == k.case_no, step == Step.SEAL.value]
    sealed += [f.c.log_no < end] if end is not None else []
    stage = k.stage.in_([one.value for one in TO_REST])
    return [k.home_id == home_id, stage, select(f.c.log_no).where(*sealed).exists()]


def charged(connection: Connection, home_id: HomeId, period: Period) -> Mapping[str, int]:
    """What a period charged, let off and was owed at its end, in fen."""
    c, s = t.revenue_day.c, t.standing_day.c
    days = (c.home_id == home_id, c.day >= period.first.isoformat(), c.day <= period.last.isoformat())
    price, waiver = connection.execute(select(func.sum(c.price_fen), func.sum(c.waiver_fen)).where(*days)).one()
    as_of = reports.last_begun(connection, home_id, period)
    stands = (s.home_id == home_id, s.day <= as_of.isoformat(), s.kind.like("receivable/%"))
    owed = connection.execute(select(func.sum(s.debit_fen - s.credit_fen)).where(*stands)).scalar_one()
    return {"price": int(price or 0), "waiver": int(waiver or 0), "owed": int(owed or 0)}
