"""Run the command line in the test's own process."""

from __future__ import annotations

from typer.testing import CliRunner

run = CliRunner().invoke
