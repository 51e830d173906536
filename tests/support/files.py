"""A file of rows for any module, handed in and kept as the service does it."""

import io

from cardsvc.api.uploads import work_due
from cardsvc.handlers import import_rows
from cardsvc.rows import uploads
from cardsvc.rows.keeping import Where
from cardsvc.rows.uploads import Upload
from tests.support.rows import CLERK, SECOND, Clerk
from tests.support.sheets import sheet


def kept_file(clerk: Clerk, record: str, *lines: dict[str, str], keep: bool = True) -> Upload:
    """What became of a file of these rows, by their columns; it is only checked where nobody lets it be kept."""
    context, module = clerk.service.context, clerk.module
    where = Where(context.home_id, module.name, module.record(record))
    heads = ["county", *(one.name for one in where.record.typed)]
    file = io.BytesIO(sheet([heads, *([line.get(name, "") for name in heads] for line in lines)]))
    upload_id = import_rows.hand_in(context, where, file, "表.xlsx", None, CLERK, context.clock())
    assert isinstance(upload_id, str), upload_id
    work_due(context)
    if not keep:
        return done(clerk, upload_id)
    second = SECOND if where.record.by_two is not None else None
    import_rows.commit(context, upload_id, None, CLERK, context.clock(), second=second)
    return done(clerk, upload_id)


def done(clerk: Clerk, upload_id: str) -> Upload:
    """A file after the service did what it was asked to do with it."""
    context = clerk.service.context
    work_due(context)
    with context.engine.connect() as connection:
        found = uploads.one(connection, context.home_id, upload_id)
    assert found is not None
    return found
