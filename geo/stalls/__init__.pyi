from .decisions import decide_zone
from .penalty_steps import record_step, steps_due
from .plan import Plan
from .study import check_place, computed, guide_stalls, plan_stalls

__all__ = ["Plan", "check_place", "computed", "decide_zone", "guide_stalls", "plan_stalls", "record_step", "steps_due"]
