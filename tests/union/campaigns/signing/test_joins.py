"""Join: people of other unions sign by name, answered by Accept or Reject; what is forged signs nothing."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.social.posts.models import Post
from fediunion.union.campaigns.models import CampaignCall, Route, Signature, SigningMode
from fediunion.union.campaigns.signing.queries import list_public
from tests.fakes.stranger import Json, StrangeActor
from tests.union.campaigns.signing.booth import Booth

INBOX = "https://ccisua.example/inbox"


async def _delegate(booth: Booth, host: str = "ictysu.example", name: str = "ana") -> StrangeActor:
    return (await booth.stranger(host, peer=True)).add_actor(name)


def _answers(actor: StrangeActor) -> list[Json]:
    found = [post.activity for post in actor.server.received]
    return [each for each in found if each["type"] in ("Accept", "Reject")]


async def test_a_join_by_name_is_a_public_signature_and_is_accepted(booth: Booth) -> None:
    ana = await _delegate(booth)
    join = booth.join_of(ana, "public", "Ana  K.\n")
    assert await booth.receive(join) == "done"
    (signature,) = await booth.signatures()
    assert (signature.route, signature.mode, signature.name) == (Route.JOIN, SigningMode.PUBLIC, "Ana K.")
    (answer,) = _answers(ana)
    assert (answer["type"], answer["object"]["id"], answer["to"]) == ("Accept", join["id"], [ana.uri])
    assert (await booth.total(), await booth.tally()) == (1, [1, 0])
    assert await booth.messages() == []


async def test_a_join_without_a_name_has_that_of_its_actor_and_one_without_a_mode_none(booth: Booth) -> None:
    ana, ben = await _delegate(booth), await _delegate(booth, "gftu.example", "ben")
    await booth.receive(booth.join_of(ana, "target-only"))
    await booth.receive(booth.join_of(ben, "loudly", "Ben"))
    kept = {(each.mode, each.name) for each in await booth.signatures()}
    assert kept == {(SigningMode.TARGET, "Ana"), (SigningMode.COUNTED, "")}
    assert await booth.on_call(list_public, limit=10) == []


async def test_the_same_join_again_changes_nothing_and_another_one_is_rejected(booth: Booth) -> None:
    ana = await _delegate(booth)
    join = booth.join_of(ana, "public")
    await booth.receive(join)
    assert await booth.receive(join | {"published": "2026-12-01T09:00:00Z"}) == "done"
    assert "signed" in await booth.receive(booth.join_of(ana, "public", "Another Ana"))
    assert [each["type"] for each in _answers(ana)] == ["Accept", "Reject"]
    assert _answers(ana)[1]["fu:reason"] == "signed-already"
    assert booth.refused("signed-already") == 1
    assert (await booth.total(), [each.name for each in await booth.signatures()]) == (1, ["Ana"])


async def test_a_vote_after_a_join_and_a_join_after_a_vote_count_once(booth: Booth) -> None:
    ana, ben = await _delegate(booth), await _delegate(booth, "gftu.example", "ben")
    await booth.receive(booth.join_of(ana, "public"))
    assert "signed" in await booth.vote(ana)
    assert await booth.vote(ben) == "done"
    assert "signed" in await booth.receive(booth.join_of(ben, "public"))
    assert (await booth.total(), await booth.tally(), booth.refused("signed-already")) == (2, [2, 0], 2)


async def test_an_undo_and_a_leave_withdraw(booth: Booth) -> None:
    ana, ben = await _delegate(booth), await _delegate(booth, "gftu.example", "ben")
    join = booth.join_of(ana, "public")
    await booth.receive(join)
    await booth.vote(ben)
    assert await booth.receive(ana.activity("Undo", join)) == "done"
    assert await booth.total() == 1
    assert await booth.receive(ben.activity("Leave", booth.call.uri)) == "done"
    assert (await booth.total(), await booth.tally(), await booth.signatures()) == (0, [0, 0], [])
    assert (await booth.receive(ben.activity("Leave", booth.call.uri))).startswith("ignored")
    assert (await booth.receive(join)).startswith("ignored")


async def test_an_undo_that_overtakes_its_join_wins(booth: Booth) -> None:
    ana = await _delegate(booth)
    join = booth.join_of(ana, "public")
    assert (await booth.receive(ana.activity("Undo", join))).startswith("ignored")
    assert (await booth.receive(join)).startswith("ignored")
    assert await booth.signatures() == []


async def test_A29_somebody_else_withdraws_nothing(booth: Booth) -> None:
    ana, mallory = await _delegate(booth), await _delegate(booth, "evil.example", "mallory")
    neighbour = ana.server.add_actor("neighbour")
    join = booth.join_of(ana, "public")
    await booth.receive(join)
    for other in (mallory, neighbour):
        assert (await booth.receive(other.activity("Undo", join["id"]))).startswith("refused")
        assert (await booth.receive(other.activity("Leave", booth.call.uri))).startswith("ignored")
    assert await booth.total() == 1


async def test_A29_a_join_for_another_actor_is_not_taken_at_the_door(booth: Booth) -> None:
    ana, mallory = await _delegate(booth), await _delegate(booth, "evil.example", "mallory")
    forged = booth.join_of(ana, "public") | {"id": f"{mallory.uri}#joins/1"}
    elsewhere = booth.join_of(mallory, "public") | {"id": f"{ana.uri}#joins/2"}
    for document in (forged, elsewhere):
        await mallory.post(INBOX, orjson.dumps(document))
        await booth.settle()
    assert (await booth.signatures(), _answers(ana), _answers(mallory)) == ([], [], [])
    genuine = await ana.post(INBOX, booth.join_of(ana, "public"))
    await booth.settle()
    assert (genuine.status, await booth.total()) == (202, 1)


async def test_a_join_of_what_is_no_call_is_refused_as_one_that_may_not_be_seen(booth: Booth) -> None:
    ana = await _delegate(booth)
    await booth.member("heron")
    post = await booth.union.post("heron", "Tea at four")
    assert (await booth.receive(ana.activity("Join", post.uri))).startswith("refused")

    def narrow(session: Session) -> None:
        session.get_one(Post, booth.call.post_id).audience = Audience.DIRECT

    await booth.write(narrow)
    assert (await booth.receive(booth.join_of(ana, "public"))).startswith("refused")
    assert (booth.refused("no-call"), await booth.signatures(), _answers(ana)) == (2, [], [])


async def test_a_join_from_outside_of_the_network_or_after_the_end_is_rejected(booth: Booth) -> None:
    outsider, late = await booth.voter(), await _delegate(booth)
    assert "affiliated" in await booth.receive(booth.join_of(outsider, "public"))
    booth.clock.advance(timedelta(days=90).total_seconds())
    assert "closed" in await booth.receive(booth.join_of(late, "public"))
    reasons = [each["fu:reason"] for each in (*_answers(outsider), *_answers(late))]
    assert reasons == ["no-peer", "call-closed"]
    assert (booth.refused("no-peer"), booth.refused("call-closed")) == (1, 1)
    assert await booth.signatures() == []


@pytest.mark.parametrize(
    "said",
    [{"fu:mode": ["public"]}, {"fu:mode": 7, "name": ["x"]}, "public", ["public"], None, {"name": "=Ana"}],
    ids=["list", "number", "text", "texts", "null", "no-mode"],
)
async def test_a_malformed_join_is_counted_and_keeps_no_name(booth: Booth, said: object) -> None:
    ana = await _delegate(booth)
    assert await booth.receive(booth.join_of(ana) | {"fu:signature": said}) == "done"
    assert [(each.mode, each.name) for each in await booth.signatures()] == [(SigningMode.COUNTED, "")]


async def test_a_join_in_a_mode_that_the_call_does_not_offer_is_rejected(booth: Booth) -> None:
    ana = await _delegate(booth)

    def only_counted(session: Session) -> None:
        call = session.get_one(CampaignCall, booth.call.id)
        call.terms = call.terms | {"asks": [{"type": "sign", "modes": ["counted"]}]}

    await booth.write(only_counted)
    assert (await booth.receive(booth.join_of(ana, "public"))).startswith("done, in part refused")
    assert (_answers(ana)[0]["type"], await booth.signatures()) == ("Reject", [])


async def test_A29_joins_of_a_server_that_floods_are_refused_unanswered(limited: Booth) -> None:
    server = await limited.stranger("farm.example", peer=True)
    socks = [server.add_actor(f"sock{number}") for number in range(4)]
    for each in socks:
        await limited.receive(limited.join_of(each, "public"))
    assert (await limited.total(), limited.refused("vote-flood")) == (2, 2)
    assert [each["type"] for each in _answers(socks[0])] == ["Accept", "Accept"]


async def test_H19_a_name_from_elsewhere_stays_on_one_line_and_short(booth: Booth) -> None:
    ana = await _delegate(booth)
    await booth.receive(booth.join_of(ana, "public", "Ana\r\nBcc: all@example.org\u202e" + "x" * 500))
    (signature,) = await booth.signatures()
    assert signature.name.startswith("Ana Bcc: all@example.org")
    assert len(signature.name) <= 80
    assert not any(character in signature.name for character in "\r\n\u202e")


async def test_an_organisation_joins_as_a_resolution_and_not_as_a_person(booth: Booth) -> None:
    server = await booth.stranger("prospect.example", peer=True)
    union = server.add_actor("union", type="Organization")
    outcome = await booth.receive(booth.join_of(union, "public"))
    assert "no resolutions" in outcome
    assert (await booth.total(), [each["type"] for each in _answers(union)]) == (0, ["Reject"])


async def test_no_signature_says_when_in_the_day_it_was_given(booth: Booth) -> None:
    ana, ben = await _delegate(booth), await booth.voter(name="ben")
    await booth.receive(booth.join_of(ana, "public"))
    await booth.vote(ben)
    midnight = booth.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [each.id >> 16 for each in await booth.signatures()]
    assert all(0 <= moment - midnight.timestamp() * 1000 < 86_400_000 for moment in moments)
    assert not [column for column in Signature.__table__.columns if column.name.endswith("_at")]
