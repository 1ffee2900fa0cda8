"""The process that makes one PDF: JSON on standard input, the PDF on standard output, then it ends.

It is run by its path in Python's isolated mode, so it imports nothing of the suite: only the
renderer, under limits of time and memory. Nothing is ever fetched, neither from the net nor a file.
"""

import json
import os
import signal
import sys

CPU_SECONDS = 90
MEMORY_BYTES = 2_000_000_000


def limit() -> None:
    """Bound CPU time and memory where the system can, and let the pages go first."""
    # Being told to end is the worker's business: it waits for this page, and kills it when it takes too long.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Render the page that was handed over."""
    given = json.loads(sys.stdin.buffer.read())
    limit()
    from weasyprint import CSS, HTML  # noqa: PLC0415 - 100 MB and libraries of the system, for this child alone
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 - as above

    class NothingFetched(URLFetcher):
        """Whatever a page refers to is refused."""

        def fetch(self, url: str, headers: object = None) -> object:
            """Raise for every URL."""
            raise ValueError(f"refused: {url[:80]}")

    fetcher = NothingFetched()
    css = CSS(string=given["css"], url_fetcher=fetcher)
    pdf = HTML(string=given["html"], url_fetcher=fetcher).write_pdf(stylesheets=[css])
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
