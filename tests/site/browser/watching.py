"""A page that is watched: what it logs, what breaks in it, and whom it asks."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page, Request, Response

NEAR = ("http://127.0.0.1:", "file:", "data:", "blob:", "about:")
"""Beginnings of addresses that do not leave the machine."""


class Watch:
    """A browser window whose faults are written down."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.faults: list[str] = []
        """What went wrong, in order; a good page leaves it empty."""
        self.n_bytes = 0
        """Bytes of the answers as the pages received them."""
        self.requests: list[str] = []
        """Addresses that were asked for, in order."""
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda problem: self.faults.append(f"page error: {problem.error}"))
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def open(self, address: str) -> Page:
        """Open an address in a new page and wait until it has loaded."""
        page = self.context.new_page()
        page.goto(address, wait_until="load")
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.faults.append(f"{kind}: {text}")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith(NEAR):
            self.faults.append(f"asked outside: {request.url}")

    def _failed(self, request: Request) -> None:
        # Who leaves a page before all of it has come has broken nothing.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"status {response.status}: {response.url}")


@contextmanager
def running(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    """Let the thread's running event loop be Playwright's for as long as pages are used, so that other tests can start one."""
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


def drawn(page: Page, where: str) -> int:
    """Number of marks of the pictures below an element, axes and titles not counted."""
    marks = f"{where} svg.marks .role-mark :is(path, line, text, image)"
    return page.locator(marks).count()


def breaches(page: Page, axe: str) -> list[str]:
    """What axe-core finds against WCAG 2 A and AA: rule, element and the fault."""
    page.evaluate(axe)
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
