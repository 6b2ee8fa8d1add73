"""Points of a bureau's file: columns by meaning, addresses, masked texts, imports as a whole, other lists."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
