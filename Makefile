.PHONY: env study test check format lock

env: .venv/ready

.venv/ready: requirements.lock requirements-dev.lock requirements-gpu.lock pyproject.toml python_env.yaml
	@GPU=$(or $(GPU),0) bash scripts/make_env

study: env
	@.venv/bin/lr-study study

test: env
	@bash scripts/need_chromium
	@.venv/bin/python -m pytest

check: env
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/python -m pytest -q tests/test_architecture.py

format:
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

# The locks name versions alone: no hashes, no index. The second and third hold what they add; the
# second holds what the tests need, so the extra `tensorboard` too.
COMPILE = .venv/bin/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url pyproject.toml
lock:
	@$(COMPILE) --upgrade -o requirements.lock >/dev/null
	@$(COMPILE) --extra dev --extra tensorboard -c requirements.lock | grep -vxFf requirements.lock > requirements-dev.lock
	@$(COMPILE) --extra gpu -c requirements.lock | grep -vxFf requirements.lock > requirements-gpu.lock
