"""Sending the form of a post, as a browser without scripts does it."""

from collections.abc import Sequence
from typing import Any

import httpx

from tests.oauth.rig import BASE, Browser, fields_of

NO_FILE = ("", b"", "application/octet-stream")


async def send_form(
    browser: Browser, fields: dict[str, Any], *, page: str = "/compose", files: Sequence[bytes] = ()
) -> httpx.Response:
    """Open the form, fill `fields` in beside its hidden ones, and send it."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    return await send_again(browser, shown.text, fields, files=files)


async def send_again(
    browser: Browser, shown: str, fields: dict[str, Any], *, files: Sequence[bytes] = ()
) -> httpx.Response:
    """Send the form of a page that was shown."""
    form = shown.partition('id="compose"')[2].partition("</form>")[0]
    several = [("files[]", ("a.png", body, "image/png")) for body in files] or [("files[]", NO_FILE)]
    return await browser.http.post(
        "/uploads/post",
        data=fields_of(form) | {"do": "publish"} | fields,
        files=several,
        headers={"Origin": BASE, "Sec-Fetch-Site": "same-origin"},
    )
