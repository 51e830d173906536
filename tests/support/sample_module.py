"""A module of tests with every kind of column, a flow with two people and somebody outside, links and a public page."""

from collections.abc import Iterable

from cardsvc.core.figures import Chapter, Count, Indicator, Sum, Unit
from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Values, Wrong
from cardsvc.modules import Module
from cardsvc.rows.tables import sql_of


def _label(text: str) -> Label:
    return Label(f"样{text}", text)


def longer(values: Values) -> Values:
    """A derived column."""
    count = values.get("count")
    return {"twice": 2 * count if isinstance(count, int) else None}


def sober(values: Values) -> Iterable[Fault]:
    """A rule of the whole row."""
    if values.get("kind") == "b" and not values.get("note"):
        yield Fault("note", Wrong.RULE, Label("乙类须有说明", "kind B needs a note"))


STATES = {"draft": _label("Draft"), "sent": _label("Sent"), "agreed": _label("Agreed"), "back": _label("Back")}
THING = Record(
    "thing",
    _label("Thing"),
    (
        Column("name", _label("Name"), needed=True, searched=True, sorted=True, unique=True),
        Column("kind", _label("Kind"), Kind.CHOICE, choices={"a": _label("A"), "b": _label("B")}, filtered=True),
        Column("count", _label("Count"), Kind.NUMBER, sorted=True, high=1000),
        Column("twice", _label("Twice"), Kind.NUMBER, derived=True),
        Column("fen", _label("Amount"), Kind.MONEY, sorted=True),
        Column("day", _label("Day"), Kind.DATE, sorted=True),
        Column("at", _label("Moment"), Kind.MOMENT),
        Column("good", _label("Good"), Kind.YES_NO, filtered=True),
        Column("place", _label("Place"), Kind.POINT),
        Column("code", _label("Credit code"), Kind.CREDIT_CODE),
        Column("id_no", _label("ID number"), Kind.ID_NO, searched=True),
        Column("phone", _label("Phone"), Kind.PHONE, searched=True),
        Column("account", _label("Account"), Kind.BANK_ACCOUNT),
        Column("note", _label("Note"), Kind.NOTE, listed=False),
        Column("shown", _label("Shown"), Kind.YES_NO),
        Column("state", _label("State"), Kind.CHOICE, choices=STATES, filtered=True),
        Column("agreed_on", _label("Agreed on"), Kind.DATE),
        Column("payee", _label("Payee"), Kind.BANK_ACCOUNT),
        Column("follows", _label("After"), Kind.LINK, of="thing"),
    ),
    name_by=("name",),
    dated="day",
    derive=longer,
    check=sober,
    flow=Flow(
        "state",
        (
            Move("send", _label("Send in"), ("draft", "back"), "sent", fills=("note", "count"), outside=True),
            Move("agree", _label("Agree"), ("sent",), "agreed", ("payee",), two=True, stamps="agreed_on"),
            Move("return", _label("Return"), ("sent",), "back", fills=("note", "follows")),
            Move("recall", _label("Recall"), ("agreed",), "back", two=True),
        ),
        frozen=("agreed",),
        waits=("sent",),
        pauses=("back",),
    ),
    published="shown",
    public=("name", "place"),
    point="place",
)
PART = Record(
    "part",
    _label("Part"),
    (
        Column("thing", _label("Of"), Kind.LINK, of="thing", needed=True),
        Column("title", _label("Title"), needed=True, searched=True),
        Column("weight", _label("Weight"), Kind.NUMBER, sorted=True),
    ),
    name_by=("title",),
)
_BARE = Module("sample", _label("Sample"), (THING, PART))
MODULE = Module(
    "sample",
    _label("Sample"),
    (THING, PART),
    indicators=(
        Indicator("things", _label("Things"), Unit.COUNT, Count("thing"), Chapter.OTHER),
        Indicator("amount", _label("Amounts"), Unit.YUAN, Sum("thing", "fen", {"kind": "a"}), Chapter.OTHER),
    ),
    schema=sql_of(_BARE),
)
