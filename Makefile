# Jiexu 街序. `make run` and `make test` set everything up themselves.
PY := .venv/bin/python
.PHONY: run test test-all pytest lint bench setup lock wheel bundle messages docs shots clean

run:                  ## open the dashboard on the sample study
	@scripts/setup.sh
	.venv/bin/jiexu serve $(STUDY)

test: setup           ## set up what the tests need and pass them
	scripts/setup-tests.sh
	$(MAKE) --no-print-directory --jobs 2 lint pytest

test-all: setup       ## the tests that take minutes too: the wheel in an environment of its own
	scripts/setup-tests.sh slow
	$(MAKE) --no-print-directory lint
	$(PY) -m pytest -n auto

pytest: setup
	$(PY) -m pytest -n auto -m "not slow"

lint: setup           ## format, style, types, one-way imports
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

bench: setup          ## timings against peers, as ratios
	$(PY) -m pip install --quiet --no-build-isolation -e '.[bench]'
	$(PY) -m benchmarks $(EXTRACT)

messages: setup       ## bring the Chinese catalogue up to date with the source's texts
	scripts/messages.sh

docs: setup           ## write the generated pages and build the documentation site in build/docs
	PYTHONPATH=. $(PY) scripts/rules_page.py && PYTHONPATH=. $(PY) scripts/commands_page.py \
	  && PYTHONPATH=. $(PY) scripts/study_file_page.py
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict --quiet

shots: setup          ## take the screenshots in docs/ anew
	scripts/setup-tests.sh
	PYTHONPATH=. $(PY) scripts/shots.py

lock: setup           ## renew the lock files from the ranges in pyproject.toml (OPTIONS=--upgrade)
	scripts/lock.sh $(OPTIONS)

wheel: setup          ## build the wheel, with the map's scripts and the sample's extract in it
	$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bundle: setup         ## pack all for a computer without a network (OPTIONS="--python 3.12 --platform win_amd64")
	$(PY) scripts/bundle.py $(OPTIONS)

setup:                ## the virtual environment with what developers need, the map's scripts, the sample's extract
	@scripts/setup.sh dev

clean:
	rm -rf .venv layers/assets/vendor/node_modules studies
