from .limits import CrashError, JobError, LimitError, Limits
from .pool import Pool

__all__ = ["CrashError", "JobError", "LimitError", "Limits", "Pool"]
