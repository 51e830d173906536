"""The service as a process of its own, with one more path that does nothing: the ceiling of every page.

python -m bench.served DSN PORT
"""

import random
import sys

import uvicorn
from fastapi.responses import JSONResponse

from cardsvc.api.app import Surface
from cardsvc.commands.ground import plugged
from cardsvc.context import Context
from cardsvc.core.ids import HomeId
from cardsvc.rows.tables import prepare
from cardsvc.settings import chance, clock
from cardsvc.store.engine import open_engine
from cardsvc.surfaces import create_service
from tests.support.home import some_vault


def main(dsn: str, port: int) -> None:
    """Serve until killed."""
    context = Context(
        open_engine(dsn), some_vault(), HomeId("WZ"), clock, chance, secure_cookies=False, modules=plugged()
    )
    prepare(context.engine, context.modules.values())
    app = create_service(list(Surface), context)

    @app.get("/empty")
    def empty() -> JSONResponse:
        return JSONResponse({})

    random.seed(1)
    uvicorn.run(app, port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
