"""Firefox, driven by WebDriver BiDi, which it speaks itself: no registry has a driver of it that Playwright could use.

`python -m tests.browser` installs Debian's where apt is at hand.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import aiohttp

NAMES = ("firefox-esr", "firefox")
PATIENCE = 60  # seconds
POLLING = 0.1


def installed() -> str | None:
    """The path of a Firefox on this machine, if it has one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Firefox:
    """One tab of a browser."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._loop, self._socket, self._sent = loop, socket, 0
        self.ask("session.new", capabilities={})
        self.tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **parameters: Any) -> Any:
        """The result of a command. Raises AssertionError with the browser's own words when it fails."""
        self._sent += 1
        return self._loop.run_until_complete(asyncio.wait_for(self._asked(self._sent, method, parameters), PATIENCE))

    async def _asked(self, number: int, method: str, parameters: dict[str, Any]) -> Any:
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while (answer := await self._socket.receive_json()).get("id") != number:
            pass  # an event
        assert answer["type"] == "success", answer
        return answer["result"]

    def go(self, address: str) -> None:
        self.ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def value(self, expression: str) -> Any:
        """What JavaScript says: a text, a number or a truth."""
        target = {"context": self.tab}
        found = self.ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert found["type"] == "success", found
        return found["result"].get("value")

    def wait(self, expression: str) -> None:
        """Until an expression is true."""
        for _ in range(int(PATIENCE / POLLING)):
            if self.value(f"Boolean({expression})"):
                return
            self._loop.run_until_complete(asyncio.sleep(POLLING))
        raise AssertionError(f"{expression} did not come true")

    def click(self, selector: str) -> None:
        """With the mouse, in the middle of the first element that a selector finds."""
        middle = f"""(() => {{ const each = document.querySelector({selector!r});
          each.scrollIntoView({{ block: "center" }}); const box = each.getBoundingClientRect();
          return `${{Math.round(box.x + box.width / 2)}} ${{Math.round(box.y + box.height / 2)}}`; }})()"""
        x, y = map(int, self.value(middle).split())
        steps = [
            {"type": "pointerMove", "x": x, "y": y},
            *({"type": f"pointer{each}", "button": 0} for each in ("Down", "Up")),
        ]
        self.ask(
            "input.performActions", context=self.tab, actions=[{"type": "pointer", "id": "mouse", "actions": steps}]
        )

    def press(self, key: str) -> None:
        steps = [{"type": each, "value": key} for each in ("keyDown", "keyUp")]
        self.ask("input.performActions", context=self.tab, actions=[{"type": "key", "id": "keys", "actions": steps}])


@contextmanager
def firefox(width: int = 1360, height: int = 900) -> Iterator[Firefox]:
    """A headless browser with a profile of its own, ended at the end."""
    program = installed()
    assert program, "No Firefox could be found. Install one (apt install firefox-esr) and run this again."
    with tempfile.TemporaryDirectory() as profile:
        size = [f"--width={width}", f"--height={height}"]
        command = [program, "--headless", "--profile", profile, "--remote-debugging-port=0", *size, "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                with _connected(_address(process)) as tab:
                    yield tab
            finally:
                process.terminate()
                process.wait(PATIENCE)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"ws://\S+", line):
            return f"{found[0]}/session"
    raise AssertionError("Firefox has ended.")


@contextmanager
def _connected(address: str) -> Iterator[Firefox]:
    loop = asyncio.new_event_loop()
    session = loop.run_until_complete(_session())
    try:
        socket = loop.run_until_complete(session.ws_connect(address, max_msg_size=0))
        yield Firefox(loop, socket)
    finally:
        with suppress(aiohttp.ClientError):
            loop.run_until_complete(session.close())
        loop.close()


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()
