"""The cases that share a sign with another: found by keyed indexes; and the alerts that follow."""

from sqlalchemy import and_, or_, select

from cardsvc.core.facts import Alerted, Fact, StationKind
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.radar import Echo, Hit, Signs
from cardsvc.core.terms import AlertWhy
from cardsvc.core.workflow import ENDED
from cardsvc.store import tables as t
from cardsvc.store.chains import place_of
from cardsvc.store.working import WorkingSet


def echoes(tx: WorkingSet, signs: Signs, but: CaseNo | None = None) -> tuple[Echo, ...]:
    """The cases that share a sign, with what is shared; `but` is the case itself."""
    c, w = t.funeral_case.c, t.case_word.c
    asked = [one for one in (signs.name, signs.shape, *sorted(signs.sounds)) if one is not None]
    words: dict[str, set[str]] = {}
    named = select(w.case_no, w.word_blind).where(w.home_id == tx.home_id, w.word_blind.in_(asked))
    for case_no, word in tx.connection.execute(named):
        words.setdefault(case_no, set()).add(word)
    living = [c.case_no.in_(words)] + ([c.place_blind == signs.place] if signs.place is not None else [])
    shared = [and_(c.stage.not_in([one.value for one in ENDED]), or_(*living))]
    if signs.identity is not None:
        shared.append(c.id_no_blind == signs.identity)
    rows = tx.connection.execute(
        select(c.case_no, c.id_no_blind, c.place_blind, c.opened_at).where(c.home_id == tx.home_id, or_(*shared))
    ).all()
    tx.load_cases(CaseNo(row.case_no) for row in rows)
    found = []
    for row in rows:
        number, heard = CaseNo(row.case_no), words.get(row.case_no, set())
        theirs = Signs(
            name=signs.name if signs.name in heard else None,
            shape=signs.shape if signs.shape in heard else None,
            sounds=signs.sounds & heard,
            place=row.place_blind,
            identity=row.id_no_blind,
            day=local(row.opened_at).date(),
        )
        if number != but:
            found.append(Echo(number, theirs, tx.cases[number].stage in ENDED))
    return tuple(found)


def alert(tx: WorkingSet, case_no: CaseNo, hits: tuple[Hit, ...], staff_no: StaffNo) -> None:
    """Put an alert on both cases of each pair; one that has ended only stands on the other's."""
    for hit in hits:
        pairs = ((case_no, hit.case_no),) if hit.ended else ((case_no, hit.case_no), (hit.case_no, case_no))
        for number, other in pairs:
            _alerted(tx, number, other, hit.why, staff_no)


def _alerted(tx: WorkingSet, number: CaseNo, other: CaseNo, why: AlertWhy, staff_no: StaffNo) -> None:
    case = tx.case(number)
    if case is None:
        return
    log_no = tx.log.add(f"alerted {why}", number, "", tx.now, staff_no)
    fact = Fact(
        case_no=number,
        body=Alerted(other=other, why=why),
        at=tx.now,
        observed=False,
        staff_no=staff_no,
        station_kind=StationKind.OFFICE,
        cause=f"office:{log_no}",
        order=(place_of(tx, case), log_no),
    )
    tx.add_fact(fact, log_no, late=False)
