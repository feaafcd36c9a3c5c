"""/campaigns/{slug}/clap: the boost that is pledged, the time left, the sum, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.queries import get_actor
from fediunion.config import FederationMode
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.social.posts.models import Post
from fediunion.union.campaigns.counts.queries import list_counts
from fediunion.union.campaigns.models import CountKind, Route
from fediunion.union.campaigns.pages.listing import PATH, shown_of
from fediunion.union.campaigns.pages.readers import call_in_path
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import pledge, withdraw_pledge
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.thunderclap.standing import ThunderclapView, view_of
from fediunion.union.campaigns.thunderclap.web import ask_to_confirm
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.drawings import meter
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

_THUNDERCLAP: Final = f"{PATH}/{{slug}}/clap"
_PLEDGED: Final = Sentence("You have pledged. Your own server boosts for you at the moment.")
_TAKEN_BACK: Final = Sentence("Your pledge is taken back.")
_ASKED: Final = Sentence("We have written to this account. It is pledged once you open the link there.")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Left:
    """How long it is to a moment, in whole days, hours and minutes; all 0 once it is there."""

    days: int
    hours: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class _Stage:
    it: ShownCall
    clap: ThunderclapView
    by_union: Mapping[str, int]
    post_path: str


async def show_thunderclap(visit: Visit) -> Response:
    """GET …/clap: the countdown as the server counts it; a script may refresh it each minute."""
    return await thunderclap_page(visit)


async def take_pledge(visit: Visit, form: Form) -> Response:
    """POST …/clap/pledge: a member pledges; the pledge stays on this server."""

    def work(session: Session) -> None:
        clap = _get_thunderclap(session, visit)
        pledge(session, clap, own_actor(session, visit), Route.MEMBER)

    try:
        await visit.world.db.write(work)
    except NotAllowed as error:
        return await thunderclap_page(visit, problems={"": sentence_of(error)}, status=403)
    return see_other(visit, _path(visit), _PLEDGED)


async def take_back(visit: Visit, form: Form) -> Response:
    """POST …/clap/withdraw: a member's pledge goes."""

    def work(session: Session) -> None:
        clap = _get_thunderclap(session, visit)
        withdraw_pledge(session, clap, get_actor(session, visit.member.actor_id))

    await visit.world.db.write(work)
    return see_other(visit, _path(visit), _TAKEN_BACK)


async def take_handle(visit: Visit, form: Form) -> Response:
    """POST …/clap/ask: writes to an account elsewhere, which pledges by the link in that message."""
    account = form.get("account", "").strip()
    clap = await visit.world.db.read(_get_thunderclap, visit)
    typed = {"account": account}
    try:
        await ask_to_confirm(visit.world, clap.call_id, account, visit.address)
    except Invalid as error:
        return await thunderclap_page(
            visit, typed=typed, problems={error.field: sentence_of(error)}, status=422
        )
    except NotAllowed as error:
        return await thunderclap_page(visit, typed=typed, problems={"": sentence_of(error)}, status=403)
    except TooManyAttempts as error:
        page = await thunderclap_page(visit, typed=typed, problems={"": TOO_OFTEN}, status=429)
        return too_often(page, error)
    return see_other(visit, _path(visit), _ASKED)


def left_until(moment: datetime, now: datetime) -> Left:
    """Return how long it is from `now` to a moment."""
    minutes = max(moment - now, timedelta(0)) // timedelta(minutes=1)
    return Left(minutes // 1440, minutes // 60 % 24, minutes % 60)


async def thunderclap_page(
    visit: Visit, *, typed: Mapping[str, str] = _NONE, problems: Mapping[str, str] = _NONE, status: int = 200
) -> Response:
    """Return the page of the thunderclap of the call in the address."""
    stage = await visit.world.db.read(_load, visit)
    clap, now = stage.clap, visit.reader.now
    terms = clap.terms
    language = visit.reader.language
    tag = language if language in terms.message else next(iter(terms.message), "")
    federates = visit.settings.federation.mode is not FederationMode.OFF
    return page(
        visit,
        "campaigns/thunderclap.html",
        status=status,
        active="campaigns",
        it=stage.it,
        clap=clap,
        state=clap.state.value,
        left=left_until(terms.release_at, now),
        collecting=clap.state is ThunderclapState.COLLECTING and now < terms.release_at,
        reminded_at=terms.release_at - timedelta(hours=24),
        bar=meter(min(clap.pledges, terms.threshold), terms.threshold),
        by_union=stage.by_union,
        message=terms.message.get(tag, ""),
        tag=tag,
        post_path=stage.post_path,
        asks_elsewhere=federates and visit.visitor is None and stage.it.call.local,
        typed=typed,
        problems=problems,
    )


def _load(session: Session, visit: Visit) -> _Stage:
    call = call_in_path(session, visit)
    actor_id = None if visit.visitor is None else visit.visitor.actor_id
    clap = view_of(session, call, member_id=actor_id)
    if clap is None:
        raise NotFound("There is no such page.")
    counts = {each.host: each.number for each in list_counts(session, call, CountKind.PLEDGES)}
    return _Stage(
        it=shown_of(call, lead_of(session, call)),
        clap=clap,
        by_union=counts if clap.state is ThunderclapState.COLLECTING else {},
        post_path=_post_path(session, visit, clap.post_id),
    )


def _post_path(session: Session, visit: Visit, post_id: int | None) -> str:
    post = session.get(Post, post_id) if post_id is not None else None
    if post is None or post.deleted_at is not None:
        return ""
    return f"/posts/{post.id}" if visit.visitor is not None else post.url or post.uri


def _get_thunderclap(session: Session, visit: Visit) -> Thunderclap:
    clap = find_thunderclap(session, call_in_path(session, visit).id)
    if clap is None:
        raise NotFound("There is no such page.")
    return clap


def _path(visit: Visit) -> str:
    return f"{PATH}/{visit.request.path_params['slug']}/clap"


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_THUNDERCLAP, show_thunderclap, to=Who.ANYBODY),
    sent(f"{_THUNDERCLAP}/pledge", take_pledge, to=Who.MEMBER),
    sent(f"{_THUNDERCLAP}/withdraw", take_back, to=Who.MEMBER),
    sent(f"{_THUNDERCLAP}/ask", take_handle, to=Who.ANYBODY),
)
