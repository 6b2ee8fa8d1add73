"""Parking bays: where they fit, the parking that is mapped, parking demand, the bays that relieve it most."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
