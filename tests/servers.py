"""A PostgreSQL server of our own for the tests: made by initdb as an unprivileged user, thrown away after."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class Postgres:
    """A running cluster on a loopback port; it lives as long as whoever started it."""

    def __init__(self, folder: Path, port: int, binaries: Path, user: str | None) -> None:
        self.folder, self.port, self.binaries, self.user = folder, port, binaries, user

    def url(self, name: str) -> str:
        """The URL of a database in this cluster."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stop the server and remove its files."""
        _as_user(
            self.user, [str(self.binaries / "pg_ctl"), "-D", f"{self.folder}/data", "-m", "immediate", "stop"]
        )
        shutil.rmtree(self.folder, ignore_errors=True)


def find_binaries() -> Path | None:
    """Where initdb lies, the newest version first; None when PostgreSQL is not installed."""
    for found in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True):
        return Path(found).parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def start_postgres(*, fsync: bool = False) -> Postgres | None:
    """Start a fresh cluster, or None when it cannot be had here; without fsync unless asked for."""
    binaries = find_binaries()
    if binaries is None:
        return None
    user = _unprivileged()
    if os.getuid() == 0 and user is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="kontor-pg-"))
    if user is not None:
        os.chmod(folder, 0o755)
        shutil.chown(folder, user)
    port = free_port()
    data = f"{folder}/data"
    _as_user(
        user,
        [
            str(binaries / "initdb"),
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-N",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
    )
    options = f"-p {port} -c fsync={'on' if fsync else 'off'} -c listen_addresses=127.0.0.1 -k {folder} -c max_connections=200"
    command = [str(binaries / "pg_ctl"), "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start"]
    _as_user(user, command)
    return Postgres(folder, port, binaries, user)


def _unprivileged() -> str | None:
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def _as_user(user: str | None, command: list[str]) -> None:
    prefix = ["setpriv", f"--reuid={user}", f"--regid={_group(user)}", "--clear-groups"] if user else []
    subprocess.run(
        prefix + command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
