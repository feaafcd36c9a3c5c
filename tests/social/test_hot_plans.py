"""What is read often is found by indexes, with and without the statistics of a large instance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_handle, find_actor_by_uri
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.api.auth import Caller
from fediunion.api.mastodon.notifications import gather_notifications
from fediunion.api.mastodon.standing import gather, home_standings
from fediunion.api.streaming.audience import missed_since
from fediunion.db import Database, now_of
from fediunion.db.known_uris import find_known_uri, find_known_uris
from fediunion.kit.pages import Page
from fediunion.social.follows import queries as follows
from fediunion.social.follows.relationships import relationships_of
from fediunion.social.lists.service import add_accounts, create_list
from fediunion.social.media.queries import find_file, find_remote_file
from fediunion.social.notifications.queries import notifications_page, unread_count
from fediunion.social.posts import queries as posts
from fediunion.social.posts.models import Post
from fediunion.social.timelines import queries as timelines
from fediunion.social.timelines.queries.direct import direct_page
from fediunion.social.timelines.queries.readers import homes_showing, lists_showing
from tests.social.builders import let_follow, local_actor, post_by
from tests.social.plans import full_scans, plan_of, pretend_large

PAGE = Page(limit=40)
FURTHER = Page(limit=40, max_id=2**62)
BACK = Page(limit=40, min_id=1)


@dataclass(frozen=True)
class Stored:
    """A member who reads, somebody else, her list, and the first post of a thread."""

    reader: Actor
    other: Actor
    list_id: int
    post: Post

    @property
    def viewer(self) -> Viewer:
        """The member as she reads."""
        return Viewer(self.reader.id, None, is_member=True)

    @property
    def caller(self) -> Caller:
        """The member as an app of hers calls."""
        return Caller(1, 1, self.reader.id, self.viewer, frozenset(), "member", "active", "")


Read = Callable[[Session, Stored], object]

READS: dict[str, Read] = {
    "home": lambda s, at: timelines.home_page(s, at.reader.id, PAGE),
    "home, further": lambda s, at: timelines.home_page(s, at.reader.id, FURTHER),
    "home, back": lambda s, at: timelines.home_page(s, at.reader.id, BACK),
    "home with what is shown": lambda s, at: home_standings(s, at.viewer, PAGE),
    "list": lambda s, at: timelines.list_page(s, at.reader.id, at.list_id, PAGE),
    "local": lambda s, at: timelines.local_page(s, at.viewer, FURTHER),
    "public": lambda s, at: timelines.public_page(s, at.viewer, FURTHER),
    "public, for strangers": lambda s, at: timelines.public_page(s, ANONYMOUS, FURTHER),
    "network": lambda s, at: timelines.network_page(s, at.viewer, FURTHER),
    "tag": lambda s, at: timelines.tag_page(s, at.viewer, FURTHER, ["x"]),
    "account": lambda s, at: timelines.account_page(s, at.other.id, at.viewer, PAGE),
    "account, pinned": lambda s, at: timelines.account_page(s, at.other.id, at.viewer, PAGE, pinned=True),
    "account, media": lambda s, at: timelines.account_page(s, at.other.id, at.viewer, PAGE, only_media=True),
    "account, tag": lambda s, at: timelines.account_page(s, at.other.id, at.viewer, PAGE, tag="x"),
    "direct": lambda s, at: direct_page(s, at.viewer, PAGE),
    "conversations": lambda s, at: timelines.conversations_page(s, at.reader.id, PAGE),
    "bookmarks": lambda s, at: timelines.bookmarks_page(s, at.reader.id, PAGE),
    "favourites": lambda s, at: timelines.favourites_page(s, at.reader.id, PAGE),
    "notifications": lambda s, at: notifications_page(s, at.reader.id, PAGE),
    "notifications of a kind": lambda s, at: notifications_page(s, at.reader.id, PAGE, kinds=["mention"]),
    "notifications, shown": lambda s, at: gather_notifications(
        s, notifications_page(s, at.reader.id, PAGE), at.caller
    ),
    "unread": lambda s, at: unread_count(s, at.reader.id, 1),
    "status": lambda s, at: posts.view_of(s, at.post, at.viewer),
    "statuses": lambda s, at: gather(s, [at.post.id], at.viewer),
    "statuses, for strangers": lambda s, at: gather(s, [at.post.id], ANONYMOUS),
    "status by its id elsewhere": lambda s, at: posts.find_post_by_uri(s, at.post.uri),
    "thread": lambda s, at: posts.list_thread(s, at.post, at.viewer),
    "boost": lambda s, at: posts.find_boost(s, at.reader.id, at.post.id),
    "followers": lambda s, at: follows.list_followers(s, at.other.id, PAGE, at.viewer),
    "following": lambda s, at: follows.list_following(s, at.reader.id, PAGE, at.viewer),
    "follow requests": lambda s, at: follows.list_requests(s, at.reader.id, PAGE),
    "relationships": lambda s, at: relationships_of(s, at.reader.id, [at.other.id]),
    "who is told here": lambda s, at: follows.local_follower_ids(s, at.other.id),
    "who is told elsewhere": lambda s, at: list(follows.follower_inboxes(s, at.other, "")),
    "actor by id": lambda s, at: find_actor_by_uri(s, at.other.uri),
    "actor by name": lambda s, at: find_actor_by_handle(s, "anna", "far.example"),
    "a member's file": lambda s, at: find_file(s, "0123456789abcdefghijkl.png"),
    "file of a remote post": lambda s, at: find_remote_file(s, "attachment", 1),
    "avatar from elsewhere": lambda s, at: find_remote_file(s, "avatar", at.other.id),
    "known id": lambda s, at: find_known_uri(s, at.post.uri),
    "known ids": lambda s, at: find_known_uris(s, [at.post.uri, at.other.uri]),
    "stream, missed": lambda s, at: missed_since(s, now_of(s), now_of(s) - timedelta(hours=1)),
    "stream, homes": lambda s, at: homes_showing(s, at.post.id, [at.reader.id]),
    "stream, lists": lambda s, at: lists_showing(s, at.post.id, [at.list_id]),
}


def prepare(session: Session) -> Stored:
    """Return what a member finds: posts for all audiences, a thread, a boost, a list."""
    anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
    let_follow(session, ben, anna)
    let_follow(session, anna, ben)
    row = create_list(session, ben, title="All")
    add_accounts(session, ben, row.id, [anna.id])
    for audience in Audience:
        post_by(session, anna, audience, tags=["x"], mentions=[ben])
    first = post_by(session, anna)
    post_by(session, anna, reply_to=first)
    post_by(session, anna, boost_of=first)
    return Stored(ben, anna, row.id, first)


@pytest.mark.parametrize("large", [False, True], ids=["new", "large"])
@pytest.mark.parametrize("name", READS)
async def test_what_is_read_often_reads_no_whole_table(social: Database, name: str, large: bool) -> None:
    def work(session: Session) -> None:
        stored = prepare(session)
        session.flush()
        if large:
            pretend_large(session)
        plan = plan_of(session, lambda s: READS[name](s, stored))
        assert plan
        assert full_scans(plan) == []

    await social.write(work)
