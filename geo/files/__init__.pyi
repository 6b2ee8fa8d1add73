from .area_files import read_areas
from .column_matching import find_columns, propose_mapping
from .crs_detection import Verdict, detect
from .formats import read_file
from .place_files import read_placed
from .raster_files import read_raster
from .raw_file import RawFile

__all__ = [
    "RawFile",
    "Verdict",
    "detect",
    "find_columns",
    "propose_mapping",
    "read_areas",
    "read_file",
    "read_placed",
    "read_raster",
]
