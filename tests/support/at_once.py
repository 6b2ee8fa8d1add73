"""The same thing done by several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable


def failures_at_once(work: Callable[[], object], count: int = 8) -> list[BaseException]:
    """Do something in several threads at once, and return what failed."""
    failed: list[BaseException] = []

    def once() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=once) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed
