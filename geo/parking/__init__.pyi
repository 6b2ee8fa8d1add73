from .decisions import adopt_bays
from .files import schedule, write_bays
from .room import BayRoom
from .study import BayStudy, computed_bays, plan_bays

__all__ = ["BayRoom", "BayStudy", "adopt_bays", "computed_bays", "plan_bays", "schedule", "write_bays"]
