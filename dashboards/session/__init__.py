"""The session: language, the served study and its caches, filters, selection, wording."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
