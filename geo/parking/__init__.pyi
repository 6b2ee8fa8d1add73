from .decisions import adopt_bays
from .files import schedule, write_bays
from .inventory_study import INVENTORY, inventory_parking
from .room import BayRoom
from .study import BAYS, BayStudy, plan_bays

__all__ = [
    "BAYS",
    "INVENTORY",
    "BayRoom",
    "BayStudy",
    "adopt_bays",
    "inventory_parking",
    "plan_bays",
    "schedule",
    "write_bays",
]
