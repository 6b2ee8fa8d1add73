"""Rule profiles: every number and choice of the analyses, as data with its source."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
