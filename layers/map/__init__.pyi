from .compose import compose_map, map_file
from .elements import MapFrame, VectorTiles
from .tiles import kept_archive, tile_archive

__all__ = ["MapFrame", "VectorTiles", "compose_map", "kept_archive", "map_file", "tile_archive"]
