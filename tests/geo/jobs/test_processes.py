"""A process is known by its number and its start."""

from __future__ import annotations

import os
import subprocess
import sys

from geo.jobs.processes import Process, started, this_process


def test_this_process_is_alive_and_another_one_with_its_number_is_not() -> None:
    me = this_process()
    assert me.pid == os.getpid()
    assert me.is_here
    assert me.alive
    assert not me._replace(started="7").alive
    assert not Process("elsewhere", me.pid, me.started).is_here


def test_a_process_that_ended_is_not_alive_though_nobody_waited_for_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        then = started(child.pid)
        assert then is not None
        assert Process(this_process().machine, child.pid, then).alive
        child.kill()
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # over, and still in the table of processes
            assert started(child.pid) is None
    assert started(child.pid) is None
