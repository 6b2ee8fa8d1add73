"""Every layer and table of the study file, described once, one module per subject; `geo.study.schema` joins them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
