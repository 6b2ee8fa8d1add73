"""Results kept in a study: their inputs, declared once, and whether they are still up to date."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shlex
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import pandas as pd

from geo.core.text import Text
from geo.rules.articles import by_group
from geo.rules.loader import Profile, profile_in_force
from geo.study.file import now, rule_facts, rules_day
from geo.study.layers import codes
from geo.study.schema import FREE_TABLES, STUDY_LAYERS
from geo.study.versions import facts_of, put_facts, source_of, version_key

if TYPE_CHECKING:
    from geo.study.reader import Study

_D = TypeVar("_D")

RESULTS: Final[dict[str, Result[Any]]] = {}
"""Every declared result by its name; those of a kind of facility stand here once, without the kind."""

_FACTS: Final = {"residents_total": Text("居民总数", "the number of residents")}
_PREFIX: Final = "result:"
_PROFILES_KEPT: Final = 16


@dataclass(frozen=True)
class MadeOf:
    """
    The inputs of a result, a cached value or a tile.

    Attributes
    ----------
    layers
        Layers, tables and views of the study; `build` for what only a build changes.
    decisions
        Scopes of decisions (`zone`, `site:{of}`); `{of}` stands for the kind of facility.
    facts
        Keys of `about`.
    rules
        The first parts of the rules' paths (`stalls`, `clearance`), and `articles.USE` for the articles of law behind a
        use.
    """

    layers: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def inputs(self, facts: Mapping[str, str], day: dt.date | None = None) -> dict[str, str]:
        """
        Return the versions of the inputs by name: they change with the inputs.

        Parameters
        ----------
        facts
            What `about` says of the study.
        day
            The day whose rules are in force; by default today. Rules of another day with the same values are the same.
        """
        found = {name: facts.get(version_key(name), "") for name in self.layers}
        found |= {f"decisions:{name}": facts.get(version_key(f"decisions:{name}"), "") for name in self.decisions}
        found |= {f"fact:{key}": facts.get(key, "") for key in self.facts}
        groups = _rule_hashes(facts["rules"], day or rules_day(facts)) if self.rules else {}
        return found | {f"rules:{name}": groups.get(name, "") for name in self.rules}

    def key(self, facts: Mapping[str, str]) -> str:
        """Return a short text that changes with any input: for caches and addresses."""
        text = json.dumps(self.inputs(facts), sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def __or__(self, other: MadeOf) -> MadeOf:
        """Return the inputs of both."""
        return MadeOf(
            *(tuple(dict.fromkeys((*a, *b))) for a, b in zip(self._parts, other._parts, strict=True)),
        )

    @property
    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return self.layers, self.decisions, self.facts, self.rules


@dataclass(frozen=True)
class Known(Generic[_D]):
    """
    The state of a result in a study.

    Attributes
    ----------
    summary
        Its figures, or None before it was first computed.
    fresh
        Whether all its inputs are as they were.
    changed
        The names of the inputs that changed, as `MadeOf.inputs` has them.
    repeat
        What repeats it: `command`, `seed`, `version`, `at`, `rules` (the hash of their values) and `rules_on` (the day
        on which they were in force).
    """

    summary: _D | None
    fresh: bool
    changed: tuple[str, ...] = ()
    repeat: Mapping[str, str | int | None] | None = None

    @property
    def because(self) -> Text | None:
        """The sentence that names the inputs that changed; None for a fresh result, or none at all."""
        if self.summary is None or self.fresh:
            return None
        names = list(dict.fromkeys(map(input_title, self.changed)))
        return Text(
            f"已过期：{'、'.join(name.zh for name in names)}有变化",
            f"Out of date: {', '.join(name.en for name in names)} changed",
        )


@dataclass(frozen=True)
class Result(Generic[_D]):
    """
    A result that a study keeps.

    Attributes
    ----------
    name
        Under which it is kept.
    title
        What it is called.
    made_of
        Its inputs.
    writes
        The layers that it writes.
    in_step
        Inputs whose changes are put into its layers by whoever makes them: they do not make it stale.
    of
        The kind of facility that it is of, where there is one for each.
    """

    name: str
    title: Text
    made_of: MadeOf
    writes: tuple[str, ...] = ()
    in_step: tuple[str, ...] = ()
    of: str = ""

    def __post_init__(self) -> None:
        if not self.of:
            RESULTS[self.name] = self

    def of_kind(self, kind: str) -> Result[_D]:
        """Return the result of one kind of facility."""
        decisions = tuple(scope.format(of=kind) for scope in self.made_of.decisions)
        return replace(self, of=kind, made_of=replace(self.made_of, decisions=decisions))

    @property
    def key(self) -> str:
        """The key of its summary in `about`."""
        return f"{_PREFIX}{self.name}:{self.of}" if self.of else f"{_PREFIX}{self.name}"

    def known(self, study: Study | Mapping[str, str]) -> Known[_D]:
        """
        Return its summary, and whether that is up to date.

        Parameters
        ----------
        study
            An open study, or what its `about` says.
        """
        facts = study if isinstance(study, Mapping) else study.seen
        text = facts.get(self.key)
        if not text:
            return Known(None, False)
        kept = json.loads(text)
        then, now_ = kept["made_of"], self.made_of.inputs(facts)
        changed = tuple(name for name in sorted({*then, *now_}) if then.get(name) != now_.get(name))
        return Known(cast("_D", kept["summary"]), not changed, changed, kept["repeat"])

    def keep(
        self,
        study: Study,
        summary: _D,
        layers: Mapping[str, pd.DataFrame],
        command: str,
        facts: Mapping[str, str] | None = None,
        seed: int | None = None,
        rules: Profile | None = None,
    ) -> None:
        """
        Write layers and summary into the study, with the versions of the inputs that they were made of: all at once.

        Parameters
        ----------
        study
            The study through which the inputs were read.
        summary
            The figures; plain values.
        layers
            By name.
        command
            The command that repeats it, as `command_of` writes it.
        facts
            What `about` says besides (the rules, where new ones were given).
        seed
            Of random numbers, where there are any.
        rules
            The rules that were used, where they are not the study's.

        Raises
        ------
        ChangedError
            If the study has changed since it was opened.
        """

        used = {**(facts or {}), **({} if rules is None else rule_facts(rules))}

        def kept(after: Mapping[str, str]) -> Mapping[str, str]:
            return {**(facts or {}), **self.kept(summary, {**after, **used}, command, seed, study.day)}

        study.write(layers, kept)

    def kept(
        self,
        summary: _D,
        facts: Mapping[str, str],
        command: str,
        seed: int | None = None,
        day: dt.date | None = None,
    ) -> dict[str, str]:
        """
        Return the entry of the result in `about`: its key and a text.

        Parameters
        ----------
        summary, command, seed
            As `keep` takes them.
        facts
            What `about` says of the inputs.
        day
            The day whose rules were used; by default today.
        """
        used = day or rules_day(facts)
        repeat = {"command": command, "seed": seed, "version": version("jiexu"), "at": now().isoformat()}
        repeat["rules"] = profile_in_force(facts["rules"], used).hash
        repeat["rules_on"] = used.isoformat()
        document = {"summary": summary, "made_of": self.made_of.inputs(facts, used), "repeat": repeat}
        return {self.key: json.dumps(document)}

    def restamp(self, connection: sqlite3.Connection) -> None:
        """
        Say that the result is up to date: a change was made in its layers too, in the same transaction.

        Parameters
        ----------
        connection
            Of the transaction; the result was fresh before it.
        """
        facts = facts_of(connection)
        if facts.get(self.key):
            document = {**json.loads(facts[self.key]), "made_of": self.made_of.inputs(facts)}
            put_facts(connection, {self.key: json.dumps(document)})


def input_title(name: str) -> Text:
    """
    Return the title of an input.

    Parameters
    ----------
    name
        As `MadeOf.inputs` has it.
    """
    kind, _, rest = name.partition(":")
    if kind == "rules":
        return Text("规则", "rules")
    if kind == "fact":
        return _FACTS.get(rest, Text(rest, rest))
    if kind == "decisions":
        what = codes.DECISION_KINDS[rest.partition(":")[0]]
        return Text(f"{what.zh}决定", f"decisions ({what.en.lower()})")
    layer = source_of(name)
    described = STUDY_LAYERS.get(layer) or FREE_TABLES.get(layer)
    return Text(layer, layer) if described is None else Text(described.title.zh, described.title.en.lower())


def command_of(verb: str, study: Study, **options: object) -> str:
    """
    Return a command as one would type it; options that are None, False or empty are left out.

    Parameters
    ----------
    verb
        Of the command line.
    study
        The study.
    options
        By name, with underscores for hyphens.
    """
    words = ["jiexu", verb, study.path.name]
    for name, value in options.items():
        if value is None or value is False or value == ():
            continue
        words.append(f"--{name.replace('_', '-')}")
        if value is not True:
            words.append(",".join(map(str, value)) if isinstance(value, tuple | list) else str(value))
    if study.asked_day is not None:
        words += ["--on", study.asked_day.isoformat()]
    return shlex.join(words)


@lru_cache(maxsize=_PROFILES_KEPT)
def _rule_hashes(rules: str, day: dt.date) -> dict[str, str]:
    """Return a hash of each group of rules in force on a day, by the first part of its path, and of the articles."""
    profile = profile_in_force(rules, day)
    groups: dict[str, list[object]] = {name: [*uses] for name, uses in by_group(profile.articles, day).items()}
    for path, leaf in sorted(profile.leaves.items()):
        groups.setdefault(path.partition(".")[0], []).append([path, leaf.value, leaf.unit])
    return {
        name: hashlib.blake2b(json.dumps(values).encode(), digest_size=6).hexdigest() for name, values in groups.items()
    }
