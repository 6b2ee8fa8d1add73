"""Stalls and displays: where they may stand and when, verdicts, relocation, penalty steps, decisions on zones."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
