"""What a member posts with a client on one server is what the client of a member of another one reads."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from mastodon import Mastodon, MastodonNotFoundError

from tests.api.mastodon.conformity import check
from tests.clients.person import Person
from tests.federation.processes import eventually
from tests.processes.running import PATIENCE_SECONDS


def arrived(client: Mastodon, uri: str) -> Any:
    """Return the status in the home timeline, boosted or not, once it is there."""

    def look() -> Any:
        shown = (each.reblog or each for each in client.timeline_home(limit=40))
        return next((each for each in shown if each.uri == uri), None)

    return eventually(look, what=uri)


def words(status: Any) -> dict[str, Any]:
    """Return what is the same for all readers, wherever they are."""
    return {
        "uri": status.uri,
        "url": status.url,
        "content": status.content,
        "spoiler_text": status.spoiler_text,
        "sensitive": status.sensitive,
        "language": status.language,
        "visibility": status.visibility,
        "edited": status.edited_at is not None,
        "tags": [tag.name for tag in status.tags],
        "mentions": sorted(mention.url for mention in status.mentions),
        "emojis": [emoji.shortcode for emoji in status.emojis],
        "media": [
            {
                "type": each.type,
                "description": each.description,
                "blurhash": each.blurhash,
                "focus": each.meta.get("focus"),
                "size": (each.meta.original.width, each.meta.original.height),
            }
            for each in status.media_attachments
        ],
        "poll": status.poll
        and {
            "options": [option.title for option in status.poll.options],
            "multiple": status.poll.multiple,
            "expires_at": status.poll.expires_at.replace(microsecond=0),
        },
        "quote": status.quote
        and {
            "state": status.quote.state,
            "uri": status.quote.quoted_status and status.quote.quoted_status.uri,
        },
    }


def test_a_picture_with_all_that_is_said_about_it_is_read_as_it_was_posted(
    author: Mastodon, stranger: Mastodon, photograph: Path
) -> None:
    media = author.media_post(
        photograph.read_bytes(),
        mime_type="image/jpeg",
        description="The gate at six",
        focus=(-0.5, 0.25),
        synchronous=True,
    )
    handle = f"ben@{stranger.instance_v2().domain}"
    posted = author.status_post(
        f"@{handle} on strike\n\nfor #wages & <rest>, see https://union.example/strike",
        media_ids=[media],
        spoiler_text="Strike & all",
        sensitive=True,
        language="de",
        visibility="unlisted",
    )
    read = arrived(stranger, posted.uri)
    assert words(read) == words(posted)
    # Outside, a member's post tells its minute only.
    assert read.created_at == posted.created_at.replace(second=0, microsecond=0)
    assert read.account.acct == f"ana@{author.instance_v2().domain}"
    assert [mention.acct for mention in read.mentions] == ["ben"]
    [attached] = read.media_attachments
    assert attached.remote_url == posted.media_attachments[0].url
    shown = httpx.get(attached.url, timeout=PATIENCE_SECONDS)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert stranger.notifications(types=["mention"])[0].status.id == read.id


def test_a_poll_is_read_and_voted_in_and_counted_on_both_sides(author: Mastodon, stranger: Mastodon) -> None:
    poll = author.make_poll(["Monday", "Tuesday & later"], 3600, multiple=True)
    posted = author.status_post("When?", poll=poll)
    read = arrived(stranger, posted.uri)
    assert words(read) == words(posted)
    voted = stranger.poll_vote(read.poll, [0, 1])
    assert (voted.voted, list(voted.own_votes)) == (True, [0, 1])
    eventually(lambda: [each.votes_count for each in author.poll(posted.poll).options] == [1, 1])
    assert author.poll(posted.poll).voters_count == 1


def test_an_edit_and_a_deletion_arrive(author: Mastodon, stranger: Mastodon) -> None:
    posted = author.status_post("At six", language="en")
    read = arrived(stranger, posted.uri)
    edited = author.status_update(posted, "At **seven** #wages", spoiler_text="Changed")
    eventually(lambda: stranger.status(read).edited_at)
    assert words(stranger.status(read)) == words(edited)
    assert [version.content for version in stranger.status_history(read)] == [posted.content, edited.content]
    author.status_delete(posted)

    def is_gone() -> bool:
        try:
            stranger.status(read)
        except MastodonNotFoundError:
            return True
        return False

    eventually(is_gone)


def test_an_edit_of_what_is_said_about_a_picture_arrives(
    author: Mastodon, stranger: Mastodon, photograph: Path
) -> None:
    media = author.media_post(photograph.read_bytes(), mime_type="image/jpeg", synchronous=True)
    posted = author.status_post("The gate", media_ids=[media], language="en")
    read = arrived(stranger, posted.uri)
    said = author.generate_media_edit_attributes(media, description="The gate at seven", focus=(0.5, -0.5))
    edited = author.status_update(posted, "The gate", media_attributes=[said])
    assert (edited.media_attachments[0].description, edited.language) == ("The gate at seven", "en")
    eventually(lambda: stranger.status(read).edited_at)
    assert words(stranger.status(read)) == words(edited)


def test_answers_boosts_and_favourites_are_counted_where_the_post_is_from(
    author: Mastodon, stranger: Mastodon
) -> None:
    posted = author.status_post("Pass it on")
    read = arrived(stranger, posted.uri)
    stranger.status_favourite(read)
    stranger.status_reblog(read)
    reply = stranger.status_reply(read, "I will", language="en")

    def counts(client: Mastodon, status: Any) -> tuple[int, int, int]:
        shown = client.status(status)
        return shown.favourites_count, shown.reblogs_count, shown.replies_count

    eventually(lambda: counts(author, posted) == (1, 1, 1))
    assert counts(stranger, read) == (1, 1, 1)
    [heard] = author.status_context(posted).descendants
    assert words(heard) == words(reply)
    assert heard.in_reply_to_id == posted.id
    handle = f"ben@{stranger.instance_v2().domain}"
    assert [each.acct for each in author.status_favourited_by(posted)] == [handle]
    assert [each.acct for each in author.status_reblogged_by(posted)] == [handle]
    told = {
        each.type
        for each in author.notifications()
        if each.status and posted.id in (each.status.id, heard.in_reply_to_id)
    }
    assert {"favourite", "reblog", "mention"} <= told
    stranger.status_unfavourite(read)
    stranger.status_unreblog(read)
    stranger.status_delete(reply)
    eventually(lambda: counts(author, posted) == (0, 0, 0))


def test_a_boost_reaches_the_followers_of_who_boosts(
    author: Mastodon, stranger: Mastodon, colleague: Mastodon
) -> None:
    posted = colleague.status_post("Said by a colleague", spoiler_text="Quietly", language="fr")
    author.status_reblog(posted)
    read = arrived(stranger, posted.uri)
    assert words(read) == words(posted)
    boost = next(
        each for each in stranger.timeline_home(limit=40) if each.reblog and each.reblog.id == read.id
    )
    assert boost.account.acct == f"ana@{author.instance_v2().domain}"


@pytest.mark.parametrize("visibility", ["public", "private", "direct"])
def test_who_may_read_is_the_same_on_both_sides(
    author: Mastodon, stranger: Mastodon, visibility: str
) -> None:
    handle = f"ben@{stranger.instance_v2().domain}"
    posted = author.status_post(f"@{handle} {visibility}", visibility=visibility)
    if visibility == "direct":
        found = eventually(
            lambda: [each for each in stranger.conversations() if each.last_status.uri == posted.uri]
        )
        read = found[0].last_status
    else:
        read = arrived(stranger, posted.uri)
    assert words(read) == words(posted)
    assert read.visibility == visibility


def test_an_emoji_of_one_union_is_seen_at_the_other(
    author: Mastodon, stranger: Mastodon, ana: Person, photograph: Path
) -> None:
    union = ana.union
    union.run("member", "create", "chair", "--email", "chair@union.example", "--role", "admin")
    token = union.run("token", "create", "chair", "--scopes", "admin:write").strip()
    uploaded = httpx.post(
        f"{union.base_url}/api/fediunion/admin/emojis",
        headers={"Authorization": f"Bearer {token}"},
        data={"shortcode": "fist"},
        files={"image": ("fist.jpg", photograph.read_bytes(), "image/jpeg")},
        timeout=PATIENCE_SECONDS,
    )
    assert uploaded.status_code == 200, uploaded.text
    assert [each.shortcode for each in author.custom_emojis()] == ["fist"]
    posted = author.status_post("Together :fist:")
    assert [each.shortcode for each in posted.emojis] == ["fist"]
    read = arrived(stranger, posted.uri)
    assert words(read) == words(posted)
    assert httpx.get(read.emojis[0].static_url, timeout=PATIENCE_SECONDS).status_code == 200


def test_what_came_from_elsewhere_is_as_documented_too(author: Mastodon, stranger: Mastodon) -> None:
    author.status_reblog(author.status_post("As documented #wages", poll=author.make_poll(["a", "b"], 3600)))
    headers = {"Authorization": f"Bearer {stranger.access_token}"}
    for path, kind in (("timelines/home", "[OwnStatus]"), ("notifications", "[Notification]")):
        read = httpx.get(
            f"{stranger.api_base_url}/api/v1/{path}", headers=headers, timeout=PATIENCE_SECONDS
        ).json()
        assert read
        check(read, kind)


def test_a_profile_is_read_as_it_was_written(
    author: Mastodon, stranger: Mastodon, ana: Person, photograph: Path
) -> None:
    own = author.account_update_credentials(
        display_name="Ana <A.>",
        note="Night nurse, #wages",
        fields=[("Ward", "Four & five")],
        avatar=photograph.read_bytes(),
        avatar_mime_type="image/jpeg",
        locked=False,
        bot=False,
    )
    account = stranger.account_lookup(ana.handle)
    eventually(lambda: stranger.account(account).display_name == "Ana <A.>")
    read = stranger.account(account)
    for name in ("display_name", "note", "url", "uri", "locked", "bot", "discoverable", "created_at"):
        assert read[name] == own[name], name
    assert [(field.name, field.value) for field in read.fields] == [("Ward", "Four &amp; five")]
    assert httpx.get(read.avatar, timeout=PATIENCE_SECONDS).status_code == 200
    assert read.created_at <= datetime.now(UTC) + timedelta(minutes=1)
