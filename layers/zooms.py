"""The zooms that archives of tiles hold."""

from typing import Final

MIN_ZOOM: Final = 9
MAX_ZOOM: Final = 14
"""Nearer than this the map enlarges the tiles: a unit of a tile is below half a metre then."""
