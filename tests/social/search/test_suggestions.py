"""The directory, suggestions, and hashtags to feature: who is shown to whom."""

from functools import partial

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import Database, now_of
from fediunion.social.follows.models import Block
from fediunion.social.profiles.service import feature_tag
from fediunion.social.search.service import dismiss_suggestion
from fediunion.social.search.suggestions import Source, list_directory, list_suggestions, list_used_tags
from tests.social.builders import let_follow, local_actor, post_by, remote_actor
from tests.social.plans import full_scans, plan_of, pretend_large


def _viewer(actor: Actor) -> Viewer:
    return Viewer(actor.id, None, is_member=True)


def _directory(session: Session, viewer: Viewer, **more: bool) -> list[str]:
    session.flush()
    asked = {"newest": False, "only_local": False, **more}
    return [actor.username for actor in list_directory(session, viewer, limit=20, offset=0, **asked)]


def _suggested(session: Session, member: Actor) -> list[tuple[str, Source]]:
    session.flush()
    found = list_suggestions(session, _viewer(member), limit=20, offset=0)
    return [(suggestion.account.username, suggestion.source) for suggestion in found]


async def test_the_directory_has_who_wants_to_be_discovered(social: Database) -> None:
    def work(session: Session) -> None:
        me, dora = local_actor(session, "anna"), local_actor(session, "dora")
        local_actor(session, "hilda", Reach.HIDDEN)
        local_actor(session, "fay", Reach.FOLLOWABLE)
        local_actor(session, "board", kind=ActorKind.BOARD)
        far = remote_actor(session, "far.test", "ben", discoverable=True)
        remote_actor(session, "far.test", "cid")
        far.last_posted_at = now_of(session)
        assert _directory(session, _viewer(me))[0] == "ben"
        assert sorted(_directory(session, _viewer(me))) == ["ben", "board", "dora"]
        assert sorted(_directory(session, _viewer(me), only_local=True)) == ["board", "dora"]
        assert sorted(_directory(session, _viewer(me), newest=True)) == ["ben", "board", "dora"]
        session.add(Block(blocker_id=dora.id, blocked_id=me.id, created_at=now_of(session)))
        far.silenced_at = now_of(session)
        assert _directory(session, _viewer(me)) == ["board"]

    await social.write(work)


async def test_strangers_see_no_list_of_members(social: Database) -> None:
    def work(session: Session) -> None:
        local_actor(session, "anna")
        local_actor(session, "board", kind=ActorKind.BOARD)
        remote_actor(session, "far.test", "ben", discoverable=True)
        assert _directory(session, ANONYMOUS) == ["board"]

    await social.write(work)


async def test_institutions_and_whom_they_follow_are_suggested_once(social: Database) -> None:
    def work(session: Session) -> None:
        me, board = local_actor(session, "anna"), local_actor(session, "board", kind=ActorKind.BOARD)
        assert _suggested(session, me) == [("board", Source.INSTITUTION)]
        far = remote_actor(session, "far.test", "ben", discoverable=True)
        let_follow(session, board, far)
        let_follow(session, me, board)
        assert _suggested(session, me) == [("ben", Source.NETWORK)]
        dismiss_suggestion(session, me.id, far.id)
        dismiss_suggestion(session, me.id, far.id)
        assert _suggested(session, me) == []

    await social.write(work)


async def test_whom_a_member_follows_is_not_told_by_suggestions(social: Database) -> None:
    def work(session: Session) -> None:
        me, dora = local_actor(session, "anna"), local_actor(session, "dora")
        far = remote_actor(session, "far.test", "ben", discoverable=True)
        let_follow(session, me, dora)
        let_follow(session, dora, far)
        assert _suggested(session, me) == []

    await social.write(work)


async def test_the_own_most_used_hashtags_are_suggested_to_feature(social: Database) -> None:
    def work(session: Session) -> None:
        me = local_actor(session, "anna")
        for tags in (["strike", "pay"], ["strike", "union"], ["union", "strike"]):
            post_by(session, me, tags=tags)
        post_by(session, local_actor(session, "dora"), tags=["other"])
        session.flush()
        assert list_used_tags(session, me.id, limit=2) == ["strike", "union"]
        feature_tag(session, me, "strike")
        session.flush()
        assert list_used_tags(session, me.id, limit=5) == ["union", "pay"]

    await social.write(work)


async def test_R12_no_table_is_read_whole_to_suggest(social: Database) -> None:
    def work(session: Session) -> None:
        me, board = local_actor(session, "anna"), local_actor(session, "board", kind=ActorKind.BOARD)
        let_follow(session, me, board)
        viewer = _viewer(me)
        pretend_large(session)
        for newest in (True, False):
            plan = plan_of(session, partial(_directory, viewer=viewer, newest=newest))
            assert [line for line in full_scans(plan) if "ix_actor_discoverable" not in line] == []
        plan = plan_of(session, lambda s: list_suggestions(s, viewer, limit=5, offset=0))
        assert [line for line in full_scans(plan) if "ix_actor_discoverable" not in line] == []
        assert full_scans(plan_of(session, lambda s: list_used_tags(s, me.id, limit=5))) == []

    await social.write(work)
