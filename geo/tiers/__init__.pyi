from .audit import audit_study
from .decisions import decide_section, decide_tier, decide_tiers, find_street, undo
from .grading import Grades, grade
from .official_list import read_tier_list

__all__ = [
    "Grades",
    "audit_study",
    "decide_section",
    "decide_tier",
    "decide_tiers",
    "find_street",
    "grade",
    "read_tier_list",
    "undo",
]
