"""The words that people read, one catalogue a language; every surface uses the same word for the same thing."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")


def _flat(table: Mapping[str, object], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{above}{name}.")
        else:
            flat[f"{above}{name}"] = str(value)
    return flat


def load(language: Language) -> Mapping[str, str]:
    """A catalogue as dotted keys: ``step.collect`` is 接运 or Collection. Each language is a folder of files.

    Raises ValueError for a key that two files have.
    """
    words: dict[str, str] = {}
    for file in sorted((files(__name__) / language).iterdir(), key=lambda one: one.name):
        more = _flat(tomllib.loads(file.read_text(encoding="utf-8")))
        if twice := words.keys() & more.keys():
            raise ValueError(f"{file.name}: {', '.join(sorted(twice))} stand in another file too")
        words |= more
    return words


FINGERPRINT_WORDS: tuple[str, ...] = tuple(
    tomllib.loads((files(__name__) / "fingerprint.toml").read_text(encoding="utf-8"))["words"]
)
"""A word for each byte value: characters and letters with a space between."""

CATALOGUES: Mapping[Language, Mapping[str, str]] = {language: load(language) for language in LANGUAGES}


def say(language: Language, key: str, **values: object) -> str:
    """The words for a key, with values put in.

    Raises KeyError for a key that the catalogue does not have: a missing word is a bug, found by a test.
    """
    return CATALOGUES[language][key].format(**values) if values else CATALOGUES[language][key]


def table(language: Language, name: str) -> dict[str, str]:
    """All words of one table: ``county`` gives {"330302": "鹿城区", ...}."""
    start = f"{name}."
    return {key.removeprefix(start): words for key, words in CATALOGUES[language].items() if key.startswith(start)}
