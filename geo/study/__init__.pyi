from .decisions import record, standing_decisions, standing_on
from .export import export_layer
from .figures import info
from .file import LAYERS, about, change_layers, changing, read_layer, until_unchanged, write_study
from .findings import Finding
from .results import Computed
from .schema import COLUMNS, conform, conform_geo

__all__ = [
    "COLUMNS",
    "LAYERS",
    "Computed",
    "Finding",
    "about",
    "change_layers",
    "changing",
    "conform",
    "conform_geo",
    "export_layer",
    "info",
    "read_layer",
    "record",
    "standing_decisions",
    "standing_on",
    "until_unchanged",
    "write_study",
]
