"""Tiers of streets: the official list, scores, inference, grading, doubts, decisions kept through rebuilds."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
