"""${message}"""

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Only forward: a database is never taken back, it is restored from its backup."""
    ${upgrades if upgrades else "raise SystemExit('write the step')"}
