"""A headless Chromium driven by Playwright: opens a page, records what it does, tells what it shows."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Dialog, sync_playwright

from cja_spark.page import PageContent, write_page

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


class Chromium:
    """One browser with one tab; what its page does beyond showing itself is recorded in order.

    Attributes:
        page: Playwright's page.
        dialogs: the texts of dialogs that were opened; each is closed so that the page goes on.
    """

    def __init__(self, scale: float = 1) -> None:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        self.page = self._browser.new_context(locale="en-US", device_scale_factor=scale).new_page()
        self.dialogs: list[str] = []
        self._said: list[str] = []
        self._requests: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._said.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self._requests.append(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        self._said.append(f"console.{message.type} {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.accept()

    def open(self, page: Path, *, width: int = 1440, height: int = 900, dark: bool = False) -> None:
        for recorded in (self.dialogs, self._said, self._requests):
            recorded.clear()
        self.page.set_viewport_size({"width": width, "height": height})
        self.paint("dark" if dark else "light")
        self.page.goto(page.as_uri())

    def paint(self, scheme: str) -> None:
        """What the reader prefers: `light` or `dark`."""
        self.page.emulate_media(color_scheme=scheme)

    def resize(self, width: int, height: int = 844) -> None:
        """Another size of the open page; returns when two frames of it were drawn, the second with all that watches sizes."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def wait(self, question: str) -> None:
        for _ in range(600):
            if self.value(question):
                return
            self.page.wait_for_timeout(50)
        raise TimeoutError(question)

    def value(self, script: str) -> Any:
        """What an expression is in the page; the page's policy, which allows no script from texts, holds for its own alone."""
        return self.page.evaluate(script)

    def texts(self, selector: str) -> list[str]:
        """The text of each element that a selector finds, in the page's order."""
        found: list[str] = self.value(f"[...document.querySelectorAll('{selector}')].map((one) => one.textContent)")
        return found

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def faults(self) -> list[str]:
        """Everything that a clean page does not do: errors, dialogs, requests beyond the page itself."""
        self.page.wait_for_timeout(150)  # what is under way has time to show
        return [*self._said, *(f"dialog {text}" for text in self.dialogs), *self._requests[1:]]

    def screenshot(self, target: Path) -> Path:
        self.page.screenshot(path=target, full_page=True)
        return target

    def csv(self, asked: Callable[[], object]) -> list[list[str]]:
        """The lines of the file that comes when it is asked for."""
        with self.page.expect_download() as download:
            asked()
        return list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))

    def close(self) -> None:
        self._browser.close()
        self._playwright.stop()


def opened(chromium: Chromium, folder: Path, content: PageContent, **how: object) -> Chromium:
    chromium.open(write_page(folder / "page.html", content), **how)
    return chromium
