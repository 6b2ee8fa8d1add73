#!/usr/bin/env bash
# Gather the interface's texts from the source and bring the Chinese catalogue up to date with them.
set -euo pipefail
cd "$(dirname "$0")/.."
catalogue=dashboards/locale/zh/LC_MESSAGES/jiexu.po
template=$(mktemp --suffix=.pot)
trap 'rm -f "$template"' EXIT
.venv/bin/pybabel --quiet extract -F pyproject.toml -k _ -k translate --no-location --sort-output --omit-header -o "$template" .
if [ -f "$catalogue" ]; then
  .venv/bin/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete -l zh -i "$template" -o "$catalogue"
else
  .venv/bin/pybabel --quiet init -l zh -i "$template" -o "$catalogue"
fi
