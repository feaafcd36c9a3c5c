"""/notifications/requests and /settings/notifications: whom a member's policy keeps back; the policy."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import list_accounts
from fediunion.actors.models import Actor
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.social.notifications.models import Treatment
from fediunion.social.notifications.policy import FIELDS, change_policy, policy_of
from fediunion.social.notifications.requests import (
    Request,
    accept_requests,
    dismiss_requests,
    get_request,
    list_requests,
)
from fediunion.social.notifications.service import choose_push_text, shows_push_text
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, people_of, ways_on
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import Visitor
from fediunion.web.visits import Visit

PATH: Final = "/notifications/requests"
POLICY_PATH: Final = "/settings/notifications"
_LABELS: Final = {
    "for_not_following": Sentence("From people whom you do not follow"),
    "for_not_followers": Sentence("From people who do not follow you, or for less than three days"),
    "for_new_accounts": Sentence("From accounts younger than 30 days"),
    "for_private_mentions": Sentence("Private mentions that you did not ask for"),
    "for_limited_accounts": Sentence("From accounts that our moderators have limited"),
}
_TREATMENTS: Final = (
    (Treatment.ACCEPT, Sentence("Tell me")),
    (Treatment.FILTER, Sentence("Keep back until I decide")),
    (Treatment.DROP, Sentence("Do not tell me")),
)
_ACCEPTED: Final = Sentence("You hear this person from now on; what waited is among your notifications.")
_DISMISSED: Final = Sentence("What this person said is put away.")
_SAVED: Final = Sentence("Saved.")


async def show_requests(visit: Visit) -> Response:
    """GET /notifications/requests: whom the policy keeps back, newest first."""
    wanted = page_of(visit)
    requests, actors = await visit.world.db.read(_load, visit.member, wanted)
    people = people_of(visit, actors)
    return page(
        visit,
        "notifications/requests.html",
        active="notifications",
        requests=[(each, people[each.from_actor_id]) for each in requests if each.from_actor_id in people],
        ways=ways_on(visit, wanted, [each.id for each in requests]),
    )


def _load(session: Session, member: Visitor, wanted: Page) -> tuple[list[Request], list[Actor]]:
    requests = list_requests(session, member.actor_id, wanted)
    return requests, list_accounts(session, [each.from_actor_id for each in requests], member.viewer)


async def accept(visit: Visit, form: Form) -> Response:
    """POST /notifications/requests/{id}/accept: hears somebody from now on. Raises NotFound."""
    del form
    return await _decide(visit, accept_requests, _ACCEPTED)


async def dismiss(visit: Visit, form: Form) -> Response:
    """POST /notifications/requests/{id}/dismiss: puts away what somebody said. Raises NotFound."""
    del form
    return await _decide(visit, dismiss_requests, _DISMISSED)


async def _decide(
    visit: Visit, decide: Callable[[Session, int, Collection[Request]], None], told: Sentence
) -> Response:
    member_id, request_id = visit.member.actor_id, id_in_path(visit)

    def unit(session: Session) -> None:
        decide(session, member_id, [get_request(session, member_id, request_id)])

    await visit.world.db.write(unit)
    return see_other(visit, PATH, told)


async def show_policy(visit: Visit) -> Response:
    """GET /settings/notifications: what is done with notifications from strangers, and what a push says."""
    actor_id = visit.member.actor_id
    policy = await visit.world.db.read(policy_of, actor_id)
    return page(
        visit,
        "notifications/policy.html",
        active="settings",
        cases=[(field, _LABELS[field], policy[field]) for field in FIELDS],
        treatments=_TREATMENTS,
        shows_text=await visit.world.db.read(shows_push_text, actor_id),
    )


async def save_policy(visit: Visit, form: Form) -> Response:
    """POST /settings/notifications: keeps what was chosen; a word that is none changes nothing."""
    known = {str(each) for each in Treatment}
    changes = {field: Treatment(form[field]) for field in FIELDS if form.get(field) in known}
    actor_id, shows_text = visit.member.actor_id, form.get("shows_text") == "1"

    def unit(session: Session) -> None:
        change_policy(session, actor_id, changes)
        choose_push_text(session, actor_id, shows_text)

    await visit.world.db.write(unit)
    return see_other(visit, POLICY_PATH, _SAVED)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_requests, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/accept", accept, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/dismiss", dismiss, to=Who.MEMBER),
    shown(POLICY_PATH, show_policy, to=Who.MEMBER),
    sent(POLICY_PATH, save_policy, to=Who.MEMBER),
)
