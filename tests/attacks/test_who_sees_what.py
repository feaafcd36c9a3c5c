"""Group V as a cross product: every kind of viewer, every kind of post, every address that answers a GET.

What each viewer may see is written down here, and not asked of the product. The addresses are those of the
route tables, so that a new one is in the product from its first day.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.members.models import Role
from fediunion.members.sessions import begin_session
from fediunion.members.tokens import create_token
from fediunion.social.search.service import index_new_posts
from tests.attacks.everywhere import DOCUMENT, Things, addresses
from tests.databases import SqliteDatabases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import BASE, Desk, desk_for

TAG: Final = "strike"
EVERYBODY: Final = frozenset({"public", "unlisted", "edited", "answer", "warned"})
MEMBERS: Final = EVERYBODY | {"local", "network"}
MAY: Final[Mapping[str, frozenset[str]]] = {
    "stranger": EVERYBODY,
    "carol": MEMBERS,
    "follower": MEMBERS | {"followers"},
    "mentioned": MEMBERS | {"direct"},
    "former": MEMBERS,
    "blocked": frozenset(),
    "muted": MEMBERS,
    "muter": MEMBERS,
    "moderator": MEMBERS,
    "owner": MEMBERS,
}
"""Which posts of alice each viewer may see. `former` followed her and was named by her, before; what the
others are is in their names. Officers see no more than members, except what a report has (row V17)."""

UNSEEN: Final = frozenset({"draft", "scheduled", "deleted", "taken"})
"""What nobody but alice may see. `taken` was addressed to `former` until an edit."""

ROLES: Final = {"moderator": Role.MODERATOR, "owner": Role.OWNER}
_MARK: Final = re.compile(r"canary-(\w+)")


@dataclass
class Viewer:
    """Somebody with a browser and an app, or a stranger with neither; `seen` is what was shown to them."""

    name: str
    http: httpx.AsyncClient
    bearer: str = ""
    seen: set[str] = field(default_factory=set)

    async def look(self, path: str, accept: str) -> httpx.Response:
        """Ask for an address; what it shows is noted."""
        headers = {"Accept": accept}
        if self.bearer and path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.bearer}"
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code < 500, (path, answer.status_code)
        assert answer.status_code != 429, path
        marks = set(_MARK.findall(answer.text + " ".join(answer.headers.values())))
        assert marks <= MAY[self.name], (self.name, path, marks - MAY[self.name])
        self.seen |= marks
        return answer


@dataclass
class Scene:
    """The viewers, and the ids of alice's posts by what is said of them above."""

    viewers: dict[str, Viewer]
    ids: dict[str, str]
    things: Things


@pytest.fixture
async def scene(files: SqliteDatabases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Scene]:
    # Which engine holds the rows plays no part in which of them a door asks for.
    async with desk_for(files.with_tables(), tmp_path, clock) as desk:
        yield await _play(desk)


async def _play(desk: Desk) -> Scene:
    viewers = {name: await _viewer(desk, name) for name in (*MAY, "alice") if name != "stranger"}
    alice = viewers.pop("alice")
    me = await _ask(alice, "GET", "/api/v1/accounts/verify_credentials")
    everybodys_ids = {
        name: (await _ask(each, "GET", "/api/v1/accounts/verify_credentials"))["id"]
        for name, each in viewers.items()
    }
    for name in ("follower", "former", "blocked"):
        await _ask(viewers[name], "POST", f"/api/v1/accounts/{me['id']}/follow", notify=True)
    texts = {kind: f"#{TAG} canary-{kind}" for kind in MAY["owner"] | {"followers", "deleted"}}
    posts = {
        kind: await desk.union.post("alice", text, audience=_audience(kind))
        for kind, text in texts.items()
        if kind not in ("answer", "warned")
    }
    posts["warned"] = await desk.union.post("alice", "Careful", content_warning=texts["warned"])
    posts["answer"] = await desk.union.post("alice", texts["answer"], in_reply_to=posts["public"].uri)
    for kind, named in (("direct", "mentioned"), ("taken", "former")):
        text = f"@{named} #{TAG} canary-{kind}"
        posts[kind] = await desk.union.post("alice", text, audience=Audience.DIRECT)
    ids = {kind: str(post.id) for kind, post in posts.items()}
    await _keep(viewers, ids)
    await _ask(alice, "POST", "/api/fediunion/drafts", status=f"#{TAG} canary-draft")
    await _ask(alice, "POST", "/api/v1/statuses", status="canary-scheduled", scheduled_at="2999-01-01T00:00Z")
    await _ask(alice, "PUT", f"/api/v1/statuses/{ids['taken']}", status="@mentioned nothing for others")
    await _ask(alice, "PUT", f"/api/v1/statuses/{ids['edited']}", status=f"#{TAG} canary-edited again")
    await _ask(alice, "DELETE", f"/api/v1/statuses/{ids['deleted']}")
    for kind in ("public", "followers"):
        await _ask(alice, "POST", f"/api/v1/statuses/{ids[kind]}/pin")
    await _ask(alice, "POST", f"/api/v1/accounts/{everybodys_ids['former']}/remove_from_followers")
    await _ask(alice, "POST", f"/api/v1/accounts/{everybodys_ids['blocked']}/block")
    await _ask(alice, "POST", f"/api/v1/accounts/{everybodys_ids['muted']}/mute")
    await _ask(viewers["muter"], "POST", f"/api/v1/accounts/{me['id']}/mute")
    while await desk.db.write(index_new_posts):
        pass
    viewers["stranger"] = Viewer("stranger", desk.client())
    slugs = [str(post.slug) for post in posts.values()]
    # The first stands wherever an id of something else belongs: nobody may see it through any door.
    first = [ids["taken"], *(each for kind, each in ids.items() if kind != "taken")]
    return Scene(viewers, ids, Things("alice", me["id"], first, slugs, TAG, BASE))


def _audience(kind: str) -> Audience:
    return Audience(kind) if kind in set(Audience) else Audience.PUBLIC


async def _keep(viewers: Mapping[str, Viewer], ids: Mapping[str, str]) -> None:
    """Let those who will lose sight of posts keep them, as far as they can, and boost one."""
    for name in ("former", "blocked", "follower"):
        for kind in ("public", "followers", "local", "taken", "deleted"):
            for action in ("favourite", "bookmark"):
                await viewers[name].http.post(
                    f"/api/v1/statuses/{ids[kind]}/{action}",
                    headers={"Authorization": f"Bearer {viewers[name].bearer}"},
                )
    await _ask(viewers["carol"], "POST", f"/api/v1/statuses/{ids['public']}/reblog")


async def _viewer(desk: Desk, name: str) -> Viewer:
    member = await desk.member(name, role=ROLES.get(name, Role.MEMBER))

    def let_in(session: Session) -> tuple[str, str]:
        actor = session.get_one(Actor, member.actor_id)
        actor.reach, actor.locked, actor.indexable = Reach.PUBLIC, False, True
        scopes = "read write follow admin:read" if name in ROLES else "read write follow"
        return create_token(session, member, scopes, "app"), begin_session(session, member)

    bearer, cookie = await desk.db.write(let_in)
    client = desk.client()
    client.cookies.set("__Host-session", cookie, domain="us.example")
    return Viewer(name, client, bearer)


async def _ask(viewer: Viewer, method: str, path: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {viewer.bearer}"}
    answer = await viewer.http.request(method, path, json=body or None, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code, answer.text)
    return answer.json()


@pytest.mark.slow
async def test_V01_V20_no_address_shows_anybody_what_is_not_for_them(scene: Scene) -> None:
    everywhere = list(dict.fromkeys(addresses(scene.things)))
    for viewer in scene.viewers.values():
        for path, accept in everywhere:
            # Documents know who signs, and no cookie or token: to all others their readers are strangers.
            if viewer.name == "stranger" or not (accept == DOCUMENT or path.startswith("/api/oembed")):
                await viewer.look(path, accept)
    # Each saw all that is for them: it was not a closed door that kept the rest from them.
    for name, viewer in scene.viewers.items():
        assert viewer.seen == MAY[name], name


async def test_V01_V06_a_post_has_a_page_and_a_status_for_whom_it_is(scene: Scene) -> None:
    for viewer in scene.viewers.values():
        for kind, post_id in scene.ids.items():
            # What `taken` says since its edit is for whom it names now.
            may = kind in MAY[viewer.name] or (kind == "taken" and viewer.name == "mentioned")
            shown = await viewer.look(f"/api/v1/statuses/{post_id}", "application/json")
            assert shown.status_code == (200 if may else 404), (viewer.name, kind)
