"""Journey J8: an employer asks about 200 members, as a stranger, by its own server, and with an account."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session
from starlette.routing import Route

from fediunion.activitypub.audience import Audience
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.installed import routes
from fediunion.members.service import create_member
from fediunion.members.tokens import create_token
from fediunion.social.posts.service.publishing import PostDraft, publish_post
from tests.attacks.front import ACTIVITY_JSON, BASE, DOMAIN, Front
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import new_keys
from tests.oauth.rig import Browser, fields_of, password_hash
from tests.social.builders import let_follow

MEMBERS, NOBODIES = 200, 10
_NAMED = sorted(
    {
        re.sub(r"\{(?!name)[^}]*\}", "abc", route.path).replace("{name}", "{}")
        for route in routes()
        if isinstance(route, Route) and "GET" in (route.methods or ()) and "@{name}" in route.path
    }
)
"""Each page that has the name of somebody in its address: profiles, posts, feeds."""

DOORS = [
    *((path, "text/html") for path in _NAMED),
    ("/@{}", ACTIVITY_JSON),
    ("/actors/{}", ACTIVITY_JSON),
    ("/actors/{}/outbox", ACTIVITY_JSON),
    ("/actors/{}/followers", ACTIVITY_JSON),
    (f"/.well-known/webfinger?resource=acct:{{}}@{DOMAIN}", "application/json"),
    (f"/.well-known/webfinger?resource={BASE}/@{{}}", "application/json"),
    ("/api/v1/accounts/lookup?acct={}", "application/json"),
    ("/api/v2/search?type=accounts&q={}", "application/json"),
    (f"/authorize_interaction?uri=acct:{{}}@{DOMAIN}", "text/html"),
]
_KEPT = "what only some may read"
_OPEN = "what everybody may read"


@dataclass(frozen=True)
class Watched:
    """The union with 200 hidden members; the employer has a server, and an account among the members."""

    front: Front
    hr: StrangeActor
    ids: list[int]
    bearer: str

    def browser(self) -> Browser:
        """Return a browser that was never here."""
        transport = httpx.ASGITransport(app=self.front.union.app, client=("198.51.100.9", 5000))
        return Browser(httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Accept": "text/html"}))

    async def get(self, path: str) -> Any:
        """Return what the client interface says to the employer's account."""
        headers = [("authorization", f"Bearer {self.bearer}")]
        answer = await self.front.ask("GET", path, headers=headers, accept="application/json")
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer


@pytest.fixture
async def watched(databases: Databases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Watched]:
    front = await Front.open(databases.with_tables(), tmp_path, clock)
    keys = [new_keys(front.union.world.settings) for _ in range(MEMBERS + 1)]
    ids, bearer = await front.union.world.db.write(_populate, keys)
    yield Watched(front, await front.stranger("rco.example", "hr"), ids, bearer)
    await front.close()


def name_of(number: int) -> str:
    """Return the name of one of the members."""
    return f"member{number:03}"


def _populate(session: Session, keys: list[NewKeys]) -> tuple[list[int], str]:
    """Make the members: every tenth is followed by the next, and they write to each other.

    fay, who can be followed, has written for followers.
    """
    actors: list[Actor] = []
    for number in range(MEMBERS):
        name = name_of(number)
        create_member(
            session,
            username=name,
            email=f"{name}@private.example",
            keys=keys[number],
            password_hash=password_hash(),
            reach=Reach.HIDDEN,
        )
        found = find_local_actor(session, name)
        assert found is not None
        actors.append(found)
    for followed, follower in zip(actors[::10], actors[1::10], strict=True):
        let_follow(session, follower, followed)
        text = f"@{follower.username} {_KEPT}"
        publish_post(session, followed, PostDraft(text=text, audience=Audience.DIRECT))
    fay = find_local_actor(session, "fay")
    assert fay is not None
    let_follow(session, actors[0], fay)
    publish_post(session, fay, PostDraft(text=_KEPT, audience=Audience.FOLLOWERS))
    employer = create_member(session, username="watcher", keys=keys[MEMBERS], reach=Reach.HIDDEN)
    return [actor.id for actor in actors], create_token(session, employer, "read write follow", "app")


@pytest.mark.slow
async def test_I4_a_crawler_and_the_employers_server_cannot_tell_200_members_from_nobody(
    watched: Watched,
) -> None:
    assert any("{}/" in path for path, _ in DOORS)
    assert (await watched.front.ask("GET", "/actors/ana", by=watched.hr)).status == 200
    names = [name_of(number) for number in range(MEMBERS)]
    nobodies = [f"nobody{number:03}" for number in range(NOBODIES)]
    for path, accept in DOORS:
        answers = set()
        for name in (*nobodies, *names):
            # Who signs is known after the first time: a part of the names is enough to ask for in that way.
            for by in (None, watched.hr) if name.endswith("0") and accept == ACTIVITY_JSON else (None,):
                answer = await watched.front.ask("GET", path.format(name), by=by, accept=accept)
                headers = tuple((key, value) for key, value in answer.headers.items() if key != "date")
                body = answer.body.replace(name.encode(), b"*")
                answers.add((by is None, answer.status, headers, body))
        assert len(answers) == len({by for by, *_ in answers}), path


async def test_W08_no_form_tells_a_member_from_nobody(watched: Watched) -> None:
    forms = {
        "/sign-in": {"name": "{}", "password": "a wrong password"},
        "/password/forgotten": {"name": "{}@private.example"},
        "/join/mail": {"name": "{}"},
    }
    for path, fields in forms.items():
        answers = set()
        for name in ("nobody001", "nobody002", name_of(0), name_of(77), name_of(199)):
            browser = watched.browser()
            page = await browser.get(path)
            assert page.status_code == 200
            token = fields_of(page.text)
            answer = await browser.post(path, token | {k: v.format(name) for k, v in fields.items()})
            await browser.http.aclose()
            text = answer.text.replace(name, "*")
            for value in fields_of(answer.text).values():
                text = text.replace(value, "*")
            headers = {key: value for key, value in answer.headers.items() if key != "set-cookie"}
            answers.add((answer.status_code, text, tuple(headers.items())))
        assert len(answers) == 1, path


async def test_an_account_of_the_employer_sees_no_list_of_members_and_nothing_that_is_for_others(
    watched: Watched,
) -> None:
    """Members of one union may look each other up by name; nobody is listed unasked."""
    await watched.front.union.post("ana", _OPEN)
    listing = (
        "/api/v1/directory?local=true&limit=80",
        "/api/v2/suggestions",
        "/api/v1/timelines/home",
        "/api/v1/timelines/public?local=true",
        "/api/v1/instance/peers",
        "/api/v2/instance",
        "/api/v1/instance/activity",
    )
    for path in listing:
        body = (await watched.get(path)).body
        assert b"member0" not in body, path
        assert _KEPT.encode() not in body, path
    assert _OPEN.encode() in (await watched.get("/api/v1/timelines/public?local=true")).body
    for number in watched.ids[::10]:
        for part in ("followers", "following"):
            assert (await watched.get(f"/api/v1/accounts/{number}/{part}")).body == b"[]"
        for path in (f"/api/v1/accounts/{number}", f"/api/v1/accounts/{number}/statuses"):
            body = (await watched.get(path)).body
            assert b"private.example" not in body
            assert _KEPT.encode() not in body
    assert _KEPT.encode() not in (await watched.get("/api/v2/search?q=only&type=statuses")).body
    refused = await watched.front.ask(
        "GET", "/api/v1/admin/accounts", headers=[("authorization", f"Bearer {watched.bearer}")]
    )
    assert refused.status == 403
