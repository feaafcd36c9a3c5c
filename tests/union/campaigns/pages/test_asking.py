"""The page behind the link of the thanks leads to hearing how the call ends; to look changes nothing."""

from sqlalchemy.orm import Session

from fediunion.union.campaigns.models import ContactConsent, Route, Signature
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.links import ASK_NEWS, withdraw_link
from fediunion.union.campaigns.signing.rows import add_signature
from tests.oauth.rig import Desk, fields_of
from tests.social.builders import remote_actor
from tests.union.campaigns.pages.stage import put


async def test_who_voted_elsewhere_asks_to_hear_on_the_page_that_withdraws(desk: Desk) -> None:
    call = await put(desk)

    def sign(session: Session) -> Signature:
        bob = remote_actor(session, "mastodon.example", "bob")
        session.flush()
        return add_signature(session, call_lock(session, call.id), Route.VOTE, actor=bob)

    signature: Signature = await desk.db.write(sign)
    browser = desk.browser()
    looked = await browser.get(withdraw_link(signature.id, desk.union.world.settings))
    assert "Be told how it ends" in looked.text
    ask = looked.text.partition(f"{ASK_NEWS}?link=")[2].partition('"')[0]
    page = await browser.get(f"{ASK_NEWS}?link={ask}")
    assert (page.status_code, await desk.rows(ContactConsent)) == (200, [])
    assert (page.headers["cache-control"], page.headers["x-robots-tag"]) == ("no-store", "noindex")
    done = await browser.post(ASK_NEWS, fields_of(page.text))
    assert "You will be told how it ends." in done.text
    assert [row.actor_id for row in await desk.rows(ContactConsent)] == [signature.actor_id]
    assert (
        "Be told how it ends"
        not in (await browser.get(withdraw_link(signature.id, desk.union.world.settings))).text
    )
