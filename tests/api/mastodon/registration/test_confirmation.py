"""Confirming the address of an account by the mail that goes to it."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.config import RegistrationMode
from fediunion.members.jobs import tidy
from fediunion.members.mail.jobs import send_mail
from fediunion.members.models import QueuedMail, Role
from fediunion.members.service import create_member
from tests.api.mastodon.admin.staff import staff
from tests.api.mastodon.registration.asking import HOME, Opening, app_of, ask, with_token
from tests.api.rig import Rig
from tests.fakes.union import new_keys


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
        assert await confirmed(rig, linked_token(first)) == 404
        rig.clock.advance(hours=25)
        assert await confirmed(rig, linked_token(second)) == 404


async def confirmed(rig: Rig, token: str) -> int:
    """Return the status of the page of a link, or of its form once it is sent."""
    page = await rig.http.get("/confirm-email", params={"token": token})
    if page.status_code != 200:
        return page.status_code
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    return (await rig.http.post("/confirm-email", data=form)).status_code


TAKEN, FREE = "ana@union.example", "zetkin@union.example"


def ana_with_address(session: Session, keys: NewKeys) -> None:
    """Make a member who has an address."""
    create_member(session, username="ana", keys=keys, email=TAKEN)


@pytest.mark.parametrize("email", [TAKEN, FREE], ids=["a member's", "nobody's"])
async def test_W08_an_address_of_a_member_is_answered_like_any_other_and_the_member_is_told(
    opening: Opening, email: str
) -> None:
    async with opening(mail=True) as rig:
        await rig.world.db.write(ana_with_address, new_keys(rig.world.settings))
        app = await app_of(rig)
        wrong = await ask(app, email=email, password="short")
        assert list(wrong.json()["details"]) == ["password"]
        asked = await ask(app, email=email.upper())
        assert asked.status_code == 200
        clara = with_token(rig.anonymous, asked)
        again = await clara.ask("POST", "/api/v1/emails/confirmations")
        assert (again.status_code, again.text) == (200, "{}")
        assert await clara.get("/api/v1/emails/check_confirmation") is False
        assert (await clara.ask("GET", HOME)).status_code == 403
        assert {"You have an account" in letter for letter in await mails(rig)} == {email == TAKEN}


@pytest.mark.parametrize("email", [TAKEN, FREE], ids=["a member's", "nobody's"])
async def test_W08_another_address_that_is_a_members_is_answered_like_any_other(
    opening: Opening, email: str
) -> None:
    async with opening(mail=True) as rig:
        await rig.world.db.write(ana_with_address, new_keys(rig.world.settings))
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        for more in ({"email": email}, {}):
            answer = await clara.ask("POST", "/api/v1/emails/confirmations", json=more)
            assert (answer.status_code, answer.text) == (200, "{}")
        first, *later = await mails(rig)
        assert {"You have an account" in letter for letter in later} == {email == TAKEN}
        # The link of the first mail is dead in any case: else it would say which it was.
        assert await confirmed(rig, linked_token(first)) == 404


async def test_W25_an_address_that_somebody_named_and_nobody_confirmed_is_free_for_another_request(
    opening: Opening,
) -> None:
    async with opening(mail=True) as rig:
        app = await app_of(rig)
        doomed = with_token(rig.anonymous, await ask(app, username="doomed", password="one of the employer"))
        clara = with_token(rig.anonymous, await ask(app))
        first, second = await mails(rig)
        assert ("@doomed" in first, "@clara" in second) == (True, True)
        page = await rig.http.get("/confirm-email", params={"token": linked_token(first)})
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        done = await rig.http.post("/confirm-email", data=form | {"account": "clara"})
        assert done.status_code == 200
        confirmed = [await each.get("/api/v1/emails/check_confirmation") for each in (clara, doomed)]
        assert confirmed == [True, False]
        # To ask for the mail once more tells nothing, and sends none to who has the address now.
        assert (await doomed.ask("POST", "/api/v1/emails/confirmations")).status_code == 200
        assert len(await mails(rig)) == 2


async def test_an_administrator_sees_the_address_that_a_request_names(opening: Opening) -> None:
    async with opening(RegistrationMode.APPROVAL, mail=True) as rig:
        admin = await staff(rig, "adam", Role.ADMIN)
        await ask(await app_of(rig))
        (found,) = await admin.get("/api/v1/admin/accounts", email="Clara@union.example")
        shown = await admin.get(f"/api/v1/admin/accounts/{found['id']}")
        assert (shown["email"], shown["confirmed"]) == ("clara@union.example", False)


async def test_who_does_not_confirm_within_a_week_is_erased(opening: Opening) -> None:
    async with opening(mail=True) as rig:
        clara = with_token(rig.anonymous, await ask(await app_of(rig)))
        rig.clock.advance(days=6)
        await tidy(rig.world, {})
        assert await clara.get("/api/v1/emails/check_confirmation") is False
        rig.clock.advance(days=2)
        await tidy(rig.world, {})
        assert (await clara.ask("GET", "/api/v1/emails/check_confirmation")).status_code == 401
