#!/usr/bin/env bash
# Set up .venv by a lock file, and what is fetched of third parties; does nothing when all is up to date.
#   scripts/setup.sh        what `jiexu` needs (requirements.lock)
#   scripts/setup.sh dev    what its tests, checks and documents need too (requirements-dev.lock)
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  say "Jiexu needs Python 3.11 or newer; found: $(python3 --version 2>/dev/null || echo none)."
  say "Install it (Debian: apt-get install python3 python3-venv; others: python.org), or name it: PYTHON=/path/to/python3.12 make setup"
  say "需要 Python 3.11 或更高版本；安装后重试，或用 PYTHON=… 指定。"
  exit 1
}

if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    say "The virtual environment cannot be made. Debian: apt-get install python3-venv"
    exit 1
  fi
fi

case "${1:-run}" in
  dev) lock=requirements-dev.lock ;;
  *) lock=requirements.lock ;;
esac
# the stamps are copies of the lock files that were installed; the larger one has all of the smaller
stamps=.venv/.jiexu-locks
mkdir -p $stamps
if ! cmp -s requirements-dev.lock $stamps/requirements-dev.lock && ! cmp -s $lock $stamps/$lock; then
  say "Installing Python packages into .venv (a minute or two) … 正在安装 Python 依赖…"
  rm -f $stamps/*.lock
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $lock
  cp $lock $stamps/
fi
if ! cmp -s pyproject.toml $stamps/pyproject.toml; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  cp pyproject.toml $stamps/
fi
.venv/bin/python scripts/third_party.py
