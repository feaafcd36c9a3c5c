"""Exports of two: begun with a passphrase by who asked, sealed, fetched once, told to the other officers."""

import io

import httpx
import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import load_private, public_multibase, public_pem
from fediunion.actors.models import ActorKey, ActorKind
from fediunion.actors.queries import find_actor_by_uri, get_actor, keys_of
from fediunion.actors.service import mark_actor_deleted
from fediunion.backup.sealing import open_sealed
from fediunion.kit.pages import Page
from fediunion.members.mail.service import open_letter
from fediunion.members.models import QueuedMail
from fediunion.social.exports.models import Export, ExportState
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.models import TwoPersonRequest
from tests.fakes.union import settle
from tests.oauth.rig import PASSWORD, Browser, Desk
from tests.web.pages.admin.staff import member_named, sign_in, submit, token_of

TWO = "/admin/two-persons"
EXPORTS = "/admin/exports"
PHRASE = "seven nights without the moon"
TWICE = {"password": PHRASE, "again": PHRASE}


async def approved(desk: Desk, adi: Browser, olu: Browser, act: str = "key_export") -> int:
    """Return the request of an export that an admin asked for and an owner approved."""
    await submit(adi, TWO, TWO, act=act, reason="We move to another machine")
    request = (await desk.rows(TwoPersonRequest))[-1]
    await submit(olu, TWO, f"{TWO}/{request.id}/approve")
    found: int = request.id
    return found


async def begun(desk: Desk, adi: Browser, olu: Browser, act: str = "key_export") -> Export:
    """Return an export, as it is after the job."""
    number = await approved(desk, adi, olu, act)
    await submit(adi, f"{EXPORTS}/{number}", f"{EXPORTS}/{number}", **TWICE)
    await settle(desk.union)
    found: Export = (await desk.rows(Export))[-1]
    return found


async def fetched(desk: Desk, browser: Browser, export: Export) -> httpx.Response:
    """Return the answer to who asks for the file."""
    return await browser.post(f"{EXPORTS}/{export.id}/fetch", await token_of(browser))


async def test_C06_the_keys_of_the_institutions_are_exported_sealed_and_once(desk: Desk) -> None:
    await desk.union.member("board", kind=ActorKind.BOARD)
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    export = await begun(desk, adi, olu)
    assert (export.state, export.sealed_key) == (ExportState.READY, None)
    assert f"{EXPORTS}/{export.id}/fetch" in (await adi.get(TWO)).text
    answer = await fetched(desk, adi, export)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-disposition"].endswith('.sealed"')
    assert b"PRIVATE" not in answer.content
    with open_sealed(io.BytesIO(answer.content), PHRASE) as stream:
        document = orjson.loads(stream.read())
    kept = await desk.db.read(
        lambda session: {key.key_uri: key.public for key in keys_of_all(session, document["keys"])}
    )
    for each in document["keys"]:
        pair = load_private(each["private"].encode())
        made = public_pem(pair) if each["algorithm"] == "rsa" else public_multibase(pair)
        assert (made, each["public"]) == (kept[each["id"]], kept[each["id"]])
    names = {each["actor"].rpartition("/")[2] for each in document["keys"]}
    assert "board" in names
    assert not names & {"adi", "olu"}
    assert (await fetched(desk, adi, export)).status_code == 404
    (export,) = await desk.rows(Export)
    assert export.state == ExportState.FETCHED
    assert f"{EXPORTS}/{export.id}/fetch" not in (await adi.get(TWO)).text
    actions = await desk.db.read(lambda session: [each.action for each in list_audit(session, Page(limit=4))])
    assert actions == [f"key_export.{step}" for step in ("fetch", "take", "approve", "ask")]
    desk.clock.advance(hours=3)
    await settle(desk.union)
    assert not [file for file in await desk.rows(StoredFile) if file.ready]


def keys_of_all(session: Session, keys: list[dict[str, str]]) -> list[ActorKey]:
    """Return the rows of the keys of everybody who is named."""
    actors = [find_actor_by_uri(session, uri) for uri in {each["actor"] for each in keys}]
    return [key for actor in actors if actor is not None for key in keys_of(session, actor.id)]


async def test_C09_nobody_else_begins_or_fetches_an_export(desk: Desk) -> None:
    adi, olu, mo = [await sign_in(desk, name) for name in ("adi", "olu", "mo")]
    number = await approved(desk, adi, olu)
    for other in (olu, mo):
        assert (await other.get(f"{EXPORTS}/{number}")).status_code == 404
        answer = await other.post(f"{EXPORTS}/{number}", await token_of(other) | TWICE)
        assert answer.status_code == 404
    assert await desk.rows(Export) == []
    export = await begun(desk, adi, olu, "key_export")
    for other in (olu, mo):
        assert (await fetched(desk, other, export)).status_code == 404
    assert (await fetched(desk, adi, export)).status_code == 200


async def test_C09_an_export_is_begun_after_the_approval_and_once(
    desk: Desk,
) -> None:
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    await submit(adi, TWO, TWO, act="key_export", reason="We move")
    (request,) = await desk.rows(TwoPersonRequest)
    path = f"{EXPORTS}/{request.id}"
    assert (await adi.get(path)).status_code == 404
    assert (await adi.post(path, await token_of(adi) | TWICE)).status_code == 404
    await submit(olu, TWO, f"{TWO}/{request.id}/approve")
    await submit(adi, path, path, **TWICE)
    assert (await adi.post(path, await token_of(adi) | TWICE)).status_code == 404
    assert len(await desk.rows(Export)) == 1
    assert f'href="{path}"' not in (await adi.get(TWO)).text


async def test_a_weak_or_mistyped_passphrase_uses_no_permit_up(desk: Desk) -> None:
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    path = f"{EXPORTS}/{await approved(desk, adi, olu)}"
    for password, again in (("short", "short"), (PHRASE, f"{PHRASE}!"), ("", "")):
        answer = await adi.post(path, await token_of(adi) | {"password": password, "again": again})
        assert (answer.status_code, PHRASE in answer.text) == (422, False)
    await submit(adi, path, path, **TWICE)


async def test_W19_an_export_is_begun_and_fetched_after_a_proof(desk: Desk) -> None:
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    path = f"{EXPORTS}/{await approved(desk, adi, olu)}"
    desk.clock.advance(minutes=11)
    for answer in (await adi.get(path), await adi.post(path, await token_of(adi) | TWICE)):
        assert "/sign-in/again" in answer.headers["location"]
    await adi.post("/sign-in/again", await token_of(adi) | {"password": PASSWORD, "next": path})
    await submit(adi, path, path, **TWICE)
    await settle(desk.union)
    (export,) = await desk.rows(Export)
    desk.clock.advance(minutes=11)
    assert "/sign-in/again" in (await fetched(desk, adi, export)).headers["location"]
    assert (await desk.rows(Export))[0].state == ExportState.READY


async def test_C06_an_export_is_over_after_a_day(desk: Desk) -> None:
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    export = await begun(desk, adi, olu)
    desk.clock.advance(hours=25)
    await settle(desk.union)
    assert (await fetched(desk, await desk.signed_in("adi"), export)).status_code in (303, 404)
    assert not [file for file in await desk.rows(StoredFile) if file.ready]


async def test_each_step_is_told_to_the_other_officers_by_mail(desk: Desk) -> None:
    adi, olu, _ = [await sign_in(desk, name) for name in ("adi", "olu", "mo")]
    number = await approved(desk, adi, olu)
    await submit(adi, f"{EXPORTS}/{number}", f"{EXPORTS}/{number}", **TWICE)
    letters = [open_letter(row, desk.union.world.settings) for row in await desk.rows(QueuedMail)]
    told = [(each.to.partition("@")[0], each.text.split("\n")[0]) for each in letters]
    handles = {name: f"@{name}@us.example" for name in ("adi", "olu")}
    keys = "an export of the keys of this server"
    assert told == [
        ("olu", f"{handles['adi']} asked for {keys}. A second officer has to approve it."),
        ("adi", f"{handles['olu']} approved {keys}."),
        ("olu", f"{handles['adi']} has {keys} made."),
    ]
    assert all("We move to another machine" in each.text for each in letters)


async def test_the_first_page_tells_administrators_what_waits_and_what_was_exported(desk: Desk) -> None:
    adi, olu, mo = [await sign_in(desk, name) for name in ("adi", "olu", "mo")]
    await submit(adi, TWO, TWO, act="key_export", reason="We move")
    assert "One act waits for a second person." in (await olu.get("/admin")).text
    assert "second person" not in (await mo.get("/admin")).text
    (request,) = await desk.rows(TwoPersonRequest)
    await submit(olu, TWO, f"{TWO}/{request.id}/approve")
    path = f"{EXPORTS}/{request.id}"
    await submit(adi, path, path, **TWICE)
    shown = (await olu.get("/admin")).text
    assert "exported once in the last 7 days" in shown
    assert "second person" not in shown


async def test_an_export_of_everything_that_fails_says_so_and_leaves_no_key(desk: Desk) -> None:
    """This instance was not started from a configuration file."""
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    number = await approved(desk, adi, olu, "full_export")
    await submit(adi, f"{EXPORTS}/{number}", f"{EXPORTS}/{number}", **TWICE)
    await settle(desk.union)
    (export,) = await desk.rows(Export)
    assert (export.state, export.sealed_key) == (ExportState.FAILED, None)
    assert "could not be made" in (await adi.get(TWO)).text


async def test_exports_go_with_who_asked(desk: Desk) -> None:
    adi, olu = await sign_in(desk, "adi"), await sign_in(desk, "olu")
    await begun(desk, adi, olu)
    member = await member_named(desk, "adi")

    def leave(session: Session) -> None:
        mark_actor_deleted(session, get_actor(session, member.actor_id))

    await desk.db.write(leave)
    counted = await desk.db.read(lambda session: session.scalar(select(func.count()).select_from(Export)))
    assert counted == 0
