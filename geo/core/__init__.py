"""Words and arithmetic that know no study: sentences in two languages, errors, coordinate systems, arrays, hours."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
