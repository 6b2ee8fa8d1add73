from .decisions import adopt_bays
from .files import schedule, write_bays
from .room import BayRoom
from .study import BAYS, BayStudy, plan_bays

__all__ = [
    "BAYS",
    "BayRoom",
    "BayStudy",
    "adopt_bays",
    "plan_bays",
    "schedule",
    "write_bays",
]
