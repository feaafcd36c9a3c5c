"""/join: what it asks, what comes of it, and what nobody learns from it."""

import re
from collections.abc import AsyncIterator

import pytest

from fediunion.actors.models import Actor
from fediunion.config import InviteMakers, MailMode, RegistrationMode
from fediunion.members.invites.service import make_invite
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.members.sign_ups import approve_sign_up
from tests.oauth.rig import PASSWORD, Desk, fields_of
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import TYPED, join, link_in, mails, send


@pytest.fixture
async def desk(opened: Opening) -> AsyncIterator[Desk]:
    """An instance that is no trial: there an address has to be confirmed."""
    async with opened(production=True) as made:
        yield made


async def test_who_joins_confirms_the_address_and_signs_in(desk: Desk) -> None:
    browser = desk.browser()
    answer = await join(browser, reach="followable")
    assert answer.status_code == 200
    assert "clara@home.example" in answer.text
    assert (await browser.sign_in(TYPED["username"], TYPED["password"])).status_code == 422
    letter = (await mails(desk))["clara@home.example"]
    done = await send(browser, link_in(letter))
    assert "You can sign in." in done.text
    assert "/sign-in?next=%2Fwelcome" in done.text
    signed_in = await browser.sign_in(TYPED["username"], TYPED["password"], then="/welcome")
    assert signed_in.headers["location"] == "/welcome"
    page = (await browser.get("/welcome")).text
    assert "You are followable" in page
    assert "Set up a second step" in page
    (actor,) = [row for row in await desk.rows(Actor) if row.username == TYPED["username"]]
    assert actor.reach == "followable"


async def test_the_form_suggests_a_name_and_another_and_keeps_what_was_typed(desk: Desk) -> None:
    browser = desk.browser()
    page = (await browser.get("/join")).text
    (first,) = re.findall(r'name="username" value="([a-z_0-9]+)"', page)
    answer = await browser.post(
        "/join", fields_of(page) | TYPED | {"do": "another", "reach": "public", "password": "typed already!"}
    )
    assert answer.status_code == 200
    (second,) = re.findall(r'name="username" value="([a-z_0-9]+)"', answer.text)
    assert re.fullmatch(r"[a-z]+_[a-z]+_\d\d", second)
    assert first != ""
    assert f"@{second}@us.example" in answer.text
    assert 'value="clara@home.example"' in answer.text
    assert 'value="public" checked' in answer.text
    assert "typed already!" not in answer.text
    assert await desk.rows(Member) == []


async def test_the_reach_question_has_three_equal_answers_hidden_first_with_the_real_answer(
    desk: Desk,
) -> None:
    page = (await desk.browser().get("/join")).text
    assert re.findall(r'name="reach" id="reach-\d" value="(\w+)"', page) == ["hidden", "followable", "public"]
    assert len(set(re.findall(r'<div class="([^"]*)"><input type="radio" name="reach"', page))) == 1
    real = await desk.http.get("/.well-known/webfinger", params={"resource": "acct:nobody@us.example"})
    assert f"{real.status_code} {real.json()['error']}" in page


WRONG = {
    "no name": ({"username": ""}, "This cannot be empty."),
    "a reserved name": ({"username": "admin"}, "The name admin is reserved."),
    "a taken name": ({"username": "ANA"}, "This name is in use."),
    "a bad name": ({"username": "two words"}, "A name has 1 to 30 letters"),
    "no address": ({"email": ""}, "This cannot be empty."),
    "a double address": ({"email": "a@us.example@evil.example"}, "This is not an e-mail address"),
    "an address elsewhere": ({"email": "a@evil.example"}, "Accounts need an e-mail address at home.example."),
    "a short password": ({"password": "short"}, "A password has at least 12 characters."),
    "no password": ({"password": ""}, "This cannot be empty."),
    "no reason": ({"reason": "  "}, "Say why you ask for an account."),
    "no consent": ({"agreement": ""}, "The rules have to be accepted."),
}


@pytest.mark.parametrize(("changes", "sentence"), WRONG.values(), ids=WRONG)
async def test_W16_what_is_wrong_is_said_and_nothing_is_made(
    opened: Opening, changes: dict[str, str], sentence: str
) -> None:
    approval = {"mode": RegistrationMode.APPROVAL, "email_domains": ("home.example",)}
    async with opened(rules=("Be fair.",), **approval) as desk:
        await desk.member("ana")
        answer = await join(desk.browser(), **changes)
        assert answer.status_code == 422
        assert sentence in answer.text
        for kept in ("email", "username", "reason"):
            assert (changes | {k: v for k, v in TYPED.items() if k not in changes})[
                kept
            ].strip() in answer.text
        assert TYPED["password"] not in answer.text
        assert len(await desk.rows(Member)) == 1


async def test_W16_an_address_at_work_is_warned_of_and_taken_all_the_same(opened: Opening) -> None:
    async with opened(employer_domains=("icty.example",)) as desk:
        browser, work = desk.browser(), "clara+x@mail.ICTY.example"
        warned = await join(browser, email=work)
        assert warned.status_code == 422
        assert "Your employer can read the mail of this address" in warned.text
        assert await desk.rows(Member) == []
        taken = await browser.post("/join", fields_of(warned.text) | TYPED | {"email": work, "warned": "1"})
        assert taken.status_code == 200
        assert len(await desk.rows(Member)) == 1


async def test_who_gives_no_address_gets_recovery_codes_once_and_is_signed_in(opened: Opening) -> None:
    async with opened(email_required=False) as desk:
        browser = desk.browser()
        await browser.get("/join")
        before = browser.cookie
        answer = await join(browser, email="")
        codes = re.findall(r"<code>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</code>", answer.text)
        assert len(set(codes)) == 10
        assert answer.headers["cache-control"] == "no-store"
        assert browser.cookie not in ("", before)
        page = (await browser.get("/settings/security")).text
        assert "You have 10 codes left." in page
        assert codes[0] not in page


async def test_who_waits_for_approval_is_told_so_and_not_signed_in(opened: Opening) -> None:
    async with opened(mode=RegistrationMode.APPROVAL, email_required=False) as desk:
        browser = desk.browser()
        answer = await join(browser, email="")
        assert "Somebody of the union decides about your account now." in answer.text
        assert (await browser.get("/settings/security")).status_code == 303
        (member,) = await desk.rows(Member)
        assert member.state == MemberState.PENDING


async def test_who_waited_is_told_by_mail_once_somebody_has_let_them_in(opened: Opening) -> None:
    async with opened(mode=RegistrationMode.APPROVAL, production=True) as desk:
        browser = desk.browser()
        await join(browser)
        link = link_in((await mails(desk))["clara@home.example"])
        (member,) = await desk.rows(Member)
        await send(browser, link)
        assert await mails(desk) == {}
        await desk.on(member, approve_sign_up)
        letter = (await mails(desk))["clara@home.example"]
        assert "Your request for an account at" in letter
        assert link_in(letter) == "/sign-in"
        assert (await browser.sign_in(TYPED["username"], TYPED["password"])).status_code == 303


async def test_nobody_is_told_to_sign_in_whose_address_is_not_confirmed_yet(opened: Opening) -> None:
    async with opened(mode=RegistrationMode.APPROVAL, production=True) as desk:
        browser = desk.browser()
        await join(browser)
        link = link_in((await mails(desk))["clara@home.example"])
        (member,) = await desk.rows(Member)
        await desk.on(member, approve_sign_up)
        assert await mails(desk) == {}
        assert "You can sign in." in (await send(browser, link)).text


async def test_an_invitation_opens_the_form_and_is_used_up(opened: Opening) -> None:
    async with opened(mode=RegistrationMode.INVITE, invites_by=InviteMakers.MEMBER, production=True) as desk:
        code = (await desk.on(await desk.member("ivo"), make_invite)).code
        browser = desk.browser()
        assert "by invitation" in (await browser.get("/join")).text
        assert 'name="username"' not in (await browser.get("/join")).text
        assert (await browser.get("/invite/unknown")).status_code == 404
        assert (await join(browser, f"/invite/{code}")).status_code == 200
        assert (await browser.get(f"/invite/{code}")).status_code == 404
        token = fields_of((await browser.get("/sign-in")).text)
        again = await browser.post("/join", token | TYPED | {"username": "ben", "invite": code})
        assert (again.status_code, "This invitation is over" in again.text) == (422, True)
        assert len(await desk.rows(Member)) == 2


async def test_a_closed_instance_says_so_and_takes_nobody(opened: Opening) -> None:
    async with opened(mode=RegistrationMode.CLOSED) as desk:
        browser = desk.browser()
        for page in ("/join", "/invite/any"):
            assert "Nobody can open an account here" in (await browser.get(page)).text
        token = fields_of((await browser.get("/sign-in")).text)
        for code in ("", "any"):
            assert (await browser.post("/join", token | TYPED | {"invite": code})).status_code == 422
        assert await desk.rows(Member) == []


async def test_W08_an_address_that_somebody_has_looks_like_any_other_and_its_owner_is_told(
    desk: Desk,
) -> None:
    await desk.member("ana")
    one, other = desk.browser(), desk.browser()
    fresh = await join(one, username="fresh_1", email="new@us.example")
    used = await join(other, username="fresh_2", email="ANA@us.example")
    said = [
        page.text.replace(mail, "X").replace(name, "Y")
        for page, mail, name in ((fresh, "new@us.example", "fresh_1"), (used, "ANA@us.example", "fresh_2"))
    ]
    assert (said[0], fresh.status_code) == (said[1], used.status_code)
    letters = await mails(desk)
    assert "You have an account" in letters["ana@us.example"]
    assert "/confirm-email?token=" in letters["new@us.example"]
    # The name is taken in both cases, and neither account opens without its mail.
    for name in ("fresh_1", "fresh_2"):
        assert "This name is in use." in (await join(one, username=name, email="x@us.example")).text
        assert "Open the link in the mail" in (await one.sign_in(name, TYPED["password"])).text
    # With the address instead of the name, neither is known.
    for email in ("new@us.example", "ana@us.example"):
        assert "The name or the password is not right." in (await one.sign_in(email, TYPED["password"])).text
    assert (await one.sign_in("ana", PASSWORD)).status_code == 303
    assert [row.confirmed_at for row in await desk.rows(SignUp)] == [None, None]


async def test_without_mail_no_address_is_asked_for_and_recovery_codes_take_its_place(
    opened: Opening,
) -> None:
    async with opened(mail=MailMode.OFF, email_domains=("elsewhere.example",)) as desk:
        await desk.member("ana")
        browser = desk.browser()
        page = (await browser.get("/join")).text
        assert ('name="email"' in page, "No mail is sent from here." in page) == (False, True)
        # What is sent all the same is not looked at.
        answer = await join(browser, email="ana@us.example")
        assert (answer.status_code, answer.text.count("<li><code>")) == (200, 10)
        assert len([member for member in await desk.rows(Member) if member.email_key is not None]) == 1


async def test_W08_another_mail_is_promised_to_everybody_and_sent_to_who_waits(desk: Desk) -> None:
    browser = desk.browser()
    await join(browser)
    await mails(desk)
    pages = []
    for name in (TYPED["username"], TYPED["email"], "nobody", "nobody@us.example"):
        sent = await send(browser, "/join/mail", name=name)
        assert sent.status_code == 303
        pages.append((await browser.get(sent.headers["location"])).text)
    assert all("a mail is on its way" in page for page in pages)
    letters = await mails(desk)
    assert list(letters) == ["clara@home.example"]
    done = await send(browser, link_in(letters["clara@home.example"]))
    assert "You can sign in." in done.text


async def test_names_are_probed_and_accounts_asked_for_so_often_and_no_more(opened: Opening) -> None:
    async with opened(limits={"enabled": True, "sign_ups_per_hour": 2}) as desk:
        browser = desk.browser()
        for number in range(2):
            answer = await join(browser, username=f"name_{number}", email=f"a{number}@us.example")
            assert answer.status_code == 200
        refused = await join(browser, username="name_3", email="a3@us.example")
        assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
        statuses = [(await join(browser, username="name_0")).status_code for _ in range(18)]
        assert statuses == [422] * 17 + [429]
        assert len(await desk.rows(Member)) == 2


async def test_fields_that_the_form_does_not_have_change_nothing(desk: Desk) -> None:
    await join(desk.browser(), role="owner", state="active")
    (member,) = await desk.rows(Member)
    assert (member.role, member.state) == (Role.MEMBER, MemberState.PENDING)
