"""Chromium for pages, with everything it complains of or asks for from outside."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def open_browser(profile: Path) -> Iterator[Any]:
    """Start Chromium, or skip with the reason where there is none."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no browser: {CHROMIUM} is not there (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=str(CHROMIUM), args=list(_FLAGS)
        )
        yield context
        context.close()


def open_page(browser: Any, address: str, *, own: tuple[str, ...]) -> Any:
    """Open a page; ``complaints`` and ``outside`` requests are gathered on it."""
    page = browser.new_page()
    page.complaints = []
    page.outside = []

    def note_request(request: Any) -> None:
        if not request.url.startswith((*own, "data:", "blob:")):
            page.outside.append(request.url)

    page.on("console", lambda message: _note_console(page, message))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", note_request)
    page.goto(address)
    return page


def _note_console(page: Any, message: Any) -> None:
    if message.type == "error":
        page.complaints.append(message.text)
