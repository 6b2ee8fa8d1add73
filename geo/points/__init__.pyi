from .categories import CATEGORIES
from .gazetteer import Gazetteer
from .import_removal import remove_import
from .imports import add_points, place_in
from .other_lists import lists_of
from .reading import Options, Place, Reading, read_points

__all__ = [
    "CATEGORIES",
    "Gazetteer",
    "Options",
    "Place",
    "Reading",
    "add_points",
    "lists_of",
    "place_in",
    "read_points",
    "remove_import",
]
