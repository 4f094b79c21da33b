"""A browser that opens reports as their readers do."""

import os
from collections.abc import Iterator

import pytest
from needed import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield opened
        opened.close()
