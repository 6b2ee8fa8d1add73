"""Both sides of every carriageway: junctions, lines, obstacles, exclusions, plans of a use, the waterfall of rules."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
