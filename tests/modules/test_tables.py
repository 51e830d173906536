"""The tables of modules follow their declarations as these change."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardsvc.core.records import Column, Label
from cardsvc.modules import Module
from cardsvc.rows import keeping, tables
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import UnsafeStore, open_engine
from tests.modules.conftest import CLERK
from tests.support import sample_module
from tests.support.home import Service

ANY = Label("任意", "Any")


def declared(*columns: Column) -> Module:
    """The sample's module as somebody declares its part anew."""
    part = replace(sample_module.MODULE.record("part"), columns=columns)
    made = replace(sample_module.MODULE, records=(sample_module.MODULE.record("thing"), part))
    return replace(made, schema=tables.sql_of(made))


def test_what_is_no_longer_needed_or_declared_stops_nobody_who_enters_rows(both: Service) -> None:
    title = next(one for one in sample_module.MODULE.record("part").columns if one.name == "title")
    others = tuple(one for one in sample_module.MODULE.record("part").columns if one is not title)
    for changed in ((*others, replace(title, needed=False)), others):
        module = declared(*changed)
        if both.context.engine.dialect.name == "sqlite":
            with pytest.raises(UnsafeStore, match=r"sample_part\.title must be filled.*declare it `needed` again"):
                tables.prepare(both.context.engine, [module])
            continue
        assert tables.prepare(both.context.engine, [module]) in (["sample_part.title may be empty"], [])
        place = Where(both.context.home_id, "sample", module.record("part"))
        with both.context.engine.begin() as connection:
            rows = [(str(len(changed)), {"county": "330302", "thing": "1"})]
            keeping.insert_columns(connection, place, rows, CLERK, both.clock.now)


def test_a_column_may_be_called_like_a_word_of_sql(both: Service) -> None:
    before = sample_module.MODULE.record("part").columns
    module = declared(*before, Column("order", ANY), Column("grant", ANY, sorted=True))

    assert '    "order" WORDS' in module.schema
    assert tables.prepare(both.context.engine, [module]) == [
        "sample_part.order",
        "sample_part.grant",
        "sample_part_by_grant",
        "sample_part_of_grant",
    ]


def test_a_database_that_lacks_a_module_s_tables_is_told_of(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    module = sample_module.MODULE

    assert tables.missing(engine, [module]) == ["sample_thing", "sample_part"]
    tables.prepare(engine, [module])
    assert tables.missing(engine, [module]) == []
    engine.dispose()
