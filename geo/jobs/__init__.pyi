from .dispatcher import Dispatcher, dispatcher_of
from .limits import CrashError, JobError, KilledError, LimitError, Limits, StoppedError
from .pool import Pool
from .queue import Queue
from .queued import QueuedJob

__all__ = [
    "CrashError",
    "Dispatcher",
    "JobError",
    "KilledError",
    "LimitError",
    "Limits",
    "Pool",
    "Queue",
    "QueuedJob",
    "StoppedError",
    "dispatcher_of",
]
