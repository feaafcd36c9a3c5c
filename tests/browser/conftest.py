"""Chromium, a running instance with a member, and a client of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.test_needs import chromium_binary
from tests.browser.oauth_client import OAuthClient
from tests.processes.running import PATIENCE_SECONDS, Instance, Server

PASSWORD = "correct horse battery staple"
_QUIET = (
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium. Not for the session: its driver holds the loop that other tests run in."""
    binary = chromium_binary()
    assert binary is not None, "Chromium is needed: scripts/test_needs.py installs it"
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_SECONDS * 1000)
        browser = playwright.chromium.launch(
            executable_path=binary, args=[*_QUIET, *as_root], timeout=PATIENCE_SECONDS * 1000
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A running instance with the member ana."""
    folder: Path = tmp_path_factory.mktemp("browser") / "union-a"
    made = Instance.new(folder)
    password = folder / "password"
    password.write_text(PASSWORD)
    address = "ana@union.example"
    made.succeed("member", "create", "ana", "--email", address, "--password-file", password)
    server = Server("--config", made.config, "serve")
    yield made
    server.kill()


@pytest.fixture
def client(instance: Instance) -> Iterator[OAuthClient]:
    """A client on another port."""
    running = OAuthClient(instance.host, instance.port)
    yield running
    running.stop()
