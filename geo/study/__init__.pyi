from .decisions import record, standing_on
from .export import export_layer
from .figures import info
from .file import changing, read_layer
from .findings import Finding
from .reader import Study, on_study, open_study, recording
from .results import RESULTS, Known, MadeOf, Result
from .schema import COLUMNS, LAYERS, conform, conform_geo
from .writing import until_unchanged

__all__ = [
    "COLUMNS",
    "LAYERS",
    "RESULTS",
    "Finding",
    "Known",
    "MadeOf",
    "Result",
    "Study",
    "changing",
    "conform",
    "conform_geo",
    "export_layer",
    "info",
    "on_study",
    "open_study",
    "read_layer",
    "record",
    "recording",
    "standing_on",
    "until_unchanged",
]
