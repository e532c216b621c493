"""A headless Chromium driven over the DevTools protocol: opens a page, records what it does, tells what it shows."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import websocket

from cja_spark.page import PageContent, write_page

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-US",
    "--remote-debugging-port=0",
)


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


class Chromium:
    """One browser with one tab; `events` holds every event of the DevTools protocol in order."""

    def __init__(self, profile: Path) -> None:
        command = [str(chromium_path()), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.events: list[dict[str, Any]] = []
        self._asked = 0
        port, path = self._endpoint(profile / "DevToolsActivePort")
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}", timeout=30, suppress_origin=True, enable_multithread=False
        )
        self._session: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def _endpoint(self, file: Path) -> tuple[str, str]:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            lines = file.read_text().split() if file.exists() else []
            if len(lines) == 2:
                return lines[0], lines[1]
            time.sleep(0.05)
        raise TimeoutError("Chromium did not open its DevTools port")

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        self._asked += 1
        message: dict[str, object] = {"id": self._asked, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._asked:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        """Keep an event; a dialog is closed so that the page goes on."""
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":
            close = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
            self._socket.send(json.dumps(close | {"sessionId": self._session}))

    def open(self, page: Path, *, width: int = 1440, height: int = 900, dark: bool = False) -> None:
        self.events.clear()
        self._measure(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=page.as_uri())
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def resize(self, width: int, height: int = 844) -> None:
        """Another size of the open page; returns when two frames of it were drawn, the second with all that watches sizes."""
        self._measure(width, height)
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def _measure(self, width: int, height: int) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def wait(self, question: str) -> None:
        until = time.monotonic() + 30
        while not self.value(question):
            if time.monotonic() > until:
                raise TimeoutError(question)
            time.sleep(0.05)

    def value(self, script: str) -> Any:
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        code = {"Enter": 13, "Tab": 9, "ArrowRight": 39, "ArrowDown": 40, "ArrowUp": 38, "End": 35, "Escape": 27, "ArrowLeft": 37, "Home": 36}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def happened(self, method: str) -> list[dict[str, Any]]:
        """Events of one method, after what is under way had time to show."""
        self.value("new Promise((done) => setTimeout(done, 150, true))")
        return self._seen(method)

    def _seen(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]

    def faults(self) -> list[str]:
        """Everything that a clean page does not do: errors, dialogs, requests beyond the page itself."""
        logged = [p["entry"]["text"] for p in self.happened("Log.entryAdded")]
        thrown = [str(p["exceptionDetails"]) for p in self._seen("Runtime.exceptionThrown")]
        called = [f"console.{p['type']}" for p in self._seen("Runtime.consoleAPICalled")]
        dialogs = [f"dialog {p['message']}" for p in self._seen("Page.javascriptDialogOpening")]
        requests = [p["request"]["url"] for p in self._seen("Network.requestWillBeSent")]
        return logged + thrown + called + dialogs + requests[1:]

    def screenshot(self, target: Path) -> Path:
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 8000), "scale": 1}
        shot = self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        target.write_bytes(base64.b64decode(shot["data"]))
        return target

    def close(self) -> None:
        self._session = None
        self.ask("Browser.close")
        self._socket.close()
        self.process.wait(timeout=30)


def opened(chromium: Chromium, folder: Path, content: PageContent, **how: object) -> Chromium:
    chromium.open(write_page(folder / "page.html", content), **how)
    return chromium
