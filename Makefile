.PHONY: env study test test-fast test-pythons test-numeric test-server test-faults test-docs test-winner mutate screenshots check build docs picture schedules format lock lock-server

env: .venv/ready

.venv/ready: requirements.lock requirements-dev.lock requirements-gpu.lock pyproject.toml python_env.yaml
	@GPU=$(or $(GPU),0) bash scripts/make_env

study: env
	@.venv/bin/lr-study study $(STUDY)

# Our own text files state their encoding; pyproject.toml makes Python's warning an error.
test test-fast test-numeric test-server test-faults test-winner: export PYTHONWARNDEFAULTENCODING = 1

# Several processes, a file of tests at a time to each, in the order of tests/conftest.py.
PROCESSES = 2
test: env
	@bash scripts/need_chromium
	@.venv/bin/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder --durations=10

# The pure packages, without TensorFlow or a tracking server: seconds.
FAST = tests/policies tests/runs tests/comparison tests/data tests/support tests/report/test_figures.py \
	tests/importing/test_event_files.py tests/importing/test_layouts.py tests/importing/test_names.py \
	tests/importing/test_policy_choice.py tests/importing/test_policy_fit.py tests/importing/test_curves.py
test-fast: env
	@.venv/bin/python -m pytest -q -n 2 --without-tensorflow $(FAST)

# The same under the other supported Pythons, those that are installed; but for simulated studies,
# rankings of hundreds of random tables and a real study in a control group, which take most of the time
# and depend on no Python.
test-pythons: env
	@bash scripts/test_pythons $(FAST) --ignore-glob="tests/comparison/test_calibration*.py" \
		--ignore=tests/comparison/test_experiment.py --ignore=tests/support/test_machine.py

# The figures of 32 bits as other processors compute them: an older one, and one without oneDNN, which
# only convolutions use.
NUMERIC = .venv/bin/python -m pytest -q -m numeric
test-numeric: env
	@ONEDNN_MAX_CPU_ISA=AVX2 XLA_FLAGS=--xla_cpu_max_isa=AVX2 $(NUMERIC) tests/training tests/features
	@TF_ENABLE_ONEDNN_OPTS=0 $(NUMERIC) tests/training/test_live.py tests/features

# The tracking server of docker/: PostgreSQL, S3 and MLflow on this machine, without Docker.
test-server: env .venv/server/ready
	@bash scripts/install_postgresql
	@.venv/bin/python -m pytest -m server tests/server

.venv/server/ready: docker/server.lock tests/server/requirements.lock | .venv/ready
	@bash scripts/make_server_env

# Two halves side by side: each mostly waits, for servers and for processes to end. Small disks are
# mounted as root, or with sudo.
FAULTS = .venv/bin/python -m pytest -m faults
test-faults: env
	@$(FAULTS) tests/faults/test_disks.py tests/faults/test_studies.py >.venv/disks.log 2>&1 & disks=$$!; \
	$(FAULTS) tests/faults/test_server.py; server=$$?; \
	wait $$disks; disks=$$?; cat .venv/disks.log; exit $$(( server + disks ))

# The winner of a study put to use (predict, saved files, champions over HTTP), and MLflow's pages of it.
test-winner: env
	@bash scripts/need_chromium
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile -m winner tests/studies

# Small faults put into the pure modules, to see whether the tests notice them: half an hour. Not part of
# .ci/run. MODULES="comparison/advice.py runs/grids.py" mutates these alone.
mutate: env
	@.venv/bin/python benchmarks/mutate.py $(MODULES)

# Images of MLflow's pages for the documentation, from the study of the sample.
screenshots: env
	@bash scripts/need_chromium
	@LR_STUDY_SCREENSHOTS=$(CURDIR)/docs/images .venv/bin/python -m pytest -q -m winner tests/studies/test_mlflow_pages.py

check: env
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/ruff check --quiet --preview --select PLW1514 lr_study benchmarks  # text without encoding
	@.venv/bin/mypy
	@.venv/bin/python -m pytest -q tests/test_architecture.py

# The wheel and the sdist, in dist/; the wheel is installed into an empty environment and used there.
build: env
	@bash scripts/check_build

# The documentation as pages, in docs/_build; the page of the commands comes from the command line itself.
docs: env
	@mkdir -p docs/_generated
	@.venv/bin/typer lr_study.cli.app utils docs --name lr-study --output docs/_generated/command-line.md >/dev/null
	@.venv/bin/python -m sphinx -q -W --keep-going -b html -c docs . docs/_build/html
	@echo "built: docs/_build/html/docs/index.html"

# The examples, and the blocks of shell and Python in the documentation, each page in a folder of its own.
test-docs: env
	@PYTHONPATH=tests .venv/bin/python -m pytest -q -n 2 --dist loadfile -p documentation_blocks \
		README.md docs docker/README.md
	@.venv/bin/python -m pytest -q -n 2 -m examples tests/test_examples.py

# The picture of README.md: the ranking of `make study`, drawn by the report.
picture: env
	@bash scripts/make_picture

# The drawing of docs/schedules.md: every family, by the code that trains.
schedules: env
	@.venv/bin/python scripts/draw_schedules.py docs/images/schedules.svg

format:
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

# The locks name versions alone: no hashes, no index. The second and third hold what they add; the
# second holds what the tests and the documentation need, so the extra `tensorboard` too.
COMPILE = .venv/bin/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url
lock:
	@$(COMPILE) pyproject.toml --upgrade -o requirements.lock >/dev/null
	@$(COMPILE) pyproject.toml --extra dev --extra docs --extra tensorboard -c requirements.lock | grep -vxFf requirements.lock > requirements-dev.lock
	@$(COMPILE) pyproject.toml --extra gpu -c requirements.lock | grep -vxFf requirements.lock > requirements-gpu.lock
	@$(MAKE) -s lock-server

# The server's versions are the trainer's, but for the python-dateutil that S3's library asks for.
lock-server:
	@grep -v '^python-dateutil==' requirements.lock > .venv/held.txt
	@$(COMPILE) docker/server.in -c .venv/held.txt > docker/server.lock
	@$(COMPILE) tests/server/requirements.in -c docker/server.lock -c .venv/held.txt | grep -vxFf docker/server.lock > tests/server/requirements.lock
