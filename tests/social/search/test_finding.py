"""What searches find: operators against stored posts, pages, and anything that can be typed."""

from datetime import UTC, datetime
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import Database, now_of
from fediunion.kit.pages import Page
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post
from fediunion.social.search.models import IndexProgress, PostWords
from fediunion.social.search.queries import search_posts
from fediunion.social.search.service import AT_ONCE, index_new_posts
from tests.social.builders import local_actor, post_by, remote_actor
from tests.social.plans import full_scans, plan_of, pretend_large, statements_of
from tests.social.search.conftest import Search

QUESTIONS = [
    "strike",
    '"a strike" -picnic from:me has:media is:reply language:en',
    "strike in:library",
    "strike in:public before:2030-01-01 after:2020-01-01",
    "-picnic",
    "from:ben@far.test",
]


def _picture(session: Session, post: Post, kind: str = "image") -> None:
    session.add(Attachment(post_id=post.id, kind=kind, description="A banner", created_at=now_of(session)))


async def test_each_operator_finds_what_it_says(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        me, ben = local_actor(session, "anna"), remote_actor(session, "far.test", "ben", indexable=True)
        own = post_by(session, me, text="strike")
        plain = post_by(session, ben, text='strike <a href="https://x.test">x</a>', language="pt-BR")
        picture, film = (
            post_by(session, ben, text="strike"),
            post_by(session, ben, text="strike", reply_to=own),
        )
        poll = post_by(session, ben, text="strike", at=datetime(2026, 3, 2, 12, tzinfo=UTC))
        poll.sensitive = True
        _picture(session, picture)
        _picture(session, film, "gifv")
        session.add(Poll(post_id=poll.id, options=[{"name": "Thursday", "votes": 0}]))

        def found(text: str) -> set[Post]:
            return set(search(session, me, text))

        assert found("strike") == {own, plain, picture, film, poll}
        assert found("from:me") == found("from:@anna") == {own}
        assert found("from:ben@far.test has:media") == found("has:media") == {picture, film}
        assert (found("has:image"), found("has:video"), found("has:audio")) == ({picture}, {film}, set())
        assert (found("has:poll"), found("has:link"), found("is:reply")) == ({poll}, {plain}, {film})
        assert found("is:sensitive") == found("thursday") == {poll}
        assert found("banner") == {picture, film}
        assert found("language:pt") == found("language:pt-PT") == {plain}
        assert found("during:2026-03-02") == found("strike before:2026-03-03 after:2026-03-01") == {poll}
        assert found("strike before:2026-03-02") == set()
        assert found("strike -from:ben@far.test") == {own}
        assert found("strike -has:media -is:sensitive -has:link") == {own}
        assert found("from:nobody@far.test strike") == set()
        assert found("strike -from:nobody@far.test") == {own, plain, picture, film, poll}

    await social.write(work)


async def test_pages_go_on_where_the_last_ended(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        me = local_actor(session, "anna")
        posts = [post_by(session, me, text="strike") for _ in range(6)][::-1]
        assert search(session, me, "strike", limit=2) == posts[:2]
        assert search(session, me, "strike", limit=2, max_id=posts[1].id) == posts[2:4]
        assert search(session, me, "strike", limit=2, min_id=posts[4].id) == posts[2:4]
        viewer = Viewer(me.id, None, is_member=True)
        assert list(search_posts(session, "strike", viewer, Page(2), offset=4)) == [p.id for p in posts[4:]]
        nobody = search_posts(session, "strike", viewer, Page(2), author_id=5)
        assert list(nobody) == []

    await social.write(work)


async def test_R12_no_table_is_read_whole_by_a_search(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        me, ben = local_actor(session, "anna"), remote_actor(session, "far.test", "ben", indexable=True)
        for _ in range(3):
            post_by(session, ben, text="strike")
        search(session, me, "strike")
        viewer = Viewer(me.id, None, is_member=True)
        pretend_large(session)
        for text in QUESTIONS:
            plan = plan_of(session, partial(search_posts, text=text, viewer=viewer, page=Page(20)))
            assert plan
            assert full_scans(plan) == [], text

    await social.write(work)


async def test_the_index_takes_many_posts_in_a_few_statements(social: Database) -> None:
    def work(session: Session) -> None:
        ben = remote_actor(session, "far.test", "ben", indexable=True)
        for number in range(40):
            post_by(session, ben, text=f"strike {number}")
        more, ran = statements_of(session, index_new_posts)
        session.flush()
        assert not more
        assert len(ran) <= 8, [statement for statement, _ in ran]
        assert session.query(PostWords).count() == 40
        assert full_scans(plan_of(session, index_new_posts)) == []

    await social.write(work)


async def test_what_comes_late_with_an_old_date_is_indexed_too(social: Database, search: Search) -> None:
    def work(session: Session) -> None:
        me, ben = local_actor(session, "anna"), remote_actor(session, "far.test", "ben", indexable=True)
        for _ in range(AT_ONCE + 3):
            post_by(session, ben, text="strike")
        assert index_new_posts(session)
        assert not index_new_posts(session)
        session.flush()
        assert session.scalars(select(IndexProgress.reached_at)).all() == [now_of(session)]
        old = post_by(session, ben, text="picnic", at=datetime(2020, 1, 1, tzinfo=UTC))
        boost = post_by(session, ben, boost_of=old)
        assert search(session, me, "picnic") == [old]
        assert session.get(PostWords, boost.id) is None

    await social.write(work)


async def test_O16_whatever_is_typed_is_answered(social: Database, search: Search) -> None:
    def prepare(session: Session) -> Actor:
        me = local_actor(session, "anna")
        post_by(session, me, Audience.PUBLIC, text="A strike NEAR the column: words * 罢工")
        search(session, me, "strike")
        return me

    me = await social.write(prepare)
    viewer = Viewer(me.id, None, is_member=True)

    def ask(session: Session) -> None:
        @settings(max_examples=120)
        @given(
            st.text(st.one_of(st.sampled_from("\"-:*()^{}@ %_\\'ANDORfromhas"), st.characters()), max_size=80)
        )
        def answers(text: str) -> None:
            search_posts(session, text, viewer, Page(5))

        answers()

    await social.read(ask)
