"""Run a verb, or Python code, in a process of its own: CPU seconds with its children, peak memory, largest steps."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

STEPS: Final = 3
"""How many of the largest steps are named."""

_LAUNCH: Final = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
run = subprocess.run([sys.executable, "-c", *sys.argv[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
lines = run.stderr.decode("utf-8", "replace").splitlines()
steps = [line.removeprefix("steps:") for line in lines if line.startswith("steps:")]
print(json.dumps({
    "code": run.returncode, "said": [line for line in lines if not line.startswith("steps:")][-20:],
    "cpu_s": used.ru_utime + used.ru_stime, "wall_s": time.perf_counter() - began, "peak_mb": used.ru_maxrss / 1024,
    "steps": json.loads(steps[-1]) if steps else {},
}))
"""
"""A small process between: what a process may count as its peak includes the process that started it."""

_SAMPLED: Final = """
import atexit, json, os, resource, signal, sys, time
home = {home!r} + os.sep
rooms = tuple(home + room + os.sep for room in ("geo", "jiexu", "layers", "dashboards"))
spent, last = {{}}, [time.process_time()]

def note(number, frame):
    now = time.process_time()
    took, last[0] = now - last[0], now
    step = "Python and libraries"
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            step = "start-up (imports)"
            break
        if file.startswith(rooms):
            step = file[len(home):-3].replace(os.sep, ".") + "." + frame.f_code.co_qualname
            break
        frame = frame.f_back
    spent[step] = spent.get(step, 0.0) + took

def tell():
    signal.setitimer(signal.ITIMER_PROF, 0)
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent["processes of its own"] = below.ru_utime + below.ru_stime
    print("steps:" + json.dumps(spent), file=sys.stderr)

owner = os.getpid()
atexit.register(lambda: tell() if os.getpid() == owner else None)
signal.signal(signal.SIGPROF, note)
signal.setitimer(signal.ITIMER_PROF, 0.005, 0.005)
"""
"""CPU time by the innermost function of ours, counted where the interpreter comes by: a long call of a library counts
for the function that made it."""

_VERB: Final = _SAMPLED + "from jiexu.__main__ import main\nsys.argv[0] = 'jiexu'\nmain()\n"


@dataclass(frozen=True)
class Run:
    """
    A finished run.

    Attributes
    ----------
    cpu_s
        CPU seconds of the process and its children.
    wall_s
        Seconds that went by.
    peak_mb
        The largest memory of one process, in MB.
    steps
        CPU seconds by step.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    steps: dict[str, float]

    def largest(self, count: int = STEPS) -> str:
        """Return the largest steps with their shares."""
        ranked = sorted(self.steps.items(), key=lambda step: -step[1])[:count]
        return ", ".join(f"{name} {seconds / self.cpu_s:.0%}" for name, seconds in ranked)

    def __str__(self) -> str:
        return f"{self.cpu_s:8.2f} CPU s  {self.peak_mb:7.0f} MB"


def run_verb(*arguments: str, home: str) -> Run:
    """
    Run `jiexu`.

    Parameters
    ----------
    arguments
        Its verb and options.
    home
        The folder of the packages.

    Raises
    ------
    RuntimeError
        If it fails, with the end of its output.
    """
    return _run(_VERB.format(home=home), *arguments)


def run_code(code: str) -> Run:
    """Run Python code; as `run_verb`, without steps."""
    return _run(code)


def _run(code: str, *arguments: str) -> Run:
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCH, code, *arguments], capture_output=True, check=True, text=True
    )
    told = json.loads(launched.stdout)
    if told["code"] != 0:
        raise RuntimeError(f"{' '.join(arguments) or code}: exit {told['code']}\n" + "\n".join(told["said"]))
    return Run(told["cpu_s"], told["wall_s"], told["peak_mb"], told["steps"])
