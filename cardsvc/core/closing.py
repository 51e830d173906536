"""A case is closed when its money is at rest: nobody owes who is asked at the counter, and nothing is held for it.

Or two people say why it is closed nevertheless (WORKFLOW.md, *close*: balance zero or agreed; decision 0034).
"""

from collections.abc import Mapping

from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Account, deposits, receivable, suspense
from cardsvc.core.money import in_yuan
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer


def left(case_no: CaseNo, balances: Mapping[Account, int]) -> dict[Problem, int]:
    """What is not at rest in a case's accounts, in fen, by the problem that it is.

    What police, insurer or treasury owe is asked of them by statements, and keeps no case open; nothing asks another
    payer but the counter.
    """
    found = {
        Problem.BALANCE_OPEN: balances.get(receivable(case_no, Payer.FAMILY), 0),
        Problem.OTHER_OWES: balances.get(receivable(case_no, Payer.OTHER), 0),
        Problem.MONEY_HELD: -balances.get(deposits(case_no), 0),
        Problem.MONEY_WAITS: -balances.get(suspense(case_no), 0),
    }
    return {problem: fen for problem, fen in found.items() if fen}


def not_at_rest(asked: Asked, case_no: CaseNo, balances: Mapping[Account, int]) -> list[Refusal]:
    """Why a case is not closed; a reason in the step and a second person agree to what is left."""
    found = left(case_no, balances) if asked.step is Step.CLOSE else {}
    if found and asked.details.reason is None:
        return [Refusal(problem, f"¥{in_yuan(fen)}") for problem, fen in found.items()]
    if found and asked.second_staff_no is None:
        return [Refusal(Problem.SECOND_PERSON_MISSING, asked.step)]
    alone = found and asked.second_staff_no == asked.staff_no
    return [Refusal(Problem.SECOND_PERSON_SAME, asked.step)] if alone else []
