"""schema.sql, the migrations and the SQLAlchemy tables say the same, on both engines."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from cardsvc.store import migrations
from cardsvc.store.engine import SCHEMA, create_schema, open_engine
from cardsvc.store.migrations import versions
from cardsvc.store.tables import metadata


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """An empty database made by schema.sql, and one brought up by the migrations."""
    if request.param == "sqlite":
        dsns = [f"sqlite:///{tmp_path / name}.db" for name in ("schema", "migrated")]
    else:
        cluster = request.getfixturevalue("postgres")
        dsns = [cluster.new_database(), cluster.new_database()]
    by_schema, by_steps = (open_engine(dsn) for dsn in dsns)
    create_schema(by_schema)
    migrations.upgrade(by_steps)
    yield by_schema, by_steps
    by_schema.dispose()
    by_steps.dispose()


def test_the_migrations_arrive_at_schema_sql(two: tuple[Engine, Engine]) -> None:
    assert anatomy(two[0]) == anatomy(two[1])


def test_the_tables_are_those_of_schema_sql(two: tuple[Engine, Engine]) -> None:
    with two[0].connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    there = inspect(two[0])
    for table in metadata.tables.values():
        assert there.get_pk_constraint(table.name)["constrained_columns"] == [one.name for one in table.primary_key]
        nullable = {one["name"]: one["nullable"] for one in there.get_columns(table.name)}
        assert nullable == {one.name: one.nullable for one in table.columns}


def test_a_planted_difference_is_seen(two: tuple[Engine, Engine]) -> None:
    with two[0].begin() as connection:
        connection.execute(text("ALTER TABLE station ADD COLUMN planted TEXT"))
    with two[0].connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) != []
    assert anatomy(two[0]) != anatomy(two[1])


def test_the_head_is_the_last_step_of_the_way() -> None:
    assert ScriptDirectory(str(migrations.STEPS.parent)).get_current_head() == migrations.head()


def test_a_second_upgrade_does_nothing(two: tuple[Engine, Engine]) -> None:
    assert migrations.upgrade(two[1]) == []
    assert migrations.current(two[1])
    assert not migrations.current(two[0])


def anatomy(engine: Engine) -> dict[str, object]:
    """Columns, keys, constraints, indexes and triggers, as the engine itself tells them."""
    there = inspect(engine)
    if engine.dialect.name == "sqlite":
        guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        guards = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    with engine.connect() as connection:
        triggers = [tuple(row) for row in connection.execute(text(guards))]
    tables = [name for name in there.get_table_names() if name != "alembic_version"]
    return {
        name: (
            [(one["name"], str(one["type"]), one["nullable"]) for one in there.get_columns(name)],
            there.get_pk_constraint(name)["constrained_columns"],
            sorted(map(str, there.get_foreign_keys(name))),
            sorted(str(one["sqltext"]) for one in there.get_check_constraints(name)),
            sorted(map(index_words, there.get_indexes(name))),
        )
        for name in tables
    } | {"triggers": triggers}


def index_words(index: Any) -> str:
    where = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": where})


@pytest.mark.parametrize(
    "path", [SCHEMA, *sorted(Path(versions.__file__).parent.glob("*.sql"))], ids=lambda one: one.name
)
def test_what_is_for_one_engine_ends_before_the_next_part_begins(path: Path) -> None:
    marks = re.findall(r"^-- @(sqlite|postgresql|end)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(one != "end" for one in marks[::2]) and all(one == "end" for one in marks[1::2])
    assert len(marks) % 2 == 0
