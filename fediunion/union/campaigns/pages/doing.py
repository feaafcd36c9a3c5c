"""What people do on the page of a call: sign, withdraw, ask to be told how it ends, send a message."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import Allowance, TooManyAttempts, address_bucket, count_attempts
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.consents import service as consents
from fediunion.union.campaigns.models import SigningMode
from fediunion.union.campaigns.pages.call import call_page
from fediunion.union.campaigns.pages.listing import PATH
from fediunion.union.campaigns.pages.readers import call_in_path
from fediunion.union.campaigns.signing import web
from fediunion.union.campaigns.signing.members import find_own, sign
from fediunion.union.campaigns.signing.withdrawing import withdraw
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form
from fediunion.web.routes import Who, see_other, sent
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

MESSAGES_IN_AN_HOUR: Final = 5
_CALL: Final = f"{PATH}/{{slug}}"
_SIGNED: Final = Sentence("You have signed. Thank you.")
_WITHDRAWN: Final = Sentence("Your signature is withdrawn.")
_WILL_BE_TOLD: Final = Sentence("You will be told how it ends.")
_NOT_TOLD: Final = Sentence("You will not be told how it ends.")
_MESSAGE_WAITS: Final = Sentence("Your message waits until somebody of the team has read it.")
_MESSAGE_GONE: Final = Sentence("Your message is withdrawn.")
_MAIL_SENT: Final = Sentence(
    "We have written to this address. Your signature counts once you open the link in that mail."
)
_CHOOSE: Final = Sentence("Choose how to sign.")


async def take_signature(visit: Visit, form: Form) -> Response:
    """POST …/sign: a member signs, and may ask to be told how it ends."""

    def work(session: Session) -> None:
        call, actor = call_in_path(session, visit), own_actor(session, visit)
        sign(session, call, actor, _mode(form), form.get("name", ""))
        if form.get("consent"):
            consents.give(session, call, actor, language=visit.reader.language)

    return await _done(visit, form, work, _SIGNED, "sign")


async def take_back(visit: Visit, form: Form) -> Response:
    """POST …/withdraw: a member's signature goes; that one asked to be told how it ends stays."""

    def work(session: Session) -> None:
        call = call_in_path(session, visit)
        signature = find_own(session, call, own_actor(session, visit))
        if signature is not None:
            withdraw(session, signature)

    return await _done(visit, form, work, _WITHDRAWN, "sign")


async def take_news(visit: Visit, form: Form) -> Response:
    """POST …/news: a member asks to be told how it ends, or not any more."""
    wants = form.get("want") == "yes"

    def work(session: Session) -> None:
        call, actor = call_in_path(session, visit), own_actor(session, visit)
        if wants:
            consents.give(session, call, actor, language=visit.reader.language)
        else:
            consents.withdraw_own(session, call, actor)

    return await _done(visit, form, work, _WILL_BE_TOLD if wants else _NOT_TOLD, "sign")


async def take_address(visit: Visit, form: Form) -> Response:
    """POST …/sign-by-mail: writes to an address; nothing is kept before the link in that mail is used."""

    def work(session: Session) -> None:
        typed = web.WebForm(
            address=form.get("email", ""),
            mode=_mode(form),
            name=form.get("name", ""),
            hears=bool(form.get("consent")),
            language=visit.reader.language,
        )
        web.request_signature(session, call_in_path(session, visit), typed, caller=visit.address)

    return await _done(visit, form, work, _MAIL_SENT, "sign")


async def take_message(visit: Visit, form: Form) -> Response:
    """POST …/solidarity: keeps a message until the team has read it."""

    def work(session: Session) -> None:
        call = call_in_path(session, visit)
        if visit.visitor is None:
            whom = address_bucket(visit.address)
            count_attempts(session, [Allowance("solidarity:address", whom, MESSAGES_IN_AN_HOUR, 3600)])
        solidarity.write_message(
            session,
            call,
            name=form.get("signed_as", ""),
            text=form.get("message", ""),
            language=visit.reader.language,
            actor_id=None if visit.visitor is None else visit.visitor.actor_id,
        )

    return await _done(visit, form, work, _MESSAGE_WAITS, "solidarity")


async def take_message_back(visit: Visit, form: Form) -> Response:
    """POST …/solidarity/withdraw: a member's message goes."""

    def work(session: Session) -> None:
        solidarity.withdraw_message(session, call_in_path(session, visit), visit.member.actor_id)

    return await _done(visit, form, work, _MESSAGE_GONE, "solidarity")


def _mode(form: Form) -> SigningMode:
    mode = form.get("mode", "") or SigningMode.COUNTED
    if mode not in tuple(SigningMode):
        raise Invalid(_CHOOSE, field="mode")
    return SigningMode(mode)


async def _done(
    visit: Visit, form: Form, work: Callable[[Session], None], told: Sentence, rung: str
) -> Response:
    """Do it, and go back to the page; where it cannot be done show that page with what was typed."""
    try:
        await visit.world.db.write(work)
    except Invalid as error:
        return await call_page(visit, typed=form, problems={error.field: sentence_of(error)})
    except NotAllowed as error:
        return await call_page(visit, typed=form, problems={"": sentence_of(error)}, status=403)
    except TooManyAttempts as error:
        return too_often(await call_page(visit, typed=form, problems={"": TOO_OFTEN}, status=429), error)
    return see_other(visit, f"{PATH}/{visit.request.path_params['slug']}#{rung}", told)


ROUTES: Final[Sequence[BaseRoute]] = (
    sent(f"{_CALL}/sign", take_signature, to=Who.MEMBER),
    sent(f"{_CALL}/withdraw", take_back, to=Who.MEMBER),
    sent(f"{_CALL}/news", take_news, to=Who.MEMBER),
    sent(f"{_CALL}/sign-by-mail", take_address, to=Who.ANYBODY),
    sent(f"{_CALL}/solidarity", take_message, to=Who.ANYBODY),
    sent(f"{_CALL}/solidarity/withdraw", take_message_back, to=Who.MEMBER),
)
