"""The command-line door: the same verbs as the pages, for scripts and big cities."""

from __future__ import annotations

import io
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from jiexu.language import language
from jiexu.verbs import MARKUP, Verbs

_BESIDE: Final = ("geo", "layers", "dashboards")
"""The packages that stand beside this one."""

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    help="Jiexu 街序: grade a city's streets, overlay complaints, stalls and parking, decide on the map.\n\n"
    "Start with: `jiexu serve` (opens the sample study in the browser)",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 (a tenth of a second)

        typer.echo(f"jiexu {version('jiexu')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of a fault of Jiexu's own.")] = False,
) -> None:
    """Options that stand before a verb."""
    if debug:
        os.environ["JIEXU_DEBUG"] = "1"
    from jiexu.shared import note_changes  # noqa: PLC0415 (after `strangers`)

    note_changes()


def strangers() -> dict[str, str]:
    """Return where Python finds another package under the name of one of ours, by that name."""
    home = Path(__file__).resolve().parent.parent
    found = {}
    for name in _BESIDE:
        spec = find_spec(name)
        places = [] if spec is None else [spec.origin, *(spec.submodule_search_locations or ())]
        place = next((Path(each).resolve() for each in places if each), None)
        if place is not None and home not in (place.parent, place.parent.parent):
            found[name] = str(place.parent if place.name == "__init__.py" else place)
    return found


def _replace_what_cannot_be_shown() -> None:
    """Have characters that the output's encoding lacks (© in code page 936) shown as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="replace")


def main() -> None:
    """Run the command line."""
    _replace_what_cannot_be_shown()
    for name, place in strangers().items():
        # before anything of ours is loaded: it would fail half-way, with a traceback
        if language() == "zh":
            sentence = f"错误：Python 在 {place} 找到的是另一个名为“{name}”的包；请换一个文件夹运行街序，或将该包改名。"
        else:
            sentence = (
                f"Error: Python finds another package called “{name}” at {place} before Jiexu's own; "
                "run jiexu from another folder, or rename that package."
            )
        typer.echo(sentence, err=True)
        sys.exit(2)
    try:
        app()
    except OSError as error:  # help and the list of verbs; a verb's own errors are sentences already
        full = "错误：无法写出：" if language() == "zh" else "Error: the output cannot be written: "
        typer.echo(f"{full}{error.strerror}", err=True)
        sys.exit(2)
    except Exception as error:  # outside a verb: a room that does not load
        from jiexu.shared import FAULT, say_fault  # noqa: PLC0415

        say_fault(error, "main")
        sys.exit(FAULT)


if __name__ == "__main__":
    main()
