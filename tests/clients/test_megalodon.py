"""megalodon, which Fedistar and Whalebird are made of, does what their users do all day."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mastodon import Mastodon

from scripts.test_needs import Missing, ensure_node_clients
from tests.clients.node_client import Failed, NodeClient, file
from tests.clients.person import Person
from tests.clients.push_sink import Sink
from tests.fakes.push_service import PushedApp
from tests.federation.processes import UnionProcess

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def meg(unions: tuple[UnionProcess, UnionProcess], person: Callable[[UnionProcess, str], Person]) -> Person:
    return person(unions[0], "meg")


@pytest.fixture(scope="module")
def megalodon(meg: Person) -> Iterator[NodeClient]:
    """Meg's app, which finds out what kind of server that is, registers, and takes a copied code."""
    try:
        ensure_node_clients()
    except Missing as reason:
        pytest.fail(f"the peer tests were asked for, but {reason}")
    with NodeClient("megalodon", meg.base_url) as client:
        app = client.call("registerApp", "Fedistar", {"scopes": ["read", "write", "follow", "push"]})
        code = meg.code_for(app["url"])
        token = client.call("fetchAccessToken", app["client_id"], app["client_secret"], code)
        client.connect(token["access_token"])
        yield client
        client.call("revokeToken", app["client_id"], app["client_secret"], token["access_token"])
        with pytest.raises(Failed) as refused:
            client.call("verifyAccountCredentials")
        assert refused.value.status == 401


def test_it_knows_who_is_logged_in_and_where(megalodon: NodeClient, meg: Person) -> None:
    assert megalodon.call("verifyAccountCredentials")["acct"] == "meg"
    assert megalodon.call("verifyAppCredentials")["name"] == "Fedistar"
    instance = megalodon.call("getInstance")
    assert instance["uri"] == meg.union.domain
    assert instance["urls"]["streaming_api"].startswith("ws")
    assert instance["configuration"]["statuses"]["max_characters"] > 0
    assert megalodon.call("getPreferences")["posting:default:visibility"] == "public"
    for empty in ("getInstanceAnnouncements", "getFollowedTags", "getInstanceTrends"):
        assert megalodon.call(empty) == []


def test_it_posts_a_picture_with_its_description_and_focus(megalodon: NodeClient, photograph: Path) -> None:
    media = megalodon.call("uploadMedia", file(photograph), {"description": "The gate", "focus": "-0.5,0.25"})
    assert (media["type"], media["description"]) == ("image", "The gate")
    assert megalodon.call("updateMedia", media["id"], {"description": "The gate at seven"})["description"]
    posted = megalodon.call(
        "postStatus", "On strike", {"media_ids": [media["id"]], "spoiler_text": "Strike", "sensitive": True}
    )
    [attached] = posted["media_attachments"]
    assert (attached["id"], attached["description"]) == (media["id"], "The gate at seven")
    assert attached["meta"]["focus"] == {"x": -0.5, "y": 0.25}
    assert (posted["spoiler_text"], posted["sensitive"]) == ("Strike", True)


def test_it_asks_and_others_vote(megalodon: NodeClient, reader: Mastodon) -> None:
    poll = {"options": ["Monday", "Tuesday"], "expires_in": 3600}
    posted = megalodon.call("postStatus", "When?", {"poll": poll})
    reader.poll_vote(posted["poll"]["id"], 0)
    assert megalodon.call("getPoll", posted["poll"]["id"])["votes_count"] == 1
    asked = reader.status_post("Where?", poll=reader.make_poll(["Here", "There"], 3600))
    assert megalodon.call("votePoll", str(asked.poll.id), [1])["own_votes"] == [1]


def test_it_edits_replies_boosts_favourites_and_bookmarks(megalodon: NodeClient, reader: Mastodon) -> None:
    posted = reader.status_post("Who takes Sunday?")
    reply = megalodon.call("postStatus", "@ana I do", {"in_reply_to_id": str(posted.id)})
    edited = megalodon.call("editStatus", reply["id"], {"status": "@ana I cannot"})
    assert edited["edited_at"]
    assert megalodon.call("getStatusSource", reply["id"])["text"] == "@ana I cannot"
    context = megalodon.call("getStatusContext", str(posted.id))
    assert [each["id"] for each in context["descendants"]] == [reply["id"]]
    for verb, mark in (("reblog", "reblogged"), ("favourite", "favourited"), ("bookmark", "bookmarked")):
        assert megalodon.call(f"{verb}Status", str(posted.id))[mark]
        assert megalodon.call("getStatus", str(posted.id))[mark]
        assert not megalodon.call(f"un{verb}Status", str(posted.id))[mark]
    assert megalodon.call("pinStatus", reply["id"])["pinned"]
    assert not megalodon.call("unpinStatus", reply["id"])["pinned"]


def test_it_searches_and_knows_how_people_stand(megalodon: NodeClient, reader: Mastodon) -> None:
    found = megalodon.call("search", "ana", {"type": "accounts", "resolve": True})
    account = next(each["id"] for each in found["accounts"] if each["acct"] == "ana")
    assert megalodon.call("followAccount", account)["following"]
    assert megalodon.call("muteAccount", account, True)["muting"]
    assert not megalodon.call("unmuteAccount", account)["muting"]
    assert megalodon.call("setAccountNote", account, "Night shift")["note"] == "Night shift"
    assert megalodon.call("getRelationship", account)["following"]
    posted = reader.status_post("For those who follow #gatherings")
    found = megalodon.call("search", "gather", {"type": "hashtags"})
    assert [tag["name"] for tag in found["hashtags"]] == ["gatherings"]
    found = megalodon.call("search", posted.url, {"type": "statuses", "resolve": True})
    assert [status["id"] for status in found["statuses"]] == [posted.id]
    assert posted.id in [each["id"] for each in megalodon.call("getHomeTimeline")]
    assert posted.id in [each["id"] for each in megalodon.call("getLocalTimeline")]


def test_it_keeps_lists(megalodon: NodeClient, reader: Mastodon) -> None:
    account = str(reader.me().id)
    megalodon.call("followAccount", account)
    made = megalodon.call("createList", "Ward")
    megalodon.call("addAccountsToList", made["id"], [account])
    assert [each["id"] for each in megalodon.call("getAccountsInList", made["id"])] == [account]
    posted = reader.status_post("For the list")
    assert posted.id in [each["id"] for each in megalodon.call("getListTimeline", made["id"])]
    assert megalodon.call("updateList", made["id"], "Wards")["title"] == "Wards"
    assert [each["id"] for each in megalodon.call("getAccountLists", account)] == [made["id"]]
    megalodon.call("deleteAccountsFromList", made["id"], [account])
    megalodon.call("deleteList", made["id"])
    assert megalodon.call("getLists") == []


def test_it_is_told_and_dismisses(megalodon: NodeClient, reader: Mastodon) -> None:
    posted = megalodon.call("postStatus", "Tell me")
    reader.status_favourite(posted["id"])
    told = megalodon.call("getNotifications")[0]
    assert (told["type"], told["status"]["id"]) == ("favourite", posted["id"])
    megalodon.call("dismissNotification", told["id"])
    assert told["id"] not in [each["id"] for each in megalodon.call("getNotifications")]


def test_it_reads_conversations_and_remembers_how_far(megalodon: NodeClient, reader: Mastodon) -> None:
    sent = reader.status_post("@meg just for you", visibility="direct")
    [conversation] = [
        each
        for each in megalodon.call("getConversationTimeline")
        if each["last_status"]["id"] == str(sent.id)
    ]
    assert not megalodon.call("readConversation", conversation["id"])["unread"]
    megalodon.call("saveMarkers", {"home": {"last_read_id": str(sent.id)}})
    assert megalodon.call("getMarkers", ["home"])["home"]["last_read_id"] == sent.id
    megalodon.call("deleteConversation", conversation["id"])
    assert megalodon.call("getConversationTimeline") == []


def test_it_listens(megalodon: NodeClient, reader: Mastodon) -> None:
    megalodon.listen("userStreaming")
    posted = megalodon.call("postStatus", "Hear this")
    assert megalodon.hears("update", id=posted["id"])["content"] == "<p>Hear this</p>"
    reader.status_favourite(posted["id"])
    assert megalodon.hears("notification", type="favourite")["status"]["id"] == posted["id"]
    megalodon.call("editStatus", posted["id"], {"status": "Hear that"})
    assert megalodon.hears("status_update", id=posted["id"])["content"] == "<p>Hear that</p>"
    megalodon.listen("directStreaming")
    sent = reader.status_post("@meg psst", visibility="direct")
    assert megalodon.hears("conversation")["last_status"]["id"] == sent.id
    megalodon.call("deleteStatus", posted["id"])
    assert megalodon.hears("delete") == posted["id"]


def test_it_keeps_posts_for_later_and_deletes(megalodon: NodeClient) -> None:
    moment = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    kept = megalodon.call("postStatus", "A draft", {"scheduled_at": moment})
    assert kept["params"]["text"] == "A draft"
    nearer = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert megalodon.call("scheduleStatus", kept["id"], nearer)["scheduled_at"] < kept["scheduled_at"]
    assert [each["id"] for each in megalodon.call("getScheduledStatuses")] == [kept["id"]]
    megalodon.call("cancelScheduledStatus", kept["id"])
    posted = megalodon.call("postStatus", "Said too early")
    megalodon.call("deleteStatus", posted["id"])
    with pytest.raises(Failed) as gone:
        megalodon.call("getStatus", posted["id"])
    assert gone.value.status == 404


def test_it_keeps_filters(megalodon: NodeClient, reader: Mastodon) -> None:
    made = megalodon.call("createFilter", "overtime", ["home", "public"], {"whole_word": True})
    assert (made["phrase"], made["context"], made["whole_word"]) == ("overtime", ["home", "public"], True)
    changed = megalodon.call("updateFilter", made["id"], "night shift", ["home"])
    assert changed["phrase"] == "night shift"
    assert [each["id"] for each in megalodon.call("getFilters")] == [made["id"]]
    megalodon.call("deleteFilter", made["id"])
    assert megalodon.call("getFilters") == []


def test_it_quotes(megalodon: NodeClient, reader: Mastodon) -> None:
    said = reader.status_post("Quote me too")
    quoting = megalodon.call("postStatus", "As Ana says", {"quote_id": str(said.id)})
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["quote"]["quoted_status"]["id"] == str(said.id)
    assert quoting["quote_approval"]["current_user"] == "automatic"
    reader.status_delete(said)
    assert megalodon.call("getStatus", quoting["id"])["quote"]["state"] == "deleted"


def test_it_is_pushed_what_it_subscribed_to(megalodon: NodeClient, reader: Mastodon, sink: Sink) -> None:
    app = PushedApp(endpoint=sink.address)
    wanted = app.request(standard=False, mention=True)
    # It knows the old form of encryption only.
    del wanted["subscription"]["standard"]
    megalodon.call("subscribePushNotification", wanted["subscription"], wanted["data"])
    assert megalodon.call("getPushSubscription")["alerts"]["mention"]
    reader.status_post("@meg The vote is on Saturday")
    told = sink.told(app, "@meg The vote is on Saturday")
    assert (told["notification_type"], told["title"]) == ("mention", "ana mentioned you")
    megalodon.call("deletePushSubscription")
