"""Facilities: residents within a walk of a market, a car park or a toilet, and sites for the next ones, with proof."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
