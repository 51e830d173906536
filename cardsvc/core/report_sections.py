"""The sections of a report: each is a way of grouping sums into lines, and columns that ask of each line.

What a line and a column ask for together is what their figure counts, and what its rows are looked for by.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cardsvc.core.facts import StationKind
from cardsvc.core.reporting import Age, Figure, Line, Period, Report, Rows, Section, Sums, What
from cardsvc.core.terms import Means, Payer

Column = tuple[str, Rows]
"""The head of a column, and what it asks for beside its line."""
VALUES: Mapping[What, str] = {
    What.PRICE: "price_fen",
    What.WAIVER: "waiver_fen",
    What.DUE: "due_fen",
    What.CAME: "in_fen",
    What.WENT: "out_fen",
    What.STANDS: "fen",
    What.TAPS: "count",
    What.UNCOVERED: "uncovered_fen",
    What.ENDED: "ended_fen",
    What.WRITTEN_OFF: "off_fen",
    What.LEFT: "fen",
}
ASKS = ("payer", "age", "observed")
"""What columns ask for beside what they count."""
ORDER = {name: at for at, name in enumerate((*Payer, *Means, *StationKind))}
"""Names that have an order of their own come in it; the others follow by their names."""


def made(period: Period, sums: Sums, before: Sums) -> Report:
    """The report of a period from its sums and those of the year before. Source: DOMAIN.md section 6."""
    sections = (one(sums, before) for one in SECTIONS)
    return Report(period, sums.as_of, tuple(one for one in sections if one.lines), _course(sums.earned, before.earned))


def _course(now: Mapping[str, int], before: Mapping[str, int]) -> tuple[tuple[str, int, int], ...]:
    then = {day[5:]: fen for day, fen in before.items()}
    days = sorted({day[5:] for day in now} | then.keys())
    ours = {day[5:]: fen for day, fen in now.items()}
    return tuple((day, ours.get(day, 0), then.get(day, 0)) for day in days)


def _section(
    name: str,
    keys: tuple[str, ...],
    columns: list[Column],
    ours: Iterable[object],
    theirs: Iterable[object],
    whole: Mapping[str, str] | None = None,
) -> Section:
    """Lines by `keys`; without `whole` there is no total, otherwise it is what the total asks for."""
    now, then = _grouped(keys, ours), _grouped(keys, theirs)
    lines = []
    for group in sorted(
        now.keys() | then.keys(), key=lambda one: [(ORDER.get(part, len(ORDER)), part) for part in one]
    ):
        asked = dict(zip(keys, group, strict=True))
        lines.append(_line(group, asked, columns, now.get(group, []), then.get(group, [])))
    lines = [one for one in lines if one.last_year or any(cell.value for cell in one.cells)]
    everything = [[one for group in grouped.values() for one in group] for grouped in (now, then)]
    total = _line((), whole, columns, *everything) if whole is not None else None
    return Section(name, tuple(head for head, _ in columns), tuple(lines), total)


def _grouped(keys: tuple[str, ...], rows: Iterable[object]) -> dict[tuple[str, ...], list[object]]:
    found: dict[tuple[str, ...], list[object]] = {}
    for one in rows:
        found.setdefault(tuple(getattr(one, key) for key in keys), []).append(one)
    return found


def _line(
    names: tuple[str, ...], asked: Mapping[str, str], columns: list[Column], ours: list[object], theirs: list[object]
) -> Line:
    cells = tuple(Figure(_sum(ours, rows), _asking(rows, asked)) for _, rows in columns)
    return Line(names, cells, _sum(theirs, columns[0][1]))


def _asking(rows: Rows, asked: Mapping[str, str]) -> Rows:
    more: dict[str, Any] = dict(asked)
    return replace(rows, **more)


def _sum(sums: list[object], rows: Rows) -> int:
    asked = [(name, value) for name in ASKS if (value := getattr(rows, name)) is not None]
    value_of = VALUES[rows.what]
    return sum(getattr(one, value_of) for one in sums if all(getattr(one, name) == value for name, value in asked))


def _of_lines(name: str, *keys: str) -> Callable[[Sums, Sums], Section]:
    def section(sums: Sums, before: Sums) -> Section:
        columns = [("price", Rows(What.PRICE)), ("waiver", Rows(What.WAIVER)), ("due", Rows(What.DUE))]
        return _section(name, keys, columns, sums.charged, before.charged, {})

    return section


def _items(sums: Sums, before: Sums) -> Section:
    there = {one.payer for one in sums.charged}
    columns = [("price", Rows(What.PRICE)), ("waiver", Rows(What.WAIVER))]
    columns += [(f"payer.{payer}", Rows(What.DUE, payer=payer)) for payer in Payer if payer in there]
    return _section("items", ("item",), columns, sums.charged, before.charged, {})


def _waivers(sums: Sums, before: Sums) -> Section:
    columns = [("waiver", Rows(What.WAIVER))]
    return _section("waivers", ("waiver_for", "waiver_payer"), columns, sums.charged, before.charged, {})


def _of_money(name: str, key: str) -> Callable[[Sums, Sums], Section]:
    def section(sums: Sums, before: Sums) -> Section:
        return _section(
            name, (key,), [("came", Rows(What.CAME)), ("went", Rows(What.WENT))], sums.money, before.money, {}
        )

    return section


def _held(sums: Sums, before: Sums) -> Section:
    ours, theirs = ([one for one in two.stood if one.kind in ("deposit", "suspense")] for two in (sums, before))
    return _section("held", ("kind",), [("stands", Rows(What.STANDS))], ours, theirs)


def _receivables(sums: Sums, before: Sums) -> Section:
    columns = [("stands", Rows(What.STANDS)), *((f"age.{age}", Rows(What.STANDS, age=age)) for age in Age)]
    ours, theirs = ([one for one in two.stood if one.kind.startswith("receivable/")] for two in (sums, before))
    return _section("receivables", ("kind",), columns, ours, theirs, {"kind": "receivable"})


def _short(sums: Sums, before: Sums) -> Section:
    columns = [(what.value, Rows(what)) for what in (What.UNCOVERED, What.ENDED, What.WRITTEN_OFF)]
    return _section("short", ("memo",), columns, sums.short, before.short, {})


def _left(sums: Sums, before: Sums) -> Section:
    return _section("left", ("kind",), [("stands", Rows(What.LEFT))], sums.left, before.left)


def _taps(sums: Sums, before: Sums) -> Section:
    observed, typed = (Rows(What.TAPS, observed=one) for one in (True, False))
    columns = [("taps", Rows(What.TAPS)), ("observed", observed), ("typed", typed)]
    return _section("taps", ("station",), columns, sums.taps, before.taps, {})


SECTIONS: tuple[Callable[[Sums, Sums], Section], ...] = (
    _items,
    _of_lines("regimes", "regime"),
    _of_lines("stations", "station"),
    _waivers,
    _of_money("means", "means"),
    _of_money("reasons", "memo"),
    _of_money("cashiers", "cashier"),
    _held,
    _receivables,
    _short,
    _left,
    _taps,
)
