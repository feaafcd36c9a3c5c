"""What others ask about posts without seeing them."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import Database
from fediunion.social.posts.queries import is_open_here
from tests.social.builders import local_actor, post_by, remote_actor


async def test_only_what_anybody_may_read_of_others_is_open_here(social: Database) -> None:
    def work(session: Session) -> dict[str, bool]:
        anna, zoe = local_actor(session, "anna"), remote_actor(session, "far.example", "zoe")
        posts = {audience.value: post_by(session, zoe, audience) for audience in Audience}
        posts["ours"] = post_by(session, anna)
        posts["deleted"] = post_by(session, zoe)
        posts["deleted"].deleted_at = posts["deleted"].published_at
        session.flush()
        return {name: is_open_here(session, post.uri) for name, post in posts.items()}

    found = await social.write(work)
    assert {name for name, is_open in found.items() if is_open} == {"public", "unlisted"}
