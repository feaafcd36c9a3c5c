"""Local, public, network, hashtag and account timelines: who finds what in them."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import Database, now_of
from fediunion.kit.pages import Page
from fediunion.social.follows import restrictions
from fediunion.social.posts.models import Bookmark, Favourite, Pin
from fediunion.social.timelines.queries import (
    account_page,
    bookmarks_page,
    favourites_page,
    local_page,
    network_page,
    public_page,
    tag_page,
)
from tests.social.builders import let_follow, local_actor, post_by, remote_actor

PAGE = Page()


def member(actor_id: int) -> Viewer:
    """Return a member of ours who reads."""
    return Viewer(actor_id, None, is_member=True)


async def test_V10_public_timelines_hold_what_is_public_and_for_members_what_is_for_them(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        far = remote_actor(session, "far.test", "far")
        ours = {audience: post_by(session, anna, audience, tags=["strike"]).id for audience in Audience}
        theirs = {audience: post_by(session, far, audience, tags=["strike"]).id for audience in Audience}
        session.flush()
        public = Audience.PUBLIC
        within = [ours[Audience.LOCAL], ours[Audience.NETWORK], ours[public]]
        assert local_page(session, ANONYMOUS, PAGE) == [ours[public]]
        assert local_page(session, member(ben.id), PAGE) == within
        assert public_page(session, ANONYMOUS, PAGE) == [theirs[public], ours[public]]
        assert public_page(session, member(ben.id), PAGE, only_remote=True) == [theirs[public]]
        assert network_page(session, ANONYMOUS, PAGE) == []
        assert network_page(session, member(ben.id), PAGE) == [
            theirs[Audience.NETWORK],
            ours[Audience.NETWORK],
        ]
        assert tag_page(session, ANONYMOUS, PAGE, ["#Strike"]) == [theirs[public], ours[public]]
        assert tag_page(session, member(ben.id), PAGE, ["strike"], local=True) == within
        follower = Viewer(ben.id, "far.test")
        let_follow(session, ben, anna)
        assert tag_page(session, follower, PAGE, ["strike"]) == [theirs[public], ours[public]]

    await social.write(work)


async def test_boosts_and_replies_to_others_are_not_in_public_timelines(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        first = post_by(session, anna)
        goes_on = post_by(session, anna, reply_to=first)
        post_by(session, ben, reply_to=first)
        post_by(session, ben, boost_of=first)
        assert public_page(session, ANONYMOUS, PAGE) == [goes_on.id, first.id]
        assert local_page(session, ANONYMOUS, PAGE) == [goes_on.id, first.id]

    await social.write(work)


async def test_pages_of_merged_audiences_follow_each_other_without_gaps(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        audiences = [Audience.PUBLIC, Audience.LOCAL, Audience.NETWORK] * 3
        ids = [post_by(session, anna, audience).id for audience in audiences][::-1]
        viewer = member(anna.id)
        assert local_page(session, viewer, Page(limit=4)) == ids[:4]
        assert local_page(session, viewer, Page(limit=4, max_id=ids[3])) == ids[4:8]
        assert local_page(session, viewer, Page(limit=4, min_id=ids[8])) == ids[4:8]

    await social.write(work)


async def test_hashtags_can_be_combined(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        a = post_by(session, anna, tags=["A"]).id
        ab = post_by(session, anna, tags=["A", "b"]).id
        abc = post_by(session, anna, tags=["a", "b", "c"]).id
        c = post_by(session, anna, tags=["c"]).id
        assert tag_page(session, ANONYMOUS, PAGE, ["a", "c"]) == [c, abc, ab, a]
        assert tag_page(session, ANONYMOUS, PAGE, ["a"], all_of=["B"]) == [abc, ab]
        assert tag_page(session, ANONYMOUS, PAGE, ["a"], all_of=["b"], none_of=["C"]) == [ab]

    await social.write(work)


async def test_silenced_actors_and_servers_show_to_followers_only(social: Database) -> None:
    def work(session: Session) -> None:
        reader = local_actor(session, "reader1")
        quiet = remote_actor(session, "loud.test", "quiet", silenced_at=now_of(session))
        sub = remote_actor(session, "a.noisy.test", "sub")
        other = remote_actor(session, "notnoisy.test", "other")
        posts = [post_by(session, author, tags=["x"]).id for author in (quiet, sub, other)]
        set_domain_rule(session, "noisy.test", DomainAction.SILENCE)
        session.flush()
        assert public_page(session, ANONYMOUS, PAGE) == posts[2:]
        assert tag_page(session, ANONYMOUS, PAGE, ["x"]) == posts[2:]
        let_follow(session, reader, quiet)
        let_follow(session, reader, sub)
        assert public_page(session, member(reader.id), PAGE) == posts[::-1]

    await social.write(work)


async def test_A23_blocked_and_muted_authors_are_not_in_public_timelines(social: Database) -> None:
    def work(session: Session) -> None:
        reader = local_actor(session, "reader1")
        blocked, muted = remote_actor(session, "far.test", "blocked"), local_actor(session, "muted")
        post_by(session, blocked, tags=["x"])
        post_by(session, muted, tags=["x"])
        restrictions.block(session, reader, blocked)
        restrictions.mute(session, reader, muted)
        session.flush()
        assert public_page(session, member(reader.id), PAGE) == []
        assert tag_page(session, member(reader.id), PAGE, ["x"]) == []
        assert len(public_page(session, ANONYMOUS, PAGE)) == 2

    await social.write(work)


async def test_V05_an_account_shows_each_viewer_what_it_may_see_pinned_posts_too(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        let_follow(session, ben, anna)
        public = post_by(session, anna, tags=["x"])
        followers = post_by(session, anna, Audience.FOLLOWERS)
        boost = post_by(session, anna, boost_of=post_by(session, carl))
        reply = post_by(session, anna, reply_to=post_by(session, carl))
        session.add_all(
            Pin(actor_id=anna.id, post_id=post.id, created_at=now_of(session)) for post in (public, followers)
        )
        session.flush()
        everything = [reply.id, boost.id, followers.id, public.id]
        assert account_page(session, anna.id, member(ben.id), PAGE) == everything
        assert account_page(session, anna.id, ANONYMOUS, PAGE) == [reply.id, boost.id, public.id]
        assert account_page(session, anna.id, ANONYMOUS, PAGE, exclude_replies=True, exclude_boosts=True) == [
            public.id
        ]
        assert account_page(session, anna.id, ANONYMOUS, PAGE, pinned=True) == [public.id]
        assert account_page(session, anna.id, member(ben.id), PAGE, pinned=True) == [followers.id, public.id]
        assert account_page(session, anna.id, ANONYMOUS, PAGE, tag="X") == [public.id]
        restrictions.block(session, anna, carl)
        assert account_page(session, anna.id, member(carl.id), PAGE) == []

    await social.write(work)


async def test_bookmarks_and_favourites_go_by_when_they_were_kept(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        old, new, private = (
            post_by(session, anna, audience)
            for audience in (Audience.PUBLIC, Audience.PUBLIC, Audience.FOLLOWERS)
        )
        for post in (new, private, old):
            for table in (Bookmark, Favourite):
                session.add(table(actor_id=ben.id, post_id=post.id, created_at=now_of(session)))
                session.flush()
        assert [post_id for _, post_id in bookmarks_page(session, ben.id, PAGE)] == [old.id, new.id]
        rows = favourites_page(session, ben.id, PAGE)
        assert [post_id for _, post_id in rows] == [old.id, new.id]
        assert favourites_page(session, ben.id, Page(max_id=rows[0][0])) == rows[1:]

    await social.write(work)
