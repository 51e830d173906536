"""The demo home: service, console, family page, nine stations and virtual cards, on this machine."""

import typer

app = typer.Typer()
