"""The assumptions of a study's rules, ranked by how much its answers move when they move."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
