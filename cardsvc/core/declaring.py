"""What a declaration of records cannot be, said to who wrote it before anything is made from it."""

import re
from collections.abc import Iterable, Iterator, Mapping

from cardsvc.core.records import Flow, Kind, Record

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names of modules, records, columns and moves: they stand in addresses, in SQL and in files."""
KEPT = frozenset(
    {"home_id", "id", "county", "version", "made_at", "made_by", "changed_at", "changed_by", "batch", "known_on"}
)
"""Columns that every record has."""
ASKED = frozenset({"form_token", "q", "from", "to", "sort", "down", "after", "back", "as_of", "period", "text"})
"""What forms and lists ask beside the columns."""
SECOND = frozenset({"second_staff_no", "second_password"})
"""What the form of a move of two asks."""
RESERVED = KEPT | ASKED | SECOND
"""What cannot name a column."""
PAGES = frozenset({"statistics", "import", "export", "find", "map", "new", "deaths", "half-year"})
"""Pages beside the records': no module and no record is called so."""
FILTERS = frozenset({Kind.CHOICE, Kind.YES_NO, Kind.LINK, Kind.NUMBER})
"""What a list filters by: a link and a number by its address alone."""


def module_wrong(name: str, folder: str, records: Iterable[str]) -> str | None:
    """What is wrong with the name of a module that was found in `folder`, or with those of its records."""
    if name != folder:
        return f"{name}: a module is called as its folder is, {folder}"
    every = list(records)
    for one in (name, *every):
        if not NAME.fullmatch(one) or one in PAGES:
            return f"{name}: {one} cannot name a module or a record"
    if doubled := _doubled(every):
        return f"{name}: two records are called {doubled[0]}"
    return None


def declared_wrong(record: Record, names: Iterable[str]) -> str | None:
    """What is wrong with a declaration, for who wrote it; None when nothing is. `names` are the module's records."""
    return next(_wrong(record, set(names)), None)


def _wrong(record: Record, names: set[str]) -> Iterator[str]:
    """One after the other: what comes later takes for granted that nothing was wrong before."""
    own = [one.name for one in record.columns]
    strange = _doubled(own) or sorted(RESERVED & set(own)) or [one for one in own if not NAME.fullmatch(one)]
    if strange:
        yield f"{record.name}: {', '.join(strange)} cannot name a column here"
    moves = record.flow.moves if record.flow is not None else ()
    used = {*record.name_by, *record.public, record.dated, record.published, record.point}
    used |= {record.bound_by, record.as_on} | (
        {record.totals.count, record.totals.total} if record.totals is not None else set()
    )
    used |= {name for one in moves for name in (*one.fills, one.stamps, *one.clears)}
    used |= {each.link for one in moves for each in one.effects if not each.record}
    used |= {one.makes.link for one in moves if one.makes is not None}
    used |= {record.flow.column, record.flow.begins} if record.flow is not None else set()
    if missing := sorted(used - {"", *own}):
        yield f"{record.name}: there is no column {', '.join(missing)}"
    yield from _columns_wrong(record, names)
    if record.flow is not None:
        yield from _flow_wrong(record, record.flow)
    if record.derive is None and any(one.derived for one in record.columns):
        yield f"{record.name}: derived columns need `derive`"


def reach_wrong(records: Mapping[str, Record]) -> str | None:
    """What is wrong with what moves of a module's records do to other rows; None when nothing is."""
    return next((said for one in records.values() for said in _reach_wrong(one, records)), None)


def _reach_wrong(record: Record, records: Mapping[str, Record]) -> Iterator[str]:
    for move in record.flow.moves if record.flow is not None else ():
        for effect in move.effects:
            of, what = effect.record or record.column(effect.link).of, f"{record.name}: the effect of {move.name}"
            other = records.get(of)
            columns = {one.name: one for one in other.columns} if other is not None else {}
            back = columns[effect.link].of if effect.link in columns else ""
            if other is None or (effect.record and back != record.name):
                yield f"{what} has no link between {record.name} and {of or 'nothing'}"
                continue
            if strange := [one for one in effect.columns if one not in columns or columns[one].secret]:
                yield f"{what} cannot change {strange[0]} of {of}"
            guarded = {name for names in other.flow.guards.values() for name in names} if other.flow else set()
            if not move.two and guarded & set(effect.columns):
                yield f"{what} changes what two agreed to of {of}: it is by two"


def _columns_wrong(record: Record, names: set[str]) -> Iterator[str]:
    for one in record.columns:
        if (one.kind is Kind.CHOICE) != bool(one.choices):
            yield f"{record.name}.{one.name}: a CHOICE has choices, nothing else has"
        if (one.kind is Kind.LINK) != bool(one.of) or (one.of and one.of not in names):
            yield f"{record.name}.{one.name}: a LINK is `of` a record of its module, nothing else is"
        if one.secret and (one.sorted or one.derived or one.name in record.public):
            yield f"{record.name}.{one.name}: what is secret is not sorted, derived or public"
        if one.given and (one.needed or one.derived or one.secret):
            yield f"{record.name}.{one.name}: what other rows' moves give is not needed, derived or secret"
        if one.filtered and one.kind not in FILTERS:
            yield f"{record.name}.{one.name}: a list filters by CHOICE, YES_NO, LINK and NUMBER alone"
    for both in record.together:
        if len(both) < 2 or not set(both) <= {one.name for one in record.columns if not one.secret}:
            yield f"{record.name}: `together` are two columns or more, none of them secret"
    if not record.name_by:
        yield f"{record.name}: no column names its rows: `name_by`"
    if (alike := _people(record)) and not any(record.column(one).unique for one in record.name_by):
        yield f"{record.name}: two people of one name look alike: {alike} or a unique column is in `name_by`"
    if record.point and record.column(record.point).kind is not Kind.POINT:
        yield f"{record.name}.{record.point}: `point` is a POINT"
    if record.dated and record.column(record.dated).kind not in (Kind.DATE, Kind.MOMENT):
        yield f"{record.name}.{record.dated}: `dated` is a DATE or a MOMENT"
    if record.published and record.column(record.published).kind is not Kind.YES_NO:
        yield f"{record.name}.{record.published}: `published` is a YES_NO"
    if bool(record.published) != bool(record.public):
        yield f"{record.name}: `published` and `public` come together"
    if record.point in record.public and not set(record.name_by) <= set(record.public):
        yield f"{record.name}: the public map names its rows: what is in `name_by` is `public` too"


def _people(record: Record) -> str:
    """The column by which its rows are people who are to be told apart; "" for none."""
    found = (one.name for one in record.columns if one.kind is Kind.ID_NO and one.needed)
    return next((one for one in found if one not in record.name_by), "")


def _flow_wrong(record: Record, flow: Flow) -> Iterator[str]:
    state = record.column(flow.column)
    if state.kind is not Kind.CHOICE:
        yield f"{record.name}.{flow.column}: the state of a flow is a CHOICE"
    moves = [one.name for one in flow.moves]
    if strange := _doubled(moves) or [one for one in moves if not NAME.fullmatch(one)]:
        yield f"{record.name}: {strange[0]} cannot name a move here"
    for one in flow.moves:
        if one.outside and one.two:
            yield f"{record.name}: nobody here confirms a move of somebody outside"
        if untyped := [name for name in one.fills if name == flow.column or record.column(name).derived]:
            yield f"{record.name}: {one.name} cannot fill {untyped[0]}: a state or what is derived is not typed"
        if kept := [name for name in one.clears if record.column(name).needed or name == flow.column]:
            yield f"{record.name}: {one.name} cannot clear {kept[0]}, which is needed"
        if one.stamps and record.column(one.stamps).kind not in (Kind.DATE, Kind.MOMENT):
            yield f"{record.name}: {one.name} stamps {one.stamps}, which is no DATE or MOMENT"
    links = [record.column(one.makes.link) for one in flow.moves if one.makes is not None]
    if loose := [one.name for one in links if one.kind is not Kind.LINK or not one.given]:
        yield f"{record.name}: {loose[0]} leads to a row that a move makes: it is a LINK, and given"
    named = {*flow.frozen, *flow.waits, *flow.stops, *flow.pauses, *flow.spans}
    states = named | {state for one in flow.moves for state in (*one.since, one.to) if state}
    if not states <= set(state.choices):
        yield f"{record.name}: its flow names a state that its column does not have"
    if flow.begins and record.column(flow.begins).kind not in (Kind.DATE, Kind.MOMENT):
        yield f"{record.name}: it begins with {flow.begins}, which is no DATE or MOMENT"
    if not flow.begins and any(one.from_start for one in flow.moves):
        yield f"{record.name}: a move holds from the start, and nothing says when a row begins: begins="
    if idle := [state for state in flow.waits if not flow.here(state)]:
        yield f"{record.name}: a row waits in {idle[0]}, but nobody here can move it on"
    sent = {one.to for one in flow.moves if one.outside}
    if sent and not sent & set(flow.waits):
        yield f"{record.name}: what is sent in from outside waits for nobody: name its state in `waits`"
    yield from _guards_wrong(record, flow)
    late = {one.name for one in record.columns if one.needed and not one.derived} - {flow.column}
    if late := late - {one.name for one in record.typed}:
        yield f"{record.name}: {', '.join(sorted(late))} cannot be needed: only a move fills or stamps it"


def _guards_wrong(record: Record, flow: Flow) -> Iterator[str]:
    """What two people agreed to is out of one's reach, and in reach of two."""
    states = record.column(flow.column).choices
    typed = {one.name for one in record.typed}
    for state, names in flow.guards.items():
        if state not in states or not names or not set(names) <= typed:
            yield f"{record.name}: {state} guards what no form types"
        for name in names:
            by = [one for one in flow.moves if state in one.since and name in one.fills]
            if not by or not all(one.two for one in by):
                yield f"{record.name}: in {state} a move of two fills {name}, and no other does"
    for state in list(states)[1:]:
        into = [one for one in flow.moves if one.to == state]
        if into and all(one.two for one in into) and state not in flow.frozen and not flow.guards.get(state):
            yield f"{record.name}: what two agreed to in {state}, one could change: it is frozen, or guards columns"


def _doubled(names: list[str]) -> list[str]:
    return sorted({one for one in names if names.count(one) > 1})
