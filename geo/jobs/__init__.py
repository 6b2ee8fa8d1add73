"""Work in processes of their own: limits on memory and time, a small pool of workers, a queue with its dispatcher."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
