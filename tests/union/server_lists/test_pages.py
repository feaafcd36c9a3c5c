"""/admin/server-lists: who may see it, what is published, followed, applied and skipped there."""

from sqlalchemy.orm import Session

from fediunion.social.moderation.models import AuditEntry
from fediunion.union.server_lists.models import FollowedList, ListEntryRow, PublishedList
from tests.oauth.rig import Desk
from tests.web.pages.admin.staff import sign_in, submit, token_of

PAGE = "/admin/server-lists"
URL = "https://uni.example/federation-lists/blocked"


async def followed(desk: Desk) -> int:
    """Store a list that is followed, with an entry of each state; return its number."""

    def work(session: Session) -> int:
        now = desk.clock.now()
        row = FollowedList(
            url=URL,
            owner_uri="https://uni.example/actors/union",
            applying="ask",
            stated_at=now,
            looked_at=now,
            problem="<b>answered 503</b>",
        )
        session.add(row)
        session.flush()
        for host, state in (("bad.example", "waiting"), ("gone.example", "gone"), ("old.example", "applied")):
            session.add(
                ListEntryRow(list_id=row.id, host=host, action="block", reason="<b>Spam</b>", state=state)
            )
        return row.id

    number: int = await desk.db.write(work)
    return number


async def entries(desk: Desk) -> dict[str, int]:
    """Return the numbers of the entries, by server."""
    return {row.host: row.id for row in await desk.rows(ListEntryRow)}


async def test_O12_the_page_is_for_admins(desk: Desk) -> None:
    number = await followed(desk)
    mo = await sign_in(desk, "mo")
    assert (await desk.http.get(PAGE)).status_code == 303
    assert (await mo.get(PAGE)).status_code == 404
    for path in (PAGE, f"{PAGE}/published", f"{PAGE}/{number}", f"{PAGE}/{number}/end"):
        assert (await mo.post(path, await token_of(mo) | {"name": "blocked"})).status_code == 404
    assert len(await desk.rows(FollowedList)) == 1


async def test_an_empty_page_says_what_there_may_be(desk: Desk) -> None:
    text = (await (await sign_in(desk, "adi")).get(PAGE)).text
    assert "No list is followed" in text
    assert text.count("not published") == 2


async def test_what_waits_is_shown_and_applied_or_skipped(desk: Desk) -> None:
    number = await followed(desk)
    adi = await sign_in(desk, "adi")
    text = (await adi.get(PAGE)).text
    assert "bad.example" in text
    assert "gone from the list" in text
    assert "old.example" not in text
    assert "1 rule made from it" in text
    assert "&lt;b&gt;Spam" in text
    assert "answered 503" not in text
    numbers = await entries(desk)
    path = f"{PAGE}/{number}"
    assert "0 entries are applied." in await submit(
        adi, PAGE, path, **{"entry[]": "nonsense", "act": "apply"}
    )
    done = await submit(adi, PAGE, path, **{"entry[]": str(numbers["bad.example"]), "act": "apply"})
    assert "1 entry is applied." in done
    skipped = await submit(adi, PAGE, path, **{"entry[]": str(numbers["gone.example"]), "act": "skip"})
    assert "What you chose waits no longer." in skipped
    assert "Nothing waits for you." in skipped
    ended = await submit(adi, PAGE, f"{path}/end")
    assert "The list is followed no longer." in ended
    assert await desk.rows(ListEntryRow) == []
    assert (await adi.post(path, await token_of(adi))).status_code == 404


async def test_a_list_of_ours_is_published_and_taken_back(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    path = f"{PAGE}/published"
    assert "/federation-lists/blocked" in await submit(adi, PAGE, path, name="blocked")
    assert [row.name for row in await desk.rows(PublishedList)] == ["blocked"]
    await submit(adi, PAGE, path, name="blocked", undo="1")
    assert await desk.rows(PublishedList) == []
    assert (await adi.post(path, await token_of(adi) | {"name": "all"})).status_code == 404
    acts = [row.action for row in await desk.rows(AuditEntry)]
    assert acts == ["server_list.publish", "server_list.withdraw"]


async def test_what_is_no_list_says_so_and_keeps_what_was_typed(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    for url in ("nobody.example", "a b", "https://127.0.0.1/list", "http://localhost/list"):
        answer = await adi.post(PAGE, await token_of(adi) | {"url": url})
        assert (answer.status_code, "No list with a valid proof" in answer.text) == (422, True), url
        assert f'value="{url}"' in answer.text
    assert await desk.rows(FollowedList) == []


async def test_W19_a_list_that_blocks_by_itself_wants_a_fresh_proof(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    desk.clock.advance(minutes=11)
    answer = await adi.post(PAGE, await token_of(adi) | {"url": "uni.example", "automatic": "1"})
    assert (answer.status_code, "/sign-in/again" in answer.headers["location"]) == (303, True)
