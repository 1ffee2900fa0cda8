"""Servers of our own for the tests: PostgreSQL and an IMAP mail box, as an unprivileged user, thrown away after."""

import glob
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DOVECOT = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password=geheim
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


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


class MailBoxServer:
    """A Dovecot with one mail box for any user with the password `geheim`, on a loopback port."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.folder, self.port, self.process = folder, port, process

    @property
    def url(self) -> str:
        """The address of the box as SUITE_IMAP_URL reads it."""
        return f"imap://kontor:geheim@127.0.0.1:{self.port}/INBOX"

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def start_mail_box() -> MailBoxServer | None:
    """Start a mail box as an unprivileged user, or None where Dovecot is not installed."""
    binary = Path("/usr/sbin/dovecot")
    user = _unprivileged()
    if not binary.exists() or (os.getuid() == 0 and user is None):
        return None
    folder, port = Path(tempfile.mkdtemp(prefix="kontor-imap-")), free_port()
    name = user or pwd.getpwuid(os.getuid()).pw_name
    group = grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
    settings = DOVECOT.format(folder=folder, port=port, user=name, group=group)
    (folder / "dovecot.conf").write_text(settings, encoding="utf-8")
    for part in ("mail", "run", "home"):
        (folder / part).mkdir()
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, name, group)
    process = subprocess.Popen(
        [*_prefix(user), str(binary), "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    _await_port(port)
    return MailBoxServer(folder, port, process)


def _await_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")


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
    subprocess.run(
        _prefix(user) + command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )


def _prefix(user: str | None) -> list[str]:
    return ["setpriv", f"--reuid={user}", f"--regid={_group(user)}", "--clear-groups"] if user else []


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
