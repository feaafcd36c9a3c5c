"""WebFinger as other servers ask it."""

from typing import Any
from urllib.parse import quote

import orjson
import pytest

from fediunion.activitypub.webfinger import find_actor_uri
from fediunion.actors.models import Reach
from fediunion.actors.service import mark_actor_deleted, set_reach
from tests.actors.conftest import StartHome
from tests.actors.home import Home

PATH = "/.well-known/webfinger?resource="


async def _ask(home: Home, resource: str, host: str = "union.test") -> dict[str, Any]:
    answer = await home.get(f"https://{host}{PATH}{quote(resource, safe='')}", accept=None)
    assert answer.status == 200, (resource, answer)
    document: dict[str, Any] = orjson.loads(answer.body)
    return document


def _self_of(jrd: dict[str, Any]) -> set[str]:
    return {link["href"] for link in jrd["links"] if link["rel"] == "self"}


@pytest.mark.parametrize(
    "resource",
    [
        "acct:ana@union.test",
        "acct:Ana@UNION.test",
        "ana@union.test",
        "@ana@union.test",
        "https://union.test/actors/ana",
        "https://union.test/@ana",
    ],
)
async def test_a_member_is_found_by_every_form_of_handle_and_address(home: Home, resource: str) -> None:
    await home.add("ana")
    jrd = await _ask(home, resource)
    assert jrd["subject"] == "acct:ana@union.test"
    assert _self_of(jrd) == {"https://union.test/actors/ana"}


async def test_the_answer_has_both_media_types_a_page_and_the_intents(home: Home) -> None:
    await home.add("ana")
    answer = await home.get(f"{PATH}acct:ana@union.test")
    assert answer.headers["content-type"] == "application/jrd+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    links = orjson.loads(answer.body)["links"]
    assert [link["type"] for link in links if link["rel"] == "self"] == [
        "application/activity+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    ]
    assert {
        "rel": "http://webfinger.net/rel/profile-page",
        "type": "text/html",
        "href": "https://union.test/@ana",
    } in links
    templates = {link["rel"].rpartition("/")[2]: link["template"] for link in links if "template" in link}
    assert templates["Object"] == "https://union.test/authorize_interaction?uri={object}"
    assert {"Object", "Follow", "Announce", "Like", "Create", "subscribe"} == set(templates)


@pytest.mark.parametrize(
    "resource",
    [
        "acct:instance@union.test",
        "acct:union.test@union.test",
        "https://union.test",
        "https://union.test/",
        "https://union.test/actors/instance",
    ],
)
async def test_the_instance_actor_is_found_by_the_server_itself(home: Home, resource: str) -> None:
    jrd = await _ask(home, resource)
    assert _self_of(jrd) == {"https://union.test/actors/instance"}
    assert jrd["links"][0]["properties"] == {
        "https://www.w3.org/ns/activitystreams#type": "https://www.w3.org/ns/activitystreams#Application"
    }


async def test_a_split_domain_is_answered_on_both_hosts_with_one_handle(start_home: StartHome) -> None:
    home = await start_home(instance={"web_domain": "fedi.union.test"})
    await home.add("ana")
    for host in ("union.test", "fedi.union.test"):
        for handle in ("acct:ana@union.test", "acct:ana@fedi.union.test"):
            jrd = await _ask(home, handle, host)
            assert jrd["subject"] == "acct:ana@union.test"
            assert _self_of(jrd) == {"https://fedi.union.test/actors/ana"}
    assert (await home.get_json("/actors/ana"))["webfinger"] == "ana@union.test"


async def test_in_development_handles_carry_the_port(start_home: StartHome) -> None:
    home = await start_home(domain="union-a.localhost:8101")
    await home.add("ana")
    jrd = await _ask(home, "acct:ana@union-a.localhost:8101", "union-a.localhost:8101")
    assert jrd["subject"] == "acct:ana@union-a.localhost:8101"
    for resource in ("acct:union-a.localhost:8101@union-a.localhost:8101", "https://union-a.localhost:8101/"):
        found = await _ask(home, resource, "union-a.localhost:8101")
        assert _self_of(found) == {"https://union-a.localhost:8101/actors/instance"}


async def test_our_own_client_finds_our_members(start_home: StartHome) -> None:
    home, other = await start_home(), await start_home(domain="other.test")
    await other.add("ben")
    answer = await find_actor_uri(home.world.client, "ben@other.test")
    assert answer.actor_uri == "https://other.test/actors/ben"


async def test_I4_a_hidden_and_a_deleted_member_are_answered_like_nobody_at_all(home: Home) -> None:
    await home.add("hidden", reach=Reach.HIDDEN)
    await home.add("gone", reach=Reach.HIDDEN)
    await home.change("gone", mark_actor_deleted)
    answers, queries = [], []
    for name in ("hidden", "gone", "nobody"):
        for _ in range(2):
            with home.counting_queries() as statements:
                answer = await home.get(f"{PATH}acct:{name}@union.test")
            answers.append((answer.status, list(answer.headers.items()), answer.body))
            queries.append([text for text in statements if text.startswith("SELECT")])
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert all(asked == queries[0] and len(asked) == 1 for asked in queries)


async def test_who_goes_into_hiding_is_not_found_any_more(home: Home) -> None:
    await home.add("ben")
    await _ask(home, "acct:ben@union.test")
    await home.change("ben", set_reach, Reach.HIDDEN)
    assert (await home.get(f"{PATH}acct:ben@union.test")).status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?resource=", 400),
        ("?resource=acct:a@union.test&resource=acct:b@union.test", 400),
        ("?resource=%ff%fe", 400),
        ("?resource=" + "a" * 3000, 400),
        ("?resource=acct:ana@elsewhere.test", 404),
        ("?resource=https://elsewhere.test/@ana", 404),
        ("?resource=https://union.test.evil.test/@ana", 404),
        ("?resource=nonsense", 404),
        ("?resource=acct:@union.test", 404),
        ("?resource=https://union.test/actors/ana/inbox", 404),
    ],
)
async def test_bad_questions_get_400_and_unknown_ones_404(home: Home, query: str, status: int) -> None:
    assert (await home.get(f"/.well-known/webfinger{query}")).status == status


async def test_head_is_answered_without_body(home: Home) -> None:
    answer = await home.get(f"{PATH}acct:union@union.test", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
