from .columns import identifier
from .description import Column, Layer, Style, Symbol

__all__ = ["Column", "Layer", "Style", "Symbol", "identifier"]
