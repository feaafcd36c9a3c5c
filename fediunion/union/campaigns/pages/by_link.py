"""Pages that links in mails and messages lead to: they ask, and to look at one changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.campaigns.consents import service as consents
from fediunion.union.campaigns.consents.asking import ask_by_link, find_asking, may_ask
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.pages.shown import MODES
from fediunion.union.campaigns.signing import queries as signing
from fediunion.union.campaigns.signing import web
from fediunion.union.campaigns.signing.links import ASK_NEWS, CONFIRM, END_NEWS, WITHDRAW, ask_news_link
from fediunion.union.campaigns.signing.withdrawing import withdraw
from fediunion.union.campaigns.thunderclap import links as pledge_links
from fediunion.union.campaigns.thunderclap import web as pledging
from fediunion.web.forms import Form
from fediunion.web.links import link_page
from fediunion.web.routes import Who, sent, shown
from fediunion.web.visits import Visit, begin_visit

LONGEST_LINK: Final = 4_000
_OLD: Final = Sentence("This link was used, or is too old.")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a page asks: the call that it is about, in words, and the words on its button.

    `also` is what else one may want, with its address.
    """

    call: CampaignCall
    heading: Sentence
    words: Sequence[Sentence | str]
    button: Sentence
    also: tuple[Sentence, str] | None = None


@dataclass(frozen=True, kw_only=True)
class _Action:
    """A kind of link: where it leads, what its page asks, what its button does, and what is said then."""

    path: str
    ask: Callable[[Session, str, Visit], _Asked | None]
    do: Callable[[Session, str], object]
    done: Sentence


async def _show(visit: Visit, action: _Action) -> Response:
    link = visit.request.query_params.get("link", "")[:LONGEST_LINK]
    try:
        asked = await visit.world.db.read(action.ask, link, visit)
    except NotFound:
        return _page(visit, action, sentence=_OLD, status=404)
    if asked is None:
        return _page(visit, action, sentence=_OLD, status=404)
    return _page(visit, action, asked, link)


async def _take(visit: Visit, action: _Action, link: str) -> Response:
    try:
        await visit.world.db.write(action.do, link[:LONGEST_LINK])
    except NotFound:
        return _page(visit, action, sentence=_OLD, status=404)
    except NotAllowed as error:
        return _page(visit, action, sentence=sentence_of(error), status=403)
    return _page(visit, action, sentence=action.done)


def _page(
    visit: Visit,
    action: _Action,
    asked: _Asked | None = None,
    link: str = "",
    *,
    sentence: str = "",
    status: int = 200,
) -> Response:
    return link_page(
        visit,
        "campaigns/by_link.html",
        status=status,
        path=action.path,
        asked=asked,
        link=link,
        sentence=sentence,
    )


def _ask_to_confirm(session: Session, link: str, _visit: Visit) -> _Asked:
    call, form = web.read_request(session, link)
    words: list[Sentence | str] = [MODES[form.mode][0]]
    if form.name:
        words.append(form.name)
    if form.hears:
        words.append(Sentence("Your address is kept to tell you how it ends."))
    words.append(Sentence("Of the address a fingerprint is kept, so that it counts once."))
    return _Asked(
        call=call, heading=Sentence("Sign this call"), words=words, button=Sentence("Sign with this address")
    )


def _ask_to_withdraw(session: Session, link: str, visit: Visit) -> _Asked | None:
    found = signing.find_by_link(session, link)
    if found is None:
        return None
    call, signature = found
    hears = signature.actor_id is None or not may_ask(session, call, signature.actor_id)
    news = (Sentence("Be told how it ends"), ask_news_link(signature.id, visit.settings))
    return _Asked(
        call=call,
        also=None if hears else news,
        heading=Sentence("Withdraw your signature"),
        words=[
            Sentence("It is counted no more, and what was kept of it is deleted."),
            Sentence("If you asked to be told how it ends, that stays until you end it by its own link."),
        ],
        button=Sentence("Withdraw my signature"),
    )


def _ask_for_news(session: Session, link: str, _visit: Visit) -> _Asked | None:
    found = find_asking(session, link)
    return found and _Asked(
        call=found[0],
        heading=Sentence("Be told how it ends"),
        words=[
            Sentence("One direct message comes to your account when the outcome is known, and nothing else."),
            Sentence("Separate from signing. You can stop it at any time."),
        ],
        button=Sentence("Tell me how it ends"),
    )


def _ask_to_end_news(session: Session, link: str, _visit: Visit) -> _Asked | None:
    found = consents.find_by_link(session, link)
    return found and _Asked(
        call=found[0],
        heading=Sentence("Hear no more of this call"),
        words=[Sentence("Your address is deleted. Your signature stays, where you gave one.")],
        button=Sentence("Do not tell me how it ends"),
    )


def _ask_to_pledge(session: Session, link: str, visit: Visit) -> _Asked:
    call = pledging.call_of_link(session, pledge_links.confirmed_by(link, visit.settings))
    return _Asked(
        call=call,
        heading=Sentence("Pledge a boost"),
        words=[
            Sentence(
                "A day before, and at the moment, a message comes to your account with a link to boost."
            ),
            Sentence("Nobody sees who pledged. If too few do, nothing is posted and your pledge is deleted."),
        ],
        button=Sentence("Pledge"),
    )


def _ask_to_take_back(session: Session, link: str, visit: Visit) -> _Asked:
    call = pledging.call_of_link(session, pledge_links.withdrawn_by(link, visit.settings))
    return _Asked(
        call=call,
        heading=Sentence("Take your pledge back"),
        words=[Sentence("You are counted no more, and no message comes to you.")],
        button=Sentence("Take it back"),
    )


def _withdraw(session: Session, link: str) -> None:
    found = signing.find_by_link(session, link)
    if found is not None:
        withdraw(session, found[1])


def _end_news(session: Session, link: str) -> None:
    found = consents.find_by_link(session, link)
    if found is not None:
        consents.withdraw(session, found[1])


_NEWS: Final = _Action(
    path=END_NEWS,
    ask=_ask_to_end_news,
    do=_end_news,
    done=Sentence("You will not be told how it ends. Your address is deleted."),
)
_ACTIONS: Final = (
    _Action(
        path=CONFIRM,
        ask=_ask_to_confirm,
        do=web.confirm,
        done=Sentence("You have signed. Thank you. A mail with a link to withdraw it is on its way."),
    ),
    _Action(
        path=WITHDRAW,
        ask=_ask_to_withdraw,
        do=_withdraw,
        done=Sentence("Your signature is withdrawn."),
    ),
    _Action(
        path=ASK_NEWS,
        ask=_ask_for_news,
        do=ask_by_link,
        done=Sentence("You will be told how it ends."),
    ),
    _Action(
        path=pledge_links.CONFIRM,
        ask=_ask_to_pledge,
        do=pledging.confirm_pledge,
        done=Sentence("You have pledged. A message comes to your account a day before."),
    ),
    _Action(
        path=pledge_links.WITHDRAW,
        ask=_ask_to_take_back,
        do=pledging.withdraw_by_link,
        done=Sentence("Your pledge is taken back."),
    ),
)


async def end_news(request: Request) -> Response:
    """POST /campaigns/consent?link=…: ends it, of a mail program's own accord too.

    What is in the address proves who may: no form of ours is needed, and no cookie (RFC 8058).
    """
    visit = await begin_visit(request)
    return await _take(visit, _NEWS, request.query_params.get("link", ""))


def _routes(action: _Action) -> Sequence[BaseRoute]:
    async def show(visit: Visit) -> Response:
        return await _show(visit, action)

    async def take(visit: Visit, form: Form) -> Response:
        return await _take(visit, action, form.get("link", ""))

    asks = shown(action.path, show, to=Who.ANYBODY)
    return (asks,) if action is _NEWS else (asks, sent(action.path, take, to=Who.ANYBODY))


ROUTES: Final[Sequence[BaseRoute]] = (
    *(route for action in (*_ACTIONS, _NEWS) for route in _routes(action)),
    Route(END_NEWS, end_news, methods=["POST"]),
)
