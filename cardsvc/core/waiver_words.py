"""What a waiver stands on, in words."""

from cardsvc.core.waiver_source import Source, read
from cardsvc.core.words import CATALOGUES, Language, say


def source_words(language: Language, source: str | None) -> str:
    """The category, what proves it, and the rule that gives it; nothing for None."""
    if source is None:
        return ""
    found = read(source)
    said = [say(language, f"waiver_for.{found.category}"), *_proof(language, found)]
    if found.rule is not None:
        by, version = found.rule
        said.append(say(language, f"waiver_by.{by}", version=version))
    return " ".join(said)


def _proof(language: Language, source: Source) -> list[str]:
    if source.number is None:
        return [say(language, "waivers.booked", day=source.day)] if source.day is not None else []
    if source.register is None:
        return [source.number]
    register = register_words(language, source.register)
    return [source.number, say(language, "registers.by", register=register, day=source.day)]


def register_words(language: Language, register: str) -> str:
    """What a module is called; one that the catalogue does not know has its own name."""
    return CATALOGUES[language].get(f"module.{register}", register)
