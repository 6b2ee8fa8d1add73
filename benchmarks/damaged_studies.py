"""Studies with random bytes changed: verbs that answer alike, refuse with a sentence, answer otherwise, or fail."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from geo.build import build_study
from geo.sample import write_sample
from geo.stalls.study import plan_stalls
from jiexu.__main__ import app

STUDIES = 150
BYTES = 20
VERBS = ("info", "stalls", "verify", "export")
SAME, REFUSED, OTHER, FAILED = "same answer", "refused with a sentence", "silent other answer", "traceback"


def damage(sound: bytes, seed: int, count: int = BYTES) -> bytes:
    """Return a file with some bytes changed, each to another value."""
    chance = random.Random(seed)  # noqa: S311
    changed = bytearray(sound)
    for at in chance.sample(range(len(changed)), count):
        changed[at] = (changed[at] + chance.randrange(1, 256)) % 256
    return bytes(changed)


def answer(verb: str, study: Path) -> tuple[str, str]:
    """Return a verb's outcome on a study, and its answer."""
    to = study.with_name("streets.geojson")
    options = {"export": ["--layer", "streets", "--to", str(to)]}.get(verb, ["--json"])
    to.unlink(missing_ok=True)
    done = CliRunner().invoke(app, [verb, str(study), *options])
    if done.exit_code not in (0, 1, 2) or (done.exception and not isinstance(done.exception, SystemExit)):
        return FAILED, done.output
    if done.exit_code == 2 or (verb == "verify" and done.exit_code == 1):
        return REFUSED, done.output
    said = to.read_text(encoding="utf-8") if verb == "export" else done.stdout
    return SAME, "\n".join(line for line in said.splitlines() if '_at": "' not in line)


def outcomes(sound: Path, folder: Path, seed: int, verbs: tuple[str, ...] = VERBS) -> dict[str, tuple[str, str]]:
    """Return the outcome and the answer of verbs on a damaged copy of a study, by verb."""
    study, found = folder / sound.name, {}
    for verb in verbs:
        study.write_bytes(sound.read_bytes())
        right = answer(verb, study)[1]
        study.write_bytes(damage(sound.read_bytes(), seed))
        how, said = answer(verb, study)
        found[verb] = (OTHER if how == SAME and said != right else how, said)
    return found


def main() -> None:
    """Damage, ask, count."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "damaged"
        folder.mkdir()
        sound = Path(home) / "study.gpkg"
        build_study(sound, write_sample(Path(home) / "sample"))
        plan_stalls(sound)
        counts: dict[str, Counter[str]] = {verb: Counter() for verb in VERBS}
        for seed in range(STUDIES):
            for verb, (how, _) in outcomes(sound, folder, seed).items():
                counts[verb][how] += 1
        for verb, count in counts.items():
            print(f"{verb}: " + ", ".join(f"{how} {count[how]}" for how in (SAME, REFUSED, OTHER, FAILED)))


if __name__ == "__main__":
    main()
