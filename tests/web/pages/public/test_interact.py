"""/interact: from a page here to one's own server, whose address we learn and do not keep."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.intents import fill
from fediunion.activitypub.webfinger import INTENT_REL, SUBSCRIBE_REL
from fediunion.actors.models import Reach
from fediunion.config import FederationMode
from fediunion.web.pages.public.interact import LOOKUPS_IN_5_MINUTES
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet, FakeSite
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, running
from tests.oauth.rig import fields_of
from tests.web.pages.public.looking import BROWSER, assert_same_as_nobody, browse

ANA = "https://nurses.test/actors/ana"
HOME = "https://home.test"
SELF = {"rel": "self", "type": "application/activity+json", "href": f"{HOME}/users/ben"}
HEADERS = {"Accept": "text/html", "Origin": "https://nurses.test", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Scene:
    """A union, the server of somebody elsewhere, and that one's browser."""

    union: TestUnion
    internet: FakeInternet
    home: FakeSite
    browser: httpx.AsyncClient

    def offer(self, *links: dict[str, str]) -> None:
        """Have the server at home say these about `ben`."""
        document = {"subject": "acct:ben@home.test", "links": [SELF, *links]}
        resource = "/.well-known/webfinger?resource=acct:ben@home.test"
        self.home.serve(resource, document, content_type="application/jrd+json")

    async def ask(
        self, uri: str = ANA, intent: str = "follow", account: str = "@ben@home.test"
    ) -> httpx.Response:
        """Open the form and send it."""
        page = await self.browser.get(f"/interact?{urlencode({'uri': uri, 'intent': intent})}")
        assert page.status_code == 200
        fields = fields_of(page.text) | {"account": account}
        return await self.browser.post("/interact", data=fields, headers=HEADERS)


@pytest.fixture
async def scene(databases: Databases, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Scene]:
    """`ana` is public, `heron` hidden, `fern` followable."""
    internet, url = FakeInternet(), databases.with_tables()
    settings = settings_for("nurses.test", tmp_path, url)
    settings = replace(settings, limits=replace(settings.limits, enabled=True))
    union = await TestUnion.start(internet, "nurses.test", url, clock, settings=settings)
    await union.member("ana")
    await union.member("heron", reach=Reach.HIDDEN)
    await union.member("fern", reach=Reach.FOLLOWABLE)
    internet.join("home.test", home := FakeSite())
    transport = httpx.ASGITransport(app=union.app, client=("198.51.100.9", 5000))
    async with httpx.AsyncClient(
        transport=transport, base_url="https://nurses.test", headers={"Accept": "text/html"}
    ) as browser:
        yield Scene(union, internet, home, browser)
    await union.close()


@pytest.mark.parametrize("named", ["href", "template"])
async def test_the_intent_of_the_server_at_home_is_filled_in(scene: Scene, named: str) -> None:
    scene.offer(
        {"rel": f"{INTENT_REL}Follow", named: f"{HOME}/intents/follow?who={{object}}&then={{on-success}}"}
    )
    page = await scene.ask()
    assert page.status_code == 200
    assert f'href="{HOME}/intents/follow?who={quote(ANA, safe="")}&amp;then=" rel="nofollow' in page.text
    assert "<b><bdi>home.test</bdi></b>" in page.text


async def test_a_server_without_intents_is_entered_the_older_way(scene: Scene) -> None:
    scene.offer({"rel": SUBSCRIBE_REL, "template": f"{HOME}/authorize_interaction?uri={{uri}}"})
    page = await scene.ask()
    assert f'href="{HOME}/authorize_interaction?uri={quote(ANA, safe="")}"' in page.text


@pytest.mark.parametrize(
    ("intent", "kind"), [("reply", "Create"), ("announce", "Announce"), ("like", "Like")], ids=str
)
async def test_each_deed_has_its_intent(scene: Scene, intent: str, kind: str) -> None:
    post = await scene.union.post("ana", "Hello")
    scene.offer(
        {"rel": SUBSCRIBE_REL, "template": f"{HOME}/old?uri={{uri}}"},
        {"rel": f"{INTENT_REL}{kind}", "href": f"{HOME}/{kind}?to={{object}}{{inReplyTo}}&text={{content}}"},
    )
    page = await scene.ask(post.uri, intent)
    assert f'href="{HOME}/{kind}?to={quote(post.uri, safe="")}' in page.text


async def test_a_form_for_new_posts_is_no_way_to_answer_one(scene: Scene) -> None:
    post = await scene.union.post("ana", "Hello")
    scene.offer(
        {"rel": f"{INTENT_REL}Create", "href": f"{HOME}/share?text={{content}}"},
        {"rel": f"{INTENT_REL}Object", "href": f"{HOME}/show?it={{object}}"},
    )
    page = await scene.ask(post.uri, "reply")
    assert f"{HOME}/share" not in page.text
    assert f'href="{HOME}/show?it={quote(post.uri, safe="")}"' in page.text


@pytest.mark.parametrize(
    "template", ["javascript:alert({uri})", "ftp://home.test/{uri}", "//home.test/{uri}", "https://{uri}"]
)
async def test_H01_a_way_that_no_browser_should_go_is_not_shown(scene: Scene, template: str) -> None:
    scene.offer({"rel": SUBSCRIBE_REL, "template": template})
    page = await scene.ask()
    assert page.status_code == 422
    assert "does not say where to go on" in page.text
    assert template.partition("{")[0] not in page.text or template == "https://{uri}"


async def test_a_server_that_is_not_there_is_said_and_the_typed_text_stays(scene: Scene) -> None:
    for account, words in (
        ("@ben@nowhere.test", "did not answer"),
        ("@carl@home.test", "did not answer"),
        ("ben", "Write your whole handle"),
        ("https://home.test/@ben", "Write your whole handle"),
        ("@ana@nurses.test", "on this server"),
        ("@nobody@nurses.test", "on this server"),
    ):
        page = await scene.ask(account=account)
        assert page.status_code == 422
        assert words in page.text
        assert f'value="{account}"' in page.text
        assert ANA in page.text
    assert scene.internet.requests_to("nurses.test") == []


async def test_V32_the_server_at_home_learns_nothing_of_the_visitor(scene: Scene) -> None:
    scene.offer({"rel": SUBSCRIBE_REL, "template": f"{HOME}/old?uri={{uri}}"})
    await scene.ask()
    (request,) = scene.internet.requests_to("home.test")
    assert request.method == "GET"
    assert not {"cookie", "referer", "origin", "x-forwarded-for"} & {name.lower() for name in request.headers}
    assert ANA not in request.url


async def test_the_handle_is_in_no_cookie_and_no_address(scene: Scene) -> None:
    scene.offer({"rel": SUBSCRIBE_REL, "template": f"{HOME}/old?uri={{uri}}"})
    page = await scene.ask()
    assert "home.test" not in str(dict(scene.browser.cookies))
    assert "home.test" not in str(page.request.url)
    assert page.headers["cache-control"] == "no-store"


async def test_lookups_of_one_address_are_counted(scene: Scene) -> None:
    scene.offer({"rel": SUBSCRIBE_REL, "template": f"{HOME}/old?uri={{uri}}"})
    for _ in range(LOOKUPS_IN_5_MINUTES):
        assert (await scene.ask()).status_code == 200
    refused = await scene.ask()
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert len(scene.internet.requests_to("home.test")) == LOOKUPS_IN_5_MINUTES


async def test_I4_who_is_not_shown_cannot_be_acted_on_and_is_nobody(scene: Scene) -> None:
    nobody = f"/interact?{urlencode({'uri': 'https://nurses.test/actors/nobody', 'intent': 'follow'})}"
    for name in ("heron", "fern"):
        asked = f"/interact?{urlencode({'uri': f'https://nurses.test/actors/{name}', 'intent': 'follow'})}"
        await assert_same_as_nobody(scene.union, asked, nobody, accept=BROWSER)


async def test_V23_what_is_not_public_cannot_be_acted_on_and_is_nothing(scene: Scene) -> None:
    nothing = f"/interact?{urlencode({'uri': f'{ANA}/posts/nothing', 'intent': 'like'})}"
    for audience in (Audience.FOLLOWERS, Audience.LOCAL, Audience.DIRECT):
        post = await scene.union.post("ana", "Private", audience=audience)
        asked = f"/interact?{urlencode({'uri': post.uri, 'intent': 'like'})}"
        await assert_same_as_nobody(scene.union, asked, nothing, accept=BROWSER)


@pytest.mark.parametrize(
    "query",
    [
        "",
        f"uri={ANA}&intent=eat",
        "uri=https://elsewhere.test/1",
        "uri=javascript:alert(1)",
        f"uri={ANA}&intent=like",
    ],
    ids=["nothing", "unknown-action", "elsewhere", "script", "liking-a-person"],
)
async def test_a_link_that_names_nothing_of_ours_is_no_page(scene: Scene, query: str) -> None:
    assert (await scene.browser.get(f"/interact?{query}")).status_code == 404


async def test_an_instance_that_keeps_to_itself_offers_no_way_in(
    databases: Databases, clock: FakeClock, tmp_path: Path
) -> None:
    url = databases.with_tables()
    settings = settings_for("nurses.test", tmp_path, url)
    alone = replace(settings, federation=replace(settings.federation, mode=FederationMode.OFF))
    union = await TestUnion.start(FakeInternet(), "nurses.test", url, clock, settings=alone)
    async with running(union):
        await union.member("ana")
        post = await union.post("ana", "Hello")
        for path in ("/@ana", f"/@ana/{post.slug}"):
            page = await browse(union, path)
            assert page.status == 200
            assert b"/interact" not in page.body
        assert (await browse(union, f"/interact?uri={ANA}&intent=follow")).status == 404


def test_what_is_not_known_is_left_empty() -> None:
    template = "https://home.test/{inReplyTo}?a={object}&b={uri}&c={on-cancel}&d={name}"
    assert fill(template, "x y") == "https://home.test/x%20y?a=x%20y&b=x%20y&c=&d="
