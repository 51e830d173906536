"""The words by which a name is found, and the forms in which two names are alike.

Characters are folded one by one (OpenCC, traditional to simplified; then the variants beside this file), never by
phrases: a name is no text. A name that looks like another is folded to the same form; one that sounds like another
shares a reading. The dictionary of readings takes half a second to load: the first name that is read waits for it,
not every start of a program.
"""

import unicodedata
from importlib.resources import files
from itertools import islice, product

from opencc import OpenCC

from cardsvc.core.people import NAMELESS

_SIMPLIFIED = OpenCC("t2s")
_VARIANTS = {
    variant: group[0]
    for group in (files(__name__.rpartition(".")[0]) / "variants.txt").read_text(encoding="utf-8").split()
    for variant in group[1:]
}
MOST_READINGS = 16
"""Of the readings of a name with several ambiguous characters, so many are kept."""


def squeezed(name: str) -> str:
    """A name as it is written, without the spaces between Chinese characters."""
    return "".join(name.split()) if not name.isascii() else name.strip().lower()


def shape(name: str) -> str:
    """The form that a name shares with all that look like it; "" for somebody unidentified."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())
    return "" if plain == NAMELESS else "".join(simple(one) for one in plain)


def simple(character: str) -> str:
    """The ordinary simplified form of one character."""
    simplified = str(_SIMPLIFIED.convert(_VARIANTS.get(character, character)))
    return _VARIANTS.get(simplified, simplified)


def sounds(name: str) -> frozenset[str]:
    """The readings of a name, without tones: the surname in each of its readings, foreign words in any order."""
    if name.isascii():
        words = sorted(shape(word) for word in name.split())
        return frozenset({"".join(words)} - {""})
    form = shape(name)
    if not form:
        return frozenset()
    from pypinyin import Style, lazy_pinyin, pinyin

    readings = pinyin(form, style=Style.NORMAL, heteronym=True)
    usual = lazy_pinyin(form)
    each = [sorted(set(readings[0]) | {usual[0]}), *([one] for one in usual[1:])] if len(readings) == len(usual) else []
    return frozenset("".join(one) for one in islice(product(*each), MOST_READINGS)) | {"".join(usual)}


def name_words(name: str) -> set[str]:
    """The words by which a name is found: itself, its pinyin, its initials, and each word of a foreign name."""
    from pypinyin import Style, lazy_pinyin

    name = squeezed(name)
    syllables = lazy_pinyin(name)
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    surname_first = {
        name,
        "".join(syllables).lower(),
        initials.lower(),
        name[:1],
        syllables[0].lower() if syllables else "",
    }
    return {word for word in surname_first | set(name.split()) if word}


def in_pinyin(text: str) -> str:
    """The text in pinyin without tones or spaces, as it is typed by those who search."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text)).lower()


def digits(phone: str) -> str:
    """The digits of a phone number, by which it is found."""
    return "".join(one for one in phone if one.isdigit())
