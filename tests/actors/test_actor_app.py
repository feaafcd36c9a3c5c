"""Actors of ours as other servers get them."""

import orjson
import pytest

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import ActorKind, DomainAction, Reach
from fediunion.actors.service import mark_actor_deleted, rotate_keys, set_reach, suspend_actor
from fediunion.config import FederationMode
from tests.actors.conftest import StartHome
from tests.actors.home import Home, keys_for
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Stranger

SIGNED_ONLY = {"federation": {"authorized_fetch": True}}


async def test_an_actor_document_has_what_other_servers_ask_for(home: Home) -> None:
    await home.add("ana", display_name="Ana", summary="<p>Nurse</p>")
    document = await home.get_json("/actors/ana")
    base = "https://union.test/actors/ana"
    assert document["@context"][0] == "https://www.w3.org/ns/activitystreams"
    assert (document["id"], document["type"], document["preferredUsername"]) == (base, "Person", "ana")
    assert document["webfinger"] == "ana@union.test"
    assert document["inbox"] == f"{base}/inbox"
    assert document["endpoints"] == {"sharedInbox": "https://union.test/inbox"}
    assert document["publicKey"]["id"] == f"{base}#main-key"
    assert document["publicKey"]["owner"] == base
    assert document["publicKey"]["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")
    (multikey,) = document["assertionMethod"]
    assert (multikey["type"], multikey["controller"]) == ("Multikey", base)
    assert multikey["publicKeyMultibase"].startswith("z6Mk")
    assert document["url"] == "https://union.test/@ana"
    assert "published" not in document
    hrefs = [each["href"] for each in document["generator"]["implements"]]
    assert "https://datatracker.ietf.org/doc/html/rfc9421" in hrefs
    assert all(isinstance(document[name], list) for name in ("attachment", "tag", "assertionMethod"))


@pytest.mark.parametrize(
    ("name", "wire_type"), [("instance", "Application"), ("reader", "Application"), ("union", "Organization")]
)
async def test_the_institutional_actors_are_there_from_the_start(
    home: Home, name: str, wire_type: str
) -> None:
    document = await home.get_json(f"/actors/{name}")
    assert document["type"] == wire_type
    assert document["published"].endswith("Z")


@pytest.mark.parametrize(
    ("kind", "wire_type"),
    [(ActorKind.BOARD, "Service"), (ActorKind.FEED, "Service"), (ActorKind.GROUP, "Group")],
)
async def test_boards_feeds_and_groups_have_their_wire_types(
    home: Home, kind: ActorKind, wire_type: str
) -> None:
    await home.add("jobs", kind=kind)
    assert (await home.get_json("/actors/jobs"))["type"] == wire_type


async def test_the_media_type_and_head_are_as_asked_for(home: Home) -> None:
    whole = await home.get("/actors/union")
    head = await home.get("/actors/union", method="HEAD")
    assert whole.headers["content-type"] == "application/activity+json"
    assert whole.headers["vary"] == "Accept, Signature"
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert (await home.get("/actors/union", method="POST")).status == 405


async def test_a_browser_is_sent_to_the_page(home: Home) -> None:
    answer = await home.get("/actors/union", accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (answer.status, answer.headers["location"]) == (302, "https://union.test/@union")
    assert (await home.get("/actors/union", accept=None)).status == 200
    assert (await home.get("/actors/union", accept="application/ld+json, text/html;q=0.1")).status == 200


@pytest.mark.parametrize("accept", ["application/activity+json", "text/html", None])
@pytest.mark.parametrize("path", ["/actors/{}", "/actors/{}/followers", "/actors/{}/following"])
async def test_I4_a_hidden_member_is_answered_like_nobody_at_all(
    home: Home, path: str, accept: str | None
) -> None:
    await home.add("hidden", reach=Reach.HIDDEN)
    answers, queries = [], []
    for name in ("hidden", "nobody"):
        for _ in range(2):
            with home.counting_queries() as statements:
                answer = await home.get(path.format(name), accept=accept)
            answers.append((answer.status, list(answer.headers.items()), answer.body))
            queries.append([text for text in statements if text.startswith("SELECT")])
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert all(len(asked) == 1 for asked in queries)
    assert all(asked == queries[0] for asked in queries)


async def test_I4_also_a_signed_request_learns_nothing_of_a_hidden_member(home: Home, good: Stranger) -> None:
    await home.add("hidden", reach=Reach.HIDDEN)
    alice = good.add_actor("alice")
    hidden = await home.get("/actors/hidden", by=alice)
    nobody = await home.get("/actors/nobody", by=alice)
    assert (hidden.status, hidden.body, list(hidden.headers.items())) == (
        nobody.status,
        nobody.body,
        list(nobody.headers.items()),
    )
    assert good.fetches() == []


async def test_a_followable_member_is_there_and_locked_and_not_to_be_found(home: Home) -> None:
    await home.add("ben", reach=Reach.FOLLOWABLE)
    document = await home.get_json("/actors/ben")
    assert document["manuallyApprovesFollowers"] is True
    assert (document["discoverable"], document["indexable"]) == (False, False)


async def test_who_goes_into_hiding_is_gone_at_once(home: Home) -> None:
    await home.add("ben")
    assert (await home.get("/actors/ben")).status == 200
    await home.change("ben", set_reach, Reach.HIDDEN)
    assert (await home.get("/actors/ben")).status == 404


async def test_V33_a_deleted_actor_leaves_a_tombstone_where_it_could_be_seen(home: Home) -> None:
    await home.add("ben")
    await home.add("eve", reach=Reach.HIDDEN)
    for name in ("ben", "eve"):
        await home.change(name, mark_actor_deleted)
    answer = await home.get("/actors/ben")
    assert answer.status == 410
    assert orjson.loads(answer.body)["type"] == "Tombstone"
    assert (await home.get("/actors/eve")).body == (await home.get("/actors/nobody")).body


async def test_a_suspended_actor_shows_nothing_but_its_name(home: Home) -> None:
    await home.add("ben", display_name="Ben the great", summary="<p>text</p>")
    await home.change("ben", suspend_actor)
    document = await home.get_json("/actors/ben")
    assert document["suspended"] is True
    assert (document["name"], document["summary"]) == ("ben", "")


async def test_V36_without_signature_members_are_stubs_under_authorized_fetch(start_home: StartHome) -> None:
    home = await start_home(**SIGNED_ONLY)
    await home.add("ana", display_name="Ana", summary="<p>secret</p>")
    stub = await home.get_json("/actors/ana")
    assert set(stub) == {"@context", "id", "type", "preferredUsername", "inbox", "publicKey"}
    assert (await home.get_json("/actors/union"))["followers"]
    assert (await home.get_json("/actors/instance"))["followers"]
    assert (await home.get("/actors/ana/followers")).status == 401


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_under_authorized_fetch_a_signature_shows_the_whole_actor(
    start_home: StartHome, good: Stranger, scheme: str
) -> None:
    home = await start_home(**SIGNED_ONLY)
    await home.add("ana", display_name="Ana")
    covered = {"rfc9421": {"covered": ("@method", "@target-uri")}}.get(scheme, {})
    document = await home.get_json("/actors/ana", by=good.add_actor("alice"), scheme=scheme, **covered)
    assert document["name"] == "Ana"


async def test_S11_a_signature_for_another_query_is_refused(home: Home, good: Stranger) -> None:
    await home.add("ana")
    alice = good.add_actor("alice")
    signed = "https://union.test/actors/ana?page=1"
    assert (await home.get("/actors/ana?page=1", by=alice, signed_url=signed)).status == 200
    assert (await home.get("/actors/ana?page=2", by=alice, signed_url=signed)).status == 401
    assert (await home.get("/actors/ana/followers?page=2", by=alice, signed_url=signed)).status == 401


async def test_V37_a_blocked_server_gets_nothing_by_whichever_actor_it_asks(
    home: Home, evil: Stranger
) -> None:
    await home.add("ana")
    await home.world.db.write(set_domain_rule, "EVIL.example.", DomainAction.BLOCK)
    for name in ("mallory", "instance.actor"):
        answer = await home.get("/actors/ana", by=evil.add_actor(name))
        assert answer.status == 403
    assert evil.fetches() == []


async def test_what_is_public_is_given_although_the_key_of_the_asker_cannot_be_had(
    start_home: StartHome, good: Stranger, internet: FakeInternet
) -> None:
    home, strict = await start_home(), await start_home(domain="strict.test", **SIGNED_ONLY)
    await strict.add("ana")
    alice = good.add_actor("alice")
    internet.fail("good.example", 503)
    assert (await home.get("/actors/union", by=alice)).status == 200
    refused = await strict.get("/actors/ana", by=alice)
    assert refused.status == 503
    assert int(refused.headers["retry-after"]) >= 1


async def test_the_instance_actor_is_given_before_any_key_is_asked_for(
    start_home: StartHome, good: Stranger
) -> None:
    home = await start_home(**SIGNED_ONLY)
    await home.get_json("/actors/instance", by=good.add_actor("alice"))
    assert good.fetches() == []


async def test_S45_with_federation_off_there_are_no_actors_and_no_keys_are_asked_for(
    start_home: StartHome, good: Stranger
) -> None:
    home = await start_home(federation={"mode": FederationMode.OFF})
    paths = ["/actors/union", "/actors/union/followers", "/.well-known/nodeinfo", "/nodeinfo/2.1", "/ns"]
    paths += ["/.well-known/host-meta", "/.well-known/webfinger?resource=acct:union@union.test"]
    alice = good.add_actor("alice")
    statuses = [(await home.get(path, by=alice)).status for path in paths]
    assert set(statuses) == {404}
    assert good.fetches() == []


async def test_L31_a_rotated_key_has_a_new_id_and_old_proofs_can_be_checked_for_a_week(
    home: Home,
) -> None:
    await home.add("ana")
    before = await home.get_json("/actors/ana")
    await home.change("ana", rotate_keys, keys_for(home.settings, 2))
    after = await home.get_json("/actors/ana")
    assert after["publicKey"]["id"] == "https://union.test/actors/ana#main-key-2"
    assert after["publicKey"]["publicKeyPem"] != before["publicKey"]["publicKeyPem"]
    assert [key["id"].partition("#")[2] for key in after["assertionMethod"]] == [
        "ed25519-key-2",
        "ed25519-key",
    ]
    home.clock.advance(days=8)
    later = await home.get_json("/actors/ana")
    assert [key["id"].partition("#")[2] for key in later["assertionMethod"]] == ["ed25519-key-2"]


async def test_a_leaked_key_is_listed_no_more_and_its_id_never_used_again(home: Home) -> None:
    await home.add("ana")
    await home.change("ana", rotate_keys, keys_for(home.settings, 2), keep_old=False)
    await home.change("ana", rotate_keys, keys_for(home.settings, 3), keep_old=False)
    document = await home.get_json("/actors/ana")
    assert document["publicKey"]["id"].endswith("#main-key-3")
    assert len(document["assertionMethod"]) == 1
