from .documents import JobDocument, JobsDocument, job_document
from .running import dispatcher_for
from .submitting import cancel, do_here, refuse_if_busy, submit
from .works import WORKS, Work

__all__ = [
    "WORKS",
    "JobDocument",
    "JobsDocument",
    "Work",
    "cancel",
    "dispatcher_for",
    "do_here",
    "job_document",
    "refuse_if_busy",
    "submit",
]
