from .decided import decided_on, made_of
from .exclusions import Exclusions, Runs, holds
from .ground import Ground, read_ground
from .lines import SIDES, Kerbs
from .plan import KerbPlan, Zones
from .waterfall import Waterfall

__all__ = [
    "SIDES",
    "Exclusions",
    "Ground",
    "KerbPlan",
    "Kerbs",
    "Runs",
    "Waterfall",
    "Zones",
    "decided_on",
    "holds",
    "made_of",
    "read_ground",
]
