"""Parts of several pages: widgets, the selection's card, forms for tiers, rule inputs, the waterfall chart."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
