"""Mastodon.py logs in as its users do, and does what they do all day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mastodon import Mastodon, MastodonNotFoundError, MastodonUnauthorizedError

from tests.clients.conftest import logged_in
from tests.clients.person import Person

pytestmark = [
    # The old forms are served too, and say that they are old.
    pytest.mark.filterwarnings("ignore::mastodon.errors.MastodonDeprecationWarning"),
]


def test_it_logs_in_with_a_code_that_is_copied_and_out_again(ana: Person) -> None:
    client = logged_in(ana)
    assert client.me().acct == "ana"
    assert client.app_verify_credentials().name == "Reader"
    token = client.access_token
    client.revoke_access_token(allow_http=True)
    with pytest.raises(MastodonUnauthorizedError):
        Mastodon(access_token=token, api_base_url=ana.base_url).me()


def test_it_reads_what_the_server_is_and_can(reader: Mastodon, ana: Person) -> None:
    assert reader.instance_v1().uri == ana.union.domain
    assert reader.instance_v2().domain == ana.union.domain
    assert reader.mastodon_api_version >= 7
    assert reader.instance_nodeinfo().software.name == "fediunion"
    assert reader.instance_health()
    assert reader.preferences()["posting:default:visibility"]


def test_it_posts_a_picture_with_its_description_and_focus(reader: Mastodon, photograph: Path) -> None:
    media = reader.media_post(
        photograph.read_bytes(),
        mime_type="image/jpeg",
        description="The gate at six",
        focus=(-0.5, 0.25),
        synchronous=True,
    )
    assert media.url
    changed = reader.media_update(media, description="The gate at seven")
    assert changed.description == "The gate at seven"
    posted = reader.status_post(
        "On strike #wages",
        media_ids=[media],
        sensitive=True,
        spoiler_text="Strike",
        language="en",
        visibility="unlisted",
    )
    shown = reader.status(posted)
    attached = shown.media_attachments[0]
    assert (attached.id, attached.type, attached.description) == (media.id, "image", "The gate at seven")
    assert (attached.meta.focus.x, attached.meta.focus.y) == (-0.5, 0.25)
    assert (attached.meta.original.width, attached.meta.original.height) == (320, 240)
    assert attached.blurhash
    assert (shown.spoiler_text, shown.sensitive, shown.language) == ("Strike", True, "en")
    assert shown.visibility == "unlisted"
    assert [tag.name for tag in shown.tags] == ["wages"]


def test_it_asks_and_others_vote(reader: Mastodon, colleague: Mastodon) -> None:
    poll = reader.make_poll(["Monday", "Tuesday"], expires_in=3600, multiple=False, hide_totals=True)
    posted = reader.status_post("When do we meet?", poll=poll)
    seen = colleague.status(posted).poll
    assert [option.title for option in seen.options] == ["Monday", "Tuesday"]
    assert seen.options[0].votes_count is None
    assert not seen.voted
    voted = colleague.poll_vote(seen, 1)
    assert (voted.voted, list(voted.own_votes)) == (True, [1])
    assert reader.poll(posted.poll).votes_count == 1


def test_it_edits_and_reads_the_history(reader: Mastodon) -> None:
    posted = reader.status_post("At six", spoiler_text="Plan")
    edited = reader.status_update(posted, "At seven", spoiler_text="Plan")
    assert edited.content == "<p>At seven</p>"
    assert edited.edited_at is not None
    assert [version.content for version in reader.status_history(posted)] == [
        "<p>At six</p>",
        "<p>At seven</p>",
    ]
    assert reader.status_source(posted).text == "At seven"


def test_it_replies_and_reads_the_thread(reader: Mastodon, colleague: Mastodon) -> None:
    posted = reader.status_post("Who takes Sunday?")
    reply = colleague.status_reply(posted, "I do")
    assert reply.in_reply_to_id == posted.id
    assert [mention.acct for mention in reply.mentions] == ["ana"]
    context = reader.status_context(posted)
    assert (list(context.ancestors), [each.id for each in context.descendants]) == ([], [reply.id])
    assert reader.status(posted).replies_count == 1


def test_it_boosts_favourites_bookmarks_mutes_and_pins_and_takes_it_back(
    reader: Mastodon, colleague: Mastodon
) -> None:
    posted = colleague.status_post("Pass it on")
    boost = reader.status_reblog(posted)
    assert boost.reblog.id == posted.id
    assert reader.status_favourite(posted).favourited
    assert reader.status_bookmark(posted).bookmarked
    assert reader.status_mute(posted).muted
    seen = colleague.status(posted)
    assert (seen.reblogs_count, seen.favourites_count) == (1, 1)
    assert [each.acct for each in colleague.status_reblogged_by(posted)] == ["ana"]
    assert [each.acct for each in colleague.status_favourited_by(posted)] == ["ana"]
    assert posted.id in [each.id for each in reader.favourites()]
    assert posted.id in [each.id for each in reader.bookmarks()]
    assert not reader.status_unreblog(posted).reblogged
    assert not reader.status_unfavourite(posted).favourited
    assert not reader.status_unbookmark(posted).bookmarked
    assert not reader.status_unmute(posted).muted
    own = reader.status_post("Stays at the top")
    assert reader.status_pin(own).pinned
    assert own.id in [each.id for each in reader.account_statuses(reader.me(), pinned=True)]
    assert not reader.status_unpin(own).pinned


def test_it_pages_through_a_timeline_forwards_back_and_from_a_moment(
    reader: Mastodon, colleague: Mastodon
) -> None:
    before = datetime.now(UTC) - timedelta(days=1)
    posted = [colleague.status_post(f"Page {number}").id for number in range(5)]
    account = colleague.me()
    first: Any = reader.account_statuses(account, limit=2)
    second: Any = reader.fetch_next(first)
    assert [each.id for each in [*first, *second]] == posted[:0:-1]
    back: Any = reader.fetch_previous(second)
    assert [each.id for each in back] == [each.id for each in first]
    assert set(posted) <= {each.id for each in reader.account_statuses(account, since_id=before, limit=40)}
    assert reader.account_statuses(account, max_id=before) == []


def test_it_keeps_posts_for_later(reader: Mastodon) -> None:
    moment = datetime.now(UTC) + timedelta(days=400 * 365)
    kept = reader.status_post("A draft for ever", scheduled_at=moment)
    assert kept.params.text == "A draft for ever"
    assert kept.id in [each.id for each in reader.scheduled_statuses()]
    nearer = datetime.now(UTC) + timedelta(days=2)
    changed = reader.scheduled_status_update(kept, nearer)
    assert abs(changed.scheduled_at - nearer) < timedelta(seconds=1)
    reader.scheduled_status_delete(kept)
    with pytest.raises(MastodonNotFoundError):
        reader.scheduled_status(kept)


def test_it_deletes_and_gets_the_text_back(reader: Mastodon) -> None:
    posted = reader.status_post("Said too early")
    assert reader.status_delete(posted).text == "Said too early"
    with pytest.raises(MastodonNotFoundError):
        reader.status(posted)


def test_the_same_key_posts_once(reader: Mastodon) -> None:
    first = reader.status_post("Only once", idempotency_key="strike-1")
    assert reader.status_post("Only once", idempotency_key="strike-1").id == first.id
