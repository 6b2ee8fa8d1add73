"""The queue of work in the background: list its jobs, follow one, cancel one, run the ones that wait."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from geo.core.text import Text, pick
from jiexu.language import language
from jiexu.shared import AsJson, bad_option, errors_as_messages, print_document, say

if TYPE_CHECKING:
    from geo.background.documents import JobDocument
    from geo.jobs.dispatcher import Dispatcher
    from geo.jobs.queue import Queue
    from geo.study.rights import Actor

app = typer.Typer()

EXITS: Final = {"done": 0, "failed": 1, "cancelled": 4, "interrupted": 5}
"""The exit status of following a job, by the state that it ends in."""

_LOOK_EVERY_S: Final = 0.3
_NO_JOBS: Final = Text("没有后台任务", "No work was submitted")


@app.command(epilog="Example: `jiexu jobs studies --follow 12`")
@errors_as_messages
def jobs(
    where: Annotated[
        Path, typer.Argument(metavar="[PATH]", envvar="JIEXU_FOLDER", help="A folder of studies, or one study.")
    ] = Path("studies"),
    follow: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Show the progress of this job until it ends.")
    ] = None,
    cancel: Annotated[int | None, typer.Option(metavar="NUMBER", help="Cancel this job.")] = None,
    run: Annotated[
        bool, typer.Option("--run", help="Run the jobs that wait here, one after the other, where no server does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the work in the background of a folder of studies; follow, cancel or run it."""
    from geo.jobs.queue import Queue  # noqa: PLC0415 (verbs load what they need)

    if sum((follow is not None, cancel is not None, run)) > 1:
        raise bad_option(Text("--follow、--cancel、--run 只能选一个", "Choose one of --follow, --cancel and --run"))
    if not where.exists():
        from geo.study.database import missing  # noqa: PLC0415

        raise missing(where)
    folder, study = (where, None) if where.is_dir() else (where.absolute().parent, where.name)
    queue = Queue(folder)
    if cancel is not None:
        _cancel(folder, cancel, as_json)
    elif follow is not None:
        _follow(queue, follow, as_json)
    elif run:
        _run(folder)
    else:
        _list(queue, study, as_json)


def _list(queue: Queue, study: str | None, as_json: bool) -> None:
    from geo.background.documents import JobsDocument, job_document  # noqa: PLC0415

    document: JobsDocument = {
        "folder": str(queue.database.folder),
        "jobs": [job_document(queue, job) for job in queue.jobs(study)],
    }
    if as_json:
        print_document(document)
    elif not document["jobs"]:
        say(_NO_JOBS)
    else:
        typer.echo("\n".join(map(_line, document["jobs"])))


def _cancel(folder: Path, number: int, as_json: bool) -> None:
    from dashboards.access.acts import cancelled  # noqa: PLC0415
    from geo.background.documents import job_document  # noqa: PLC0415
    from geo.jobs.queue import Queue  # noqa: PLC0415

    job, queue = cancelled(folder, number), Queue(folder)
    if job.active:
        say(Text(f"任务 {number} 正在结束", f"Job {number} is being ended"))
    elif job.state == "cancelled":
        say(Text(f"任务 {number} 已取消", f"Job {number} is cancelled"))
    else:
        say(Text(f"任务 {number} 已经结束", f"Job {number} is over already"))
    if as_json:
        print_document(job_document(queue, job))


def _follow(queue: Queue, number: int, as_json: bool) -> NoReturn:
    """Show the progress of a job on standard error until it ends, and exit by its state."""
    from tqdm import tqdm  # noqa: PLC0415

    from geo.background.documents import job_document  # noqa: PLC0415

    queue.find(number)  # refuses one that does not exist before a bar is drawn
    with tqdm(total=100, file=sys.stderr, bar_format="{l_bar}{bar}| {desc}", leave=False) as bar:
        while (job := queue.find(number)).active:
            document = job_document(queue, job)
            bar.n = round(100 * document["share"])
            bar.set_description_str(_now(document))
            time.sleep(_LOOK_EVERY_S)
    document = job_document(queue, job)
    if as_json:
        print_document(document)
    else:
        typer.echo(_line(document))
    raise typer.Exit(EXITS[job.state])


def _run(folder: Path) -> None:
    from dashboards.access.acts import ends_noted  # noqa: PLC0415
    from geo.background.running import dispatcher_for  # noqa: PLC0415

    dispatcher: Dispatcher = dispatcher_for(folder, rights_now(folder), ends_noted(folder))
    try:
        count = dispatcher.run_all()
    finally:
        dispatcher.close()
    say(Text(f"已运行 {count} 个任务", f"{count} jobs were run"))


def _line(job: JobDocument) -> str:
    """Return a job in one line."""
    from geo.jobs.queued import STATE_NAMES  # noqa: PLC0415

    when = (job["ended_at"] or job["started_at"] or job["submitted_at"])[:19].replace("T", " ")
    state = next(name for key, name in STATE_NAMES.items() if key == job["state"]).pick(language())
    parts = [f"{job['number']:>4}", f"{when}Z", state, job["study"], pick(job["title"], language()), job["by"]]
    if job["state"] in ("waiting", "running"):
        parts.append(_now(job))
    if job["seconds"] is not None:
        parts.append(Text(f"{job['seconds']:.0f} 秒", f"{job['seconds']:.0f} s").pick(language()))
    if job["error"]:
        parts.append(pick(job["error"], language()))
    return "  ".join(part for part in parts if part)


def _now(job: JobDocument) -> str:
    """Return the present step of a job and the time that it still takes."""
    from geo.jobs.queued import STATE_NAMES  # noqa: PLC0415

    if job["state"] == "waiting":
        return STATE_NAMES["waiting"].pick(language())
    step = "" if job["step"] is None else f"{job['step_number']}/{job['steps']} {pick(job['step'], language())}"
    left = job["seconds_left"]
    rest = "" if left is None else Text(f"约剩 {left:.0f} 秒", f"about {left:.0f} s left").pick(language())
    return "  ".join(part for part in (step, rest) if part)


def rights_now(folder: Path) -> Callable[[Actor], Actor]:
    """Return a function that looks up the present rights of whoever submitted a job in a folder of studies."""
    from dashboards.access.present import present  # noqa: PLC0415

    return present(folder)
