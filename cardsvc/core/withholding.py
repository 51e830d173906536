"""Which figures are withheld: the marked ones, and those from which a marked one would follow."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from cardsvc.core.figures import FILLED, Count, Counted, Growth, Indicator, Mean, Per, Sum, When, leaves
from cardsvc.core.indicated import Marks
from cardsvc.core.records import Kind, Record, Value

Values = Mapping[tuple[str, str], frozenset[Value]]
"""All that a column can have, by record and column; what is not bounded is not there."""


class Marked(NamedTuple):
    """What is said of a period: in those that overlap it; and which figures are withheld as they stood at its end."""

    around: Marks
    stood: frozenset[str] = frozenset()


NOTHING = Marked({})


def marked(indicators: Iterable[Indicator], marks: Marked) -> frozenset[str]:
    """The figures that the bureau withholds."""
    return frozenset(
        one.name
        for one in indicators
        if any(said.withheld for said in marks.around.get(one.name, ()))
        or (one.name in marks.stood and any(leaf.when is When.BY_THEN for leaf in leaves(one.figure)))
    )


def not_told(
    indicators: Iterable[Indicator], now: Marked, before: Marked = NOTHING, records: Iterable[Record] = ()
) -> frozenset[str]:
    """The figures that are withheld: the marked ones, and those that would betray them.

    What is made of a withheld count, or counts a part of its rows, is withheld with it; so is a growth since a year
    `before` in which that was withheld. Where a whole and all its other parts are told, the last of them that nobody
    decided on is withheld too, or else the whole. What the bureau decided to tell is told.
    """
    every, values = tuple(indicators), _values(records)
    decided = {one.name for one in every if any(said.withheld is not None for said in now.around.get(one.name, ()))}
    hidden = set(marked(every, now))
    secret = [one.figure for one in every if one.name in hidden]
    once = [one.figure for one in every if one.name in marked(every, before)]
    undecided = [one for one in every if one.name not in hidden | decided]
    while True:
        hidden |= {one.name for one in undecided if _betrays(one.figure, secret) or _grew(one.figure, once)}
        told = [one for one in every if one.name not in hidden]
        left = next((one for part in secret for one in _rest(part, told, undecided, values)), None)
        if left is None:
            return frozenset(hidden)
        secret.append(left.figure)


def _betrays(figure: Counted, secret: Iterable[Counted]) -> bool:
    return any(figure == one or any(_is_part(leaf, one) for leaf in leaves(figure)) for one in secret)


def _grew(figure: Counted, once: Collection[Counted]) -> bool:
    """Whether it is divided by what it was a year before, and that betrays what was withheld then."""
    match figure:
        case Growth(of=of):
            return _betrays(of, once) or _grew(of, once)
        case Per(part=part, whole=whole):
            return _grew(part, once) or _grew(whole, once)
        case Mean(of=several):
            return any(_grew(one, once) for one in several)
        case _:
            return False


def _is_part(leaf: Counted, whole: Counted) -> bool:
    """Whether it is the same, or counts some of the same rows."""
    if not isinstance(leaf, Count | Sum) or not isinstance(whole, Count | Sum):
        return False
    if replace(leaf, where=whole.where) != whole:
        return False
    return all(name in leaf.where and leaf.where[name] == value for name, value in whole.where.items())


def _rest(
    part: Counted, told: Iterable[Indicator], undecided: Collection[Indicator], values: Values
) -> Iterator[Indicator]:
    """What is to be withheld too, as this part is what is left of a whole when all that is told is taken off."""
    for whole in told:
        by = _divides(part, whole.figure)
        if by is None or by not in values:
            continue
        others = [one for one in told if _divides(one.figure, whole.figure) == by]
        shown = {value for one in (part, *(other.figure for other in others)) for value in _said(one, by, values)}
        if values[by] <= shown:
            yield from [one for one in (whole, *others) if one in undecided][-1:]


def _divides(part: Counted, whole: Counted) -> tuple[str, str] | None:
    """The record and its one column by which a part is chosen from a whole."""
    if not isinstance(part, Count | Sum) or not isinstance(whole, Count | Sum) or not _is_part(part, whole):
        return None
    more = part.where.keys() - whole.where.keys()
    return (part.record, more.pop()) if len(more) == 1 else None


def _said(part: Counted, by: tuple[str, str], values: Values) -> frozenset[Value]:
    """Which of all values of a column the rows of a part have."""
    value = part.where[by[1]] if isinstance(part, Count | Sum) else None
    if value == FILLED:
        return values[by] - {None}
    return frozenset(value) if isinstance(value, tuple) else frozenset({value})


def _values(records: Iterable[Record]) -> Values:
    found: dict[tuple[str, str], frozenset[Value]] = {}
    for record in records:
        for column in record.columns:
            if column.kind in (Kind.CHOICE, Kind.YES_NO):
                some: frozenset[Value] = frozenset(column.choices or (True, False))
                found[record.name, column.name] = some if column.needed else some | {None}
    return found
