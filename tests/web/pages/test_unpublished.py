"""Drafts: why a scheduled post could not be published, in the language of whoever reads it."""

from fediunion.kit.sentences import Sentence
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.service import set_aside
from tests.oauth.rig import Desk
from tests.web.pages.composing import send_form


async def test_why_a_post_was_not_published_is_told_in_the_readers_language(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    moment = desk.clock.now().replace(year=desk.clock.now().year + 1)
    await send_form(browser, {"text": "Later", "at": moment.strftime("%Y-%m-%dT%H:%M")})
    (row,) = await desk.rows(UnpublishedPost)
    await desk.db.write(set_aside, row.id, Sentence("There is no such post."))
    assert "It could not be published:" in (await browser.get("/drafts")).text
    assert "There is no such post." in (await browser.get("/drafts")).text
    french = (await browser.get("/drafts?lang=fr")).text
    assert "Ce message n’existe pas." in french
    assert "There is no such post." not in french
