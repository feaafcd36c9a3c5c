"""Asking for an account by an app: who may, what is checked, and what has to happen before it is good."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.app.application import create_app
from fediunion.config import (
    DatabaseSettings,
    Limits,
    Mail,
    MailMode,
    Registration,
    RegistrationMode,
    Settings,
)
from fediunion.members.jobs import tidy_sign_ups
from fediunion.members.mail.jobs import send_mail
from fediunion.members.models import QueuedMail, Role
from tests.api.mastodon.admin.staff import audited, staff
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock

GOOD = {
    "username": "clara",
    "email": "clara@union.example",
    "password": "a long enough sentence",
    "agreement": True,
    "locale": "en",
    "reason": "I am a nurse",
}
PATH = "/api/v1/accounts"
HOME = "/api/v1/timelines/home"
PENDING = "/api/v1/admin/accounts"
Opening = Callable[..., AbstractAsyncContextManager[Rig]]


@pytest.fixture
def opening(databases: Databases, settings: Settings, clock: FakeClock) -> Opening:
    """Opens an instance with the mode of registration, whether it sends mail, and more settings."""

    @asynccontextmanager
    async def opened(
        mode: RegistrationMode = RegistrationMode.OPEN, *, mail: bool = False, **more: Any
    ) -> AsyncIterator[Rig]:
        changed = replace(
            settings,
            database=DatabaseSettings(url=databases.with_tables()),
            registration=Registration(mode=mode, email_domains=more.pop("email_domains", ())),
            mail=settings.mail if mail else Mail(mode=MailMode.OFF),
            **more,
        )
        async with rig_for(changed, clock) as rig:
            transport = httpx.ASGITransport(app=create_app(rig.world))
            async with httpx.AsyncClient(transport=transport, base_url=changed.base_url) as http:
                yield replace(rig, http=http)

    return opened


async def app_of(rig: Rig, scopes: str = "read write") -> Client:
    """Return an app with a token of its own."""
    body = {"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}
    app = (await rig.anonymous.ask("POST", "/api/v1/apps", json=body)).json()
    form = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "scope": scopes,
    }
    token = (await rig.http.post("/oauth/token", data=form)).json()
    return Client(rig.http, rig.clock, 0, token["access_token"])


async def ask(app: Client, **changes: Any) -> httpx.Response:
    return await app.ask("POST", PATH, json=GOOD | changes)


def with_token(app: Client, answer: httpx.Response) -> Client:
    return replace(app, bearer=answer.json()["access_token"])


async def test_an_open_instance_gives_an_account_whose_token_is_good_at_once(opening: Opening) -> None:
    async with opening() as rig:
        answer = await ask(await app_of(rig))
        assert answer.status_code == 200
        assert set(answer.json()) == {"access_token", "token_type", "scope", "created_at"}
        assert answer.headers["cache-control"] == "no-store"
        clara = with_token(rig.anonymous, answer)
        assert (await clara.get("/api/v1/accounts/verify_credentials"))["username"] == "clara"
        assert await clara.get("/api/v1/emails/check_confirmation") is True


async def test_with_approval_the_token_is_good_when_somebody_has_let_the_member_in(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        moderator = await staff(rig, "mona", Role.MODERATOR)
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        refused = await clara.ask("GET", HOME)
        assert (refused.status_code, refused.json()["error"]) == (
            403,
            "Your login is currently pending approval",
        )
        (waiting,) = await moderator.get(PENDING, pending="true")
        assert (waiting["invite_request"], waiting["approved"], waiting["confirmed"]) == (
            *("I am a nurse", False),
            True,
        )
        assert waiting["created_by_application_id"] is not None
        done = await moderator.post(f"{PENDING}/{waiting['id']}/approve")
        assert (done["approved"], done["invite_request"]) == (True, None)
        assert (await clara.ask("GET", HOME)).status_code == 200
        again = await moderator.ask("POST", f"{PENDING}/{waiting['id']}/approve")
        assert again.status_code == 403
        assert await audited(rig) == [("mona", "member.approve", "")]


async def test_who_is_rejected_is_erased(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        moderator = await staff(rig, "mona", Role.MODERATOR)
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        (waiting,) = await moderator.get(PENDING, pending="true")
        await moderator.post(f"{PENDING}/{waiting['id']}/reject")
        assert (await clara.ask("GET", HOME)).status_code == 401
        assert await moderator.get(PENDING, pending="true") == []


@pytest.mark.parametrize("mode", [RegistrationMode.CLOSED, RegistrationMode.INVITE])
async def test_where_registration_is_closed_nobody_gets_an_account(
    opening: Opening, mode: RegistrationMode
) -> None:
    async with opening(mode) as rig:
        assert (await ask(await app_of(rig))).status_code == 403


async def test_only_an_app_with_a_token_of_its_own_and_the_scope_may_ask(opening: Opening) -> None:
    async with opening() as rig:
        ana = await rig.member("ana")
        assert (await ask(rig.anonymous)).status_code == 401
        assert (await ask(ana)).status_code == 422
        assert (await ask(await app_of(rig, "read"))).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"username": ""}, "username", "ERR_BLANK"),
        ({"username": "Clara Zetkin"}, "username", "ERR_INVALID"),
        ({"username": "admin"}, "username", "ERR_RESERVED"),
        ({"username": "ANA"}, "username", "ERR_TAKEN"),
        ({"email": ""}, "email", "ERR_BLANK"),
        ({"email": "nobody"}, "email", "ERR_INVALID"),
        ({"email": "clara@elsewhere.example"}, "email", "ERR_BLOCKED"),
        ({"email": "clara@evil.example@union.example"}, "email", "ERR_INVALID"),
        ({"email": "clara@throwaway.union.example"}, "email", "ERR_BLOCKED"),
        ({"email": "wic.ked+1@union.example"}, "email", "ERR_BLOCKED"),
        ({"password": ""}, "password", "ERR_BLANK"),
        ({"password": "short"}, "password", "ERR_INVALID"),
        ({"agreement": False}, "agreement", "ERR_ACCEPTED"),
    ],
)
async def test_W16_what_is_wrong_is_said_by_field_and_nothing_is_made(
    opening: Opening, changes: dict[str, Any], field: str, code: str
) -> None:
    async with opening(email_domains=("union.example",)) as rig:
        admin = await staff(rig, "adam", Role.ADMIN)
        await rig.member("ana")
        await admin.post("/api/v1/admin/email_domain_blocks", domain="throwaway.union.example")
        await admin.post("/api/v1/admin/canonical_email_blocks", email="wicked@union.example")
        answer = await ask(await app_of(rig), **changes)
        assert answer.status_code == 422
        details = answer.json()["details"]
        assert list(details) == [field]
        assert details[field][0]["error"] == code
        assert await admin.get(PENDING, username="clara") == []


async def test_all_that_is_wrong_is_said_at_once_and_an_address_is_used_once(opening: Opening) -> None:
    async with opening() as rig:
        app = await app_of(rig)
        answer = await app.ask("POST", PATH, json={})
        assert set(answer.json()["details"]) == {"username", "email", "password", "agreement"}
        assert (await ask(app)).status_code == 200
        again = await ask(app, username="other", email="CLARA@union.example")
        assert again.json()["details"]["email"][0]["error"] == "ERR_TAKEN"


async def test_where_somebody_decides_a_reason_is_needed(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        answer = await ask(await app_of(rig), reason=" ")
        assert answer.json()["details"]["reason"][0]["error"] == "ERR_BLANK"


async def test_O13_nobody_signs_up_as_more_than_a_member(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        answer = await ask(await app_of(rig), role="owner", approved=True, confirmed=True, state="active")
        assert (await with_token(rig.anonymous, answer).ask("GET", HOME)).status_code == 403


async def test_O20_sign_ups_and_mails_are_counted_by_caller_and_by_address(opening: Opening) -> None:
    limits = Limits(sign_ups_per_hour=2)
    async with opening(mail=True, limits=limits) as rig:
        app = await app_of(rig)
        clara = with_token(rig.anonymous, await ask(app))
        assert (await clara.ask("POST", "/api/v1/emails/confirmations")).status_code == 200
        refused = await clara.ask("POST", "/api/v1/emails/confirmations")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert (await ask(app, username="dora", email="dora@union.example")).status_code == 429


async def mails(rig: Rig) -> list[str]:
    """Hand over what waits, and return the mails in the folder, the oldest first."""

    def waiting(session: Session) -> list[int]:
        return list(session.scalars(select(QueuedMail.id).order_by(QueuedMail.id)))

    for mail_id in await rig.world.db.read(waiting):
        await send_mail(rig.world, {"mail_id": mail_id})
    return [path.read_text() for path in sorted(rig.world.settings.mail.dir.glob("*.eml"))]


async def test_an_address_is_confirmed_by_a_button_on_the_page_that_the_mail_leads_to(
    opening: Opening,
) -> None:
    async with opening(mail=True) as rig:
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        assert (await clara.ask("GET", HOME)).status_code == 403
        assert await clara.get("/api/v1/emails/check_confirmation") is False
        (mail,) = await mails(rig)
        token = linked_token(mail)
        page = await rig.http.get("/confirm-email", params={"token": token})
        assert page.status_code == 200
        assert await clara.get("/api/v1/emails/check_confirmation") is False
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        done = await rig.http.post("/confirm-email", data=form)
        assert "Your address is confirmed" in done.text
        assert (await clara.ask("GET", HOME)).status_code == 200
        assert (await rig.http.post("/confirm-email", data=form)).status_code == 422
        again = await clara.ask("POST", "/api/v1/emails/confirmations")
        assert again.status_code == 403


def linked_token(mail: str) -> str:
    joined = mail.replace("=\n", "").replace("=3D", "=")
    found = re.search(r"https://union\.test/confirm-email\?token=(\S+)", joined)
    assert found is not None, mail
    return found[1]


async def test_a_second_mail_ends_the_first_link_and_may_go_to_another_address(opening: Opening) -> None:
    async with opening(mail=True) as rig:
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        answer = await clara.ask(
            "POST", "/api/v1/emails/confirmations", json={"email": "zetkin@union.example"}
        )
        assert answer.status_code == 200
        first, second = await mails(rig)
        assert ("To: clara@union.example" in first, "To: zetkin@union.example" in second) == (True, True)
        assert await confirmed(rig, linked_token(first)) == 422
        rig.clock.advance(hours=25)
        assert await confirmed(rig, linked_token(second)) == 422


async def confirmed(rig: Rig, token: str) -> int:
    page = await rig.http.get("/confirm-email", params={"token": token})
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    return (await rig.http.post("/confirm-email", data=form)).status_code


async def test_nobody_outside_knows_of_who_waits_to_be_let_in(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        await ask(await app_of(rig))
        answer = await rig.http.get("/.well-known/webfinger", params={"resource": "acct:clara@union.test"})
        assert answer.status_code == 404
        assert (await rig.anonymous.ask("GET", "/api/v1/accounts/lookup?acct=clara")).status_code == 404


async def test_who_does_not_confirm_within_a_week_is_erased(opening: Opening) -> None:
    async with opening(mail=True) as rig:
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        rig.clock.advance(days=6)
        await tidy_sign_ups(rig.world, {})
        assert await clara.get("/api/v1/emails/check_confirmation") is False
        rig.clock.advance(days=2)
        await tidy_sign_ups(rig.world, {})
        assert (await clara.ask("GET", "/api/v1/emails/check_confirmation")).status_code == 401


async def test_a_suspension_that_ends_lets_nobody_in_who_was_not_approved(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        moderator = await staff(rig, "mona", Role.MODERATOR)
        await ask(await app_of(rig))
        (waiting,) = await moderator.get(PENDING, pending="true")
        await moderator.post(f"{PENDING}/{waiting['id']}/action", type="suspend")
        left = await moderator.post(f"{PENDING}/{waiting['id']}/unsuspend")
        assert (left["suspended"], left["approved"]) == (False, False)
