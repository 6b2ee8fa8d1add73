from .map.compose import compose_map, map_file
from .map.elements import MapFrame, VectorTiles
from .map.tiles import kept_archive, tile_archive
from .map_layer import MapLayer
from .palette import style
from .registry import LAYERS

__all__ = [
    "LAYERS",
    "MapFrame",
    "MapLayer",
    "VectorTiles",
    "compose_map",
    "kept_archive",
    "map_file",
    "style",
    "tile_archive",
]
