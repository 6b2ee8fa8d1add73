from .decisions import decide_zone
from .penalty_steps import record_step, steps_due
from .plan import Plan
from .study import RELOCATION, STALLS, check_place, guide_stalls, plan_stalls, stall_plan

__all__ = [
    "RELOCATION",
    "STALLS",
    "Plan",
    "check_place",
    "decide_zone",
    "guide_stalls",
    "plan_stalls",
    "record_step",
    "stall_plan",
    "steps_due",
]
