"""The group `vacancy`, into which each module here puts its commands."""

import typer

vacancies = typer.Typer(
    help="Vacancies: in from files and pages, out to files, and what becomes of them.", no_args_is_help=True
)
