"""One PostgreSQL server on loopback, in a folder of its own.

kill -9 of our process leaves the server running: the next start finds it by `postmaster.pid` and
goes on with it. An interrupted first start is done anew, because the mark of a whole data folder
is written last.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from backend.onebox.postgres import binaries
from backend.onebox.postgres.binaries import Binaries
from backend.onebox.postgres.owner import Owner, owner_for
from backend.onebox.postgres.problems import PostgresRefused

_ADMIN = "moviemesh"
_READY_S = 60.0
_STOP_S = 30.0
_LARGEST_LOG = 5_000_000
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "fsync": "on",
    "synchronous_commit": "on",
    "log_min_messages": "warning",
}


@dataclass(slots=True)
class Cluster:
    """A running server; made by `start`."""

    folder: Path
    owner: Owner
    programs: Binaries
    port: int
    settings: Mapping[str, str] = field(default_factory=lambda: _SETTINGS)
    _passwords: dict[str, str] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def admin_dsn(self) -> str:
        """The superuser's connection, for making databases."""
        return self._dsn("postgres", _ADMIN)

    @property
    def pid(self) -> int:
        """The server's process."""
        return _postmaster(self.folder)[0]

    def dsn(self, database: str) -> str:
        """Return the connection of a database's own role."""
        return self._dsn(database, database)

    def ensure_database(self, name: str) -> str:
        """Make a database with a role of its own, unless it is there; return its connection."""
        if name not in self._passwords:
            self._passwords[name] = secrets.token_urlsafe(24)
            _keep_passwords(self.folder, self._passwords)
        if _logs_in(self.dsn(name)):
            return self.dsn(name)
        role, password = sql.Identifier(name), sql.Literal(self._passwords[name])
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
            verb = "ALTER" if known.fetchone() else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(sql.SQL(verb), role, password)
            )
            made = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if not made.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
                connection.execute(
                    sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(role)
                )
        return self.dsn(name)

    def launch(self) -> None:
        """Start the server on its port, at first and after its end. Raises PostgresRefused."""
        log = self.folder / "log"
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.unlink()
        log.touch()
        self.owner.takes(log, 0o600)
        # Kept only so that the child is reaped here; another start attaches by pid alone.
        self._server = server = _spawned(self, log)
        limit = time.monotonic() + _READY_S
        while time.monotonic() < limit:
            if _answers(self):
                return
            if server.poll() is not None:
                break
            time.sleep(0.03)
        raise PostgresRefused(
            _words("PostgreSQL did not start", log.read_text("utf-8", errors="replace"))
        )

    def stop(self, *, is_immediate: bool = False) -> None:
        """Stop the server by its pid: let transactions end, or (for fault tests) pull the plug."""
        pid, _ = _postmaster(self.folder)
        if not pid:
            return
        os.kill(pid, signal.SIGQUIT if is_immediate else signal.SIGINT)
        limit = time.monotonic() + _STOP_S
        while self._is_running(pid) and time.monotonic() < limit:
            time.sleep(0.02)
        if self._is_running(pid):
            os.kill(pid, signal.SIGQUIT)

    def _is_running(self, pid: int) -> bool:
        if self._server is not None and self._server.pid == pid:
            return self._server.poll() is None
        return _is_alive(pid)

    def _dsn(self, database: str, user: str) -> str:
        return (
            f"postgresql://{user}:{self._passwords[user]}@127.0.0.1:{self.port}/{database}"
            "?sslmode=disable"
        )


def start(folder: Path, *, settings: Mapping[str, str] | None = None) -> Cluster:
    """Start the server of this folder, or attach to it when it still runs."""
    folder.mkdir(parents=True, exist_ok=True)
    owner = owner_for(folder)
    _open_way(folder, owner)
    is_whole = (folder / "complete").exists()
    made_by = int((folder / "data" / "PG_VERSION").read_text()) if is_whole else None
    programs = binaries.find(made_by=made_by)
    if not is_whole:
        _initialise(folder, owner, programs)
    passwords: dict[str, str] = json.loads((folder / "passwords.json").read_text())
    pid, port = _postmaster(folder)
    chosen = {**_SETTINGS, **(settings or {})}
    cluster = Cluster(folder, owner, programs, port, chosen, passwords)
    if pid and _answers(cluster):
        return cluster
    cluster.port = _free_port(folder)
    cluster.launch()
    return cluster


def attached(folder: Path) -> Cluster | None:
    """Return the server of this folder if it runs; None when it does not, and nothing is done."""
    pid, port = _postmaster(folder)
    if not pid:
        return None
    passwords: dict[str, str] = json.loads((folder / "passwords.json").read_text())
    return Cluster(folder, owner_for(folder), binaries.find(), port, _passwords=passwords)


def stop_left_behind(folder: Path) -> None:
    """Stop the server that a killed process left running in this folder, if there is one."""
    pid, port = _postmaster(folder)
    if pid:
        Cluster(folder, owner_for(folder), binaries.find(), port).stop(is_immediate=True)


def _open_way(folder: Path, owner: Owner) -> None:
    """Let the server's user reach its data, and nobody else read it."""
    owner.takes(folder, 0o700)
    if owner.user is not None:
        folder.parent.chmod(folder.parent.stat().st_mode | 0o011)


def _initialise(folder: Path, owner: Owner, programs: Binaries) -> None:
    data = folder / "data"
    if data.exists():
        shutil.rmtree(data)
    password = secrets.token_urlsafe(24)
    secret = folder / "first-password"
    secret.write_text(password)
    owner.takes(secret, 0o600)
    for locale in ("C.UTF-8", "C"):
        made = subprocess.run(  # noqa: S603 -- the program that was found
            [
                programs.program("initdb"),
                f"--pgdata={data}",
                f"--username={_ADMIN}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                f"--locale={locale}",
                f"--pwfile={secret}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=_environment(),
            **owner.keywords(),
        )
        if made.returncode == 0:
            break
        shutil.rmtree(data, ignore_errors=True)
    else:
        raise PostgresRefused(_words("PostgreSQL could not make its data folder", made.stderr))
    secret.unlink()
    _keep_passwords(folder, {_ADMIN: password})
    (folder / "complete").touch()


def _spawned(cluster: Cluster, log: Path) -> subprocess.Popen[bytes]:
    options = [
        word for name, value in cluster.settings.items() for word in ("-c", f"{name}={value}")
    ]
    with log.open("ab") as sink:
        return subprocess.Popen(  # noqa: S603 -- the program that was found
            [
                cluster.programs.program("postgres"),
                "-D",
                str(cluster.folder / "data"),
                "-c",
                f"port={cluster.port}",
                *options,
            ],
            stdout=sink,
            stderr=sink,
            stdin=subprocess.DEVNULL,
            # Its own session: Ctrl-C in our terminal must not stop it before the services drain.
            start_new_session=True,
            env=_environment(),
            **cluster.owner.keywords(),
        )


def _answers(cluster: Cluster) -> bool:
    return _logs_in(cluster.admin_dsn)


def _logs_in(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _postmaster(folder: Path) -> tuple[int, int]:
    """Return pid and port of the live server of this folder, or zeros."""
    try:
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return 0, 0
    return (pid, port) if _is_alive(pid) and _is_postgres(pid) else (0, 0)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_unreaped(pid)


def _is_unreaped(pid: int) -> bool:
    """Say whether only a process's name is left: where no init reaps, it stays for ever."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state == "Z"


def _is_postgres(pid: int) -> bool:
    """Guard against a number that another program got since; only Linux can tell."""
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


def _free_port(folder: Path) -> int:
    """Return the port used last, if it is free, else any free one."""
    kept = folder / "port"
    for port in (int(kept.read_text()) if kept.exists() else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen: int = probe.getsockname()[1]
        kept.write_text(str(chosen))
        return chosen
    raise PostgresRefused("No port is free on 127.0.0.1.")


def _keep_passwords(folder: Path, passwords: dict[str, str]) -> None:
    fresh = folder / "passwords.json.new"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(passwords))
    fresh.replace(folder / "passwords.json")


def _environment() -> dict[str, str]:
    """Keep the caller's PG… variables and locale away from the server."""
    kept = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "TZ": "UTC", "LC_ALL": "C"}
    if "LD_LIBRARY_PATH" in os.environ:
        kept["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return kept


def _words(what: str, log: str) -> str:
    return f"{what}. Its last words:\n" + "\n".join(log.strip().splitlines()[-8:])
