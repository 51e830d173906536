"""Many open cases at once: stories of the core at every point of the whole way, in rows like that of a told case."""

from itertools import count, cycle, islice

from sqlalchemy import Connection, select

from cardsvc.core.board import ON_BOARD, live
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Reason
from cardsvc.store import tables as t
from cardsvc.store.engine import transact
from tests.core.story import WHOLE_WAY, Story
from tests.support.home import Service

COUNTIES = ("330302", "330324")
HELD = Details(reason=Reason.POLICE, blocks=(Step.ARM, Step.LOAD))


def crowd(service: Service, many: int, like: CaseNo, first: int = 100_001) -> list[CaseNo]:
    """Add so many open cases, every seventh held by the police; names and phones are those of the case `like`."""

    def act(connection: Connection) -> list[CaseNo]:
        c = t.funeral_case.c
        row = connection.execute(select(t.funeral_case).where(c.case_no == like)).one()
        rows = []
        for number, case in zip(islice(count(first), many), cycle(_cases()), strict=False):
            case_no = CaseNo(f"WZ-2026-{number:06d}")
            tag = f"T{number}" if case.tag is not None else None
            one = case.model_copy(update={"case_no": case_no, "tag": tag})
            values = {"case_no": case_no, "stage": one.stage.value, "county": COUNTIES[number % len(COUNTIES)]}
            texts = {
                "body": one.model_dump_json(exclude_none=True),
                "live": live(one).model_dump_json(exclude_defaults=True),
            }
            rows.append({**row._asdict(), **values, **texts, "owed_fen": 0, "id_no_blind": None})
        connection.execute(t.funeral_case.insert(), rows)
        return [CaseNo(str(one["case_no"])) for one in rows]

    return transact(service.context.engine, act)


def _cases() -> list[Case]:
    found = []
    for taken in range(len(WHOLE_WAY)):
        story = Story().booked().bound().took(*WHOLE_WAY[:taken])
        found.append(story.case)
        if taken % 7 == 3:
            found[-1] = story.took(Step.HOLD, details=HELD).case
    return [case for case in found if case.stage in ON_BOARD]
