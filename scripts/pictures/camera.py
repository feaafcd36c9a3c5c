"""A browser that takes a picture of a page, and the small file that is made of it."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.pictures.shots import Shot
from scripts.pictures.stage import HERE, Stage
from scripts.test_needs import chromium_binary

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
_COLOURS: Final = 256
_PATIENCE: Final = 120_000
_AT_REST: Final = "() => { document.activeElement?.blur(); scrollTo(0, 0); }"
# Pictures that are fetched when they come into sight have to be there, and drawn as finely as they will be.
_LOADED: Final = """async () => {
  for (const each of document.images) each.loading = "eager";
  await Promise.all([...document.images].map(each => each.decode().catch(() => null)));
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""


@dataclass
class Camera:
    """Takes pictures of the pages of the story's union."""

    browser: Browser
    stage: Stage

    def take(self, shot: Shot, folder: Path = FOLDER) -> Path:
        """Write the picture as WebP without loss; return its path. The same page gives the same file."""
        context = self.browser.new_context(
            viewport={"width": shot.width, "height": shot.height},
            color_scheme="dark" if shot.dark else "light",
            ignore_https_errors=True,
            reduced_motion="reduce",
            locale="en",
        )
        context.set_default_timeout(_PATIENCE)
        if shot.viewer:
            cookie: Any = {
                "name": "__Host-session",
                "value": self.stage.cookies[shot.viewer],
                "url": f"https://{HERE}",
                "secure": True,
            }
            context.add_cookies([cookie])
        page = context.new_page()
        try:
            address = shot.address % self.stage.places
            joint = "&" if "?" in address else "?"
            answer = page.goto(f"https://{HERE}{address}{joint}lang={shot.language}")
            if answer is None or answer.status != 200:
                raise RuntimeError(f"{address} is {answer and answer.status}")
            page.locator("html[data-ready]").wait_for(state="attached")
            shot.before(page)
            return _write(folder / f"{shot.name}.webp", self._photograph(page, shot))
        finally:
            context.close()

    def _photograph(self, page: Page, shot: Shot) -> bytes:
        page.evaluate(_AT_REST)
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": shot.width, "height": min(whole, shot.longest)})
        page.evaluate(_LOADED)
        return page.screenshot(animations="disabled", caret="hide")


@contextmanager
def camera_on(stage: Stage, port: int) -> Iterator[Camera]:
    """Give a camera whose browser finds the union at that port of this machine, and nobody else."""
    binary = chromium_binary()
    if binary is None:
        raise RuntimeError("Chromium is needed.")
    flags = [
        f"--host-resolver-rules=MAP {HERE}:443 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        *("--disable-gpu", "--disable-checker-imaging", "--disable-low-res-tiling"),
        "--font-render-hinting=none",
        *(("--no-sandbox",) if os.geteuid() == 0 else ()),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=flags, timeout=_PATIENCE)
        yield Camera(browser, stage)
        browser.close()


def _write(path: Path, png: bytes) -> Path:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    # Without the second look (kmeans) the colours of small faces become grey.
    few = image.quantize(_COLOURS, Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE).convert(
        "RGB"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    few.save(path, "WEBP", lossless=True, quality=60, method=4)
    return path
