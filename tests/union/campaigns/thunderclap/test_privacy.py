"""I6: before the release nobody who runs the call, or the server, is shown who pledged."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.members.models import Role
from fediunion.members.tokens import create_token
from fediunion.social.institutions.service import name_editor
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.polls import receive_vote
from fediunion.union.campaigns.models import CampaignCall, Route, SigningMode
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.thunderclap.pledging import pledge, withdraw_from_call
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from tests.attacks.everywhere import Things, addresses
from tests.databases import SqliteDatabases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import BASE, Browser, Desk, desk_for
from tests.union.campaigns.samples import AS_OF
from tests.union.campaigns.thunderclap.clapping import announce, pledges

_ABOUT_OTHER_THINGS = ("/settings", "/vacancies", "/admin/vacancies", "/.well-known", "/nodeinfo", "/media")
MARKS = ("canarymember", "canaryvoter", "canaryvisitor")


def everywhere(call: CampaignCall, actor_id: int) -> dict[str, str]:
    """Return every address that could tell of a call or of people, with what is accepted there."""
    things = Things("campaigns", str(actor_id), [str(call.post_id)], [call.slug], "strike", BASE)
    return {path: accept for path, accept in addresses(things) if not path.startswith(_ABOUT_OTHER_THINGS)}


async def named(
    desk: Desk, paths: dict[str, str], browser: Browser, bearer: str
) -> dict[str, tuple[int, frozenset[str]]]:
    """Return what one gets at addresses: the status, and which of the marked people are named there."""
    found = {}
    for path, accept in paths.items():
        token = {"Authorization": f"Bearer {bearer}"} if path.startswith("/api") else {}
        answer = await browser.http.get(path, headers={"Accept": accept, **token})
        text = answer.content.decode("utf-8", "replace").lower()
        found[path] = (answer.status_code, frozenset(mark for mark in MARKS if mark in text))
    return found


def someone(session: Session, name: str) -> int:
    """Return the id of somebody elsewhere, as the server knows them."""
    uri = f"https://one.example/users/{name}"
    document = {"id": uri, "type": "Person", "preferredUsername": name, "inbox": f"{uri}/inbox"}
    return record_remote_actor(session, parse_actor(document)).id


@pytest.mark.slow
async def test_I6_no_address_names_a_pledger_to_who_puts_the_call_that_does_not_without_the_pledge(
    files: SqliteDatabases, tmp_path: Path
) -> None:
    """The organiser edits for the institution and runs the server: pages, feeds, exports, client API."""
    async with desk_for(files.with_tables(), tmp_path, FakeClock(AS_OF)) as desk:
        await desk.union.member("campaigns", kind=ActorKind.FEED)
        ours = await desk.union.member(MARKS[0], reach=Reach.PUBLIC)
        elsewhere = [await desk.db.write(someone, mark) for mark in MARKS[1:]]
        olga = await desk.member("olga", role=Role.ADMIN)

        def appoint(session: Session) -> None:
            institution = find_local_actor(session, "campaigns")
            assert institution is not None
            name_editor(session, institution, "olga", by="tests")

        await desk.db.write(appoint)
        call = await announce(desk.union, threshold=3)

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
        browser = await desk.signed_in("olga")
        scopes = "read write follow admin:read"
        bearer = await desk.on(olga, create_token, scopes, "app")
        institution = await desk.union.actor("campaigns")
        with_pledges = await named(desk, everywhere(call, institution.id), browser, bearer)
        assert with_pledges[f"/campaigns/{call.slug}"][0] == 200
        assert with_pledges[f"/campaigns/{call.slug}/clap"][0] == 200
        assert len(with_pledges) > 200
        suspects = [path for path, (_, found) in with_pledges.items() if found]

        def withdraw_all(session: Session) -> None:
            for actor_id in (ours.id, *elsewhere):
                withdraw_from_call(
                    session, session.get_one(CampaignCall, call.id), session.get_one(Actor, actor_id)
                )

        await desk.db.write(withdraw_all)
        assert await pledges(desk.union) == 0
        accepted = everywhere(call, institution.id)
        without = await named(desk, {path: accepted[path] for path in suspects}, browser, bearer)
        # What names them with no pledge of theirs in the database names them for another reason.
        leaks = [path for path in suspects if not with_pledges[path][1] <= without[path][1]]
        assert leaks == []
