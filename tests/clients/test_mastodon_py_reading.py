"""Mastodon.py finds, sorts, listens and is told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from mastodon import Mastodon, MastodonNotFoundError, StreamListener

from tests.clients.conftest import logged_in
from tests.clients.person import Person
from tests.federation.processes import eventually

pytestmark = [
    # The old forms are served too, and say that they are old.
    pytest.mark.filterwarnings("ignore::mastodon.errors.MastodonDeprecationWarning"),
]


def test_it_searches_in_both_forms(reader: Mastodon, colleague: Mastodon, ana: Person) -> None:
    posted = colleague.status_post("About #nightshifts")
    found = reader.search_v2("cleo", result_type="accounts")
    assert [account.acct for account in found.accounts] == ["cleo"]
    assert [account.acct for account in reader.search_v1("cleo").accounts] == ["cleo"]
    assert reader.search_v2(posted.url, result_type="statuses").statuses[0].id == posted.id
    assert [account.acct for account in reader.account_search("cleo")] == ["cleo"]
    assert reader.account_lookup(f"cleo@{ana.union.domain}").acct == "cleo"
    assert posted.id in [each.id for each in reader.timeline_hashtag("nightshifts")]


def test_it_knows_how_people_stand(reader: Mastodon, colleague: Mastodon) -> None:
    other = colleague.me()
    assert reader.account_follow(other, notify=True, reblogs=False).notifying
    stands = reader.account_relationships(other)[0]
    assert (stands.following, stands.showing_reblogs, stands.followed_by) == (True, False, False)
    assert "cleo" in [each.acct for each in reader.account_following(reader.me())]
    assert reader.account_mute(other, duration=3600).muting
    assert "cleo" in [each.acct for each in reader.mutes()]
    assert not reader.account_unmute(other).muting
    assert reader.account_note_set(other, "Knows the roster").note == "Knows the roster"
    assert reader.account_familiar_followers(other)[0].id == other.id
    assert not reader.account_unfollow(other).following
    assert reader.account_block(other).blocking
    assert not reader.account_unblock(other).blocking
    reader.domain_block("spam.example")
    assert "spam.example" in reader.domain_blocks()
    reader.domain_unblock("spam.example")


def test_it_changes_the_profile(colleague: Mastodon, photograph: Path) -> None:
    changed = colleague.account_update_credentials(
        display_name="Cleo C.",
        note="Night nurse",
        avatar=photograph.read_bytes(),
        avatar_mime_type="image/jpeg",
        fields=[("Ward", "Four"), ("Shift", "Night")],
        bot=False,
        discoverable=True,
    )
    assert (changed.display_name, changed.source.note) == ("Cleo C.", "Night nurse")
    assert [(field.name, field.value) for field in changed.fields] == [("Ward", "Four"), ("Shift", "Night")]
    assert changed.avatar != changed.header
    assert colleague.account_delete_avatar().avatar != changed.avatar
    assert colleague.account_update_credentials(display_name="", note="", fields=[]).display_name in (
        "",
        "cleo",
    )


def test_it_keeps_lists(reader: Mastodon, colleague: Mastodon) -> None:
    other = colleague.me()
    reader.account_follow(other)
    made = reader.list_create("Ward", replies_policy="none", exclusive=True)
    assert (made.replies_policy, made.exclusive) == ("none", True)
    reader.list_accounts_add(made, [other])
    assert [each.acct for each in reader.list_accounts(made)] == ["cleo"]
    assert [each.id for each in reader.account_lists(other)] == [made.id]
    posted = colleague.status_post("For the list")
    assert posted.id in [each.id for each in reader.timeline_list(made)]
    assert posted.id not in [each.id for each in reader.timeline_home()]
    assert reader.list_update(made, "Wards").title == "Wards"
    reader.list_accounts_delete(made, [other])
    reader.list_delete(made)
    with pytest.raises(MastodonNotFoundError):
        reader.list(made)
    reader.account_unfollow(other)


def test_it_is_told_and_reads_it_in_both_forms(reader: Mastodon, colleague: Mastodon) -> None:
    posted = reader.status_post("Tell me")
    colleague.status_favourite(posted)
    told = reader.notifications(types=["favourite"])[0]
    assert (told.type, told.status.id, told.account.acct) == ("favourite", posted.id, "cleo")
    assert reader.notifications(told.id).id == told.id
    grouped = reader.grouped_notifications(types=["favourite"])
    group = grouped.notification_groups[0]
    assert (group.group_key, group.status_id) == (told.group_key, posted.id)
    assert [each.acct for each in reader.grouped_notification_accounts(group.group_key)] == ["cleo"]
    assert reader.notifications_unread_count().count >= 1
    reader.dismiss_grouped_notification(group.group_key)
    assert told.id not in [each.id for each in reader.notifications()]
    colleague.status_post("@ana look")
    assert reader.notifications(types=["mention"])[0].account.acct == "cleo"
    reader.notifications_clear()
    assert reader.notifications() == []


def test_it_holds_back_what_strangers_say_until_they_are_let_in(
    reader: Mastodon, colleague: Mastodon
) -> None:
    assert reader.update_notifications_policy(for_not_following="filter").for_not_following == "filter"
    sent = colleague.status_post("@ana do you know me?")
    assert sent.id not in [each.status.id for each in reader.notifications(types=["mention"])]
    [request] = reader.notification_requests()
    assert (request.account.acct, request.last_status.id) == ("cleo", sent.id)
    assert reader.notifications_policy().summary.pending_requests_count == 1
    reader.accept_notification_request(request)
    eventually(reader.notifications_merged)
    assert sent.id in [each.status.id for each in reader.notifications(types=["mention"])]
    assert reader.update_notifications_policy(for_not_following="accept").for_not_following == "accept"


READINGS = (
    *("announcements", "blocks", "bookmarks", "conversations", "custom_emojis", "directory"),
    *("domain_blocks", "endorsements", "favourites", "featured_tag_suggestions", "featured_tags"),
    *("filters_v2", "follow_requests", "followed_tags", "instance_activity", "instance_domain_blocks"),
    *("instance_extended_description", "instance_languages", "instance_peers", "instance_rules"),
    *("instance_translation_languages", "lists", "mutes", "scheduled_statuses", "suggestions"),
    *("timeline_home", "timeline_local", "timeline_public", "trending_links", "trending_statuses"),
    "trending_tags",
)


@pytest.mark.parametrize("reading", READINGS)
def test_it_may_ask_for_everything_there_is(reader: Mastodon, reading: str) -> None:
    assert getattr(reader, reading)() is not None


def test_it_reads_conversations_and_remembers_how_far(reader: Mastodon, colleague: Mastodon) -> None:
    sent = colleague.status_post("@ana just for you", visibility="direct")
    conversation = next(each for each in reader.conversations() if each.last_status.id == sent.id)
    assert conversation.unread
    assert [each.acct for each in conversation.accounts] == ["cleo"]
    assert not reader.conversations_read(conversation).unread
    reader.markers_set(["home"], [sent])
    assert reader.markers_get(["home"])["home"].last_read_id == sent.id


def test_it_follows_and_features_tags(reader: Mastodon) -> None:
    assert reader.tag_follow("picket").following
    assert [tag.name for tag in reader.followed_tags()] == ["picket"]
    assert not reader.tag_unfollow("picket").following
    featured = reader.featured_tag_create("wages")
    assert [tag.name for tag in reader.featured_tags()] == ["wages"]
    reader.featured_tag_delete(featured)
    assert reader.featured_tags() == []


class Ears(StreamListener):
    """Keeps what a stream says, as pairs of event and payload."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def on_update(self, status: Any) -> None:
        self.heard.append(("update", status))

    def on_status_update(self, status: Any) -> None:
        self.heard.append(("status_update", status))

    def on_notification(self, notification: Any) -> None:
        self.heard.append(("notification", notification))

    def on_conversation(self, conversation: Any) -> None:
        self.heard.append(("conversation", conversation))

    def on_delete(self, status_id: Any) -> None:
        self.heard.append(("delete", status_id))

    def hears(self, event: str, is_it: Callable[[Any], bool] = lambda payload: True) -> Any:
        """Return the payload of such an event, which may come yet."""
        return eventually(lambda: [p for name, p in self.heard if name == event and is_it(p)], what=event)[0]


@pytest.fixture
def listen(ana: Person) -> Iterator[Callable[..., Ears]]:
    """Starts listening to a stream of Ana's, by the name of the library's method, in a thread of the library.

    A stream ends only when something comes. So the app is logged out in the end, which closes them all.
    """
    client, handles = logged_in(ana), []

    def start(stream: str, *arguments: Any) -> Ears:
        ears = Ears()
        handle = getattr(client, stream)(*arguments, ears, run_async=True)
        eventually(handle.is_receiving)
        handles.append(handle)
        return ears

    yield start
    for handle in handles:
        handle.closed = True
    client.revoke_access_token(allow_http=True)
    eventually(lambda: not any(handle.is_alive() for handle in handles), what="the end of the streams")


def test_it_listens_to_what_concerns_the_member(
    reader: Mastodon, colleague: Mastodon, listen: Callable[..., Ears]
) -> None:
    assert reader.stream_healthy()
    ears = listen("stream_user")
    posted = reader.status_post("Hear this")
    assert ears.hears("update", lambda status: status.id == posted.id).content == "<p>Hear this</p>"
    colleague.status_favourite(posted)
    assert ears.hears("notification", lambda told: told.type == "favourite").status.id == posted.id
    reader.status_update(posted, "Hear that")
    assert ears.hears("status_update").content == "<p>Hear that</p>"
    reader.status_delete(posted)
    assert int(ears.hears("delete")) == int(posted.id)


def test_it_listens_to_a_tag_a_list_and_private_messages(
    reader: Mastodon, colleague: Mastodon, listen: Callable[..., Ears]
) -> None:
    reader.account_follow(colleague.me())
    made = reader.list_create("Ward")
    reader.list_accounts_add(made, [colleague.me()])
    direct = listen("stream_direct")
    others = [
        listen("stream_hashtag", "picket"),
        listen("stream_list", made),
        listen("stream_local"),
    ]
    posted = colleague.status_post("On the #picket")
    for ears in others:
        assert ears.hears("update", lambda status: status.id == posted.id).account.acct == "cleo"
    sent = colleague.status_post("@ana psst", visibility="direct")
    assert direct.hears("conversation").last_status.id == sent.id
    reader.list_delete(made)
    reader.account_unfollow(colleague.me())


def test_it_listens_through_a_socket(reader: Mastodon, colleague: Mastodon) -> None:
    ears, client = Ears(), cast("Any", reader)
    with client.stream_open_websocket(ears) as socket:
        socket.subscribe("user")
        asked: set[Any] = set()

        def is_heard() -> bool:
            asked.add(reader.status_post("Does anybody hear?").id)
            return any(name == "update" and status.id in asked for name, status in list(ears.heard))

        # Nothing else tells that the subscription has begun.
        eventually(is_heard)
        posted = reader.status_post("Hear this too")
        assert ears.hears("update", lambda status: status.id == posted.id).content == "<p>Hear this too</p>"
