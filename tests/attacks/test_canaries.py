"""I2: what never leaves is planted in every table; no address, delivery, log line or metric shows it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.app.metrics import Metrics
from fediunion.db.migrate import all_tables
from fediunion.members.models import Member
from fediunion.members.service import create_member
from fediunion.members.sessions import begin_session
from fediunion.members.tokens import create_token
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.publishing import withdraw_post
from fediunion.social.profiles.service import ProfileChanges, update_profile
from tests.attacks.everywhere import API, DOCUMENT, PAGE, Things, addresses
from tests.attacks.front import BASE, SHARED, Front
from tests.attacks.planting import (
    EXEMPT_COLUMNS,
    EXEMPT_TABLES,
    MARK,
    PLANTED_ID,
    SHAPES,
    WORDS,
    is_exempt,
    plant,
    text_columns,
)
from tests.databases import SqliteDatabases
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import new_keys
from tests.oauth.rig import password_hash

TAG = "strike"
MEMBERS_MAY = re.compile(rf"{MARK}-(instance\.host|audit_entry\.(by|action))")
"""What members may know, strangers not: which servers are known; which officer did what, not to whom."""


@dataclass(frozen=True)
class Planted:
    """The union in which ana's row of each table has canaries, and those who look: gail, another member."""

    front: Front
    gail: StrangeActor
    columns: set[str]
    things: Things
    bearer: str
    cookie: str

    def client(self, *, signed_in: bool) -> httpx.AsyncClient:
        """Return the browser of a stranger, or of another member."""
        transport = httpx.ASGITransport(app=self.front.union.app, client=("198.51.100.9", 5000))
        client = httpx.AsyncClient(transport=transport, base_url=BASE)
        if signed_in:
            client.cookies.set("__Host-session", self.cookie, domain="us.example")
        return client


@pytest.fixture
async def planted(files: SqliteDatabases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Planted]:
    # Which engine holds the rows plays no part in what a door shows of them.
    front = await Front.open(files.with_tables(), tmp_path, clock)
    union = front.union
    gail = await front.stranger("good.example", "gail")
    ana, fay = await union.actor("ana"), await union.actor("fay")
    await gail.post(SHARED, gail.activity("Follow", ana.uri))
    public = await union.post("ana", f"Our #{TAG} begins")
    await front.settle()
    columns = await union.world.db.write(plant, clock.now(), ana.id, fay.id)

    def watcher(session: Session) -> tuple[str, str]:
        member = create_member(
            session, username="watcher", keys=watching, password_hash=password_hash(), reach=Reach.HIDDEN
        )
        return create_token(session, member, "read write follow", "app"), begin_session(session, member)

    watching = new_keys(union.world.settings)
    bearer, cookie = await union.world.db.write(watcher)
    ids, slugs = [str(PLANTED_ID), str(public.id)], ["planted-post.slug", str(public.slug)]
    yield Planted(front, gail, columns, Things("ana", str(ana.id), ids, slugs, TAG, BASE), bearer, cookie)
    await front.close()


def test_I2_every_column_of_every_table_is_planted_or_exempt_for_a_reason() -> None:
    """A new column is planted by itself; what is said to everybody, or a word of ours, is in planting.py."""
    known = {str(column) for column in text_columns()}
    others = {str(column) for table in all_tables().sorted_tables for column in table.columns}
    assert set(EXEMPT_TABLES) <= set(all_tables().tables)
    assert EXEMPT_COLUMNS.keys() <= known
    assert WORDS.keys() <= known | others
    assert SHAPES.keys() <= known
    assert all([*EXEMPT_TABLES.values(), *EXEMPT_COLUMNS.values()])


async def test_I2_what_is_planted_is_there(planted: Planted) -> None:
    wanted = {str(column) for column in text_columns() if not is_exempt(column)}
    # Columns of JSON in which no text of a person is: their shapes say so.
    empty = {name for name, shape in SHAPES.items() if MARK not in repr(shape)}
    assert wanted - planted.columns == empty


async def test_I2_what_is_planted_is_behind_doors_that_open_for_its_owner(planted: Planted) -> None:
    """So that a crawl by others would find it, were the doors open."""

    def own(session: Session) -> str:
        return create_token(session, session.get_one(Member, PLANTED_ID), "read write follow", "app")

    bearer = await planted.front.union.world.db.write(own)
    shown = {
        "/api/v1/lists": "account_list.title",
        "/api/v2/filters": "post_filter.title",
        "/api/v1/domain_blocks": "member_domain_block.host",
        f"/api/v1/statuses/{PLANTED_ID}": "post.content",
        f"/api/v1/statuses/{PLANTED_ID}/source": "post.source",
        "/api/v1/followed_tags": "followed_tag.name",
    }
    async with planted.client(signed_in=False) as app:
        for path, column in shown.items():
            answer = await app.get(path, headers={"Authorization": f"Bearer {bearer}"})
            assert f"{MARK}-{column}" in answer.text, (path, answer.status_code, answer.text[:200])


def _around(text: str) -> str:
    """Return what of a canary stands in a text: its column follows it."""
    return text[text.index(MARK) :][:60]


@pytest.mark.slow
async def test_I2_no_address_shows_what_never_leaves_to_strangers_servers_or_members(
    planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    everywhere = list(dict.fromkeys(addresses(planted.things)))
    asked, leaks = 0, []
    async with planted.client(signed_in=False) as stranger, planted.client(signed_in=True) as member:
        for path, accept in everywhere:
            lookers = {"a stranger": (stranger, "")}
            if accept == PAGE:
                lookers["a member"] = (member, "")
            elif accept == API:
                lookers["a member’s app"] = (stranger, f"Bearer {planted.bearer}")
            shown = {}
            for who, (client, bearer) in lookers.items():
                answer = await client.get(path, headers={"Accept": accept, "Authorization": bearer})
                assert answer.status_code < 500, (path, who, answer.status_code)
                assert answer.status_code != 429, path
                shown[who] = answer.text + str(answer.headers)
            for who in shown.keys() & {"a member", "a member’s app"}:
                shown[who] = MEMBERS_MAY.sub("", shown[who])
            if accept == DOCUMENT:
                signed = await planted.front.ask("GET", path, by=planted.gail)
                shown["a server"] = signed.body.decode() + str(signed.headers)
            asked += len(shown)
            leaks += [(path, who, _around(text)) for who, text in shown.items() if MARK in text]
    assert leaks == []
    assert asked > len(everywhere)
    assert MARK not in "".join(capsys.readouterr())


async def test_I2_no_delivery_carries_what_never_leaves(planted: Planted) -> None:
    union = planted.front.union
    ana = await union.actor("ana")

    def change(session: Session) -> None:
        update_profile(session, session.get_one(Actor, ana.id), ProfileChanges(summary="Ward nurse"))

    posts = [await union.post("ana", f"number {number}") for number in range(2)]
    await union.world.db.write(change)
    planted.front.clock.advance(minutes=5)
    await planted.front.settle()

    def withdraw(session: Session) -> None:
        withdraw_post(session, session.get_one(Actor, ana.id), session.get_one(Post, posts[0].id))

    await union.world.db.write(withdraw)
    await union.follow("ana", "gail@good.example")
    await planted.front.settle()
    sent = planted.front.internet.requests_to("good.example")
    kinds = {each.activity["type"] for each in planted.gail.server.received}
    assert kinds >= {"Accept", "Create", "Update", "Delete", "Follow"}
    for request in sent:
        assert MARK not in request.url + str(request.headers), request.url
        assert MARK.encode() not in (request.body or b""), request.url


async def test_I2_neither_log_nor_metrics_have_what_people_hand_in(
    planted: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    front = planted.front
    async with planted.client(signed_in=False) as http:
        http.headers["X-Forwarded-For"] = MARK
        for path, fields in (
            ("/sign-in", {"name": MARK, "password": MARK}),
            ("/password/forgotten", {"name": f"{MARK}@work.example"}),
            ("/join", {"name": MARK, "email": f"{MARK}@work.example", "password": MARK}),
        ):
            await http.post(path, data=fields, headers={"Origin": BASE})
        bearer = {"Authorization": f"Bearer {MARK}"}
        await http.get(f"/api/v1/accounts/verify_credentials?q={MARK}", headers=bearer)
        await http.post("/api/v1/statuses", json={"status": MARK}, headers=bearer)
        code = {"grant_type": "authorization_code", "code": MARK, "client_id": MARK}
        await http.post("/oauth/token", data=code)
        for body in (b'{"id": "' + MARK.encode() + b'"', b"[" * 10_000 + MARK.encode(), MARK.encode()):
            await http.post("/inbox", content=body, headers={"Content-Type": DOCUMENT})
    note = planted.gail.note(MARK, to=[f"{BASE}/actors/ana"])
    await planted.gail.post(SHARED, planted.gail.create(note) | {"object": {"type": MARK, "content": [MARK]}})
    await front.settle()
    assert MARK not in "".join(capsys.readouterr())
    assert MARK.encode() not in await front.union.world.part(Metrics).text()
