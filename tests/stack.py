"""The tracking server of docker/compose.yaml without Docker, on this machine alone.

PostgreSQL is Debian's, the object store moto's. MLflow's server gets the command line and the
variables of compose.yaml; what differs is what a container's network would have given it: the
address to listen on, and where the two stores are.
"""

import os
import pwd
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import compose
import requests
from needed import postgresql_programs
from proc import children, is_running, need_proc

SERVER_BIN = Path(__file__).parents[1] / ".venv" / "server" / "bin"
"""The packages of the server's image, as `make test-server` installs them."""

_PATIENCE_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str | Path],
    log: Path,
    answers: Callable[[], object],
    *,
    end_with: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a process group of its own from its first answer to the end of the block."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True, **options
        )
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            assert started.poll() is None, log.read_text(encoding="utf-8")
            try:
                answers()
                break
            except (OSError, subprocess.SubprocessError):
                assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
                time.sleep(0.1)
        yield started
    finally:
        started.send_signal(end_with)
        with suppress(subprocess.TimeoutExpired):
            started.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)  # whatever of it is left
        started.wait(30)


def resident_bytes(group: int) -> int:
    """The memory that the processes of a group have resident now."""
    need_proc()
    total = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and os.getpgid(int(folder.name)) == group:
                pages = int((folder / "statm").read_text(encoding="utf-8").split()[1])
                total += pages * os.sysconf("SC_PAGE_SIZE")
        except (ProcessLookupError, FileNotFoundError):
            continue
    return total


@dataclass(frozen=True)
class Database:
    """A PostgreSQL cluster with the databases and the role of docker/databases.sql."""

    folder: Path
    port: int
    programs: Path
    options: Mapping[str, Any]
    running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        command += ["-c", "listen_addresses=127.0.0.1"]
        command += ["-c", f"unix_socket_directories={self.folder}"]
        self.running.enter_context(
            process(
                command,
                self.folder / "log",
                lambda: self.psql("-c", ""),
                end_with=signal.SIGINT,
                **self.options,
            )
        )

    def crash(self) -> None:
        """Kill -9 its first process; wait until the others have found that out by themselves.

        Until the last of them has ended, no new first process starts in their folder.
        """
        first = (self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        others = children(int(first))
        os.kill(int(first), signal.SIGKILL)
        self.running.close()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while any(is_running(other) for other in others):
            assert time.monotonic() < deadline, f"a process of {others} outlives its first one"
            time.sleep(0.05)

    def psql(self, *arguments: str, **environment: str) -> str:
        """Run psql as the superuser, through the socket."""
        place = ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres"]
        return subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", *place, *arguments],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env=os.environ | environment,
        ).stdout


@contextmanager
def postgresql(folder: Path, variables: Mapping[str, str]) -> Iterator[Database]:
    """Run Debian's PostgreSQL, which refuses to be run by root: then as Debian's user for it."""
    programs = postgresql_programs()
    options: dict[str, Any] = {"cwd": "/"}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        options |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    database = Database(folder, free_port(), programs, options)
    # As the image does: the socket trusts, the network asks for a password.
    settings = ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8"]
    subprocess.run(
        [programs / "initdb", "-U", "postgres", "--locale=C.UTF-8", *settings, folder / "data"],
        check=True,
        capture_output=True,
        **options,
    )
    with database.running:
        database.start()
        script = compose.files_of(compose.read(variables), "database")[
            "/docker-entrypoint-initdb.d/databases.sql"
        ]
        password = compose.read(variables)["services"]["database"]["environment"]
        database.psql("-f", str(script), MLFLOW_DB_PASSWORD=password["MLFLOW_DB_PASSWORD"])
        yield database


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server that holds one bucket, as docker/objects.Dockerfile makes it."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> bytes:
        """Return an object, or a listing, past the tracking server."""
        # It asks for a signature, and takes any.
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/x"}
        answer = requests.get(f"{self.url}/{path}", headers=signed, timeout=30)
        answer.raise_for_status()
        return answer.content


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    store = ObjectStore(free_port())
    command = [SERVER_BIN / "moto_server", "-H", "127.0.0.1", "-p", str(store.port)]
    with process(command, folder / "objects.log", lambda: requests.get(store.url, timeout=5)):
        requests.put(f"{store.url}/mlflow", timeout=30).raise_for_status()
        yield store


@dataclass(frozen=True)
class User:
    """Somebody with a name and a password at the server."""

    name: str
    password: str

    @property
    def auth(self) -> tuple[str, str]:
        return self.name, self.password

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which MLflow's client finds them."""
        return {
            "MLFLOW_TRACKING_USERNAME": self.name,
            "MLFLOW_TRACKING_PASSWORD": self.password,
        }


def command_environment(uri: str, user: User) -> dict[str, str]:
    """The variables of a command that a user of a server gives."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return inherited | {"MLFLOW_TRACKING_URI": uri} | user.environment


@dataclass(frozen=True)
class Server:
    """A tracking server that runs."""

    uri: str
    admin: User
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def new_user(self, name: str) -> User:
        """Create a user as the administrator does."""
        user = User(name, secrets.token_hex(16))
        answer = requests.post(
            f"{self.uri}/api/2.0/mlflow/users/create",
            json={"username": user.name, "password": user.password},
            auth=self.admin.auth,
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return user


@dataclass(frozen=True)
class Stack:
    """The two stores, and the variables with which they and the server are started."""

    folder: Path
    variables: Mapping[str, str]
    database: Database
    objects: ObjectStore

    def moved(self, **variables: str) -> "Stack":
        """The same for a server beside the one that runs, at a port of its own."""
        port = {"SERVER_PORT": str(free_port())}
        return replace(self, variables={**self.variables, **port, **variables})

    def command(self) -> list[str]:
        """The server's command line, listening on this machine alone."""
        words = compose.read(self.variables)["services"]["server"]["command"]
        here = {"--host=0.0.0.0": "--host=127.0.0.1"}
        here["--port=5000"] = f"--port={self.variables['SERVER_PORT']}"
        assert here.keys() <= set(words)
        return [here.get(word, word) for word in words]

    def environment(self) -> dict[str, str]:
        """The server's variables; the two stores are where they are here."""
        read = compose.read(self.variables)
        here = {"PGHOST": "127.0.0.1", "PGPORT": str(self.database.port)}
        here["MLFLOW_S3_ENDPOINT_URL"] = self.objects.url
        found = read["services"]["server"]["environment"]
        assert here.keys() <= found.keys()
        files = compose.files_of(read, "server")
        return {
            "PATH": f"{SERVER_BIN}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            **{name: str(files.get(value, value)) for name, value in (found | here).items()},
        }

    @contextmanager
    def server(
        self, command: Sequence[str] | None = None, environment: Mapping[str, str] | None = None
    ) -> Iterator[Server]:
        """Run the server; in tests as it is configured, in benchmarks with some things changed."""
        environment = environment or self.environment()
        uri = f"http://127.0.0.1:{self.variables['SERVER_PORT']}"

        def answers() -> None:
            with urllib.request.urlopen(f"{uri}/health", timeout=5):  # noqa: S310
                pass

        with process(
            command or self.command(),
            self.folder / "server.log",
            answers,
            env=environment,
            cwd=self.folder,
        ) as started:
            admin = User(
                self.variables["MLFLOW_ADMIN_USERNAME"], self.variables["MLFLOW_ADMIN_PASSWORD"]
            )
            yield Server(uri, admin, environment, started)


@contextmanager
def stack() -> Iterator[Stack]:
    """Run the two stores, with passwords of this moment."""
    variables = {name: secrets.token_hex(16) for name in compose.REQUIRED}
    variables |= {"MLFLOW_ADMIN_USERNAME": "chief", "SERVER_PORT": str(free_port())}
    with ExitStack() as parts:
        # In a folder that PostgreSQL's user can reach, which pytest's are not.
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="lr-study-server-")))
        folder.chmod(0o755)
        (folder / "database").mkdir()
        database = parts.enter_context(postgresql(folder / "database", variables))
        objects = parts.enter_context(object_store(folder))
        yield Stack(folder, variables, database, objects)
