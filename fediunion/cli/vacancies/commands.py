"""The wiring of `vacancy`."""

import typer

from fediunion.cli.vacancies import files, life, watching
from fediunion.cli.vacancies.group import vacancies


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for commands in (files, life, watching):
        commands.register(vacancies)
    app.add_typer(vacancies, name="vacancy")
