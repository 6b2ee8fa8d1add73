"""Names of tables and columns in SQL, quoted: SQLite takes no parameters for them."""

from __future__ import annotations

from collections.abc import Sequence


class Fragment(str):
    """A piece of SQL that is put into a statement as it is."""

    __slots__ = ()


def identifier(name: str) -> Fragment:
    """
    Quote the name of a table or column, whatever characters it has.

    Raises
    ------
    ValueError
        For a name with a zero byte, at which SQLite would stop reading.
    """
    if "\x00" in name:
        raise ValueError(f"no name of a table or column: {name!r}")
    return Fragment('"' + name.replace('"', '""') + '"')


def assignments(columns: Sequence[str]) -> Fragment:
    """Return `"a" = ?, "b" = ?` for columns."""
    return Fragment(", ".join(f"{identifier(column)} = ?" for column in columns))


def placeholders(count: int) -> Fragment:
    """Return `?, ?` for a count of values."""
    return Fragment(", ".join("?" * count))


def statement(template: str, **names: str | Sequence[str]) -> str:
    """
    Return a statement with names of tables and columns in it.

    Parameters
    ----------
    template
        SQL of ours, with `{key}` where a name goes. Values go in as `?`.
    names
        By key: one name, several (they are put between commas), or a `Fragment`.
    """
    quoted = {
        key: name
        if isinstance(name, Fragment)
        else identifier(name)
        if isinstance(name, str)
        else ", ".join(map(identifier, name))
        for key, name in names.items()
    }
    return template.format_map(quoted)
