"""The command-line door: the same verbs as the pages, for scripts and big cities."""

from __future__ import annotations

import typer

from jiexu import complaints, facilities, parking, points, stalls, studies, tiers

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Jiexu 街序: grade a city's streets, overlay complaints, stalls and parking, decide on the map.\n\n"
    "Start with: `jiexu serve` (opens the sample study in the browser)",
)
for room in (studies, tiers, points, stalls, parking, complaints, facilities):
    app.add_typer(room.app)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
