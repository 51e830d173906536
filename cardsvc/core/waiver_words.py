"""The record that a waiver stands on, in words."""

from cardsvc.core.words import CATALOGUES, Language, say


def source_words(language: Language, source: str | None) -> str:
    """The category and the record, as `core.waivers.source_of` wrote them; nothing for None."""
    if source is None:
        return ""
    category, *record = source.split(" ")
    said = say(language, f"waiver_for.{category}")
    if len(record) < 3:
        return " ".join((said, *record))
    number, register, day = record
    return f"{said} {number} {say(language, 'registers.by', register=register_words(language, register), day=day)}"


def register_words(language: Language, register: str) -> str:
    """What a module is called; one that the catalogue does not know has its own name."""
    return CATALOGUES[language].get(f"module.{register}", register)
