"""Search that forgives: a part of a number, a name, its pinyin or initials, a tag, an ID number, a phone.

Personal data is found only by equal keyed indexes; what was typed is never stored or logged.
"""

from cardsvc.naming.names import digits, in_pinyin
from cardsvc.store.office import Wanted
from cardsvc.vault.vault import Vault


def wanted_of(vault: Vault, text: str, stage: str, county: str | None, before: str, oldest_first: bool) -> Wanted:
    """A list's question; what was typed becomes keyed indexes."""
    text = text.strip()
    squeezed = "".join(text.split())
    blind: tuple[str, ...] = ()
    if text:
        words = {text, squeezed, squeezed.lower(), in_pinyin(squeezed)}
        blind = (
            *(vault.blind("word", word) for word in sorted(words)),
            vault.blind("id_no", squeezed.upper()),
            vault.blind("phone", digits(text)),
        )
    return Wanted(text, blind, stage, county, before, oldest_first)
