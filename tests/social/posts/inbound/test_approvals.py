"""What the author of a post says to our reply, like or boost; what others ask of ours (GoToSocial)."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.vocab import PUBLIC
from fediunion.social.follows.restrictions import block
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.service import interactions
from tests.fakes.stranger import Json
from tests.social.posts.scene import BASE, Scene, ours
from tests.social.posts.test_endpoints import fetch, json_of


async def _asking(scene: Scene) -> Post:
    """Return a post of Bob's, to which he has to consent."""
    await scene.follow("ana", scene.bob)
    rule = {"automaticApproval": [scene.bob.uri], "manualApproval": [PUBLIC]}
    policy = dict.fromkeys(("canLike", "canReply", "canAnnounce"), rule)
    note = scene.bob.note("Good morning", interactionPolicy=policy)
    await scene.receive(scene.bob.create(note))
    return await scene.stored(note["id"])


async def _reply(scene: Scene) -> Post:
    return await scene.union.post("ana", "Good evening", in_reply_to_id=(await _asking(scene)).id)


async def _boost(scene: Scene) -> Post:
    post = await _asking(scene)
    boost = await scene.write(lambda session: interactions.boost(session, ours(session, "ana"), post.id))
    await scene.settle()
    return boost


async def _like(scene: Scene) -> Json:
    post = await _asking(scene)
    await scene.write(lambda session: interactions.favourite(session, ours(session, "ana"), post.id))
    (like,) = await scene.sent("Like")
    return like


@pytest.mark.parametrize("hinted", [False, True], ids=["by its id", "with its type"])
async def test_an_accepted_reply_is_told_once_more_with_the_consent(scene: Scene, hinted: bool) -> None:
    reply = await _reply(scene)
    consent = f"{scene.bob.uri}/authorizations/1"
    about = {"type": "Note", "id": reply.uri} if hinted else reply.uri
    assert await scene.receive(scene.bob.activity("Accept", about, result=consent)) == "done"
    (update,) = await scene.sent("Update")
    note = update["object"]
    assert (note["replyAuthorization"], note["approvedBy"]) == (consent, consent)
    assert "updated" not in note
    assert json_of(await fetch(scene, reply.uri, scene.bob))["replyAuthorization"] == consent
    again = f"{scene.bob.uri}/authorizations/2"
    assert await scene.receive(scene.bob.activity("Accept", reply.uri, result=again)) == "done"
    assert len(await scene.sent("Update")) == 1


async def test_an_Accept_that_names_no_consent_is_the_consent(scene: Scene) -> None:
    reply = await _reply(scene)
    accept = scene.bob.activity("Accept", reply.uri)
    assert await scene.receive(accept) == "done"
    assert (await scene.stored(reply.uri)).approval_uri == accept["id"]


async def test_A31_nobody_else_accepts_and_no_consent_from_elsewhere_counts(scene: Scene) -> None:
    reply = await _reply(scene)
    foreign = f"{scene.mallory.uri}/authorizations/1"
    eve = scene.good.add_actor("eve")
    for sender, answer in ((scene.mallory, "Accept"), (eve, "Accept"), (eve, "Reject")):
        outcome = await scene.receive(sender.activity(answer, reply.uri, result=f"{sender.uri}/1"))
        assert outcome.startswith("refused")
    outcome = await scene.receive(scene.bob.activity("Accept", reply.uri, result=foreign))
    assert outcome.startswith("refused")
    stored = await scene.stored(reply.uri)
    assert (stored.approval_state, stored.approval_uri) == ("", None)


@pytest.mark.parametrize("type", ["Accept", "Reject"])
async def test_A31_who_is_answered_by_nobody_answers_nobody(scene: Scene, type: str) -> None:
    post = await scene.union.post("ana", "Alone")
    assert (await scene.receive(scene.bob.activity(type, post.uri))).startswith("refused")
    theirs = await _asking(scene)
    assert (await scene.receive(scene.bob.activity(type, theirs.uri))).startswith("refused")


async def test_a_rejected_reply_stays_and_is_told_to_nobody_again(scene: Scene) -> None:
    reply = await _reply(scene)
    before = len(await scene.sent())
    assert await scene.receive(scene.bob.activity("Reject", reply.uri)) == "done"
    stored = await scene.stored(reply.uri)
    assert (stored.approval_state, stored.approval_uri) == ("rejected", None)
    assert len(await scene.sent()) == before


@pytest.mark.parametrize("hinted", [False, True], ids=["by its id", "with its type"])
async def test_an_accepted_boost_is_read_with_the_consent(scene: Scene, hinted: bool) -> None:
    boost = await _boost(scene)
    consent = f"{scene.bob.uri}/authorizations/1"
    about = {"type": "Announce", "id": boost.uri} if hinted else boost.uri
    target = {"type": "Note", "id": f"{scene.bob.uri}/statuses/1"}
    accept = scene.bob.activity("Accept", about, result=consent, target=target)
    assert await scene.receive(accept) == "done"
    announce = json_of(await fetch(scene, boost.uri, scene.bob))
    assert (announce["announceAuthorization"], announce["approvedBy"]) == (consent, consent)


async def test_a_rejected_boost_is_taken_back(scene: Scene) -> None:
    boost = await _boost(scene)
    assert await scene.receive(scene.bob.activity("Reject", boost.uri)) == "done"
    assert await scene.post(boost.uri) is None
    (undo,) = await scene.sent("Undo")
    assert undo["object"]["id"] == boost.uri


async def test_an_accepted_like_stays_and_a_rejected_one_is_taken_back(scene: Scene) -> None:
    like = await _like(scene)
    hinted = {"type": "Like", "id": like["id"]}
    assert await scene.receive(scene.bob.activity("Accept", hinted)) == "done"
    assert await scene.count(Favourite) == 1
    assert (await scene.receive(scene.mallory.activity("Reject", like["id"]))).startswith("refused")
    assert await scene.receive(scene.bob.activity("Reject", like["id"])) == "done"
    assert await scene.count(Favourite) == 0


def _request(scene: Scene, type: str, post: Post) -> Json:
    """Return a request of Bob's to reply to a post, to like or to boost it."""
    if type == "ReplyRequest":
        instrument = scene.bob.note("Agreed", inReplyTo=post.uri)
    else:
        instrument = scene.bob.activity(type.removesuffix("Request"), post.uri)
    return scene.bob.activity(type, post.uri, instrument=instrument)


@pytest.mark.parametrize("type", ["ReplyRequest", "LikeRequest", "AnnounceRequest"])
async def test_a_request_about_a_public_post_is_accepted_with_a_consent_that_anybody_can_check(
    scene: Scene, type: str
) -> None:
    post = await scene.union.post("ana", "Good morning")
    request = _request(scene, type, post)
    assert await scene.receive(request) == "done"
    (accept,) = await scene.sent("Accept")
    instrument = request["instrument"]["id"]
    assert (accept["object"]["id"], accept["object"]["instrument"]) == (request["id"], instrument)
    consent = json_of(await fetch(scene, accept["result"], None))
    assert consent["type"] == type.replace("Request", "Authorization")
    assert consent["type"] in consent["@context"][-1]
    assert (consent["interactingObject"], consent["interactionTarget"]) == (instrument, post.uri)
    assert consent["attributedTo"] == f"{BASE}/actors/ana"
    wrong = accept["result"].replace(type.removesuffix("Request").lower(), "quote")
    assert (await fetch(scene, wrong, None)).status == 404


async def test_one_post_that_replies_and_quotes_gets_both_consents(scene: Scene) -> None:
    post = await scene.union.post("ana", "Good morning")
    note = scene.bob.note("Agreed", inReplyTo=post.uri, quote=post.uri)
    for asked in ("ReplyRequest", "QuoteRequest"):
        assert await scene.receive(scene.bob.activity(asked, post.uri, instrument=note)) == "done"
    first, second = await scene.sent("Accept")
    assert first["result"] != second["result"]


@pytest.mark.parametrize("type", ["ReplyRequest", "LikeRequest", "AnnounceRequest"])
async def test_who_is_blocked_is_not_answered(scene: Scene, type: str) -> None:
    post = await scene.union.post("ana", "Good morning")
    bob = await scene.known(scene.bob)

    def blocked(session: Session) -> None:
        block(session, ours(session, "ana"), session.merge(bob, load=False))

    await scene.write(blocked)
    assert (await scene.receive(_request(scene, type, post))).startswith("refused")
    assert await scene.sent("Accept") == []


async def test_what_followers_read_is_not_boosted_and_may_be_answered_and_liked(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    post = await scene.union.post("ana", "Among us", audience=Audience.FOLLOWERS)
    for asked in ("ReplyRequest", "LikeRequest", "AnnounceRequest"):
        assert await scene.receive(_request(scene, asked, post)) == "done"
    (reject,) = await scene.sent("Reject")
    assert reject["object"]["type"] == "AnnounceRequest"


async def test_nobody_asks_in_the_name_of_another(scene: Scene) -> None:
    post = await scene.union.post("ana", "Good morning")
    like = scene.mallory.activity("Like", post.uri)
    request = scene.bob.activity("LikeRequest", post.uri, instrument=like)
    assert (await scene.receive(request)).startswith("refused")
    request = scene.bob.activity("LikeRequest", post.uri)
    assert (await scene.receive(request)).startswith("refused")
