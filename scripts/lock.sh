#!/usr/bin/env bash
# Renew the lock files from the ranges in pyproject.toml, for Python 3.11 to 3.14 on Linux and Windows. Options go to uv
# (`scripts/lock.sh --upgrade`, `--upgrade-package NAME`); without any, what still fits stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
  UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/uv pip compile pyproject.toml --group build --quiet --no-config --universal \
    --python-version 3.11 --generate-hashes "$@"
}
compile --output-file requirements.lock "$@"
compile --extra raster --extra dev --constraint requirements.lock --output-file requirements-dev.lock "$@"
