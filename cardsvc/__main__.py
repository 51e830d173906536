"""The command `cardsvc`: the service and its administration."""

import typer

from cardsvc.commands import demo, limits, people, service, virtual

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The One Card service (settings: environment ONECARD_*)."
)
for part in (service.app, people.app, demo.app):
    app.add_typer(part)
app.add_typer(virtual.app, name="virtual-card")
app.add_typer(limits.app, name="limits")


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
