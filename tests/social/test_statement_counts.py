"""How many statements the hot paths run: what they cost on any machine."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.parse import parse_activity
from fediunion.activitypub.vocab import Create, Note
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.api.mastodon.assembly import assembled
from fediunion.api.mastodon.fragments import show
from fediunion.api.mastodon.standing import home_standings
from fediunion.db import Database
from fediunion.kit.pages import Page
from fediunion.social.posts.service.publishing import PostDraft, publish_view
from fediunion.social.posts.service.remote import record_remote_post
from tests.social.builders import let_follow, local_actor, post_by, remote_actor
from tests.social.plans import statements_of


def note_of(author: Actor, number: int) -> Note:
    """Return a plain public note, as it comes in."""
    uri = f"{author.uri}/notes/{number}"
    note = {
        "id": uri,
        "type": "Note",
        "attributedTo": author.uri,
        "content": "<p>The meeting moves to Thursday.</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [author.followers_url],
    }
    activity = parse_activity({"id": f"{uri}/create", "type": "Create", "actor": author.uri, "object": note})
    assert isinstance(activity, Create)
    assert isinstance(activity.object, Note)
    return activity.object


async def test_a_note_of_somebody_followed_is_stored_and_placed_in_nine_statements(social: Database) -> None:
    def work(session: Session) -> None:
        author = remote_actor(session, "far.test", "ben")
        for number in range(5):
            let_follow(session, local_actor(session, f"reader{number}"), author)
        session.flush()
        note = note_of(author, 1)
        post, ran = statements_of(session, lambda s: record_remote_post(s, author, note))
        assert post is not None
        assert len(ran) <= 9, [statement for statement, _ in ran]

    await social.write(work)


async def test_a_page_of_home_is_two_statements_however_long_it_is(social: Database) -> None:
    def work(session: Session) -> None:
        reader, author = local_actor(session, "reader1"), remote_actor(session, "far.test", "ben")
        let_follow(session, reader, author)
        for _ in range(12):
            post_by(session, author)
        session.flush()
        viewer = Viewer(reader.id, None, is_member=True)
        (ids, gathered), ran = statements_of(session, lambda s: home_standings(s, viewer, Page(limit=40)))
        assert len(ids) == len(gathered.standings) == 12
        assert len(ran) == 2, [statement for statement, _ in ran]

    await social.write(work)


async def test_a_plain_post_of_ours_is_published_and_shown_in_eleven_statements(social: Database) -> None:
    def work(session: Session) -> None:
        author = local_actor(session, "anna")
        let_follow(session, local_actor(session, "reader1"), author)
        session.flush()
        draft = PostDraft(text="The meeting moves to Thursday.", audience=Audience.PUBLIC)
        viewer = Viewer(author.id, None, is_member=True)

        def publish_and_show(session: Session) -> None:
            view = publish_view(session, author, draft)
            assert show(session, [view.post.id], viewer, [view]).parts.statuses.keys() == {view.post.id}

        _, ran = statements_of(session, publish_and_show)
        assert len(ran) <= 11, [statement for statement, _ in ran]

    await social.write(work)


async def test_a_post_that_is_at_hand_is_shown_as_one_that_is_read(social: Database) -> None:
    def work(session: Session) -> None:
        author, reader = local_actor(session, "anna"), local_actor(session, "reader1")
        viewer = Viewer(author.id, None, is_member=True)
        draft = PostDraft(text="#Strike on Thursday, @reader1! #actNow", audience=Audience.PUBLIC)
        view = publish_view(session, author, draft)
        at_hand = show(session, [view.post.id], viewer, [view])
        session.expire_all()
        read = show(session, [view.post.id], viewer)
        as_json = [
            assembled([view.post.id], shown.gathered, shown.parts, viewer, {}) for shown in (at_hand, read)
        ]
        assert as_json[0] == as_json[1]
        assert as_json[0].keys() == {view.post.id}
        assert [actor.id for actor in view.mentions] == [reader.id]

    await social.write(work)
