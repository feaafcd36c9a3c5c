"""A union with a board whose vacancies are looked at: what tests of their pages need."""

from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.social.institutions.service import name_editor
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service import create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer
from tests.oauth.rig import Desk
from tests.union.vacancies.samples import notice

JSON = {"Accept": "application/json"}
PEER = {"Accept": "application/activity+json"}


async def open_boards(desk: Desk, *names: str) -> None:
    """Let the union have boards of these names."""
    for name in names:
        await desk.union.member(name, kind=ActorKind.BOARD)


async def post(
    desk: Desk,
    sample: str | Notice = "V-01",
    /,
    *,
    board: str = "jobs",
    official: bool = True,
    audience: Audience = Audience.PUBLIC,
    draft: bool = False,
    **changed: Any,
) -> Vacancy:
    """Return a sample published by a board, `changed` in members of its JobPosting, or kept as a draft.

    With `official` the employer's sites are confirmed before.
    """
    told = sample if isinstance(sample, Notice) else notice(sample, **changed)

    def work(session: Session) -> Vacancy:
        if official:
            confirm_employer(session, told.employer, told.verified_domains, by="tests")
        actor = find_local_actor(session, board)
        assert actor is not None
        vacancy = create_draft(session, actor, told, by="tests", audience=audience)
        if not draft:
            publish_vacancy(session, vacancy, by="tests")
        return vacancy

    made: Vacancy = await desk.db.write(work)
    return made


async def edit(desk: Desk, member: str, *boards: str) -> None:
    """Let a member edit boards."""

    def work(session: Session) -> None:
        for board in boards:
            actor = find_local_actor(session, board)
            assert actor is not None
            name_editor(session, actor, member, by="tests")

    await desk.db.write(work)


async def change(desk: Desk, vacancy: Vacancy, do: Any, *more: Any, **named: Any) -> Any:
    """Let a service do something with a vacancy."""
    return await desk.db.write(
        lambda session: do(session, session.get_one(Vacancy, vacancy.id), *more, **named)
    )


async def stored(desk: Desk) -> list[Vacancy]:
    """Return all vacancies, the oldest first."""
    found: list[Vacancy] = sorted(await desk.rows(Vacancy), key=lambda each: each.id)
    return found


async def board_of(desk: Desk, name: str = "jobs") -> Actor:
    """Return a board."""
    return await desk.union.actor(name)
