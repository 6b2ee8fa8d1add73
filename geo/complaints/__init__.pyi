from .hot_streets import Moment
from .patrol_study import computed_patrols, plan_patrols
from .study import computed_hotspots, find_hotspots, response_of

__all__ = [
    "Moment",
    "computed_hotspots",
    "computed_patrols",
    "find_hotspots",
    "plan_patrols",
    "response_of",
]
