"""Filling the three unions at their first start: members and boards, follows across servers, posts."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.keys import NewKeys, make_keys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_actor_by_handle
from fediunion.actors.remote import resolve_handle
from fediunion.actors.service import create_local_actor
from fediunion.cli.demo import halls
from fediunion.cli.demo.campaigning import Campaigning
from fediunion.cli.demo.cast import Cast, DemoUnion, Line, Person
from fediunion.kit.errors import Unreachable
from fediunion.kit.html import text_to_html
from fediunion.members.models import Role
from fediunion.members.passwords import hash_password
from fediunion.members.queries import get_member
from fediunion.members.service import create_member
from fediunion.members.tokens import create_token
from fediunion.social.follows.models import FollowState
from fediunion.social.follows.queries import find_follow
from fediunion.social.follows.service import accept_request, request_follow
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.interactions import boost, favourite
from fediunion.social.posts.service.publishing import PostDraft, publish_post
from fediunion.world import World

SCOPES: Final = "read write follow push profile"
_LOOK_EVERY_SECONDS: Final = 0.1
_MOST_LOOKS: Final = 300
_KINDS: Final = {"jobs": ActorKind.BOARD, "jobs-nairobi": ActorKind.BOARD, "nairobi": ActorKind.GROUP}


@dataclass(frozen=True)
class Login:
    """How somebody of the demo logs in."""

    username: str
    union: str
    reach: str
    password: str
    token: str


class Seeding:
    """Plays the script on running unions; `worlds` are by the union's name."""

    def __init__(self, cast: Cast, worlds: Mapping[str, World]) -> None:
        self._cast = cast
        self._worlds = worlds
        self._uris: dict[str, str] = {}

    async def play(self) -> list[Login]:
        """Do everything in the order of the script; return the logins. Raises Unreachable when it hangs."""
        logins = [login for union in self._cast.unions for login in await self._populate(union)]
        await self._affiliate()
        for one, other in self._cast.follows:
            await self._follow(one, other)
        for one, other in self._cast.follows:
            await self._until(f"{one} follows {other}", partial(self._follows, one, other))
        await self._advertise()
        await Campaigning(self._cast, self._worlds, self._until).play()
        for line in self._cast.lines:
            await self._say(line)
        for who, key in self._cast.boosts:
            await self._react(who, key, boost)
        for who, key in self._cast.favourites:
            await self._react(who, key, favourite)
        return logins

    async def _populate(self, union: DemoUnion) -> list[Login]:
        world = self._worlds[union.name]
        institutions = [(name, await _keys(world)) for name in union.institutions]
        people = [(person, await _keys(world), secrets.token_urlsafe(12)) for person in union.people]
        hashes = await asyncio.gather(
            *(asyncio.to_thread(hash_password, password) for _, _, password in people)
        )

        def write(session: Session) -> list[Login]:
            for name, keys in institutions:
                kind = _KINDS.get(name, ActorKind.FEED)
                title = f"{union.title}: {name.replace('-', ' ')}"
                create_local_actor(session, kind=kind, username=name, display_name=title, keys=keys)
            return [
                _make_member(session, union, person, keys, password, hashed)
                for (person, keys, password), hashed in zip(people, hashes, strict=True)
            ]

        return await world.db.write(write)

    async def _affiliate(self) -> None:
        """Let the unions be affiliated as in the samples, until each takes vacancies of the others."""
        for child, parent, kind, since in self._cast.bonds:
            await halls.offer(self._worlds[child], self._worlds[parent], kind, since)
        for child, parent, *_ in self._cast.bonds:
            accept = partial(halls.accept, self._worlds[child], self._worlds[parent])
            await self._until(f"{child} is affiliated to {parent}", accept)
        for one, other in permutations(self._worlds, 2):
            shares = partial(halls.shares_vacancies, self._worlds[one], self._worlds[other])
            await self._until(f"{one} takes vacancies of {other}", shares)

    async def _advertise(self) -> None:
        for name, world in self._worlds.items():
            now = world.clock.now()
            notices = [halls.moved(each, self._cast.as_of, now) for each in self._cast.vacancies[name]]
            await halls.publish(world, "jobs", notices)

    async def _follow(self, one: str, other: str) -> None:
        world = self._world_of(one)
        followed = await resolve_handle(world, self._handle(other))

        def write(session: Session) -> None:
            request_follow(session, self._actor(session, one), session.get_one(Actor, followed.id))

        await world.db.write(write)

    async def _follows(self, one: str, other: str) -> bool:
        """Look whether the follow is accepted; whoever decides by hand says yes to everybody here."""
        if self._world_of(one) is not self._world_of(other):
            await self._world_of(other).db.write(self._say_yes, one, other)
        return await self._world_of(one).db.read(self._is_accepted, one, other)

    def _say_yes(self, session: Session, one: str, other: str) -> None:
        follower, followed = self._find(session, one), self._find(session, other)
        follow = follower and followed and find_follow(session, follower.id, followed.id)
        if follow and follow.state == FollowState.REQUESTED:
            assert follower is not None
            assert followed is not None
            accept_request(session, followed, follower)

    def _is_accepted(self, session: Session, one: str, other: str) -> bool:
        follower, followed = self._find(session, one), self._find(session, other)
        follow = follower and followed and find_follow(session, follower.id, followed.id)
        return bool(follow and follow.state == FollowState.ACCEPTED)

    async def _say(self, line: Line) -> None:
        world = self._world_of(line.by)
        if line.answers:
            await self._until(f"{line.by} sees {line.answers}", lambda: self._knows(world, line.answers))

        def write(session: Session) -> Post:
            answered = find_post_by_uri(session, self._uris[line.answers]) if line.answers else None
            draft = PostDraft(
                text=line.text,
                audience=Audience(line.audience),
                content_warning=line.warning,
                language="en",
                in_reply_to_id=answered.id if answered else None,
            )
            return publish_post(session, self._actor(session, line.by), draft)

        post = await world.db.write(write)
        if line.key:
            self._uris[line.key] = post.uri

    async def _react(self, who: str, key: str, react: Callable[[Session, Actor, int], object]) -> None:
        world = self._world_of(who)
        await self._until(f"{who} sees {key}", lambda: self._knows(world, key))

        def write(session: Session) -> None:
            post = find_post_by_uri(session, self._uris[key])
            assert post is not None
            react(session, self._actor(session, who), post.id)

        await world.db.write(write)

    async def _knows(self, world: World, key: str) -> bool:
        return await world.db.read(find_post_by_uri, self._uris[key]) is not None

    async def _until(self, what: str, done: Callable[[], Awaitable[bool]]) -> None:
        for _ in range(_MOST_LOOKS):
            if await done():
                return
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        raise Unreachable(f"It took too long until {what}")

    def _world_of(self, who: str) -> World:
        return self._worlds[who.partition("@")[2]]

    def _handle(self, who: str) -> str:
        name, _, union = who.partition("@")
        return f"{name}@{self._worlds[union].settings.handle_domain}"

    def _find(self, session: Session, who: str) -> Actor | None:
        name, _, host = self._handle(who).partition("@")
        return find_actor_by_handle(session, name, host)

    def _actor(self, session: Session, who: str) -> Actor:
        actor = self._find(session, who)
        assert actor is not None
        return actor


async def _keys(world: World) -> NewKeys:
    return await asyncio.to_thread(make_keys, world.settings)


def _make_member(
    session: Session, union: DemoUnion, person: Person, keys: NewKeys, password: str, hashed: str
) -> Login:
    create_member(
        session,
        username=person.username,
        email=f"{person.username}@{union.name}.example",
        keys=keys,
        password_hash=hashed,
        role=Role(person.role),
        reach=Reach(person.reach),
        display_name=person.display_name,
    )
    member, actor = get_member(session, person.username)
    actor.summary, actor.summary_source = (
        text_to_html(person.about, mentions={}, hashtag_url=None),
        person.about,
    )
    token = create_token(session, member, SCOPES, "demo")
    return Login(person.username, union.name, person.reach, password, token)
