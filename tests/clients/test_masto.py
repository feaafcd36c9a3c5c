"""masto.js, which Elk and Phanpy are made of, does what their users do all day."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from mastodon import Mastodon

from scripts.test_needs import Missing, ensure_node_clients
from tests.clients.node_client import Failed, NodeClient, file
from tests.clients.person import Person
from tests.clients.push_sink import Sink
from tests.fakes.push_service import PushedApp
from tests.federation.processes import UnionProcess

pytestmark = pytest.mark.peer
SCOPES = "read write follow push"
BACK = "http://localhost:5314/back?from=union"


@pytest.fixture(scope="module")
def mara(unions: tuple[UnionProcess, UnionProcess], person: Callable[[UnionProcess, str], Person]) -> Person:
    return person(unions[0], "mara")


@pytest.fixture(scope="module")
def masto(mara: Person) -> Iterator[NodeClient]:
    """Mara's app, logged in as a web app does: the code comes in the address that it is called back at."""
    try:
        ensure_node_clients()
    except Missing as reason:
        pytest.fail(f"the peer tests were asked for, but {reason}")
    with NodeClient("masto", mara.base_url) as client:
        app = client.call("v1.apps.create", {"clientName": "Elk", "redirectUris": BACK, "scopes": SCOPES})
        asked = {"client_id": app["clientId"], "redirect_uri": BACK, "response_type": "code", "scope": SCOPES}
        code = mara.code_for(f"{mara.base_url}/oauth/authorize?{urlencode(asked)}")
        token = client.call(
            "token.create",
            {
                "grantType": "authorization_code",
                "clientId": app["clientId"],
                "clientSecret": app["clientSecret"],
                "redirectUri": BACK,
                "code": code,
                "scope": SCOPES,
            },
            root="oauth",
        )
        assert (token["tokenType"], token["scope"]) == ("Bearer", SCOPES)
        client.connect(token["accessToken"])
        yield client
        leaving = {"clientId": app["clientId"], "clientSecret": app["clientSecret"]}
        client.call("revoke", {**leaving, "token": token["accessToken"]}, root="oauth")
        with pytest.raises(Failed) as refused:
            client.call("v1.accounts.verifyCredentials")
        assert refused.value.status == 401


def test_it_knows_who_is_logged_in_and_where(masto: NodeClient, mara: Person) -> None:
    assert masto.call("v1.accounts.verifyCredentials")["source"]["privacy"] == "public"
    assert masto.call("v1.apps.verifyCredentials")["name"] == "Elk"
    instance = masto.call("v2.instance.fetch")
    assert instance["domain"] == mara.union.domain
    assert instance["configuration"]["polls"]["maxOptions"] >= 4
    assert "image/jpeg" in instance["configuration"]["mediaAttachments"]["supportedMimeTypes"]
    assert masto.call("v1.preferences.fetch")["posting:default:visibility"] == "public"
    assert masto.call("v1.followedTags.list") == []


def test_it_posts_a_picture_with_its_description_and_focus(masto: NodeClient, photograph: Path) -> None:
    media = masto.call(
        "v2.media.create", {"file": file(photograph), "description": "The gate", "focus": "-0.5,0.25"}
    )
    assert media["url"]
    posted = masto.call(
        "v1.statuses.create",
        {"status": "On strike", "mediaIds": [media["id"]], "sensitive": True, "language": "en"},
    )
    [attached] = posted["mediaAttachments"]
    assert (attached["description"], attached["meta"]["focus"]) == ("The gate", {"x": -0.5, "y": 0.25})
    changed = masto.call(
        f"v1.statuses.$select({posted['id']}).update",
        {
            "status": "On strike",
            "mediaIds": [media["id"]],
            "mediaAttributes": [{"id": media["id"], "description": "The gate at seven"}],
        },
    )
    assert changed["mediaAttachments"][0]["description"] == "The gate at seven"


def test_it_asks_and_others_vote(masto: NodeClient, reader: Mastodon) -> None:
    poll = {"options": ["Monday", "Tuesday"], "expiresIn": 3600, "multiple": True}
    posted = masto.call("v1.statuses.create", {"status": "When?", "poll": poll})
    reader.poll_vote(posted["poll"]["id"], [0, 1])
    seen = masto.call(f"v1.polls.$select({posted['poll']['id']}).fetch")
    assert [option["votesCount"] for option in seen["options"]] == [1, 1]
    assert (seen["votersCount"], seen["multiple"]) == (1, True)


def test_it_edits_and_reads_the_history(masto: NodeClient) -> None:
    posted = masto.call("v1.statuses.create", {"status": "At six"})
    here = f"v1.statuses.$select({posted['id']})"
    edited = masto.call(f"{here}.update", {"status": "At seven", "spoilerText": "Plan"})
    assert (edited["content"], edited["spoilerText"]) == ("<p>At seven</p>", "Plan")
    assert len(masto.call(f"{here}.history.list")) == 2
    assert masto.call(f"{here}.source.fetch")["text"] == "At seven"


def test_it_replies_boosts_favourites_and_bookmarks(masto: NodeClient, reader: Mastodon) -> None:
    posted = reader.status_post("Who takes Sunday?")
    reply = masto.call("v1.statuses.create", {"status": "@ana I do", "inReplyToId": str(posted.id)})
    here = f"v1.statuses.$select({posted.id})"
    context = masto.call(f"{here}.context.fetch")
    assert [each["id"] for each in context["descendants"]] == [reply["id"]]
    assert masto.call(f"{here}.reblog")["reblog"]["id"] == posted.id
    assert masto.call(f"{here}.favourite")["favourited"]
    assert masto.call(f"{here}.bookmark")["bookmarked"]
    assert posted.id in [each["id"] for each in masto.call("v1.favourites.list")]
    assert posted.id in [each["id"] for each in masto.call("v1.bookmarks.list")]
    assert not masto.call(f"{here}.unreblog")["reblogged"]
    assert not masto.call(f"{here}.unfavourite")["favourited"]
    assert not masto.call(f"{here}.unbookmark")["bookmarked"]


def test_it_searches(masto: NodeClient, reader: Mastodon) -> None:
    posted = masto.call("v1.statuses.create", {"status": "About #overtime"})
    name = reader.me().acct
    found = masto.call("v2.search.list", {"q": name, "type": "accounts", "resolve": True})
    assert name in [account["acct"] for account in found["accounts"]]
    found = masto.call("v2.search.list", {"q": "#overt", "type": "hashtags"})
    assert [tag["name"] for tag in found["hashtags"]] == ["overtime"]
    found = masto.call("v2.search.list", {"q": posted["url"], "type": "statuses", "resolve": True})
    assert [status["id"] for status in found["statuses"]] == [posted["id"]]
    assert masto.call("v1.accounts.lookup", {"acct": name})["acct"] == name


def test_it_keeps_lists(masto: NodeClient, reader: Mastodon) -> None:
    account = str(reader.me().id)
    masto.call(f"v1.accounts.$select({account}).follow", {})
    made = masto.call("v1.lists.create", {"title": "Ward", "repliesPolicy": "none", "exclusive": False})
    here = f"v1.lists.$select({made['id']})"
    masto.call(f"{here}.accounts.create", {"accountIds": [account]})
    assert [each["id"] for each in masto.call(f"{here}.accounts.list")] == [account]
    posted = reader.status_post("For those who listen")
    assert posted.id in [each["id"] for each in masto.call(f"v1.timelines.list.$select({made['id']}).list")]
    assert masto.call(f"{here}.update", {"title": "Wards"})["title"] == "Wards"
    masto.call(f"{here}.accounts.remove", {"accountIds": [account]})
    assert masto.call(f"{here}.accounts.list") == []
    masto.call(f"{here}.remove")
    assert masto.call("v1.lists.list") == []


def test_it_is_told_and_reads_it_in_both_forms(masto: NodeClient, reader: Mastodon) -> None:
    posted = masto.call("v1.statuses.create", {"status": "Tell me"})
    reader.status_favourite(posted["id"])
    told = masto.call("v1.notifications.list", {"types": ["favourite"]})
    assert told[0]["status"]["id"] == posted["id"]
    grouped = masto.call("v2.notifications.list", {"types": ["favourite"], "groupedTypes": ["favourite"]})
    group = grouped["notificationGroups"][0]
    assert (group["type"], group["statusId"]) == ("favourite", posted["id"])
    assert group["sampleAccountIds"][0] in [account["id"] for account in grouped["accounts"]]
    assert masto.call("v2.notifications.unreadCount.fetch")["count"] >= 1
    policy = masto.call("v2.notifications.policy.fetch")
    assert policy["forNotFollowing"] == "accept"
    masto.call(f"v1.notifications.$select({told[0]['id']}).dismiss")
    assert told[0]["id"] not in [each["id"] for each in masto.call("v1.notifications.list")]


def test_it_reads_conversations_and_remembers_how_far(masto: NodeClient, reader: Mastodon) -> None:
    sent = reader.status_post("@mara just for you", visibility="direct")
    [conversation] = [
        each for each in masto.call("v1.conversations.list") if each["lastStatus"]["id"] == str(sent.id)
    ]
    assert conversation["unread"]
    assert not masto.call(f"v1.conversations.$select({conversation['id']}).read")["unread"]
    masto.call("v1.markers.create", {"home": {"lastReadId": str(sent.id)}})
    assert masto.call("v1.markers.fetch", {"timeline": ["home"]})["home"]["lastReadId"] == sent.id


def test_it_listens(masto: NodeClient, reader: Mastodon, colleague: Mastodon) -> None:
    masto.listen("user.subscribe")
    masto.until_heard(lambda: masto.call("v1.statuses.create", {"status": "Does anybody hear?"}))
    masto.listen("hashtag.subscribe", {"tag": "picket"})
    masto.until_heard(lambda: colleague.status_post("Does the #picket hear?"))
    posted = masto.call("v1.statuses.create", {"status": "Hear this"})
    assert masto.hears("update", id=posted["id"])["content"] == "<p>Hear this</p>"
    tagged = colleague.status_post("On the #picket")
    assert masto.hears("update", id=str(tagged.id))["account"]["acct"] == "cleo"
    reader.status_favourite(posted["id"])
    assert masto.hears("notification", type="favourite")["status"]["id"] == posted["id"]
    masto.call(f"v1.statuses.$select({posted['id']}).update", {"status": "Hear that"})
    assert masto.hears("status.update", id=posted["id"])["content"] == "<p>Hear that</p>"
    masto.call(f"v1.statuses.$select({posted['id']}).remove", {})
    assert masto.hears("delete") == posted["id"]


def test_it_changes_the_profile(masto: NodeClient, photograph: Path) -> None:
    changed = masto.call(
        "v1.accounts.updateCredentials",
        {
            "displayName": "Mara M.",
            "note": "Night nurse",
            "avatar": file(photograph),
            "fieldsAttributes": [{"name": "Ward", "value": "Four"}],
            "source": {"privacy": "unlisted", "sensitive": True, "language": "en"},
        },
    )
    assert (changed["displayName"], changed["note"]) == ("Mara M.", "<p>Night nurse</p>")
    assert changed["avatar"].startswith("http")
    assert [(field["name"], field["value"]) for field in changed["fields"]] == [("Ward", "Four")]
    assert changed["source"]["privacy"] == "unlisted"
    restored = masto.call(
        "v1.accounts.updateCredentials", {"source": {"privacy": "public", "sensitive": False}}
    )
    assert restored["source"]["privacy"] == "public"


def test_it_keeps_filters(masto: NodeClient, reader: Mastodon) -> None:
    made = masto.call(
        "v2.filters.create",
        {
            "title": "No overtime",
            "context": ["public"],
            "filterAction": "blur",
            "keywordsAttributes": [{"keyword": "overtime", "wholeWord": True}],
        },
    )
    posted = reader.status_post("More overtime")
    read = {each["id"]: each for each in masto.call("v1.timelines.public.list", {"local": True})}
    assert read[posted.id]["filtered"][0]["filter"]["title"] == "No overtime"
    here = f"v2.filters.$select({made['id']})"
    assert masto.call(f"{here}.update", {"title": "None"})["filterAction"] == "blur"
    masto.call(f"{here}.keywords.create", {"keyword": "double shift"})
    assert len(masto.call(f"{here}.fetch")["keywords"]) == 2
    masto.call(f"{here}.remove")
    assert masto.call("v2.filters.list") == []


def test_it_keeps_posts_for_later(masto: NodeClient) -> None:
    later = (datetime.now(UTC) + timedelta(days=900)).isoformat()
    kept = masto.call("v1.statuses.create", {"status": "A draft", "scheduledAt": later})
    assert kept["params"]["text"] == "A draft"
    assert [each["id"] for each in masto.call("v1.scheduledStatuses.list")] == [kept["id"]]
    masto.call(f"v1.scheduledStatuses.$select({kept['id']}).remove")
    assert masto.call("v1.scheduledStatuses.list") == []


def test_it_is_pushed_what_it_subscribed_to(masto: NodeClient, reader: Mastodon, sink: Sink) -> None:
    app = PushedApp(endpoint=sink.address)
    made = masto.call("v1.push.subscription.create", app.request(mention=True, policy="all"))
    assert made["standard"]
    assert made["serverKey"] == masto.call("v2.instance.fetch")["configuration"]["vapid"]["publicKey"]
    reader.status_post("@mara The vote is on Friday")
    told = sink.told(app, "@mara The vote is on Friday")
    assert (told["notification_type"], told["title"]) == ("mention", "ana mentioned you")
    assert masto.call("v1.push.subscription.fetch")["alerts"]["mention"]
    masto.call("v1.push.subscription.update", {"data": {"alerts": {"mention": False}}, "policy": "all"})
    assert not masto.call("v1.push.subscription.fetch")["alerts"].get("mention")
    masto.call("v1.push.subscription.remove")
    with pytest.raises(Failed) as gone:
        masto.call("v1.push.subscription.fetch")
    assert gone.value.status == 404


def test_it_quotes_and_is_quoted(masto: NodeClient, reader: Mastodon) -> None:
    said = reader.status_post("Quote me")
    quoting = masto.call("v1.statuses.create", {"status": "As Ana says", "quotedStatusId": str(said.id)})
    assert (quoting["quote"]["state"], quoting["quote"]["quotedStatus"]["id"]) == ("accepted", str(said.id))
    assert [str(each.id) for each in reader.status_quotes(said)] == [quoting["id"]]
    closed = masto.call("v1.statuses.create", {"status": "Mine", "quoteApprovalPolicy": "nobody"})
    assert closed["quoteApproval"]["automatic"] == []
    assert reader.status(closed["id"]).quote_approval.current_user == "denied"
    opened = masto.call(
        f"v1.statuses.$select({closed['id']}).interactionPolicy.update", {"quoteApprovalPolicy": "public"}
    )
    assert opened["quoteApproval"]["automatic"] == ["public"]
    other = reader.status_post("As Mara says", quoted_status_id=closed["id"])
    revoked = masto.call(f"v1.statuses.$select({closed['id']}).quotes.$select({other.id}).revoke")
    assert (revoked["id"], revoked["quote"]["state"]) == (str(other.id), "revoked")


def test_it_deletes(masto: NodeClient) -> None:
    posted = masto.call("v1.statuses.create", {"status": "Said too early"})
    assert masto.call(f"v1.statuses.$select({posted['id']}).remove", {})["text"] == "Said too early"
    with pytest.raises(Failed) as gone:
        masto.call(f"v1.statuses.$select({posted['id']}).fetch")
    assert gone.value.status == 404
