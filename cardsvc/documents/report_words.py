"""What the sections, columns and lines of a report are called, how its numbers are written; page and papers alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardsvc.core.money import in_yuan
from cardsvc.core.reporting import COUNTS, Figure, Line, Period, Section, What
from cardsvc.core.words import CATALOGUES, Language, say

TABLES: Mapping[str, tuple[str, ...]] = {
    "regimes": ("regime",),
    "stations": ("station",),
    "waivers": ("waiver_for", "payer"),
    "means": ("means",),
    "reasons": ("memo",),
    "held": ("report_kind",),
    "receivables": ("payer",),
    "short": ("memo",),
    "left": ("account",),
    "taps": ("station",),
}
"""The words of each part of a line's names, by section."""
NOTHING: Mapping[str, str] = {"waiver_for": "report.by_price_list", "cashier": "report.no_cashier"}
"""What is said where a row says nothing."""


@dataclass(frozen=True, slots=True)
class Says:
    """The words of one language, with the names of the home's items and people."""

    language: Language
    items: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def title(self, section: Section) -> str:
        """What a section is called."""
        return say(self.language, f"report_section.{section.name}")

    def head(self, head: str) -> str:
        """What a column is called."""
        words = CATALOGUES[self.language]
        if head.startswith("payer."):
            return say(self.language, "report.due_by", payer=words[head])
        return words[head.replace("age.", "report_age.") if head.startswith("age.") else f"report_head.{head}"]

    def line(self, section: Section, line: Line) -> str:
        """What a line is about."""
        if not line.names:
            return say(self.language, "report.total")
        if section.name == "items":
            return self.item(line.names[0])
        if section.name == "cashiers":
            return self.person(line.names[0])
        tables = TABLES[section.name]
        return " · ".join(
            self.named(one, name) for one, name in zip(tables, line.names, strict=True) if name or one in NOTHING
        )

    def item(self, code: str) -> str:
        """An item by its name in the newest list that has it."""
        named = self.items.get(code)
        return named[self.language] if named is not None else code

    def person(self, staff_no: str) -> str:
        """A person, or what took money without one."""
        return self.people.get(staff_no, staff_no) or say(self.language, NOTHING["cashier"])

    def named(self, table: str, name: str) -> str:
        """A word of a table; a reason is a step or a memo of its own."""
        words = CATALOGUES[self.language]
        if not name:
            return words[NOTHING.get(table, "report.none")]
        name = name.removeprefix("receivable/") if table == "payer" else name
        keys = (f"{table}.{name}", f"step.{name}") if table == "memo" else (f"{table}.{name}",)
        return next((words[key] for key in keys if key in words), name)

    def number(self, value: int, what: What) -> str:
        """A figure: yuan, or how many."""
        if what in COUNTS:
            return f"{value:,}"
        return f"{'−' if value < 0 else ''}¥{in_yuan(abs(value))}"

    def figure(self, one: Figure) -> str:
        """A figure as it is read."""
        return self.number(one.value, one.rows.what)

    def change(self, line: Line) -> str:
        """How the first figure has changed in a year; a dash where there was nothing."""
        return change(line.cells[0].value, line.last_year)

    def period(self, period: Period) -> str:
        """The days of a report."""
        if period.first == period.last:
            return period.first.isoformat()
        return say(self.language, "report.period", first=period.first, last=period.last)


def change(now: int, before: int) -> str:
    """A change in per cent, with its sign."""
    if before <= 0:
        return "—"
    said = f"{(now - before) * 100 / before:+.1f}%"
    return "0.0%" if said in ("+0.0%", "-0.0%") else said


def share(section: Section, line: Line) -> str:
    """The part of a line's taps that were observed."""
    if section.name != "taps" or not line.cells[0].value:
        return ""
    return f"{line.cells[1].value * 100 / line.cells[0].value:.1f}%"
