"""Streets from an extract: ways, segments, tags, names, sections, lists of streets, quarters, places on a street."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
