"""What alembic runs: the connection comes from us, in a transaction of ours."""

from alembic import context

from cardsvc.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
