"""The command `cardsvc`: the service and its administration."""

import typer

from cardsvc.commands import (
    cards,
    demo,
    duties,
    keys,
    limits,
    modules,
    payments,
    people,
    reports,
    service,
    stations,
    storage,
    virtual,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a local may be a key
    help="The One Card service (settings: environment ONECARD_*).",
)
for part in (service.app, people.app, stations.app, storage.app, demo.app, duties.app, reports.app):
    app.add_typer(part)
app.add_typer(cards.app, name="card")
app.add_typer(keys.app, name="key")
app.add_typer(virtual.app, name="virtual-card")
app.add_typer(limits.app, name="limits")
app.add_typer(modules.app, name="module")
app.add_typer(payments.app, name="payments")


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
