"""A client process: signs in, waits for the word, sends its forms one after the other.

`python -m tests.faults.client` reads a line of JSON (port, login, password, posts), prints `ready`,
reads a line, sends the posts and prints a line of JSON with (status, location) of each.
"""

import http.client
import json
import re
import sys
from urllib.parse import urlencode

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Client:
    """Keeps cookies and the form token, as a browser does."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, location, page) of one request."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrf": self.csrf} | (fields or {}))
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        token = CSRF.search(page)
        if token:
            self.csrf = token.group(1)
        return answer.status, answer.headers.get("Location", ""), page

    def sign_in(self, login: str, password: str) -> None:
        """Through the door, like everybody."""
        self.send("GET", "/login")
        status, location, _ = self.send("POST", "/login", {"name": login, "password": password})
        if status != 303 or location != "/":
            raise SystemExit(f"could not sign in: {status}")
        self.send("GET", "/search")  # any page with a form carries the token of the session


def main() -> None:
    """Do what the first line says."""
    job = json.loads(sys.stdin.readline())
    client = Client(job["port"])
    client.sign_in(job["login"], job["password"])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    answers = [client.send("POST", path, fields)[:2] for path, fields in job["posts"]]
    sys.stdout.write(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
