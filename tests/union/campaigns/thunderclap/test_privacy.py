"""I6: before the release nobody who runs the call, or the server, is shown who pledged."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.members.models import Member, Role
from fediunion.members.tokens import create_token
from fediunion.social.institutions.service import name_editor
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.polls import receive_vote
from fediunion.union.campaigns.models import CampaignCall, Route, SigningMode
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.thunderclap.pledging import pledge
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from tests.attacks.everywhere import Things, addresses
from tests.databases import SqliteDatabases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import BASE, Desk, desk_for
from tests.union.campaigns.samples import AS_OF
from tests.union.campaigns.thunderclap.clapping import announce

MARKS = ("canarymember", "canaryvoter", "canaryvisitor")


async def walked(desk: Desk, call: CampaignCall, name: str) -> dict[str, tuple[int, frozenset[str]]]:
    """Return what the one who puts the call gets at every address: the status, and who is named there."""
    browser = await desk.signed_in(name)
    member = next(each for each in await desk.rows(Member) if each.role == Role.ADMIN)
    scopes = "read write follow admin:read"
    bearer = await desk.db.write(
        lambda session: create_token(session, session.get_one(Member, member.id), scopes, "app")
    )
    actor = await desk.union.actor("campaigns")
    things = Things("campaigns", str(actor.id), [str(call.post_id)], [call.slug], "strike", BASE)
    found = {}
    for path, accept in dict.fromkeys(addresses(things)):
        headers = {"Accept": accept, "Authorization": f"Bearer {bearer}"} if path.startswith("/api") else {}
        answer = await browser.http.get(path, headers=headers or {"Accept": accept})
        text = answer.content.decode("utf-8", "replace").lower()
        found[f"{path} {accept}"] = (answer.status_code, frozenset(mark for mark in MARKS if mark in text))
    return found


def someone(session: Session, name: str) -> int:
    """Return the id of somebody elsewhere, as the server knows them."""
    uri = f"https://one.example/users/{name}"
    document = {"id": uri, "type": "Person", "preferredUsername": name, "inbox": f"{uri}/inbox"}
    return record_remote_actor(session, parse_actor(document)).id


@pytest.mark.slow
async def test_I6_no_address_names_a_pledger_to_who_puts_the_call_that_did_not_before_the_pledge(
    files: SqliteDatabases, tmp_path: Path
) -> None:
    """The organiser edits for the institution and runs the server: pages, feeds, exports, client API."""
    async with desk_for(files.with_tables(), tmp_path, FakeClock(AS_OF)) as desk:
        await desk.union.member("campaigns", kind=ActorKind.FEED)
        ours = await desk.union.member(MARKS[0], reach=Reach.PUBLIC)
        elsewhere = [await desk.db.write(someone, mark) for mark in MARKS[1:]]
        await desk.member("olga", role=Role.ADMIN)

        def appoint(session: Session) -> None:
            institution = find_local_actor(session, "campaigns")
            assert institution is not None
            name_editor(session, institution, "olga", by="tests")

        await desk.db.write(appoint)
        call = await announce(desk.union, threshold=3)
        before = await walked(desk, call, "olga")

        def pledge_all(session: Session) -> None:
            row = session.get_one(CampaignCall, call.id)
            clap = find_thunderclap(session, row.id)
            post = find_post(session, row.post_id or 0)
            assert clap is not None
            assert post is not None
            member, voter, visitor = (session.get_one(Actor, each) for each in (ours.id, *elsewhere))
            sign(session, row, member, SigningMode.COUNTED)
            pledge(session, clap, member, Route.MEMBER)
            receive_vote(session, voter, post, "Sign and pledge the boost", f"{voter.uri}#votes/1")
            pledge(session, clap, visitor, Route.WEB)

        await desk.db.write(pledge_all)
        after = await walked(desk, call, "olga")
        for page in (f"/campaigns/{call.slug}", f"/campaigns/{call.slug}/clap"):
            assert after[f"{page} text/html"][0] == 200
        leaks = [address for address, (_, named) in after.items() if not named <= before[address][1]]
        assert leaks == []
        assert len(after) > 200
