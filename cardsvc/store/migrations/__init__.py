"""The way of the database from version to version, by alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from cardsvc.store.engine import WRITES, Engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def current(engine: Engine) -> bool:
    """Whether the database is at this version."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(engine: Engine) -> list[str]:
    """Go to this version, in one transaction; the names of the steps that were taken."""
    config = _config()
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        steps = list(ScriptDirectory.from_config(config).iterate_revisions("head", before or "base"))
        command.upgrade(config, "head")
        return [f"{step.revision} {step.doc}" for step in reversed(steps)]
