"""Who joins and signs in: what is typed, the mail that comes, codes of an app, passkeys without a browser."""

import email
import email.policy
import re
from typing import Any, Final

import httpx
import pyotp

from tests.fakes.authenticator import Authenticator
from tests.fakes.union import settle
from tests.oauth.rig import BASE, Browser, Desk, fields_of

TYPED: Final = {
    "username": "quiet_stream_38",
    "email": "clara@home.example",
    "password": "five words that nobody guesses",
    "reach": "hidden",
    "language": "en",
    "reason": "I am a nurse in Nairobi",
    "agreement": "1",
    "do": "join",
}


async def join(browser: Browser, page: str = "/join", **changes: str) -> httpx.Response:
    """Fill in the form of a page and send it."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    return await browser.post("/join", fields_of(shown.text) | TYPED | changes)


async def mails(desk: Desk) -> dict[str, str]:
    """Send what waits; return the text of the letters by whom they are to, and forget them."""
    folder = desk.union.world.settings.mail.dir
    await settle(desk.union)
    found = {}
    for path in sorted(folder.glob("*.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        found[str(letter["to"])] = f"{letter['subject']}\n{letter.get_content()}"
        path.unlink()
    return found


def link_in(text: str) -> str:
    """Return the path of the first link of a letter."""
    (link, *_) = re.findall(rf"{BASE}(/[^\s<]+)", text)
    return str(link)


async def send(browser: Browser, page: str, action: str = "", **fields: str) -> httpx.Response:
    """Open a page and send its form, to `action` or the page itself."""
    shown = await browser.get(page)
    assert shown.status_code == 200, (shown.status_code, shown.headers.get("location"))
    return await browser.post(action or page.partition("?")[0], fields_of(shown.text) | fields)


async def with_app(desk: Desk, browser: Browser) -> pyotp.TOTP:
    """Set an authenticator app up in a browser that is signed in; return the app."""
    shown = await send(browser, "/settings/security/app")
    secret = re.findall(r"<code dir=\"ltr\">([A-Z2-7 ]+)</code>", shown.text)[0].replace(" ", "")
    app = pyotp.TOTP(secret)
    done = await browser.post(
        "/settings/security/app/code", fields_of(shown.text) | {"code": code_of(desk, app)}
    )
    assert done.status_code in (200, 303), done.text
    return app


def code_of(desk: Desk, app: pyotp.TOTP) -> str:
    """Return what the app shows now."""
    return app.at(desk.clock.now())


async def with_passkey(browser: Browser, name: str = "Phone") -> Authenticator:
    """Add a passkey in a browser that is signed in; return the device."""
    device = Authenticator(BASE)
    page = "/settings/security/passkeys"
    options = await asked(browser, page, f"{page}/options")
    done = await send(browser, page, answer=device.make(options), name=name)
    assert done.status_code in (200, 303), done.text
    return device


async def asked(browser: Browser, page: str, path: str) -> str:
    """Return the options that the script of a page asks for, with nothing but its token."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    answer = await browser.post(path, {"form_token": token})
    assert answer.status_code == 200, answer.text
    return answer.text


async def first_step(browser: Browser, then: str = "/settings/apps", name: str = "ana") -> httpx.Response:
    """Sign in by password; return the page of the second step."""
    away = await browser.sign_in(name, then=then)
    assert away.headers["location"].startswith("/sign-in/second?"), away.headers
    return await browser.get(away.headers["location"])


async def second_step(browser: Browser, page: httpx.Response, **fields: Any) -> httpx.Response:
    """Send the code of the second step."""
    return await browser.post("/sign-in/second", fields_of(page.text) | fields)
