"""The civil-affairs modules, one folder each, found at start: each binds MODULE, and reads its own tables alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from cardsvc.core.figures import Indicator
from cardsvc.core.records import Label, Record, Values
from cardsvc.core.registers import Entitlement
from cardsvc.core.trails import Trail

Stood = Callable[[str, str], Values]
"""How a row of the module, by its record and id, answers about that day (`Flow.spans`)."""
Waivers = Callable[[Connection, str, date, Stood], Iterable[Entitlement]]
"""Which waivers is a person entitled to on a local day? The person is the vault's blind index of their ID number.

It is asked beside every tap, never within one; it may be slow, and may raise: then it is asked again.
"""


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments that end with a death: `record` holds who is paid (`person`: its ID_NO column), `state` their state.

    A death moves a row from one of `paid` to `suspended`, and back where the death was another's; so it does from one
    of `halted`, in which it is not paid for another reason, but could be again. `ledger` holds what was paid: `of` is
    its LINK to `record`, `day` and `amount` its DATE and MONEY columns (MODULES.md, cross-link 2).
    """

    record: str
    person: str
    state: str
    paid: tuple[str, ...]
    halted: tuple[str, ...]
    suspended: str
    ledger: str
    of: str
    day: str
    amount: str

    @property
    def open(self) -> tuple[str, ...]:
        """The states in which a death is news."""
        return (*self.paid, *self.halted)


class Row(NamedTuple):
    """A row of a half-year's figures; a LINK holds the `key` of its row, a secret its clear value, an invented one."""

    record: str
    values: Values
    key: str = ""

    @classmethod
    def made(cls, record: Record, values: Values, key: str = "") -> "Row":
        """A row with what its record derives."""
        return cls(record.name, {**values, **(record.derive(values) if record.derive is not None else {})}, key)


@dataclass(frozen=True, slots=True)
class Module:
    """A module as it is plugged in; what it does not do is None or empty. `schema`: the SQL that makes its tables.

    `half_year` makes the rows from which the figures of the bureau's half-year of acceptance come out (2016, its first
    June 2026; MODULES.md).
    """

    name: str
    label: Label
    records: tuple[Record, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    schema: str = ""
    waivers: Waivers | None = None
    payments: tuple[Payments, ...] = ()
    trail: Trail | None = None
    half_year: Callable[[], Iterable[Row]] | None = None

    def record(self, name: str) -> Record:
        """A record by its name. Raises KeyError."""
        found = next((one for one in self.records if one.name == name), None)
        if found is None:
            raise KeyError(f"{self.name} keeps no {name}")
        return found
