from .hot_streets import Moment
from .patrol_study import PATROLS, plan_patrols
from .study import HOTSPOTS, find_hotspots, response_of

__all__ = [
    "HOTSPOTS",
    "PATROLS",
    "Moment",
    "find_hotspots",
    "plan_patrols",
    "response_of",
]
