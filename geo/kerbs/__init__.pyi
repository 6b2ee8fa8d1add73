from .decided import decided_on
from .exclusions import Exclusions, Runs, holds
from .ground import GROUND, KerbGround, read_ground
from .lines import Kerbs
from .numbering import SIDES
from .plan import KerbPlan, Zones
from .waterfall import Waterfall

__all__ = [
    "GROUND",
    "SIDES",
    "Exclusions",
    "KerbGround",
    "KerbPlan",
    "Kerbs",
    "Runs",
    "Waterfall",
    "Zones",
    "decided_on",
    "holds",
    "read_ground",
]
