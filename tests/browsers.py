"""A browser that opens pages as their readers do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from needed import chromium


@contextmanager
def chromium_browser() -> Iterator[Any]:
    """Start Chromium; skip, or fail, where it is not installed."""
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield opened
        opened.close()
