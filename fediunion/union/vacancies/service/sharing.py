"""Telling a union of what was open before vacancies were shared with it."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.publishing.composed import tell_one_server
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import hosts_trusted_for
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy

_AT_ONCE: Final = 50


def tell_open_to(session: Session, host: str, after: int, telling: str) -> int | None:
    """Send a server our open vacancies as they are now; return the number after which more follow, or None.

    An Update of what the server has not got counts there as news; what it has got stays as it is. In one
    `telling`, a slug, each vacancy is sent once, however often a crash makes this run again.
    """
    inbox = next((inbox for name, inbox in hosts_trusted_for(session, Trust.VACANCIES) if name == host), None)
    if inbox is None:
        return None
    ours = select(Vacancy).where(
        Vacancy.local.is_(True),
        Vacancy.state.in_(OPEN_STATES),
        Vacancy.closes_at > now_of(session),
        Vacancy.audience == Audience.PUBLIC,
        Vacancy.post_id.is_not(None),
        Vacancy.id > after,
    )
    found = session.scalars(ours.order_by(Vacancy.id).limit(_AT_ONCE)).all()
    for vacancy in found:
        post, board = find_post(session, vacancy.post_id or 0), get_actor(session, vacancy.board_id)
        if post is not None and post.deleted_at is None:
            tell_one_server(session, board, post, inbox, telling)
    return found[-1].id if len(found) == _AT_ONCE else None
