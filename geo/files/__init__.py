"""Readers of offices' files: tables and maps as rows of text and shapes, with their coordinate system."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
