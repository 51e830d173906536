"""A row's history as people of the page's language read it: fields, choices, links and counties by their names."""

from collections.abc import Iterable
from dataclasses import replace

from admin_web.records import At, county_names
from cardsvc.context import Context
from cardsvc.core.records import Column, Kind, Wrong
from cardsvc.core.words import Language, say
from cardsvc.naming.cells import read, written
from cardsvc.rows.keeping import Change, Where, find_all, history, leads_to
from cardsvc.rows.titles import Reader, titles
from cardsvc.rows.withdrawing import ever
from cardsvc.store.engine import Connection


def said(
    connection: Connection, context: Context, at: At, changes: Iterable[Change], county: str | None, language: Language
) -> list[Change]:
    """Changes in words; `county` is the only one whose rows the reader sees, None for all."""
    changes, named = list(changes), county_names(language)
    columns = {one.name: one for one in at.record.columns}
    links = [one for one in at.record.columns if one.kind is Kind.LINK]
    called = {one.name: _called(connection, context, at, one, changes, county, language) for one in links}

    def worded(field: str, text: str | None) -> str | None:
        column = columns.get(field)
        if not text:
            return None
        if column is None:
            return named.get(text, text) if field == "county" else text
        if column.kind is Kind.LINK:
            return called[field].get(text) or say(language, "records.not_yours")
        value = text if column.secret else read(column, text)
        return text if column.secret or isinstance(value, Wrong) else written(column, value, language)

    def label(field: str) -> str:
        if field == "county":
            return say(language, "records.county")
        return columns[field].label.said(language) if field in columns else field

    return [
        replace(one, field=label(one.field), before=worded(one.field, one.before), after=worded(one.field, one.after))
        for one in changes
    ]


def whole(
    connection: Connection, context: Context, at: At, row_id: str, county: str | None, language: Language
) -> list[Change]:
    """All that happened to a row, the newest first: changes, and how it was withdrawn and restored."""
    changes = said(connection, context, at, history(connection, at.where, row_id), county, language)
    field, in_force = say(language, "undo.row"), say(language, "undo.in_force")
    for one in ever(connection, at.where, row_id):
        for act, again in ((one.out, False), (one.back, True)):
            if act is None:
                continue
            out = f"{say(language, 'undo.withdrawn')}: {one.out.reason}"
            told = f"{say(language, 'undo.restored')}: {act.reason}" if again else out
            before = say(language, "undo.withdrawn") if again else in_force
            who = (act.at, act.staff_no, act.second_no)
            changes.append(Change(one.row.version + again, field, before, told, *who, ""))
    return sorted(changes, key=lambda each: (each.at, each.version), reverse=True)


def moved(at: At, name: str, language: Language) -> str:
    """What a move is called; with its record where it was of another row and reached this one; "" where it is gone."""
    record_name, _, move_name = name.rpartition(".")
    records = {one.name: one for one in at.module.records}
    record = records.get(record_name) if record_name else at.record
    moves = record.flow.moves if record is not None and record.flow is not None else ()
    said = next((one.label.said(language) for one in moves if one.name == move_name), "")
    return f"{record.label.said(language)}: {said}" if said and record is not None and record_name else said


def _called(
    connection: Connection,
    context: Context,
    at: At,
    column: Column,
    changes: Iterable[Change],
    county: str | None,
    language: Language,
) -> dict[str, str]:
    """What the rows are called that a link led to, as far as the reader's county may lead there."""
    ids = {text for one in changes if one.field == column.name for text in (one.before, one.after) if text}
    to = Where(context.home_id, at.module.name, at.module.record(column.of))
    found = [one for one in find_all(connection, to, ids) if county is None or leads_to(county, one.county)]
    about = (connection, context.vault, context.home_id, at.module, to.record)
    return titles(*about, found, language, reader=Reader(county))
