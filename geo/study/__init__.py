"""The study file: its layers, reading and writing, versions, the log of decisions, findings, styles and exports."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
