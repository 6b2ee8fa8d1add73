"""The routing graph of streets and paths: shortest walks and drives, betweenness, lixels."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
