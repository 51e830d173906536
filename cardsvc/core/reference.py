"""What a card terminal or a bank calls a payment: one form of it, so that no payment is entered twice.

The books know cash by the drawer that is counted and QR by the provider. Money by card or transfer stands on what its
slip or the bank's list says; whoever looks for it finds it by this number.
"""

import unicodedata

from cardsvc.core.facts import Details, Step
from cardsvc.core.terms import Means

MARK = "reference"
REFERENCED = frozenset({Means.CARD_TERMINAL, Means.TRANSFER})
TAKEN_IN = frozenset({Step.DEPOSIT, Step.PAY, Step.RECOVER_SHORT})


def normal(text: str) -> str:
    """The number as it is kept and shown: wide characters are narrow, letters large, and no space is between them.

    Source: Unicode Standard Annex #15 (NFKC).
    """
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(one for one in narrow if not one.isspace() and unicodedata.category(one) != "Cf").upper()


def compared(text: str) -> str:
    """What two numbers have in common that name the same payment: their letters and digits, without leading zeros.

    A dash, a dot or a zero more does not make another slip of it.
    """
    kept = normal(text)
    return "".join(one for one in kept if one.isalnum()).lstrip("0") or kept


def is_asked(step: Step, means: Means | None) -> bool:
    """Whether money that comes in by these means names its slip or the bank's number."""
    return step in TAKEN_IN and means in REFERENCED


def code_of(step: Step, details: Details) -> str | None:
    """What is used once, by whichever of the means it is entered; None where there is no number."""
    return compared(details.reference) if is_asked(step, details.means) and details.reference is not None else None
