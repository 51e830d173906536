"""A case with those that were merged into it: it answers for what was done there."""

from sqlalchemy import Connection

from cardsvc.core.facts import Fact
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.store.journals import merged_into
from cardsvc.store.working import WorkingSet


def numbers(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[CaseNo]:
    """The numbers of the cases that became this one, and its own, the last."""
    return [*merged_into(connection, home_id, case_no), case_no]


def facts(tx: WorkingSet, case_no: CaseNo) -> list[Fact]:
    """All facts of a case and of those that were merged into it, this transaction's included."""
    return [fact for one in numbers(tx.connection, tx.home_id, case_no) for fact in tx.facts_of(one)]
