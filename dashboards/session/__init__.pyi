from .language import current_language, translator
from .served_study import study_path
from .state import Pin, View, go_to, select, selected
from .wording import category_name, field_name, layer_name, rule_name, tier_name

__all__ = [
    "Pin",
    "View",
    "category_name",
    "current_language",
    "field_name",
    "go_to",
    "layer_name",
    "rule_name",
    "select",
    "selected",
    "study_path",
    "tier_name",
    "translator",
]
