"""Row 12: whole cases a second in the pure core, one process: every step judged, folded in, charged and posted.

There is no ceiling to compare with: the figure is cases a second of the process's own processor time, so that what else
runs on the machine does not count, against the number of row 12 itself.
"""

import time
from datetime import timedelta
from importlib.resources import files

from pydantic import TypeAdapter

from bench.measuring import Figure
from cardsvc.core import ledger, prices
from cardsvc.core.case import Case
from cardsvc.core.facts import CardBound, Details, Fact, StationKind, Step
from cardsvc.core.fold import fold, then
from cardsvc.core.gate import Ground
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.ledger import Transfer
from cardsvc.core.permissions import Role, may_take
from cardsvc.core.preconditions import Asked
from cardsvc.core.prices import PriceBook
from cardsvc.core.rules import RULES
from cardsvc.core.tap import CardChain, judge
from cardsvc.core.terms import Paper
from cardsvc.core.wire import Outcome
from tests.core.story import DETAILS, START, WHOLE_WAY, Story

WANTED = 1_000
HOUR = timedelta(hours=1)
GIVEN = {Step.CERTIFY: Details(certificate="C-0001")}
"""What the service itself gives."""


def _asked(step: Step, details: Details) -> Asked:
    first = StaffNo("S3" if step is Step.CERTIFY else "S1")  # neither who burnt nor who hands over
    return Asked(step, details, first, StaffNo("S2") if RULES[step].second else None)


COLLECTOR = _asked(Step.VERIFY, Details(paper=Paper.COLLECTOR_IDENTITY, number="COPY-2", alike=True))
STEPS = [_asked(step, GIVEN.get(step, DETAILS.get(step, Details()))) for step in (Step.BIND_CARD, *WHOLE_WAY)]
STEPS.insert(next(place for place, one in enumerate(STEPS) if one.step is Step.RELEASE), COLLECTOR)
WAY = tuple(STEPS)
MAY = {one.step: tuple(role for role in Role if may_take((role,), one.step))[:1] for one in WAY}
"""A person of one role that may take the step."""
AT = {one.step: min(RULES[one.step].stations, key=list(StationKind).index) for one in WAY}
CARD = CardChain(CardNo("WZC-000001"), None, 0, None)
GROUND = Ground(now=START)


def core(quick: bool) -> list[Figure]:
    """Cases a second, from the booking to the closed case."""
    rounds, count = (1, 20) if quick else (5, 400)
    shipped = files("cardsvc.data").joinpath("prices_wenzhou.json").read_bytes()
    book = TypeAdapter(PriceBook).validate_json(shipped)
    booking = Story().booked().facts[0]
    one_case(booking, book)
    rates = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(count):
            one_case(booking, book)
        rates.append(count / (time.process_time() - began))
    return [Figure("whole cases in the core", sorted(rates)[rounds // 2], WANTED, "cases/s", 1.0, True)]


def one_case(booking: Fact, book: PriceBook) -> tuple[Case, list[Transfer]]:
    """A whole case as the service judges it. Raises RuntimeError when the rules do not accept a step."""
    opened = fold([booking])
    if opened is None:
        raise RuntimeError("the booking opens nothing")
    case = opened
    transfers: list[Transfer] = []
    for number, asked in enumerate(WAY, 2):
        step = asked.step
        card = CARD if step is Step.BIND_CARD else None
        judged = judge(case, asked, AT[step], MAY[step], happened=True, card=card, ground=GROUND)
        if judged.outcome is not Outcome.ACCEPTED:
            raise RuntimeError(f"{step}: {judged.reasons}")
        for body in judged.facts:
            fact = Fact(
                case_no=case.case_no,
                body=body,
                at=START + HOUR * number,
                observed=True,
                staff_no=asked.staff_no or StaffNo(""),
                second_staff_no=asked.second_staff_no,
                station_kind=AT[step],
                cause=f"{'ab' * 16}:{number}",
                order=(number, number),
            )
            before, case = case, then(case, fact)
            if not isinstance(body, CardBound):
                for line in prices.lines_for(fact, before, book):
                    transfers += ledger.charge(case.case_no, line)
                transfers += ledger.money_moved(fact)
    return case, transfers
