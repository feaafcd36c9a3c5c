"""Decisions with a statement of reasons, and the appeal against them."""

import pytest
from sqlalchemy.orm import Session

from fediunion.db import Database
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.models import Role
from fediunion.social.moderation.decisions import answer_appeal, appeal, consequences_for, decide
from fediunion.social.moderation.models import AppealState, Measure
from tests.fakes.clock import FakeClock
from tests.social.builders import let_follow, local_actor, member_of, post_by, remote_actor
from tests.social.moderation.officers import officer


@pytest.mark.parametrize("measure", [Measure.COVER, Measure.LIMIT, Measure.SUSPEND])
async def test_what_was_decided_is_undone_after_an_appeal(social: Database, measure: Measure) -> None:
    def work(session: Session) -> None:
        ana = local_actor(session, "ana")
        member_of(session, ana)
        mo, mia = officer(session, "mo", Role.MODERATOR), officer(session, "mia", Role.MODERATOR)
        decision = decide(session, ana, measure, "Rule 1", by=mo)
        session.flush()
        assert [ana.sensitized_at, ana.silenced_at, ana.suspended_at].count(None) == 2
        appeal(session, ana.id, decision.id, "No")
        answer_appeal(session, decision.id, by=mia, takes_back=True, answer="Right")
        assert [ana.sensitized_at, ana.silenced_at, ana.suspended_at] == [None, None, None]
        assert decision.appeal_state == AppealState.TAKEN_BACK

    await social.write(work)


async def test_a_decision_stands_where_the_appeal_is_refused(social: Database) -> None:
    def work(session: Session) -> None:
        ana = local_actor(session, "ana")
        member_of(session, ana)
        mo, mia = officer(session, "mo", Role.MODERATOR), officer(session, "mia", Role.MODERATOR)
        decision = decide(session, ana, Measure.LIMIT, "Rule 1", by=mo)
        session.flush()
        appeal(session, ana.id, decision.id, "No")
        with pytest.raises(NotAllowed):
            answer_appeal(session, decision.id, by=mo, takes_back=False, answer="Mine")
        with pytest.raises(Invalid):
            answer_appeal(session, decision.id, by=mia, takes_back=False, answer=" ")
        answer_appeal(session, decision.id, by=mia, takes_back=False, answer="Rule 1 is clear")
        assert ana.silenced_at is not None
        with pytest.raises(NotFound):
            answer_appeal(session, decision.id, by=mia, takes_back=True, answer="Again")

    await social.write(work)


async def test_an_appeal_is_the_members_own_and_in_time(social: Database, clock: FakeClock) -> None:
    def decided(session: Session) -> tuple[int, int]:
        ana = local_actor(session, "ana")
        member_of(session, ana)
        decision = decide(session, ana, Measure.WARN, "Rule 1", by=officer(session, "mo", Role.MODERATOR))
        session.flush()
        with pytest.raises(NotFound):
            appeal(session, local_actor(session, "ben").id, decision.id, "Mine")
        return ana.id, decision.id

    actor_id, decision_id = await social.write(decided)
    clock.advance(days=31)
    with pytest.raises(NotAllowed):
        await social.write(appeal, actor_id, decision_id, "Late")


async def test_a_remote_account_loses_the_copies_of_its_posts_only(social: Database) -> None:
    def work(session: Session) -> None:
        eve = remote_actor(session, "bad.test", "eve")
        ana = local_actor(session, "ana")
        let_follow(session, ana, eve)
        post, other = post_by(session, eve), post_by(session, ana)
        session.flush()
        mo = officer(session, "mo", Role.MODERATOR)
        assert consequences_for(session, eve).followers == 1
        for posts in ((), (post, other)):
            with pytest.raises(Invalid):
                decide(session, eve, Measure.REMOVE, "Rule 1", by=mo, posts=posts)
        assert decide(session, eve, Measure.REMOVE, "Rule 1", by=mo, posts=[post]).posts == 1
        assert (post.deleted_at is None, other.deleted_at is None) == (False, True)

    await social.write(work)
