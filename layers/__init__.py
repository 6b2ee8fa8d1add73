"""Map layers: tables of a study as vector tiles and folium objects, with their legend."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
