# Jiexu 街序. `make run` and `make test` set everything up themselves.
PY := .venv/bin/python
.PHONY: run test lint bench setup messages docs shots clean

run: setup            ## open the dashboard on the sample study
	.venv/bin/jiexu serve $(STUDY)

test: setup           ## set up what the tests need and pass them
	scripts/setup-browser.sh
	$(MAKE) --no-print-directory lint
	$(PY) -m pytest -n auto --dist loadgroup

lint: setup           ## format, style, types, one-way imports
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

bench: setup          ## timings against peers, as ratios
	$(PY) -m pip install --quiet -e '.[bench]'
	$(PY) -m benchmarks $(EXTRACT)

messages: setup       ## bring the Chinese catalogue up to date with the source's texts
	scripts/messages.sh

docs: setup           ## write the generated pages anew: rules, the study file
	$(PY) scripts/rules_page.py
	$(PY) scripts/study_file_page.py

shots: setup          ## take the screenshots in docs/ anew
	scripts/setup-browser.sh
	PYTHONPATH=. $(PY) scripts/shots.py

setup:                ## the virtual environment and the map's scripts
	@scripts/setup.sh

clean:
	rm -rf .venv layers/assets/vendor/node_modules studies
