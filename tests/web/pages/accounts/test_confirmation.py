"""/confirm-email: it names the accounts that were asked for with an address, and opens the one chosen."""

import re
from collections.abc import AsyncIterator

import pytest

from fediunion.members.sign_ups import sign_up
from fediunion.members.unconfirmed import MOST_NAMED
from tests.fakes.union import new_keys
from tests.oauth.rig import Desk, fields_of, password_hash
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import TYPED, join, link_in, mails, send

THEIRS = "the employer knows this one"


@pytest.fixture
async def desk(opened: Opening) -> AsyncIterator[Desk]:
    """An instance that is no trial: there an address has to be confirmed."""
    async with opened(production=True) as made:
        yield made


async def squat(desk: Desk, name: str = "doomed_name") -> None:
    """Ask for an account with the address of Clara and a password that is not hers."""
    assert (await join(desk.browser(), username=name, password=THEIRS)).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_W25_the_page_names_the_account_before_it_opens(desk: Desk, language: str) -> None:
    await squat(desk)
    link = link_in((await mails(desk))[TYPED["email"]])
    page = (await desk.browser().get(f"{link}&lang={language}")).text
    assert "<b><bdi>@doomed_name</bdi></b>" in page
    assert page.count('name="account"') == 1
    # Who hears the page is told by the button, too.
    assert '<span class="vh"> @doomed_name</span></button>' in page


async def test_W25_who_joins_finds_their_own_account_beside_that_of_a_stranger(desk: Desk) -> None:
    await squat(desk)
    browser, stranger = desk.browser(), desk.browser()
    joined = await join(browser)
    assert "<bdi>@quiet_stream_38</bdi>" in joined.text
    link = link_in((await mails(desk))[TYPED["email"]])
    page = (await browser.get(link)).text
    assert re.findall(r"<b><bdi>(@\w+)</bdi></b>", page) == ["@quiet_stream_38", "@doomed_name"]
    done = await browser.post("/confirm-email", fields_of(page) | {"account": TYPED["username"]})
    assert "You can sign in." in done.text
    assert (await browser.sign_in(TYPED["email"], TYPED["password"])).status_code == 303
    refused = await stranger.sign_in("doomed_name", THEIRS)
    assert "Open the link in the mail" in refused.text
    over = await stranger.post(
        "/confirm-email", fields_of(page) | fields_of(refused.text) | {"account": "doomed_name"}
    )
    assert (over.status_code, "This link was used, or is too old." in over.text) == (422, True)
    assert (await browser.get(link)).status_code == 404


@pytest.mark.parametrize("account", ["ana", "nobody", "", "<b>x</b>"], ids=repr)
async def test_W25_an_account_that_the_address_was_not_given_for_is_not_opened(
    desk: Desk, account: str
) -> None:
    await desk.member("ana")
    await squat(desk)
    link = link_in((await mails(desk))[TYPED["email"]])
    refused = await send(desk.browser(), link, account=account)
    assert refused.status_code == 422
    assert ("nobody asked for an account of that name" in refused.text) is bool(account)
    assert "<b>x</b>" not in refused.text
    assert "@doomed_name" in refused.text


async def test_W25_an_account_that_is_not_among_the_newest_is_found_by_its_name(desk: Desk) -> None:
    browser = desk.browser()
    await join(browser)
    link = link_in((await mails(desk))[TYPED["email"]])
    for number in range(MOST_NAMED):
        desk.clock.advance(seconds=1)
        await desk.db.write(
            sign_up,
            username=f"doomed_{number}",
            email=TYPED["email"],
            password_hash=password_hash(),
            keys=new_keys(desk.union.world.settings),
        )
    page = (await browser.get(link)).text
    assert len(re.findall(r"<b><bdi>@doomed_\d+</bdi></b>", page)) == MOST_NAMED
    assert TYPED["username"] not in page
    done = await browser.post(
        "/confirm-email", fields_of(page) | {"account": f" {TYPED['username'].upper()}"}
    )
    assert "You can sign in." in done.text


async def test_W25_who_confirms_another_address_sees_whose_account_it_is_for(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    await send(browser, "/settings/email", email="new@us.example")
    letter = (await mails(desk))["new@us.example"]
    assert "the account @ana at" in letter
    page = (await desk.browser().get(link_in(letter))).text
    assert "<b><bdi>@ana</bdi></b>" in page
