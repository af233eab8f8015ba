"""A headless Chromium to look at pages with, spoken to through pipes in the DevTools protocol."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any

FOUND = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
"""Where it is, if anywhere."""
PATIENCE = 60
"""Seconds that an answer may take."""


class Browser:
    """One page, and everything that has happened in it."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = os.fdopen(commands, "wb", buffering=0)
        self._answers = answers
        self._data = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> Any:
        """What a command answers; what happens in the meantime is kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._commands.write(json.dumps(message | ({"sessionId": self._session} if self._session else {})).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, page: Path | str) -> None:
        """Load a page, whole: a file, or what an address leads to."""
        self.events.clear()
        self.send("Page.navigate", url=page if isinstance(page, str) else page.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def ask(self, expression: str) -> Any:
        """What a JavaScript expression is in the page."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def emulate(self, media: str = "screen", scheme: str = "light", width: int = 1200) -> None:
        """Be a screen or a printer, of a reader who likes it light or dark."""
        self.send("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def close(self) -> None:
        self._commands.close()
        os.close(self._answers)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._data:
            ready, _, _ = select([self._answers], [], [], PATIENCE)
            more = os.read(self._answers, 65536) if ready else b""
            assert more, "the browser does not answer"
            self._data += more
        message, _, self._data = self._data.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser that is gone afterwards."""
    assert FOUND
    to_it, commands = os.pipe()
    answers, from_it = os.pipe()
    # The protocol wants descriptors 3 and 4, whatever the pipes are called here.
    command = f'exec "$0" "$@" 3<&{to_it} 4>&{from_it}'
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        ["bash", "-c", command, FOUND, *flags], pass_fds=(to_it, from_it), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(to_it)
    os.close(from_it)
    page = Browser(commands, answers)
    try:
        yield page
    finally:
        page.close()
        process.kill()
        process.wait()
