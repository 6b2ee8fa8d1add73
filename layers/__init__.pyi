from .map.compose import compose_map, map_file
from .map.elements import MapFrame, VectorTiles
from .map.tiles import CUTTERS, Cutter, kept_archive, tile_archive
from .palette import style

__all__ = [
    "CUTTERS",
    "Cutter",
    "MapFrame",
    "VectorTiles",
    "compose_map",
    "kept_archive",
    "map_file",
    "style",
    "tile_archive",
]
