"""What all pages of the team share: the call in the address, and a form that did not work shown again."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response

from fediunion.kit.errors import FediUnionError, Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.queries import get_call_by_slug
from fediunion.web.pages.admin.acting import write_as
from fediunion.web.routes import see_other
from fediunion.web.visits import Visit

CAMPAIGNS: Final = "/admin/campaigns"


def own_call(session: Session, visit: Visit) -> CampaignCall:
    """Return the call of ours that the address names; raise NotFound for none, and for another's."""
    call = get_call_by_slug(session, visit.request.path_params["slug"])
    if not call.local:
        raise NotFound(Sentence("There is no such call."))
    return call


def path_of(visit: Visit, more: str = "") -> str:
    """Return the address of the team's page of the call in the address, or of one below it."""
    return f"{CAMPAIGNS}/{visit.request.path_params['slug']}{more}"


async def done(
    visit: Visit,
    work: Callable[[Session, Officer], object],
    told: Sentence,
    *,
    back: str,
    again: Callable[[Mapping[str, str], int], Awaitable[Response]],
    least: Role = Role.ADMIN,
) -> Response:
    """Do it and go `back`; where it cannot be done show the page `again`, with what is wrong and a status."""
    try:
        await write_as(visit, least, work)
    except Invalid as error:
        return await again({error.field: sentence_of(error)}, 422)
    except NotAllowed as error:
        return await again({"": sentence_of(error)}, 403)
    except FediUnionError as error:
        if isinstance(error, NotFound):
            raise
        return await again({"": sentence_of(error)}, 422)
    return see_other(visit, back, told)
