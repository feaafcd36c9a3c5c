"""/admin/unions: officers answer, offer, suspend and end relations, and see how each peer fares."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.social.moderation.models import AuditEntry
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Side, TrustSetting
from fediunion.union.affiliation.queries import trust_of
from tests.oauth.rig import DOMAIN, Browser, Desk
from tests.union.directory.ties import OURS, add_union, tie
from tests.web.pages.admin.staff import sign_in, submit, token_of

PAGE = "/admin/unions"


async def statuses(desk: Desk) -> list[str]:
    """Return how our relations stand."""
    return [row.status for row in await desk.rows(Affiliation) if row.our_side is not None]


async def acts(desk: Desk) -> list[str]:
    """Return what stands in the log about relations."""
    return [row.action for row in await desk.rows(AuditEntry) if row.action.startswith("affiliation.")]


async def send(browser: Browser, path: str, **fields: str) -> int:
    """Send a form with the token of this browser; return the status."""
    return int((await browser.post(path, await token_of(browser) | fields)).status_code)


async def test_nothing_there_says_what_to_do(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    text = (await adi.get(PAGE)).text
    assert "No relations yet" in text
    assert "No way to another union" in text


async def test_O12_the_page_is_for_admins(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    number = await tie(desk, OURS, uni)
    mo = await sign_in(desk, "mo")
    ana = await sign_in(desk, "ana")
    paths = [f"{PAGE}/peers/uni.example", PAGE, f"{PAGE}/relations/{number}/end"]
    for path in paths:
        assert (await desk.http.get(path)).status_code == 303
        for browser in (mo, ana):
            assert (await browser.get(path)).status_code == 404
    for action in ("accept", "reject", "resume", "suspend", "end"):
        for browser in (mo, ana):
            assert await send(browser, f"{PAGE}/relations/{number}/{action}") == 404
    assert await send(mo, f"{PAGE}/peers/uni.example", by="own") == 404
    assert await send(mo, PAGE, host="uni.example", kind="affiliate", side="child") == 404
    assert await statuses(desk) == ["active"]
    assert await acts(desk) == []


async def test_an_offer_says_what_would_be_shared_with_whom_and_is_accepted(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example", "UNI <b>global</b>")
    far = await add_union(desk, "far.example", "Far union")
    await tie(desk, far, uni)
    number = await tie(desk, OURS, uni, status=AffiliationStatus.OFFERED, offered_by=Side.PARENT)
    adi = await sign_in(desk, "adi")
    text = (await adi.get(PAGE)).text
    waiting = text.partition("Offers that wait for your answer")[2].partition("Our relations")[0]
    assert "UNI &lt;b&gt;global&lt;/b&gt;" in waiting
    assert "Far union" in waiting
    assert "Posts to the union network" in waiting
    assert await trust_at(desk, "far.example") == 0
    text = await submit(adi, PAGE, f"{PAGE}/relations/{number}/accept")
    assert "The relation is in force." in text
    assert await trust_at(desk, "far.example") == 3
    assert await acts(desk) == ["affiliation.accept"]


async def trust_at(desk: Desk, host: str) -> int:
    """Return how many things a server may share."""
    found: frozenset[object] = await desk.db.read(trust_of, host)
    return len(found)


async def test_what_a_cut_would_end_is_shown_first_and_done_after_a_proof(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example", "UNI")
    far = await add_union(desk, "far.example", "Far union")
    number = await tie(desk, OURS, uni)
    await tie(desk, far, uni)
    adi = await sign_in(desk, "adi")
    for action, left in (("suspend", "suspended"), ("end", "ended")):
        path = f"{PAGE}/relations/{number}/{action}"
        text = (await adi.get(path)).text
        if action == "suspend":
            assert "With 2 unions less is shared" in text
            assert "Far union" in text
        else:
            assert "Nothing else changes" in text
        assert await send(adi, path) == 303
        assert await statuses(desk) == [left]
    assert await acts(desk) == ["affiliation.suspend", "affiliation.end"]
    assert await trust_at(desk, "far.example") == 0


async def test_W19_a_cut_wants_a_fresh_proof(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    number = await tie(desk, OURS, uni)
    adi = await sign_in(desk, "adi")
    desk.clock.advance(minutes=11)
    for action in ("suspend", "end"):
        path = f"{PAGE}/relations/{number}/{action}"
        shown = await adi.get(path)
        assert (shown.status_code, "/sign-in/again" in shown.headers["location"]) == (303, True)
        assert await send(adi, path) == 303
    assert await statuses(desk) == ["active"]


async def test_our_suspension_is_taken_back(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    number = await tie(desk, OURS, uni)
    adi = await sign_in(desk, "adi")
    assert await send(adi, f"{PAGE}/relations/{number}/suspend") == 303
    text = await submit(adi, f"{PAGE}/peers/uni.example", f"{PAGE}/relations/{number}/resume")
    assert "Our suspension is taken back." in text
    assert await statuses(desk) == ["active"]
    answer = await adi.post(f"{PAGE}/relations/{number}/resume", await token_of(adi))
    assert (answer.status_code, "We have said so already." in answer.text) == (422, True)


async def test_what_is_no_relation_of_ours_is_not_found(desk: Desk) -> None:
    uni, far = await add_union(desk, "uni.example"), await add_union(desk, "far.example")
    await tie(desk, OURS, uni)
    others = await tie(desk, far, uni)
    adi = await sign_in(desk, "adi")
    for number in (others, 1, 9 * 10**18):
        assert (await adi.get(f"{PAGE}/relations/{number}/end")).status_code == 404
        assert await send(adi, f"{PAGE}/relations/{number}/accept") == 404
    assert (await adi.get(f"{PAGE}/peers/nobody.example")).status_code == 404
    assert await send(adi, f"{PAGE}/peers/nobody.example", by="own") == 404
    assert await desk.rows(TrustSetting) == []


async def test_each_peer_shows_its_trust_its_way_and_its_health(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example", "UNI")
    far = await add_union(desk, "far.example", "Far union")
    await tie(desk, OURS, uni)
    await tie(desk, far, uni)

    def fail(session: Session) -> None:
        found = session.query(Instance).filter(Instance.host == "far.example").one()
        found.state, found.failing_since = InstanceState.FAILING, desk.clock.now()
        found.last_error, found.last_success_at = "answered 502", desk.clock.now()

    await desk.db.write(fail)
    adi = await sign_in(desk, "adi")
    text = (await adi.get(PAGE)).text
    row = text.partition("Unions that a way leads to")[2].partition("Far union")[2].partition("</tr>")[0]
    for words in ("through UNI", "Failing", "It has a problem of its own.", "Vacancies, Calls to act"):
        assert words in row
    alone = (await adi.get(f"{PAGE}/peers/far.example")).text
    assert "through UNI" in alone
    assert "As its relations say" in alone


async def test_what_a_peer_may_share_is_decided_and_given_back(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    await tie(desk, OURS, uni)
    adi = await sign_in(desk, "adi")
    path = f"{PAGE}/peers/uni.example"
    text = await submit(adi, path, path, **{"by": "own", "trust[]": "vacancies"})
    assert "What this server may share is decided." in text
    assert await trust_at(desk, "uni.example") == 1
    await submit(adi, path, path, **{"by": "own", "trust[]": "everything"})
    assert await trust_at(desk, "uni.example") == 0
    assert "decided by an officer" in (await adi.get(PAGE)).text
    await submit(adi, path, path, by="default")
    assert await trust_at(desk, "uni.example") == 3
    assert await acts(desk) == ["affiliation.trust"] * 3


async def test_what_cannot_be_offered_says_why_and_keeps_what_was_typed(desk: Desk) -> None:
    await add_union(desk, "uni.example")
    adi = await sign_in(desk, "adi")
    wrong = (
        ({"host": "a b"}, "host"),
        ({"host": "nobody.example"}, "No union answers at this address."),
        ({"host": DOMAIN}, "That is no union on another server."),
        ({"kind": "owner"}, "Choose one of these."),
        ({"side": "above"}, "Choose one of these."),
        ({"kind": "sector"}, "Which sector or region? Give its name."),
        ({"since": "yesterday"}, "This is no day."),
        ({"kind": "sector", "label": "x" * 101}, "too long"),
    )
    right = {"host": "union@uni.example", "kind": "affiliate", "side": "child"}
    for fields, said in wrong:
        answer = await adi.post(PAGE, await token_of(adi) | right | fields)
        assert (answer.status_code, said in answer.text) == (422, True), fields
        assert f'value="{(right | fields)["host"]}"' in answer.text
    assert await statuses(desk) == []


async def test_a_relation_is_offered_and_waits_for_their_answer(desk: Desk) -> None:
    await add_union(desk, "uni.example", "UNI")
    adi = await sign_in(desk, "adi")
    fields = {"host": "union@uni.example", "kind": "sector", "side": "child", "label": "ICTS"}
    text = await submit(adi, PAGE, PAGE, **fields, since="2010-05-01")
    assert "The relation is offered." in text
    assert "waits for their answer" in text
    (row,) = await desk.rows(Affiliation)
    assert (row.kind, row.label, row.status, row.our_side) == ("sector", "ICTS", "offered", "child")
    peer = (await adi.get(f"{PAGE}/peers/uni.example")).text
    assert "Take the offer back" in peer
    ending = f"{PAGE}/relations/{row.id}/end"
    assert "Nothing was shared for it yet." in (await adi.get(ending)).text
    assert await send(adi, ending) == 303
    assert await statuses(desk) == ["ended"]
    assert await acts(desk) == ["affiliation.offer", "affiliation.end"]


async def test_what_they_have_offered_is_accepted_by_offering_the_same(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example", "UNI")
    await tie(desk, OURS, uni, status=AffiliationStatus.OFFERED, offered_by=Side.PARENT)
    adi = await sign_in(desk, "adi")
    fields = {"host": "union@uni.example", "kind": "affiliate", "side": "child"}
    assert "it is in force now" in await submit(adi, PAGE, PAGE, **fields)
    assert await statuses(desk) == ["active"]


async def test_an_offer_is_refused(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    number = await tie(desk, OURS, uni, status=AffiliationStatus.OFFERED, offered_by=Side.PARENT)
    adi = await sign_in(desk, "adi")
    text = await submit(adi, PAGE, f"{PAGE}/relations/{number}/reject")
    assert "The offer is refused" in text
    assert await statuses(desk) == ["ended"]
    assert await acts(desk) == ["affiliation.reject"]
