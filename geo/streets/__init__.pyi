from .assembly import assemble_streets
from .cross_streets import find_section
from .download import download_area, download_place
from .extract import read_ways
from .features import read_features
from .list_matching import match_list
from .locating import locate, street_of
from .name_search import find_names
from .quarters import quarter_of
from .roads import make_paths, make_roads
from .street_lists import read_list

__all__ = [
    "assemble_streets",
    "download_area",
    "download_place",
    "find_names",
    "find_section",
    "locate",
    "make_paths",
    "make_roads",
    "match_list",
    "quarter_of",
    "read_features",
    "read_list",
    "read_ways",
    "street_of",
]
