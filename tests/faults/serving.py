"""A server process of its own: `python -m tests.faults.serving DATABASE_URL` prints its port and serves."""

import sys

from waitress.server import create_server

from suite.app import create_app


def main() -> None:
    """Serve until the process is ended."""
    server = create_server(create_app(sys.argv[1]), host="127.0.0.1", port=0, threads=8)
    sys.stdout.write(f"{server.effective_port}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
