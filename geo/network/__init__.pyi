from .betweenness import Traffic
from .graph import Network, Positions, adjacency, driving, walking
from .lixels import Lixels
from .on_foot import network_of

__all__ = [
    "Lixels",
    "Network",
    "Positions",
    "Traffic",
    "adjacency",
    "driving",
    "network_of",
    "walking",
]
