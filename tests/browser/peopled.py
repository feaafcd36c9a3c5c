"""An instance with people and posts of all kinds in it, for whoever looks at all its pages."""

import asyncio
import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from PIL import Image
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.app.application import create_app
from fediunion.app.opening import open_world
from fediunion.app.serve import close_world
from fediunion.app.startup import prepare
from fediunion.config import load_settings
from fediunion.db import now_of
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.service import create_member
from fediunion.members.sessions import begin_session
from fediunion.members.tokens import create_token
from fediunion.social.follows.service import receive_request
from fediunion.social.media.desk import MediaDesk
from fediunion.social.moderation.models import RequestState
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.two_persons import Act, ask_for_export
from fediunion.social.search.service import index_new_posts
from fediunion.social.site.service import put_own_page
from fediunion.union.vacancies.saved.digests import sealed_member
from fediunion.world import World
from tests.browser.calling import add_calls
from tests.browser.hiring import add_vacancies
from tests.browser.secured import add_careful, add_links, add_requests, add_suspended
from tests.browser.uniting import add_unions
from tests.fakes.union import new_keys
from tests.oauth.rig import password_hash
from tests.processes.running import PATIENCE_SECONDS, Instance
from tests.social.builders import post_by, remote_actor

LONG_NAME: Final = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
_SCOPES: Final = "read write follow push profile admin:read admin:write"
_WORDS: Final = (
    "The room of the staff council is open on Tuesdays, see https://example.org/a/long/address/"
    + "that-does-not-break/" * 6
    + f" #StaffRights {LONG_NAME}"
)
_ARABIC: Final = "اجتماع الموظفين يوم الثلاثاء في القاعة الكبيرة #حقوق_الموظفين"


@dataclass
class Peopled:
    """What came of it: the cookie of each member's session, and what stands in addresses."""

    cookies: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)


def people(instance: Instance) -> Peopled:
    """Fill an instance that does not run yet."""
    made: list[Peopled] = []

    def fill() -> None:
        made.append(asyncio.run(_fill(instance)))

    # In a thread of its own: the loop of this one may be the browser driver's.
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
    assert made, "the instance could not be filled"
    return made[0]


async def _fill(instance: Instance) -> Peopled:
    world = open_world(load_settings(instance.config))
    transport = httpx.ASGITransport(app=create_app(world), client=("127.0.0.1", 5000))
    try:
        await prepare(world)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{instance.host}") as http:
            made = await _Filling(world, http).play()
        while await world.db.write(index_new_posts):
            pass
        return made
    finally:
        await close_world(world)


class _Filling:
    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self._world, self._http = world, http
        self._bearers: dict[str, str] = {}
        self._made = Peopled()

    async def play(self) -> Peopled:
        for name, role, title in (
            ("ana", Role.MEMBER, "Ana Kovač"),
            ("ben", Role.MEMBER, LONG_NAME),
            ("olga", Role.OWNER, "Olga"),
        ):
            await self._member(name, role, title)
        await self._world.db.write(self._beside)
        cookies, found = await self._world.db.write(add_careful, new_keys(self._world.settings))
        self._made.cookies |= cookies
        self._made.things |= found
        cookies, found = await self._world.db.write(add_suspended, new_keys(self._world.settings))
        self._made.cookies |= cookies
        self._made.things |= found
        await self._posts()
        await self._relations()
        await self._keeping()
        await self._running()
        return self._made

    async def _member(self, name: str, role: Role, title: str) -> None:
        keys = new_keys(self._world.settings)

        def write(session: Session) -> tuple[str, str]:
            member = create_member(
                session,
                username=name,
                email=f"{name}@union.example",
                keys=keys,
                password_hash=password_hash(),
                role=role,
                reach=Reach.PUBLIC,
                display_name=title,
            )
            token = create_token(session, member, _SCOPES, "An app with a rather long name for a phone")
            return begin_session(session, member, device="Firefox on Linux"), token

        cookie, self._bearers[name] = await self._world.db.write(write)
        self._made.cookies[name] = cookie

    def _beside(self, session: Session) -> None:
        """Add who has no browser: an institution, who waits to be let in, people elsewhere."""
        self._made.things |= add_unions(session, name=LONG_NAME)
        self._made.things |= add_vacancies(session, editor="ana", words=LONG_NAME)
        self._made.things["mails_of_ana"] = sealed_member(_member_ids(session)["ana"], self._world.settings)
        text = f"## Where to find us\n\n{_WORDS}\n\n| Day | Room |\n|---|---|\n| Tuesday | {LONG_NAME} |"
        put_own_page(session, "house", "The house", text, by="olga")
        waiting = new_keys(self._world.settings)
        create_member(session, username="dora", keys=waiting, state=MemberState.PENDING)
        ana = find_local_actor(session, "ana")
        assert ana is not None
        far = remote_actor(session, "far.example", "layla", display_name="ليلى", summary="<p>من القاهرة</p>")
        post_by(session, far, text=_ARABIC, language="ar", tags=["حقوق_الموظفين"])
        post_by(session, far, text=f"{LONG_NAME} and more", mentions=[ana])
        ana.locked = True
        receive_request(session, far, ana, "https://far.example/follows/1")
        ana.summary, ana.locked = f"<p>{_WORDS}</p>", False
        self._made.things |= add_calls(session, member=ana, elsewhere=far, words=LONG_NAME)
        ana.fields = [{"name": LONG_NAME, "value": "<p>Nairobi</p>", "verified_at": None}]

    async def _posts(self) -> None:
        say = "/api/v1/statuses"
        long_post = await self._ask("ana", say, status=_WORDS, language="en")
        await self._ask("ana", say, status=_ARABIC, language="ar")
        await self._ask("ana", say, status="Careful with this", spoiler_text=LONG_NAME, sensitive=True)
        options = ["Yes", "No", LONG_NAME[:50]]
        await self._ask("ana", say, status="A poll", poll={"options": options, "expires_in": 86400})
        await self._ask("ana", say, status="For my followers", visibility="private")
        answer = await self._ask("ben", say, status="@ana An answer", in_reply_to_id=long_post["id"])
        await self._ask("ana", say, status="And one more", in_reply_to_id=answer["id"])
        message = await self._ask("ben", say, status="@ana Just for you", visibility="direct")
        thanks = {"visibility": "direct", "in_reply_to_id": message["id"]}
        await self._ask("ana", say, status="@ben Thank you", **thanks)
        await self._ask("ben", f"{say}/{long_post['id']}/reblog")
        await self._ask("ben", f"{say}/{long_post['id']}/favourite")
        await self._ask("olga", say, status="Quoting", quoted_status_id=long_post["id"])
        await self._ask("ana", f"{say}/{long_post['id']}", _method="PUT", status=f"{_WORDS} (mended)")
        await self._ask("ana", say, status="Later", scheduled_at="2999-01-01T00:00:00Z")
        await self._ask("ana", "/api/fediunion/drafts", status=_WORDS)
        room = await self._ask("ana", say, status="The room", media_ids=[await self._picture("ana")])
        ids = {"post": long_post["id"], "answer": answer["id"], "uri": long_post["uri"]}
        slug = long_post["url"].rsplit("/", 1)[1]
        self._made.things |= ids | {"slug": slug, "picture_post": room["id"]}

    async def _picture(self, name: str) -> str:
        """Upload a picture; return its id when it can be posted."""
        content = io.BytesIO()
        Image.new("RGB", (640, 480), "teal").save(content, "PNG")
        self._world.part(MediaDesk).short_while = PATIENCE_SECONDS
        answer = await self._http.post(
            "/api/v2/media",
            files={"file": ("room.png", content.getvalue(), "image/png")},
            data={"description": "A room"},
            headers={"Authorization": f"Bearer {self._bearers[name]}"},
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def _relations(self) -> None:
        ben = await self._ask("ben", "/api/v1/accounts/verify_credentials", _method="GET")
        ana = await self._ask("ana", "/api/v1/accounts/verify_credentials", _method="GET")
        olga = await self._ask("olga", "/api/v1/accounts/verify_credentials", _method="GET")
        self._made.things |= {"ana": ana["id"], "ben": ben["id"], "olga": olga["id"]}
        for one, other in (("ana", ben), ("ben", ana), ("olga", ana)):
            await self._ask(one, f"/api/v1/accounts/{other['id']}/follow")
        await self._ask("ana", f"/api/v1/accounts/{olga['id']}/mute")
        await self._ask("ben", f"/api/v1/accounts/{olga['id']}/block")
        await self._ask("ana", "/api/v1/domain_blocks", domain="spam.example")

    async def _keeping(self) -> None:
        post = self._made.things["post"]
        listed = await self._ask("ana", "/api/v1/lists", title=LONG_NAME[:60])
        await self._ask(
            "ana", f"/api/v1/lists/{listed['id']}/accounts", account_ids=[self._made.things["ben"]]
        )
        words = [{"keyword": "mended", "whole_word": True}]
        contexts = ["home", "public"]
        filtered = await self._ask(
            "olga", "/api/v2/filters", title=LONG_NAME, context=contexts, keywords_attributes=words
        )
        own = await self._ask(
            "ana", "/api/v2/filters", title="Football", context=contexts, keywords_attributes=words
        )
        for action in ("bookmark", "favourite", "pin"):
            await self._ask("ana", f"/api/v1/statuses/{post}/{action}")
        await self._ask("ana", "/api/v1/tags/StaffRights/follow")
        brought = {"file": ("blocked_domains.csv", b"one.example\n", "text/csv")}
        imported = await self._http.post(
            "/api/fediunion/imports",
            files=brought,
            data={"type": "domain_blocking"},
            headers={"Authorization": f"Bearer {self._bearers['ana']}"},
        )
        talks = await self._ask("ana", "/api/v1/conversations", _method="GET")
        self._made.things |= {
            "list": listed["id"],
            "filter": own["id"],
            "officers_filter": filtered["id"],
            "conversation": talks[0]["id"],
            "import": imported.json()["id"],
        }

    async def _running(self) -> None:
        things = self._made.things
        await self._ask(
            "ben", "/api/v1/reports", account_id=things["ana"], status_ids=[things["post"]], comment=_WORDS
        )
        reports = await self._ask("olga", "/api/v1/admin/reports", _method="GET")
        await self._ask("olga", "/api/v1/admin/domain_blocks", domain="bad.example", public_comment=_WORDS)
        await self._ask("olga", "/api/v1/admin/email_domain_blocks", domain="throwaway.example")
        things["report"] = reports[0]["id"]
        things["export"] = await self._world.db.write(_approved_export)
        member_ids = await self._world.db.read(_member_ids)
        things |= {f"member_{name}": str(number) for name, number in member_ids.items()}
        leaving = new_keys(self._world.settings)
        things |= await self._world.db.write(add_links, member_ids["olga"], leaving)
        asking = [new_keys(self._world.settings) for _ in range(2)]
        things |= await self._world.db.write(add_requests, asking)
        app = {"client_name": "Reader", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read"}
        things["client"] = (await self._ask("ana", "/api/v1/apps", **app))["client_id"]

    async def _ask(self, name: str, path: str, *, _method: str = "POST", **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._bearers[name]}"}
        answer = await self._http.request(_method, path, json=body or None, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()


def _approved_export(session: Session) -> str:
    """Let the owner have asked for an export that a second officer approved."""
    olga = find_local_actor(session, "olga")
    assert olga is not None
    row = ask_for_export(session, Act.KEY_EXPORT, by=Officer(olga.id, Role.OWNER, "@olga"), reason=_WORDS)
    row.state, row.decided_at = RequestState.APPROVED, now_of(session)
    return str(row.id)


def _member_ids(session: Session) -> Mapping[str, int]:
    found = session.query(Member.id, Actor.username).join(Actor, Actor.id == Member.actor_id).all()
    return {name: number for number, name in found}
