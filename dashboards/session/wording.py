"""Names of coded values in the session's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboards.session.language import _, current_language
from geo.core.opening_hours import ALWAYS_TEXT, hours_parts
from geo.core.vocabulary import KIND_NAMES, KINDS, TIER_NAMES
from geo.points.categories import CATEGORY_NAMES
from geo.rules.names import RULE_NAMES
from geo.stalls.penalty_steps import STEP_NAMES
from geo.stalls.verdicts import VERDICT_NAMES
from geo.study.schema import STUDY_LAYERS, TIERS

_NAMED_IDS = ("operator_id", "subject_id", "import_id")
_KINDS_OF_FILES = ("complaints", "stalls", "parking", "facilities", "stall_places", "other")


_CODES: Final[Mapping[str, Callable[[], Mapping[Any, str]]]] = {
    "response": lambda: {"service": _("service"), "management": _("management"), "enforcement": _("enforcement")},
    "kind": lambda: {"on_street": _("on street"), "off_street": _("off street")},
    "night_only": lambda: {True: _("yes"), False: _("no")},
    "hardship": lambda: {True: _("yes"), False: _("no")},
}
"""The names of the coded values of columns of points, in the session's language."""


def tier_name(tier: str) -> str:
    """Return a tier's name in the session's language."""
    return TIER_NAMES[tier].pick(current_language()) if tier in TIERS else tier


def tier_source_name(source: str) -> str:
    """Return the name of where a tier comes from."""
    return {"official": _("official list"), "manual": _("decision"), "inferred": _("inferred")}.get(source, source)


def category_name(code: str) -> str:
    """Return a complaint category's name; one that is not listed is shown as it was written."""
    return CATEGORY_NAMES[code].pick(current_language()) if code in CATEGORY_NAMES else code


def value_name(column: str, value: Any) -> Any:
    """Return the name of a coded value of a point's column; other values come back as they are."""
    if column == "category":
        return category_name(value)
    if column == "precision":
        return precision_name(value)
    if column == "reasons":
        return rule_names(value)
    if column == "verdict":
        return VERDICT_NAMES[value].pick(current_language()) if value in VERDICT_NAMES else value
    return _CODES[column]().get(value, value) if column in _CODES else value


def status_name(status: str) -> str:
    """Return the name of a zone's status."""
    return {"proposed": _("proposed"), "accepted": _("accepted"), "rejected": _("rejected")}.get(status, status)


def outcome_name(outcome: str | None) -> str:
    """Return the name of the value before or after a decision: a tier, a zone's status, a step with an operator."""
    if outcome in STEP_NAMES:
        return STEP_NAMES[outcome].pick(current_language())
    return status_name(tier_name(outcome or ""))


def decision_kind_name(kind: str | None, part: str | None = None) -> str:
    """Return the name of a decision's kind; `part` is the kind of facility of a site."""
    if kind == "site" and part in KINDS:
        return f"{_('Site')} · {KIND_NAMES[part].pick(current_language())}"
    return {"zone": _("Zone"), "step": _("Operator"), "bays": _("Bays"), "site": _("Site")}.get(kind or "", _("Tier"))


def hours_name(hours: str) -> str:
    """Return hours, as `geo.core.opening_hours.Slots.text` writes them, in the reader's words."""
    words = {
        "Mo-Fr": _("Mon–Fri"),
        "Sa-Su": _("Sat, Sun"),
        "Mo-Su": _("daily"),
        "Mo": _("Mon"),
        "Tu-Fr": _("Tue–Fri"),
        "Sa": _("Sat"),
        "Su": _("Sun"),
        ALWAYS_TEXT: _("at all hours"),
    }
    return "; ".join(f"{words.get(days, days)} {clock}".rstrip() for days, clock in hours_parts(hours))


def rule_names(rules: str) -> str:
    """Return the names of the rules of a row, given between commas."""
    return " · ".join(map(rule_name, filter(None, rules.split(", "))))


def rule_name(rule: str) -> str:
    """Return the name of a rule; a rule without one is shown by its parameter."""
    return RULE_NAMES[rule].pick(current_language()) if rule in RULE_NAMES else rule


def field_name(field: str) -> str:
    """Return the name of a column of points, or of a field of a file of points."""
    if field.endswith("_id") and field not in _NAMED_IDS:
        return _("Identifier")
    of_place = {
        "lon": _("Longitude or x"),
        "lat": _("Latitude or y"),
        "coordinates": _("Both coordinates"),
        "address": _("Address"),
        "street": _("Street"),
        "from": _("From street"),
        "to": _("To street"),
        "section": _("Section of a street"),
    }
    if field in of_place:
        return of_place[field]
    described = (STUDY_LAYERS[kind].columns.get(field) for kind in _KINDS_OF_FILES)
    titles = (column.title for column in described if column is not None)
    return next((title.pick(current_language()) for title in titles), field)


def precision_name(precision: str) -> str:
    """Return how a place was got, in words."""
    return {
        "coordinates": _("by coordinates"),
        "house_number": _("by house number"),
        "intersection": _("by junction"),
        "interpolated": _("between house numbers"),
        "place": _("by a place's name"),
        "street": _("by a short street's name"),
        "section": _("by a section of a street"),
    }.get(precision, precision)


def kind_name(kind: str) -> str:
    """Return the name of a kind of points."""
    return layer_name(kind)


def layer_name(layer: str) -> str:
    """Return the name of a layer of the study."""
    return STUDY_LAYERS[layer].title.pick(current_language()) if layer in STUDY_LAYERS else layer
