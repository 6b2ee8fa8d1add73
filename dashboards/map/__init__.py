"""The map of the pages: its view in Streamlit and the routes that serve its tiles."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
