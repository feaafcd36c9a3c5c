"""Asking for an account by an app: who may, what is checked, and who lets the member in."""

from typing import Any

import pytest

from fediunion.config import Limits, RegistrationMode
from fediunion.members.models import Role
from tests.api.mastodon.admin.staff import audited, staff
from tests.api.mastodon.registration.asking import HOME, PATH, PENDING, Opening, app_of, ask, with_token


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


async def test_all_that_is_wrong_is_said_at_once(opening: Opening) -> None:
    async with opening() as rig:
        app = await app_of(rig)
        answer = await app.ask("POST", PATH, json={})
        assert set(answer.json()["details"]) == {"username", "email", "password", "agreement"}


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


async def test_nobody_outside_knows_of_who_waits_to_be_let_in(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        await ask(await app_of(rig))
        answer = await rig.http.get("/.well-known/webfinger", params={"resource": "acct:clara@union.test"})
        assert answer.status_code == 404
        assert (await rig.anonymous.ask("GET", "/api/v1/accounts/lookup?acct=clara")).status_code == 404


async def test_a_suspension_that_ends_lets_nobody_in_who_was_not_approved(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL) as rig:
        moderator = await staff(rig, "mona", Role.MODERATOR)
        await ask(await app_of(rig))
        (waiting,) = await moderator.get(PENDING, pending="true")
        await moderator.post(f"{PENDING}/{waiting['id']}/action", type="suspend")
        left = await moderator.post(f"{PENDING}/{waiting['id']}/unsuspend")
        assert (left["suspended"], left["approved"]) == (False, False)
