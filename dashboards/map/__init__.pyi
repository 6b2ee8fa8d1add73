from .routes import archives, tile_urls, warm_up
from .view import map_state, map_view

__all__ = ["archives", "map_state", "map_view", "tile_urls", "warm_up"]
