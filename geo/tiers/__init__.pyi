from .audit import audit_study
from .decisions import decide_section, decide_tier, decide_tiers, find_street, undo
from .grading import Grades, grade
from .official_list import read_tier_list
from .result import TIERS
from .study import add_widths, grade_study

__all__ = [
    "TIERS",
    "Grades",
    "add_widths",
    "audit_study",
    "decide_section",
    "decide_tier",
    "decide_tiers",
    "find_street",
    "grade",
    "grade_study",
    "read_tier_list",
    "undo",
]
