"""The way of the database from version to version, by alembic, which is loaded only to go it."""

from pathlib import Path

from sqlalchemy import inspect, text

from cardsvc.store.engine import WRITES, Engine

STEPS = Path(__file__).with_name("versions")


def head() -> str:
    """The version of this program: the number of the last step's file."""
    return max(one.name[1:5] for one in STEPS.glob("v[0-9]*.py"))


def current(engine: Engine) -> bool:
    """Whether the database is at this version."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [head()]


def upgrade(engine: Engine, to: str = "head") -> list[str]:
    """Go to this version, or to an older one (`to`: its number), in one transaction; the names of the steps taken."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        steps = list(ScriptDirectory.from_config(config).iterate_revisions(to, before or "base"))
        command.upgrade(config, to)
        return [f"{step.revision} {step.doc}" for step in reversed(steps)]
