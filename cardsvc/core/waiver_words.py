"""The record that a waiver stands on, in words."""

from cardsvc.core.words import Language, say


def source_words(language: Language, source: str | None) -> str:
    """The category and the number of the record, as `core.waivers.source_of` wrote them; nothing for None."""
    if source is None:
        return ""
    category, _, number = source.partition(" ")
    return f"{say(language, f'waiver_for.{category}')} {number}".strip()
