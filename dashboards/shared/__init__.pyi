from .rule_inputs import changed_values
from .selection_card import card, hint
from .widgets import Figure, compute, downloads, first_screen, marked_rows, show_error, table, tier_badge, uploaded

__all__ = [
    "Figure",
    "card",
    "changed_values",
    "compute",
    "downloads",
    "first_screen",
    "hint",
    "marked_rows",
    "show_error",
    "table",
    "tier_badge",
    "uploaded",
]
