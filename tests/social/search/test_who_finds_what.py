"""Who finds which posts: the author's consent, the reader's own library, and who may see them now."""

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import Database, now_of
from fediunion.kit.pages import Page
from fediunion.social.follows.models import Block, MemberDomainBlock, Mute
from fediunion.social.posts.models import Bookmark, Favourite
from fediunion.social.posts.service.publishing import PostDraft, edit_post, publish_post
from fediunion.social.posts.service.publishing.removal import remove_post, withdraw_post
from fediunion.social.search.queries import search_posts
from fediunion.social.search.service import mark_consent
from tests.social.builders import let_follow, local_actor, post_by, remote_actor
from tests.social.search.conftest import Search


def _consenting(session: Session, host: str = "far.test", name: str = "ben") -> Actor:
    return remote_actor(session, host, name, indexable=True)


async def test_a_public_post_is_found_where_its_author_lets_it(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        reader = local_actor(session, "anna")
        post = post_by(session, _consenting(session), text="A strike")
        post_by(session, remote_actor(session, "far.test", "cid"), text="A strike")
        post_by(session, local_actor(session, "dora"), text="A strike")
        assert search(session, reader, "strike") == [post]
        assert search(session, reader, "strike in:public") == [post]
        assert search(session, reader, "strike in:library") == []

    await social.write(work)


async def test_what_is_unlisted_is_read_and_not_found(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        post = post_by(session, _consenting(session), Audience.UNLISTED, text="A strike")
        assert search(session, local_actor(session, "anna"), "strike") == []
        session.add(
            Bookmark(actor_id=local_actor(session, "anna").id, post_id=post.id, created_at=now_of(session))
        )
        assert search(session, local_actor(session, "anna"), "strike") == [post]

    await social.write(work)


async def test_V09_a_followers_only_post_is_found_by_followers_only(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        follower, other, author = (
            local_actor(session, "anna"),
            local_actor(session, "eve"),
            _consenting(session),
        )
        let_follow(session, follower, author)
        post = post_by(session, author, Audience.FOLLOWERS, text="A strike")
        assert search(session, follower, "strike") == [post]
        assert search(session, follower, "strike in:public") == []
        # Not even who kept it while it followed.
        session.add(Favourite(actor_id=other.id, post_id=post.id, created_at=now_of(session)))
        for text in ("strike", "strike in:library", "from:@ben@far.test", "is:reply", "-nothing", "has:link"):
            assert search(session, other, text) == []

    await social.write(work)


async def test_V09_a_direct_post_is_found_by_those_it_addresses(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        addressed, other, author = (
            local_actor(session, "anna"),
            local_actor(session, "eve"),
            _consenting(session),
        )
        post = post_by(session, author, Audience.DIRECT, text="A strike", mentions=[addressed])
        assert search(session, addressed, "strike") == [post]
        assert search(session, addressed, "strike in:library") == [post]
        assert search(session, other, "strike") == []

    await social.write(work)


@pytest.mark.parametrize("kept", ["favourite", "bookmark", "boost", "reply", "own"])
async def test_the_library_is_what_a_member_wrote_and_kept(
    social: Database, search: Search, kept: str
) -> None:
    def work(session: Session) -> None:
        reader, author = local_actor(session, "anna"), remote_actor(session, "far.test", "ben")
        post = post_by(session, reader if kept == "own" else author, text="A strike")
        if kept == "favourite":
            session.add(Favourite(actor_id=reader.id, post_id=post.id, created_at=now_of(session)))
        if kept == "bookmark":
            session.add(Bookmark(actor_id=reader.id, post_id=post.id, created_at=now_of(session)))
        if kept == "boost":
            post_by(session, reader, boost_of=post)
        if kept == "reply":
            post_by(session, reader, reply_to=post, text="Yes")
        assert search(session, reader, "strike in:library") == [post]
        assert search(session, reader, "strike") == [post]
        assert search(session, reader, "-picnic strike in:library") == [post]
        assert search(session, reader, "strike in:public") == []
        assert search(session, local_actor(session, "eve"), "strike") == []

    await social.write(work)


async def test_V09_what_is_removed_is_gone_in_the_same_unit(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        member, author = local_actor(session, "anna"), _consenting(session)
        own = publish_post(session, member, PostDraft(text="A strike", audience=Audience.PUBLIC))
        other = post_by(session, author, text="A strike")
        assert set(search(session, member, "strike")) == {own, other}
        withdraw_post(session, member, own)
        remove_post(session, other)
        viewer = Viewer(member.id, None, is_member=True)
        assert list(search_posts(session, "strike", viewer, Page())) == []
        assert search(session, member, "strike") == []

    await social.write(work)


async def test_V09_an_edited_post_is_found_by_its_new_words_only(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        member = local_actor(session, "anna")
        post = publish_post(session, member, PostDraft(text="A strike", audience=Audience.PUBLIC))
        assert search(session, member, "strike") == [post]
        edit_post(session, member, post, text="A picnic", content_warning="", sensitive=False, language="en")
        viewer = Viewer(member.id, None, is_member=True)
        assert list(search_posts(session, "strike", viewer, Page())) == []
        assert list(search_posts(session, "picnic", viewer, Page())) == [post.id]

    await social.write(work)


@pytest.mark.parametrize("way", ["block", "blocked", "mute", "host", "suspended", "silenced", "withdrawn"])
async def test_V09_nobody_finds_whom_they_do_not_read(social: Database, search: Search, way: str) -> None:
    def work(session: Session) -> None:
        reader, author, now = local_actor(session, "anna"), _consenting(session), now_of(session)
        post = post_by(session, author, text="A strike")
        assert search(session, reader, "strike") == [post]
        rows: dict[str, list[object]] = {
            "block": [Block(blocker_id=reader.id, blocked_id=author.id, created_at=now)],
            "blocked": [Block(blocker_id=author.id, blocked_id=reader.id, created_at=now)],
            "mute": [Mute(muter_id=reader.id, muted_id=author.id, created_at=now)],
            "host": [MemberDomainBlock(actor_id=reader.id, host=author.host, created_at=now)],
        }
        session.add_all(rows.get(way, []))
        author.suspended_at = now if way == "suspended" else None
        author.silenced_at = now if way == "silenced" else None
        author.indexable = way != "withdrawn"
        assert search(session, reader, "strike") == []

    await social.write(work)


async def test_who_allows_it_later_is_found_from_then_on(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        reader, author = local_actor(session, "anna"), remote_actor(session, "far.test", "ben")
        post, unlisted = (
            post_by(session, author, text="A strike"),
            post_by(session, author, Audience.UNLISTED),
        )
        assert search(session, reader, "strike") == []
        author.indexable = True
        session.flush()
        assert mark_consent(session, author.id, None) is None
        assert search(session, reader, "strike") == [post]
        assert unlisted not in search(session, reader, "hello")

    await social.write(work)


async def test_strangers_find_no_posts(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        post_by(session, _consenting(session), text="A strike")
        search(session, local_actor(session, "anna"), "strike")
        found: Sequence[int] = search_posts(session, "strike", ANONYMOUS, Page())
        assert list(found) == []

    await social.write(work)
