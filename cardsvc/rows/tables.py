"""The tables of modules' records, as their declarations say; each module's schema.sql says the same to read."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Engine,
    Index,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from cardsvc.core import records
from cardsvc.core.records import Kind, Record
from cardsvc.modules import Module
from cardsvc.store.engine import WRITES, UnsafeStore, statements
from cardsvc.store.tables.kinds import Moment


class Day(TypeDecorator[date]):
    """A date as YYYY-MM-DD, so that text sorts as time on both engines."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """As text."""
        return value.isoformat() if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Back to a date."""
        return date.fromisoformat(value) if value is not None else None


class Words(TypeDecorator[str]):
    """Text in the order of its characters' codes on both engines, whatever language the database was made for."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Text with the collation "C" on PostgreSQL; SQLite knows no other."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


TYPES: dict[Kind, Any] = {
    Kind.NUMBER: BigInteger,
    Kind.MONEY: BigInteger,
    Kind.YES_NO: Boolean,
    Kind.MOMENT: Moment,
    Kind.DATE: Day,
}
"""The SQL type of a kind; the others are text."""
_MADE: dict[str, tuple[Record, Table]] = {}


def sealed(name: str) -> str:
    """Where the encrypted value of a secret column is (base64)."""
    return f"{name}_sealed"


def blind(name: str) -> str:
    """Where the blind index of a secret column is (32 hex digits)."""
    return f"{name}_blind"


def table_of(module: str, record: Record) -> Table:
    """The table of a record.

    Each declared sort and filter has an index for the city and one within a county, so that a page costs the same
    at ten thousand rows and at a million.
    """
    name = f"{module}_{record.name}"
    if name in _MADE and _MADE[name][0] is record:
        return _MADE[name][1]
    columns: list[Column[Any]] = [
        Column("home_id", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("county", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("made_at", Moment, nullable=False),
        Column("made_by", Text, nullable=False),
        Column("changed_at", Moment, nullable=False),
        Column("changed_by", Text, nullable=False),
        Column("batch", Text),
        Column("known_on", Day),
    ]
    parts: list[Index | UniqueConstraint] = [Index(f"{name}_here", "home_id", "county", "id")]
    for one in record.columns:
        columns += _columns(one)
        parts += _parts(name, one, record)
    for names in record.together:
        parts.append(UniqueConstraint("home_id", *names, name=f"{name}_one_{'_'.join(names)}"))
    made: Table = Table(name, MetaData(), *columns, *parts)
    _MADE[name] = (record, made)
    return made


def _columns(one: records.Column) -> list[Column[Any]]:
    if one.secret:
        return [Column(sealed(one.name), Text, nullable=not one.needed), Column(blind(one.name), Text)]
    return [Column(one.name, TYPES.get(one.kind, Words), nullable=not one.needed)]


def _parts(table: str, one: records.Column, record: Record) -> Iterator[Index | UniqueConstraint]:
    by = blind(one.name) if one.secret else one.name
    if one.unique:
        yield UniqueConstraint("home_id", by, name=f"{table}_one_{one.name}")
    if one.kind is Kind.LINK or one.secret or one.filtered or one.sorted or one.searched or one.name == record.dated:
        yield Index(f"{table}_by_{one.name}", "home_id", by, "id")
    if one.filtered or one.sorted or one.searched or one.name == record.dated:
        yield Index(f"{table}_of_{one.name}", "home_id", "county", by, "id")


def sql_of(module: Module) -> str:
    """What the module's schema.sql has to say, for who writes it: `cardsvc module sql NAME`."""
    return f"-- {module.label.zh} · {module.label.en}\n" + "".join(_sql(module.name, one) for one in module.records)


def _sql(module: str, record: Record) -> str:
    table = table_of(module, record)
    made = re.sub(r"\s*\n\s*", "\n    ", str(CreateTable(table)).strip().replace("\t", "")).replace("\n    )", "\n)")
    made = re.sub(r"\bDATETIME\b", "MOMENT", made)
    for column in table.columns:
        if isinstance(column.type, Words):
            made = re.sub(rf'^(    "?{column.name}"?) TEXT', r"\1 WORDS", made, flags=re.MULTILINE)
    told = f"\n-- {record.label.zh} · {record.label.en}\n{made};\n"
    return told + "".join(f"{CreateIndex(one)};\n" for one in sorted(table.indexes, key=lambda one: str(one.name)))


def _indexed(connection: Connection, table: Table) -> list[str]:
    """Make the indexes of a table that are not there, also those that keep a column unique; their names."""
    now = inspect(connection)
    have = {one["name"] for one in (*now.get_indexes(table.name), *now.get_unique_constraints(table.name))}
    wanted: list[Index | UniqueConstraint] = list(table.indexes)
    wanted += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    quoted = connection.dialect.identifier_preparer.quote
    made = []
    for one in sorted(wanted, key=lambda one: str(one.name)):
        if one.name in have:
            continue
        only = "UNIQUE " if isinstance(one, UniqueConstraint) else ""
        by = ", ".join(quoted(column.name) for column in one.columns)
        try:
            connection.exec_driver_sql(f"CREATE {only}INDEX {one.name} ON {table.name} ({by})")
        except IntegrityError as error:
            raise UnsafeStore(f"{table.name}: rows have the same {by}, which is unique now") from error
        made.append(str(one.name))
    return made


def missing(engine: Engine, modules: Iterable[Module]) -> list[str]:
    """The tables that modules declare and the database lacks: `cardsvc migrate` makes them."""
    there = set(inspect(engine).get_table_names())
    return [name for one in modules for each in one.records if (name := table_of(one.name, each).name) not in there]


def prepare(engine: Engine, modules: Iterable[Module]) -> list[str]:
    """Make the tables, columns and indexes that modules declare and the database lacks; what was made.

    Nothing is ever dropped or retyped: the rows of a module that was removed stay. A column that is no longer needed,
    or no longer declared, may be empty from now on.
    Raises UnsafeStore where a schema.sql does not make what its module declares, where rows stand against it, or where
    SQLite would have to let a column be empty.
    """
    done = []
    for module in modules:
        there = set(inspect(engine).get_table_names())
        wanted = [table_of(module.name, one) for one in module.records]
        lacking = [one for one in wanted if one.name not in there]
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            for statement in statements(engine.dialect.name, module.schema):
                named = re.match(r"CREATE (?:TABLE|(?:UNIQUE )?INDEX \w+ ON) (\w+)", statement)
                if named is not None and named[1] in {one.name for one in lacking}:
                    connection.exec_driver_sql(statement)
            now = inspect(connection)
            quoted = engine.dialect.identifier_preparer.quote
            for table in wanted:
                if not now.has_table(table.name):
                    raise UnsafeStore(f"{module.name}/schema.sql does not make {table.name}: cardsvc module sql")
                columns = now.get_columns(table.name)
                have = {one["name"] for one in columns}
                done += _relieve(connection, table, {one["name"] for one in columns if not one["nullable"]})
                for column in table.columns:
                    if column.name in have:
                        continue
                    if not column.nullable:
                        raise UnsafeStore(f"{table.name}.{column.name} is new: a new column cannot be `needed`")
                    kind = column.type.compile(engine.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {quoted(column.name)} {kind}")
                    done.append(f"{table.name}.{column.name}")
                    if (start := _MADE[table.name][0].start.get(column.name)) is not None:
                        # A record that gains a flow: its rows stand at the beginning.
                        connection.execute(table.update().values({column.name: start}))
                if table not in lacking:
                    done += _indexed(connection, table)
        done += [one.name for one in lacking]
    return done


def _relieve(connection: Connection, table: Table, filled: set[str]) -> list[str]:
    """Let be empty what the database wants filled and the declaration no longer needs: no row could be entered."""
    needed = {one.name for one in table.columns if not one.nullable}
    done = []
    for name in sorted(filled - needed):
        if connection.dialect.name == "sqlite":
            raise UnsafeStore(
                f"{table.name}.{name} must be filled in this database, but its module no longer needs it, and SQLite"
                " cannot let it be empty: declare it `needed` again, or move to PostgreSQL"
            )
        column = connection.dialect.identifier_preparer.quote(name)
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ALTER COLUMN {column} DROP NOT NULL")
        done.append(f"{table.name}.{name} may be empty")
    return done
