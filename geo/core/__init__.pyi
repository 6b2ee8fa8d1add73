from .arrays import members
from .crs import WGS84, metric_crs, to_degrees, to_metric
from .errors import InputError, JiexuError, RuleError, StudyError
from .masking import kinds, mask, mask_numbers
from .opening_hours import Slots, open_at, parse_windows
from .text import Text, pick
from .vocabulary import CREDIT, KIND_NAMES, TIER_NAMES

__all__ = [
    "CREDIT",
    "KIND_NAMES",
    "TIER_NAMES",
    "WGS84",
    "InputError",
    "JiexuError",
    "RuleError",
    "Slots",
    "StudyError",
    "Text",
    "kinds",
    "mask",
    "mask_numbers",
    "members",
    "metric_crs",
    "open_at",
    "parse_windows",
    "pick",
    "to_degrees",
    "to_metric",
]
