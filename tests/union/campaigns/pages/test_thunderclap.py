"""/campaigns/{slug}/clap and its page of the team: the time left, the sum, and who pledges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.pages.thunderclap import Left, left_until
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms
from tests.fakes.union import settle
from tests.oauth.rig import Desk
from tests.union.campaigns.pages.stage import change, officer, press, put
from tests.union.campaigns.samples import AS_OF, call_terms

AT = datetime(2026, 12, 10, 12, tzinfo=UTC)
TERMS = ThunderclapTerms(
    message={"en": "Staff need a voice <b>", "fr": "Le personnel a droit à la parole"},
    threshold=2,
    release_at=AT,
    window_seconds=120,
)


async def called(desk: Desk, terms: ThunderclapTerms = TERMS) -> tuple[CampaignCall, str]:
    """Return an open call with a thunderclap, and its page."""
    call = await put(desk, call_terms(pledges=True), draft=True)
    await change(desk, call, set_thunderclap, terms, by="tests")
    await change(desk, call, publish_call, by="tests")
    return call, f"/campaigns/{call.slug}/clap"


async def reach(desk: Desk, name: str, to: Reach) -> None:
    """Let a member be seen by whom they choose."""

    def work(session: Session) -> None:
        actor = find_local_actor(session, name)
        assert actor is not None
        actor.reach = to

    await desk.db.write(work)


@pytest.mark.parametrize(
    ("minutes", "left"),
    [(0, (0, 0, 0)), (-5, (0, 0, 0)), (59, (0, 0, 59)), (1500, (1, 1, 0))],
    ids=["now", "past", "hour", "day"],
)
def test_the_time_left_is_in_whole_minutes(minutes: int, left: tuple[int, int, int]) -> None:
    assert left_until(AS_OF + timedelta(minutes=minutes), AS_OF) == Left(*left)


async def test_the_page_counts_down_and_says_what_happens(desk: Desk) -> None:
    call, path = await called(desk)
    page = (await desk.http.get(path)).text
    assert '<b data-left="days">9</b>' in page
    assert '<b data-left="hours">3</b>' in page
    assert "<b>0 of 2</b> pledged" in page
    assert "Staff need a voice &lt;b&gt;" in page
    assert "boosts follow within 120 seconds" in page
    assert "Le personnel a droit" in (await desk.client().get(f"{path}?lang=fr")).text
    assert f'href="{path}"' in (await desk.http.get(f"/campaigns/{call.slug}")).text


async def test_a_member_pledges_and_takes_it_back(desk: Desk) -> None:
    _, path = await called(desk)
    await desk.member()
    await reach(desk, "ana", Reach.PUBLIC)
    browser = await desk.signed_in()
    assert (await press(browser, path, f"{path}/pledge")).status_code == 303
    assert "You have pledged" in (await browser.get(path)).text
    assert "<b>1 of 2</b> pledged" in (await desk.http.get(path)).text
    assert len(await desk.rows(Pledge)) == 1
    await press(browser, path, f"{path}/withdraw")
    assert await desk.rows(Pledge) == []


async def test_a_hidden_member_cannot_pledge_and_is_told_why(desk: Desk) -> None:
    _, path = await called(desk)
    await desk.member()
    await reach(desk, "ana", Reach.HIDDEN)
    answer = await press(await desk.signed_in(), path, f"{path}/pledge")
    assert answer.status_code == 403
    assert "A hidden member cannot pledge" in answer.text
    assert await desk.rows(Pledge) == []


async def test_I6_no_page_of_the_team_says_who_pledged(desk: Desk) -> None:
    call, path = await called(desk)
    await desk.member("ben")
    await reach(desk, "ben", Reach.PUBLIC)
    await press(await desk.signed_in("ben"), path, f"{path}/pledge")
    browser = await officer(desk)
    team = f"/admin/campaigns/{call.slug}"
    for page in (path, f"/campaigns/{call.slug}", team, f"{team}/clap", f"{team}/signatures.csv"):
        told = (await browser.get(page)).text
        assert "ben" not in told.replace("benefit", "")
    assert "1 of 2" in (await browser.get(f"{team}/clap")).text


async def test_strangers_are_asked_for_their_account_and_bad_ones_are_refused(desk: Desk) -> None:
    _, path = await called(desk)
    browser = desk.browser()
    for account in ("", "vera", "vera@us.example", "a@b@c", "<b>@x.example"):
        answer = await press(browser, path, f"{path}/ask", account=account)
        assert answer.status_code == 422
        assert "<b>@x" not in answer.text
    assert await desk.rows(Pledge) == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ThunderclapState.RELEASED, "accounts pledged, and the post went out."),
        (ThunderclapState.NOT_REACHED, "Too few pledged. Nothing was posted"),
        (ThunderclapState.WITHDRAWN, "It was withdrawn."),
        (ThunderclapState.MISSED, "The moment was missed"),
    ],
    ids=["released", "not-reached", "withdrawn", "missed"],
)
async def test_afterwards_the_page_says_what_came_of_it(
    desk: Desk, state: ThunderclapState, said: str
) -> None:
    call, path = await called(desk)

    def finish(session: Session, _call: CampaignCall) -> None:
        clap = session.query(Thunderclap).one()
        clap.state, clap.delivered_count, clap.failed_count = state, 280, 20

    await change(desk, call, finish)
    page = (await desk.http.get(path)).text
    assert said in page
    assert f'action="{path}/pledge"' not in page
    of_call = (await desk.http.get(path.removesuffix("/clap"))).text
    assert said in of_call
    assert not any("If 2 accounts pledge by" in each for each in (page, of_call))
    if state is ThunderclapState.RELEASED:
        assert "280 boosts went out as pledged." in page
        assert "20 failed." in page


async def test_a_call_without_a_moment_has_no_such_page(desk: Desk) -> None:
    call = await put(desk)
    assert (await desk.http.get(f"/campaigns/{call.slug}/clap")).status_code == 404


async def test_an_officer_sets_the_moment_of_a_draft_and_withdraws_it_later(desk: Desk) -> None:
    call = await put(desk, call_terms(pledges=True), draft=True)
    browser = await officer(desk)
    path = f"/admin/campaigns/{call.slug}"
    typed: dict[str, Any] = {"day": "2026-12-10", "time": "12:00", "threshold": "300", "window": "120"}
    typed |= {"language[]": "en", "message[]": "Staff need a voice"}
    for wrong in (
        {"day": "soon"},
        {"threshold": "many"},
        {"window": "5"},
        {"message[]": " "},
        {"day": "2020-01-01"},
    ):
        answer = await press(browser, f"{path}/clap", f"{path}/clap", act="set", **(typed | wrong))
        assert answer.status_code == 422, wrong
    assert await desk.rows(Thunderclap) == []
    assert (await press(browser, f"{path}/clap", f"{path}/clap", act="set", **typed)).status_code == 303
    assert (await press(browser, f"{path}/publish", f"{path}/publish")).status_code == 303
    page = (await browser.get(f"{path}/clap")).text
    assert "0 of 300" in page
    assert (await press(browser, f"{path}/clap", f"{path}/clap", act="withdraw")).status_code == 303
    (clap,) = await desk.rows(Thunderclap)
    assert clap.state == ThunderclapState.WITHDRAWN
    assert "It was withdrawn." in (await desk.http.get(f"/campaigns/{call.slug}/clap")).text
    await settle(desk.union)
    actors = [each for each in await desk.rows(Actor) if each.kind == ActorKind.FEED]
    assert len(actors) == 1
