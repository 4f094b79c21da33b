"""The files of docker/ by themselves: nothing has a default password, nothing is open or loose.

That the server works as they say is tested by tests/server/.
"""

import configparser
import doctest
import re
from pathlib import Path
from typing import Any

import compose
import pytest
import yaml

ROOT = compose.FOLDER.parent
SERVICES = ("database", "objects", "server")
VARIABLES = {name: f"a {name}" for name in compose.REQUIRED}
DOCKERFILES = sorted(compose.FOLDER.glob("*Dockerfile"))
PINNED = re.compile(r"[\w/-]+:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?")


@pytest.fixture
def services() -> dict[str, Any]:
    return compose.read(VARIABLES)["services"]


def pins(lock: Path) -> set[str]:
    return set(lock.read_text(encoding="utf-8").splitlines())


def test_variables_are_filled_in_as_compose_does() -> None:
    assert doctest.testmod(compose).failed == 0
    assert compose.filled_in("${A}${B:-}", {}) == ""
    assert compose.filled_in("${A:-}-$${A:-b}", {"A": "1"}) == "1-${A:-b}"
    assert "$" not in str(compose.read(VARIABLES))


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize("name", compose.REQUIRED)
def test_starting_without_a_password_is_an_error(name: str, empty: bool) -> None:
    variables = {**VARIABLES, name: ""}
    if not empty:
        del variables[name]
    with pytest.raises(compose.MissingError, match=f"^required variable {name} is missing"):
        compose.read(variables)


def test_the_example_names_every_variable_and_sets_none() -> None:
    lines = (compose.FOLDER / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if re.fullmatch(r"#?[A-Z0-9_]+=.*", line)]
    assert all(line.endswith("=") for line in named)
    assert [line[:-1] for line in named if line[0] != "#"] == list(compose.REQUIRED)
    used = set(re.findall(r"\${(\w+)", compose.FILE.read_text(encoding="utf-8")))
    assert {line.strip("#=") for line in named} == used
    assert "/docker/.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_every_secret_comes_from_a_variable(services: dict[str, Any]) -> None:
    secrets = {
        name: value
        for service in services.values()
        for name, value in service["environment"].items()
        if re.search("PASSWORD|SECRET|KEY|USERNAME", name)
    }
    assert len(secrets) == 10
    assert set(secrets.values()) == set(VARIABLES.values())
    words = " ".join(str(service.get("command")) for service in services.values())
    assert not any(value in words for value in VARIABLES.values())
    settings = configparser.ConfigParser()
    settings.read(compose.FOLDER / "basic_auth.ini")
    assert not [name for name in settings["mlflow"] if "admin" in name]
    assert settings["mlflow"]["default_permission"] == "NO_PERMISSIONS"
    assert "@" not in settings["mlflow"]["database_uri"]


def test_only_the_server_is_reached_and_from_this_machine_alone(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"server"}
    assert services["server"]["ports"] == ["127.0.0.1:5000:5000"]
    assert "--allowed-hosts=localhost:5000,127.0.0.1:5000" in services["server"]["command"]
    networks = compose.read(VARIABLES)["networks"]
    assert networks["stores"] == {"internal": True}
    assert services["database"]["networks"] == services["objects"]["networks"] == ["stores"]

    moved = compose.read(
        VARIABLES | {"SERVER_PORT": "80", "SERVER_ADDRESS": "192.0.2.1", "SERVER_HOSTS": "a:80"}
    )["services"]["server"]
    assert moved["ports"] == ["192.0.2.1:80:5000"]
    assert "--allowed-hosts=a:80" in moved["command"]


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_confined(name: str, services: dict[str, Any]) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert compose.size_in_bytes(service["mem_limit"]) <= 2**30
    assert service["pids_limit"] <= 200
    assert service["healthcheck"]["test"][0] == "CMD"
    if "build" in service:
        user = users_of(compose.FOLDER / service["build"]["dockerfile"])[-1]
    else:
        user = service["user"]
    assert int(user.split(":")[0]) > 0
    assert set(service.get("privileged", ())) | set(service.get("devices", ())) == set()


def users_of(dockerfile: Path) -> list[str]:
    return re.findall(r"^USER (\S+)$", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)


def test_there_are_no_other_services(services: dict[str, Any]) -> None:
    assert tuple(services) == SERVICES


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: file.name)
def test_dockerfiles_are_pinned_and_end_as_an_ordinary_user(dockerfile: Path) -> None:
    bases = re.findall(r"^FROM (\S+)", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
    assert bases
    assert all(PINNED.fullmatch(base) for base in bases), bases
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users_of(dockerfile)[-1])


def test_images_are_pinned_and_volumes_named(services: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in services.items()}
    assert PINNED.fullmatch(images.pop("database"))
    assert images == {name: f"lr-study-{name}" for name in ("objects", "server")}
    mounted = [mount for service in services.values() for mount in service.get("volumes", ())]
    assert {mount.split(":")[0] for mount in mounted} == set(compose.read(VARIABLES)["volumes"])


def test_the_server_has_one_worker_and_no_jobs(services: dict[str, Any]) -> None:
    # The cache of verified passwords is a process's own: with two, a changed one would go on
    # being let in by the other for a minute.
    settings = configparser.ConfigParser()
    settings.read(compose.FOLDER / "basic_auth.ini")
    assert int(settings["mlflow"]["auth_cache_ttl_seconds"]) <= 60
    assert "--workers=1" in services["server"]["command"]
    environment = services["server"]["environment"]
    assert environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_server_has_the_versions_that_training_has() -> None:
    server, training = pins(compose.FOLDER / "server.lock"), pins(ROOT / "requirements.lock")
    versions = {line.split("==")[0]: line for line in training}
    shared = {line for line in server if line.split("==")[0] in versions} - training
    assert {line.split("==")[0] for line in shared} <= {"python-dateutil", "tzdata"}
    asked = {
        re.split(r"[\[>]", line)[0]
        for file in (compose.FOLDER / "server.in", ROOT / "tests/server/requirements.in")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line[0] != "#"
    }
    locked = server | pins(ROOT / "tests/server/requirements.lock")
    assert asked <= {line.split("==")[0] for line in locked}


def test_what_the_trainer_copies_is_let_into_its_build() -> None:
    copied = re.findall(
        r"^COPY (?!--)(.+) \S+$", (compose.FOLDER / "Dockerfile").read_text(encoding="utf-8"), re.M
    )
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line[0] == "!"
    }
    assert {name for names in copied for name in names.split()} == let_in
    assert all((ROOT / name).exists() for name in let_in)


def test_the_file_is_one_document_without_repeated_names() -> None:
    class Strict(yaml.SafeLoader):
        pass

    def no_repeats(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        assert len(names) == len(set(names)), names
        loader.flatten_mapping(node)
        return loader.construct_mapping(node)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, no_repeats)
    yaml.load(compose.FILE.read_text(encoding="utf-8"), Strict)  # noqa: S506
