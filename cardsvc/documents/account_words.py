"""How accounts are called, on pages and on paper."""

from collections.abc import Mapping

from cardsvc.core.ledger import Account
from cardsvc.core.trial_balance import GROUPS, case_of
from cardsvc.core.words import Language, say


def account_name(name: str, items: Mapping[str, str], language: Language) -> str:
    """An account, or a group of them, in words; `items`: what the items of the price lists are called."""
    kind, _, rest = name.partition("/")
    named = {"till": "means", "receivable": "payer"}.get(kind)
    own = rest.rpartition("/")[2]
    word = say(language, f"{named}.{own}") if named else items.get(own, own)
    said = say(language, f"account.{kind}", name=word)
    number = case_of(Account(name)) if name not in GROUPS else None
    return f"{said} · {number}" if number else said
