"""Playing the story: who joins, follows and writes, in the order of its moments."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import ActorKind, Reach
from fediunion.kit.html import text_to_html
from fediunion.members.models import Role
from fediunion.members.preferences import TIME_ZONE
from fediunion.members.service import create_member
from fediunion.members.sessions import begin_session
from fediunion.members.tokens import create_token
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.search.service import index_new_posts
from scripts.pictures.drawn import draw
from scripts.pictures.hiring import advertise, bring_together
from scripts.pictures.running import lose_a_peer, run_the_server
from scripts.pictures.stage import HERE, Stage, domain_of, name_of
from tests.fakes.union import new_keys
from tests.oauth.rig import password_hash

_SCOPES: Final = "read write follow push profile admin:read admin:write"
_VISIBILITY: Final = {"public": "public", "unlisted": "unlisted", "followers": "private", "direct": "direct"}
_DAYS: Final = 29


async def play(stage: Stage) -> None:
    """Play it to its end; the clock then stands at the moment at which the pages are looked at."""
    await _Play(stage).play()


class _Play:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._story = stage, stage.story
        self._uris: dict[str, str] = {}

    async def play(self) -> None:
        for member in self._story["members"]:
            await self._join(member)
        for institution in self._story["institutions"]:
            await self._found(institution)
        for follower, followed in self._story["follows"]:
            await self._follow(follower, followed)
        await self._stage.settle()
        await self._say_yes()
        await bring_together(self._stage)
        stops = self._stage.before(self._story["peer_stops"]), lambda: lose_a_peer(self._stage)
        moments = sorted([*self._days(), *self._lines(), stops], key=lambda pair: pair[0])
        for moment, act in moments:
            self._stage.move_to(moment)
            await act()
        await self._stage.settle()
        for kind, path in (("boosts", "reblog"), ("favourites", "favourite")):
            for who, key in self._story[kind]:
                await self._react(who, key, path)
        for who, key, choice in self._story["votes"]:
            await self._vote(who, key, choice)
        for follower, followed in self._story["requests"]:
            await self._follow(follower, followed)
        await self._stage.settle()
        self._stage.move_to(self._stage.before(5))
        await run_the_server(self._stage)
        while await self._stage.here.world.db.write(index_new_posts):
            pass
        self._stage.move_to(self._stage.now)
        await self._open_browsers()
        for key, uri in self._uris.items():
            await self._note_place(key, uri)

    async def _join(self, member: Mapping[str, Any]) -> None:
        who, world = member["who"], self._stage.unions[domain_of(member["who"])].world
        keys = new_keys(world.settings)

        def write(session: Session) -> str:
            row = create_member(
                session,
                username=name_of(who),
                email=f"{name_of(who)}@post.example",
                keys=keys,
                password_hash=password_hash(),
                role=Role(member.get("role", "member")),
                reach=Reach(member["reach"]),
                display_name=member["name"],
            )
            row.settings = {TIME_ZONE: "Europe/Amsterdam"}
            return create_token(session, row, _SCOPES, "Tusky")

        self._stage.tokens[who] = await world.db.write(write)
        pictures = {
            field: (f"{name}.png", draw(name), "image/png")
            for field, name in (("avatar", member.get("face")), ("header", member.get("header")))
            if name
        }
        await self._stage.ask(
            who,
            "/api/v1/accounts/update_credentials",
            method="PATCH",
            data={"note": member["about"], "locked": "true" if member["reach"] == "followable" else "false"},
            files=pictures or None,
        )

    async def _found(self, institution: Mapping[str, Any]) -> None:
        union = self._stage.unions[domain_of(institution["who"])]
        actor = await union.member(name_of(institution["who"]), kind=ActorKind(institution["kind"]))

        def write(session: Session) -> None:
            row = session.merge(actor)
            row.display_name = institution["name"]
            row.summary = text_to_html(institution["about"], mentions={}, hashtag_url=None)

        await union.world.db.write(write)

    async def _follow(self, follower: str, followed: str) -> None:
        known = await self._stage.ask(
            follower,
            "/api/v2/search",
            method="GET",
            params={"q": f"@{followed}", "type": "accounts", "resolve": "true"},
        )
        await self._stage.ask(follower, f"/api/v1/accounts/{known['accounts'][0]['id']}/follow")

    async def _say_yes(self) -> None:
        who = f"blue-heron@{HERE}"
        for asking in await self._stage.ask(who, "/api/v1/follow_requests", method="GET"):
            await self._stage.ask(who, f"/api/v1/follow_requests/{asking['id']}/authorize")
        await self._stage.settle()

    def _days(self) -> list[tuple[datetime, Callable[[], Awaitable[None]]]]:
        """Return who comes and what is said on the days before, a few of each a day."""
        chatter, newcomers = self._story["chatter"], self._story["newcomers"]
        speakers = [each["who"] for each in self._story["members"] if each["reach"] == "public"]
        found: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []
        for day in range(_DAYS):
            morning = self._stage.now - timedelta(days=_DAYS - day, hours=1)
            for place in range((day * 5) % 7 % 4 if morning.weekday() < 5 else 0):
                if newcomers_left := len(newcomers) - sum(1 for at, _ in found if at.minute == 59):
                    name = newcomers[newcomers_left - 1]
                    found.append((morning.replace(minute=59, second=place), self._coming(name)))
            if day < _DAYS - 14:
                continue
            for place in range(2 + (day * 7) % 5 if morning.weekday() < 5 else 1):
                number = day * 3 + place
                line = {"by": speakers[number % len(speakers)], "text": chatter[number % len(chatter)]}
                found.append((morning + timedelta(minutes=11 * place), self._saying(line)))
        return found

    def _coming(self, name: str) -> Callable[[], Awaitable[None]]:
        keys = new_keys(self._stage.here.world.settings)

        async def come() -> None:
            await self._stage.here.world.db.write(
                create_member, username=name, keys=keys, password_hash=password_hash()
            )

        return come

    def _lines(self) -> list[tuple[datetime, Callable[[], Awaitable[None]]]]:
        messages = [{**each, "audience": "direct"} for each in self._story["messages"]]
        return [
            (self._stage.before(line["ago"]), self._saying(line))
            for line in [*self._story["posts"], *messages]
        ] + [
            (self._stage.before(line["ago"]), partial(advertise, self._stage, line))
            for line in self._story["vacancies"]
        ]

    def _saying(self, line: Mapping[str, Any]) -> Callable[[], Awaitable[None]]:
        async def say() -> None:
            uri = await self._say(line)
            if "as" in line:
                self._uris[line["as"]] = uri
            await self._stage.settle()

        return say

    async def _say(self, line: Mapping[str, Any]) -> str:
        who = line["by"]
        if who not in self._stage.tokens:
            union = self._stage.unions[domain_of(who)]
            language = line.get("language", "en")
            post = await union.post(name_of(who), line["text"], audience=Audience.PUBLIC, language=language)
            return post.uri
        draft: dict[str, Any] = {
            "status": self._named(line),
            "visibility": _VISIBILITY[line.get("audience", "public")],
            "spoiler_text": line.get("warning", ""),
            "language": line.get("language", "en"),
        }
        if "to" in line:
            draft["in_reply_to_id"] = await self._number(who, line["to"])
        if "poll" in line:
            draft["poll"] = {"options": line["poll"], "expires_in": 3 * 86_400}
        if "picture" in line:
            sent = {"file": ("picture.png", draw(line["picture"]), "image/png")}
            kept = await self._stage.ask(who, "/api/v2/media", files=sent, data={"description": line["alt"]})
            draft["media_ids"] = [kept["id"]]
        posted = await self._stage.ask(who, "/api/v1/statuses", json=draft)
        uri: str = posted["uri"]
        return uri

    def _named(self, line: Mapping[str, Any]) -> str:
        """Return the text, which names who is answered, as apps do."""
        text: str = line["text"]
        answered = next((each["by"] for each in self._story["posts"] if each.get("as") == line.get("to")), "")
        if "to" not in line or not answered:
            return text
        return f"@{answered} {text}" if domain_of(answered) != domain_of(line["by"]) else text

    async def _react(self, who: str, key: str, path: str) -> None:
        if who in self._stage.tokens:
            await self._stage.ask(who, f"/api/v1/statuses/{await self._number(who, key)}/{path}")

    async def _vote(self, who: str, key: str, choice: int) -> None:
        post = await self._stage.ask(who, f"/api/v1/statuses/{await self._number(who, key)}", method="GET")
        await self._stage.ask(who, f"/api/v1/polls/{post['poll']['id']}/votes", json={"choices": [choice]})

    async def _number(self, who: str, key: str) -> int:
        post = await self._stage.unions[domain_of(who)].world.db.read(find_post_by_uri, self._uris[key])
        if post is None:
            raise RuntimeError(f"{domain_of(who)} does not know {key}")
        return post.id

    async def _note_place(self, key: str, uri: str) -> None:
        post = await self._stage.here.world.db.read(find_post_by_uri, uri)
        if post is not None:
            self._stage.places |= {key: str(post.id), f"{key}_slug": post.slug or ""}

    async def _open_browsers(self) -> None:
        here = self._stage.here.world.db
        for member in self._story["members"]:
            if domain_of(member["who"]) == HERE:
                name = name_of(member["who"])
                self._stage.cookies[name] = await here.write(_begin, name)


def _begin(session: Session, name: str) -> str:
    from fediunion.members.queries import get_member

    return begin_session(session, get_member(session, name)[0], device="Firefox on Linux")
