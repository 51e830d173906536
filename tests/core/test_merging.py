"""What a merge carries from the case that ends to the one that goes on."""

from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import CARRIED, OFF, SHORT, Transfer, added, deposits, made_good, receivable, suspense, till
from cardsvc.core.merging import carried_over
from cardsvc.core.terms import Means, Payer

SOURCE, TARGET = CaseNo("WZ-2026-000001"), CaseNo("WZ-2026-000002")


def test_what_is_short_in_a_case_goes_on_with_it_and_is_covered_by_money_that_comes_there() -> None:
    totals = {SHORT: 30_000, receivable(SOURCE, Payer.FAMILY): 700, suspense(SOURCE): -50}

    out, in_ = carried_over(SOURCE, TARGET, totals)

    assert not any({**added(totals, out), CARRIED: 0}.values()), "nothing is left in the case that ends"
    there = added({}, in_)
    assert there == {SHORT: 30_000, receivable(TARGET, Payer.FAMILY): 700, suspense(TARGET): -50, CARRIED: -30_650}
    came = Transfer(debit=till(Means.CASH), credit=deposits(TARGET), amount_fen=40_000, memo="deposit")
    [covered] = made_good(TARGET, there, [came], held=deposits(TARGET))
    assert (covered.debit, covered.credit, covered.amount_fen) == (deposits(TARGET), SHORT, 30_000)


def test_what_was_written_off_in_a_case_goes_on_with_it_too() -> None:
    out, in_ = carried_over(SOURCE, TARGET, {OFF: 700, CARRIED: 0})

    assert not any({**added({OFF: 700}, out), CARRIED: 0}.values())
    assert added({}, in_)[OFF] == 700
