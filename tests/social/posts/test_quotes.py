"""Quotes with consent, FEP-044f, both ways; row A31."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.kit.errors import Invalid
from fediunion.social.posts.models import Post, QuoteApproval
from fediunion.social.posts.service import quotes
from fediunion.social.posts.service.publishing import change_quote_policy
from fediunion.social.posts.service.rendering import author_view, render
from tests.fakes.stranger import Json, StrangeActor
from tests.social.posts.scene import BASE, Scene, ours
from tests.social.posts.test_endpoints import fetch, json_of


async def _quoted(scene: Scene) -> Post:
    """Return a post of Bob that we know."""
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Quote me")
    await scene.receive(scene.bob.create(note))
    return await scene.stored(note["id"])


async def _our_quote(scene: Scene) -> tuple[Post, Json]:
    quoted = await _quoted(scene)
    quoting = await scene.union.post("ana", "As Bob says", quote_of_id=quoted.id)
    (request,) = await scene.sent("QuoteRequest")
    return quoting, request


async def test_our_quote_is_asked_for_and_shown_once_its_author_agrees(scene: Scene) -> None:
    quoting, request = await _our_quote(scene)
    assert (await scene.stored(quoting.uri)).quote_state == quotes.PENDING
    consent = f"{scene.bob.uri}/consents/1"
    accept = scene.bob.activity("Accept", request["id"], result=consent)
    assert await scene.receive(accept) == "done"
    shown = await scene.stored(quoting.uri)
    # The words are as they were: nobody is told that they were edited.
    assert (shown.quote_state, shown.edited_at) == (quotes.ACCEPTED, None)
    (update,) = await scene.sent("Update")
    assert (update["object"]["quoteAuthorization"], "updated" in update["object"]) == (consent, False)


async def test_a_revoked_consent_takes_the_quote_away(scene: Scene) -> None:
    quoting, request = await _our_quote(scene)
    consent = f"{scene.bob.uri}/consents/1"
    await scene.receive(scene.bob.activity("Accept", request, result=consent))
    eve = scene.good.add_actor("eve")
    assert (await scene.receive(eve.activity("Delete", consent))).startswith("refused")
    assert await scene.receive(scene.bob.activity("Delete", consent)) == "done"
    assert (await scene.stored(quoting.uri)).quote_state == quotes.REVOKED


async def test_A31_nobody_else_agrees_and_no_consent_from_elsewhere_counts(scene: Scene) -> None:
    quoting, request = await _our_quote(scene)
    foreign = f"{scene.mallory.uri}/consents/1"
    assert await scene.receive(scene.mallory.activity("Accept", request, result=foreign)) != "done"
    assert (await scene.receive(scene.bob.activity("Accept", request, result=foreign))).startswith("refused")
    assert (await scene.stored(quoting.uri)).quote_state == quotes.PENDING
    consent = f"{scene.bob.uri}/consents/1"
    assert await scene.receive(scene.bob.activity("Accept", request, result=consent)) == "done"


async def test_a_private_quote_is_asked_for_by_its_id_alone(scene: Scene) -> None:
    quoted = await _quoted(scene)
    await scene.union.post("ana", "Among us", quote_of_id=quoted.id, audience=Audience.FOLLOWERS)
    (request,) = await scene.sent("QuoteRequest")
    assert isinstance(request["instrument"], str)


def _request(actor: StrangeActor, post: Post, quoting: Json) -> Json:
    return actor.activity("QuoteRequest", post.uri, instrument=quoting)


async def test_a_request_for_a_public_post_is_answered_with_a_consent_that_anybody_can_check(
    scene: Scene,
) -> None:
    post = await scene.union.post("ana", "Quote me")
    note = scene.bob.note("As Ana says", quote=post.uri)
    assert await scene.receive(_request(scene.bob, post, note)) == "done"
    (accept,) = await scene.sent("Accept")
    consent = json_of(await fetch(scene, accept["result"], None))
    assert (consent["type"], consent["interactingObject"]) == ("QuoteAuthorization", note["id"])
    assert (consent["interactionTarget"], consent["attributedTo"]) == (post.uri, f"{BASE}/actors/ana")


async def test_a_request_for_what_one_cannot_see_is_not_answered(scene: Scene) -> None:
    post = await scene.union.post("ana", "Private", audience=Audience.FOLLOWERS)
    note = scene.bob.note("As Ana says", quote=post.uri)
    assert (await scene.receive(_request(scene.bob, post, note))).startswith("refused")
    assert await scene.sent("Reject") == []


async def test_A31_nobody_asks_for_the_quote_of_another(scene: Scene) -> None:
    post = await scene.union.post("ana", "Quote me")
    note = scene.bob.note("As Ana says", quote=post.uri)
    assert (await scene.receive(_request(scene.mallory, post, note))).startswith("refused")
    assert await scene.count(QuoteApproval) == 0


async def test_a_consent_taken_back_is_gone_and_not_given_again(scene: Scene) -> None:
    post = await scene.union.post("ana", "Quote me")
    note = scene.bob.note("As Ana says", quote=post.uri)
    await scene.receive(_request(scene.bob, post, note))

    def revoke(session: Session) -> str:
        approval = session.scalars(select(QuoteApproval)).one()
        quotes.revoke(session, ours(session, "ana"), approval)
        return approval.uri

    uri = await scene.write(revoke)
    assert (await fetch(scene, uri, None)).status == 410
    assert await scene.receive(_request(scene.bob, post, note)) == "done"
    assert len(await scene.sent("Reject")) == 1
    assert await scene.count(QuoteApproval) == 1


async def test_A31_a_remote_quote_is_shown_only_with_a_consent_that_its_author_serves(scene: Scene) -> None:
    quoted = await _quoted(scene)
    await scene.follow("ana", scene.mallory)
    consent = f"{scene.bob.uri}/consents/9"
    forged = f"{scene.mallory.uri}/consents/9"
    for authorization in (None, forged, consent):
        note = scene.mallory.note("See", quote=quoted.uri, quoteAuthorization=authorization)
        await scene.receive(scene.mallory.create(note))
        assert (await scene.stored(note["id"])).quote_state == quotes.PENDING
    document = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": consent,
        "type": "QuoteAuthorization",
        "attributedTo": scene.bob.uri,
        "interactingObject": note["id"],
        "interactionTarget": quoted.uri,
    }
    scene.good.serve(consent, document)
    again = scene.mallory.note("See", quote=quoted.uri, quoteAuthorization=consent)
    await scene.receive(scene.mallory.create(again))
    assert (await scene.stored(again["id"])).quote_state == quotes.PENDING
    scene.clock.advance(minutes=5)
    late = {**note, "quoteAuthorization": f"{consent}/other"}
    await scene.receive(scene.mallory.activity("Update", late))
    await scene.receive(scene.mallory.activity("Update", {**note, "quoteAuthorization": consent}))
    assert (await scene.stored(note["id"])).quote_state == quotes.ACCEPTED


async def test_a_policy_for_followers_is_told_and_decides_who_gets_a_consent(scene: Scene) -> None:
    post = await scene.union.post("ana", "Quote me, friends", quote_policy="followers")
    (create,) = await scene.sent("Create")
    rule = create["object"]["interactionPolicy"]["canQuote"]
    assert (rule["automaticApproval"], rule["manualApproval"]) == ([f"{BASE}/actors/ana/followers"], [])
    note = scene.bob.note("As Ana says", quote=post.uri)
    assert await scene.receive(_request(scene.bob, post, note)) == "done"
    assert (len(await scene.sent("Reject")), len(await scene.sent("Accept"))) == (1, 0)


async def test_a_changed_policy_goes_to_those_who_hold_the_post(scene: Scene) -> None:
    post = await scene.union.post("ana", "Quote me")

    def close(session: Session) -> None:
        change_quote_policy(session, ours(session, "ana"), session.get_one(Post, post.id), "nobody")

    await scene.write(close)
    await scene.write(close)
    (update,) = await scene.sent("Update")
    assert update["object"]["interactionPolicy"]["canQuote"]["automaticApproval"] == [f"{BASE}/actors/ana"]
    assert "updated" not in update["object"]


async def test_a_remote_quote_that_is_revoked_here_is_told_by_the_delete_of_its_consent(scene: Scene) -> None:
    post = await scene.union.post("ana", "Quote me")
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("As Ana says", quote=post.uri)
    await scene.receive(scene.bob.create(note))
    await scene.receive(_request(scene.bob, post, note))
    (accept,) = await scene.sent("Accept")

    def revoke(session: Session) -> str:
        quoting = session.scalars(select(Post).where(Post.uri == note["id"])).one()
        quotes.revoke_quote(session, ours(session, "ana"), session.get_one(Post, post.id), quoting)
        return quoting.quote_state

    assert await scene.write(revoke) == quotes.REVOKED
    assert [each["object"] for each in await scene.sent("Delete")] == [accept["result"]]


async def test_a_remote_post_that_nobody_may_quote_is_not_asked_for(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    closed = {"canQuote": {"automaticApproval": [scene.bob.uri], "manualApproval": []}}
    note = scene.bob.note("Mine", interactionPolicy=closed)
    await scene.receive(scene.bob.create(note))
    quoted = await scene.stored(note["id"])
    with pytest.raises(Invalid):
        await scene.union.post("ana", "As Bob says", quote_of_id=quoted.id)
    assert await scene.sent("QuoteRequest") == []


async def test_our_quote_says_above_its_words_what_it_quotes_and_so_in_all_its_languages(
    scene: Scene,
) -> None:
    quoted = await _quoted(scene)
    quoting = await scene.union.post("ana", "As Bob says", quote_of_id=quoted.id, language="en")
    note = json_of(await fetch(scene, quoting.uri, scene.bob))
    assert note["content"].startswith(f'<p class="quote-inline">RE: <a href="{quoted.url or quoted.uri}"')
    assert note["content"].endswith("<p>As Bob says</p>")
    assert note["contentMap"] == {"en": note["content"]}
    assert note["source"]["content"] == "As Bob says"


async def test_what_is_quoted_is_not_linked_once_its_author_is_hidden(scene: Scene) -> None:
    first = await scene.union.post("ana", "Quote me")
    quoting = await scene.union.post("cleo", "As Ana says", quote_of_id=first.id)

    def rendered(session: Session, reach: Reach) -> Json:
        ours(session, "ana").reach = reach
        return render(session, author_view(session, session.get_one(Post, quoting.id)))

    shown = await scene.write(rendered, Reach.PUBLIC)
    assert (shown["quote"], "quote-inline" in shown["content"]) == (first.uri, True)
    kept = await scene.write(rendered, Reach.HIDDEN)
    assert ("quote" in kept, kept["content"]) == (False, "<p>As Ana says</p>")


async def test_words_written_anew_for_the_outside_keep_the_link_to_what_is_quoted(scene: Scene) -> None:
    quoted = await _quoted(scene)
    quoting = await scene.union.post("ana", "As Bob says, @cleo", quote_of_id=quoted.id)

    def rendered(session: Session) -> Json:
        ours(session, "cleo").reach = Reach.HIDDEN
        return render(session, author_view(session, session.get_one(Post, quoting.id)))

    content = (await scene.write(rendered))["content"]
    assert content.startswith('<p class="quote-inline">')
    assert content.endswith("<p>As Bob says, @cleo</p>")
