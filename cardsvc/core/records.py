"""What a module of the bureau's other work keeps: records, declared as data, from which the console makes its pages.

A record's rows belong to a county, or to the city itself; every value is of a `Kind`, checked where it is typed
(MODULES.md).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from cardsvc.core.words import Language

Value = str | int | bool | date | datetime | None
"""A value of a column: money in whole fen, a moment in UTC."""
Values = Mapping[str, Value]
CITY = "330300"
"""The county code of rows that belong to the city itself (GB/T 2260)."""


class Label(NamedTuple):
    """What a thing is called, in both languages."""

    zh: str
    en: str

    def said(self, language: Language) -> str:
        """In the page's language."""
        return self.en if language == "en" else self.zh


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NOTE = "note"  # several lines
    NUMBER = "number"
    MONEY = "money"  # typed in yuan, kept in fen
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    YES_NO = "yes_no"
    POINT = "point"  # "27.99412,120.65513": latitude and longitude in degrees (WGS 84)
    CREDIT_CODE = "credit_code"  # GB 32100
    LINK = "link"  # the id of another record's row
    ID_NO = "id_no"  # GB 11643
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"


SECRET = frozenset({Kind.ID_NO, Kind.PHONE, Kind.BANK_ACCOUNT})
"""Encrypted in the database, masked on screen, found by a blind index."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `of` names the record of the same module that a LINK leads to.

    `searched`: found by its beginning from the list's search field (secrets by their whole value). `filtered` and
    `sorted`: the list does. `derived`: computed by the record's `derive`, never typed. `given`: written by moves of
    other rows alone (`Effect`), never typed. `low` and `high` bound numbers and money (fen).
    """

    name: str
    label: Label
    kind: Kind = Kind.TEXT
    needed: bool = False
    choices: Mapping[str, Label] = field(default_factory=dict)
    of: str = ""
    searched: bool = False
    filtered: bool = False
    sorted: bool = False
    unique: bool = False
    derived: bool = False
    given: bool = False
    listed: bool = True
    low: int | None = 0
    high: int | None = None
    help: Label | None = None

    @property
    def secret(self) -> bool:
        """Whether it is encrypted and masked."""
        return self.kind in SECRET


class Wrong(StrEnum):
    """Why a typed value cannot be kept."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_DATE = "not_a_date"
    NOT_A_MOMENT = "not_a_moment"
    NOT_A_CHOICE = "not_a_choice"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_POINT = "not_a_point"
    ID_NO = "id_no"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    COUNTY = "county"  # no county of the table, or not theirs
    TWICE = "twice"  # another row has it
    NO_SUCH_ROW = "no_such_row"  # what a link names is not there
    RULE = "rule"  # the record's own rule; the detail says which
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_MISSING = "column_missing"
    UNPRINTABLE = "unprintable"  # control characters, which neither database nor spreadsheet can hold
    IN_FUTURE = "in_future"  # the day of a move that has not come
    TOO_EARLY = "too_early"  # the day of a move before the row begins, or before the move that led where it stands
    SEVERAL_ROWS = "several_rows"  # a link's text names more than one row
    GUARDED = "guarded"  # two agreed to it: no form changes it, a move of two does
    FULL = "full"  # all places of what it leads to are taken
    NOT_THEIRS = "not_theirs"  # a case of another person, or of another county
    UNTRUE = "untrue"  # the rows that lead to it are more or fewer, or have another sum
    UNFOUNDED = "unfounded"  # what it stands on is refused, or is decided again
    BOUND = "bound"  # what it leads to stands as it was looked at, and so do its rows


ALOUD = frozenset({Wrong.GUARDED, Wrong.FULL, Wrong.NOT_THEIRS, Wrong.UNTRUE, Wrong.UNFOUNDED, Wrong.BOUND})
"""What is said of the whole row too: the field may not be on the form."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that cannot be kept: which column, why, and what the rule says in words where it is the record's own."""

    column: str
    why: Wrong
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move does to other rows in the same act: to the one that its column `link` leads to.

    With `record`, to each row of that record whose column `link` leads to the moved one. `gives` says what changes from
    the moved row as it is then and the other; it is pure, sees no secret of the other, and says nothing but `columns`.
    """

    link: str
    columns: tuple[str, ...]
    gives: Callable[[Values, Values], Values]
    record: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A row of another record that a move makes in the same act, unless its column `link` leads to one already.

    `link` is a `given` LINK. `gives` says the new row's values from the moved row as it is then, secrets in clear; it
    is pure. What its record refuses is told at the moved row's columns of the same names.
    """

    link: str
    gives: Callable[[Values], Values]


class Basis(NamedTuple):
    """What a row stands on: the rows of `record` whose column `link` leads to it; each has to be in one of `states`."""

    record: str
    link: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a record's flow: from states to a state, or to none: the state stays.

    `fills` are columns that are typed with it. `two`: a second person confirms, and what it fills is typed with it
    alone. `outside`: it is the outsider's, through the row's own link. `stamps`: a date or moment column that gets the
    time of the move: now, or an earlier one that somebody here types. `clears`: columns that have nothing after it.
    `effects`: what it does to other rows. `makes`: a row that follows from it. `from_start`: it holds since the row
    begins (`Flow.begins`), where that is past: who is approved in May from March on was in force in March.
    `stands_on`: it is open only while what the row stands on holds.
    """

    name: str
    label: Label
    since: tuple[str, ...]
    to: str
    fills: tuple[str, ...] = ()
    two: bool = False
    outside: bool = False
    stamps: str = ""
    clears: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    makes: Made | None = None
    from_start: bool = False
    stands_on: Basis | None = None

    def leads(self, state: str) -> str:
        """The state after it, from a state."""
        return self.to or state


@dataclass(frozen=True, slots=True)
class Flow:
    """The states of a row: a CHOICE column that `moves` alone change; its first choice is the start.

    What two people approved, one cannot change: in a state of `frozen` no form changes the row, and in a state of
    `guards` none changes the columns that are named there, such as whom and where to it is paid; moves of two do. In a
    state of `waits` the row waits for somebody here: for a decision, a second person, or what follows on what was sent
    in from outside. In a state of `stops` it is over or stands still for good reason, in one of `pauses` it is put off:
    who leads a row there is warned, and sees whose it is. `begins`: the DATE or MOMENT column before which no day of a
    move is. In a state of `spans` a row stands from one day to another, and may again: its columns know the last time,
    its history all.
    """

    column: str
    moves: tuple[Move, ...]
    frozen: tuple[str, ...] = ()
    guards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    begins: str = ""
    spans: tuple[str, ...] = ()

    @property
    def sent_back(self) -> tuple[str, ...]:
        """The states to which somebody here leads back what was sent in from outside, for them to send in again."""
        again = {state for one in self.moves if one.outside for state in one.since}
        sent = {one.to for one in self.moves if one.outside}
        to = {one.to for one in self.moves if not one.outside and sent & set(one.since)}
        return tuple(state for state in self.pauses if state in again & to)

    def tone(self, state: str) -> str:
        """How a state looks: "stop", "wait" or "go"."""
        return "stop" if state in self.stops else "wait" if state in self.pauses else "go"

    def here(self, state: str) -> tuple[Move, ...]:
        """The moves that somebody here can make with a row in a state."""
        return tuple(one for one in self.moves if state in one.since and not one.outside)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a row says of those of `record` whose column `link` leads to it: how many they are, and what they sum up to.

    `count` and `total` are its NUMBER and MONEY columns, `summed` is theirs. No move leads it to a state in which it is
    frozen unless they are so; it has at least one.
    """

    record: str
    link: str
    count: str
    total: str
    summed: str


@dataclass(frozen=True, slots=True)
class Record:
    """A kind of row.

    `name_by` are the columns that name a row to people, a secret by its ends. `dated` is the DATE or MOMENT column by
    which a row belongs to a period. `derive` computes the derived columns from the others, `check` tells what is wrong
    with a whole row; both are pure. `agree` tells what is wrong with a row beside those that its links lead to, by
    column; it is pure, and sees no secret in clear. `together`: columns that no two rows have alike, a link among them.
    `published`: the YES_NO column that puts a row on the public page, with `public` columns. `point`: the POINT column
    of the map. `bound_by`: the LINK to a row with which it is frozen: none comes to it or leaves it then, and none
    changes. `totals`: what it says of the rows that lead to it. `as_on`: the DATE column of the day of which it
    asks how the rows stood that its links lead to. `by_two`: whether two people keep a row of these
    values, beside those that its links lead to; such a record's rows are imported and taken back by two, whatever they
    have.
    """

    name: str
    label: Label
    columns: tuple[Column, ...]
    name_by: tuple[str, ...]
    dated: str = ""
    derive: Callable[[Values], Values] | None = None
    check: Callable[[Values], Iterable[Fault]] | None = None
    agree: Callable[[Values, Mapping[str, Values]], Iterable[Fault]] | None = None
    together: tuple[tuple[str, ...], ...] = ()
    flow: Flow | None = None
    published: str = ""
    public: tuple[str, ...] = ()
    point: str = ""
    bound_by: str = ""
    totals: Totals | None = None
    as_on: str = ""
    by_two: Callable[[Values, Mapping[str, Values]], bool] | None = None

    def derived(self, values: Values) -> dict[str, Value]:
        """What follows from a row's other values."""
        found = self.derive(values) if self.derive is not None else {}
        return {one.name: found[one.name] for one in self.columns if one.derived and one.name in found}

    def column(self, name: str) -> Column:
        """A column by its name. Raises KeyError."""
        return next((one for one in self.columns if one.name == name), None) or _no(self.name, name)

    @property
    def typed(self) -> tuple[Column, ...]:
        """What a form asks: not what is derived or given, not the state of its flow nor what its moves stamp.

        Nor what a move of two fills: one person alone could type past the second one. What is guarded in some states
        is typed in the others.
        """
        moves = self.flow.moves if self.flow is not None else ()
        moved = {self.flow.column, *(one.stamps for one in moves)} if self.flow is not None else set()
        guarded = {name for names in self.flow.guards.values() for name in names} if self.flow is not None else set()
        moved |= {name for one in moves if one.two for name in one.fills} - guarded
        return tuple(one for one in self.columns if not one.derived and not one.given and one.name not in moved)

    @property
    def start(self) -> dict[str, Value]:
        """What a new row has before anything is typed: the first state of its flow."""
        if self.flow is None:
            return {}
        return {self.flow.column: next(iter(self.column(self.flow.column).choices))}

    def is_frozen(self, values: Values) -> bool:
        """Whether no form changes a row of these values: a move must lead it back first."""
        return self.flow is not None and values[self.flow.column] in self.flow.frozen

    def guarded(self, values: Values) -> tuple[str, ...]:
        """The columns that no form changes in a row of these values."""
        return self.flow.guards.get(str(values[self.flow.column]), ()) if self.flow is not None else ()


def _no(record: str, name: str) -> Column:
    raise KeyError(f"{record} has no column {name}")
