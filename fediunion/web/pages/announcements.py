"""What the union announces to its members: shown on top of their home until they put it away."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.social.announcements.models import Announcement
from fediunion.social.announcements.queries import list_shown
from fediunion.social.announcements.service import dismiss
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.markup import already_clean
from fediunion.web.routes import Who, see_other, sent
from fediunion.web.visits import Visit


def announced_to(session: Session, actor_id: int) -> list[tuple[Announcement, Markup]]:
    """Return what a member is shown now, the oldest first, each with its words."""
    return [
        (view.announcement, already_clean(view.announcement.content))
        for view in list_shown(session, actor_id)
    ]


async def put_away(visit: Visit, _form: Form) -> Response:
    """POST /announcements/{id}/dismiss: shows it to this member no more. Raises NotFound."""
    await visit.world.db.write(dismiss, id_in_path(visit), visit.member.actor_id)
    return see_other(visit, "/home")


ROUTES: Final[Sequence[BaseRoute]] = (sent("/announcements/{id:int}/dismiss", put_away, to=Who.MEMBER),)
