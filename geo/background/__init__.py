"""Work on studies in the background: the works there are, who may ask for them, and how each is done."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
