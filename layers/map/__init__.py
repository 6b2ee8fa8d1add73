"""The map's engine: composing a map, its folium elements, cutting tables into vector tiles."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
