"""/report/{id}: telling the moderators about an account, and about posts of it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import get_account
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.moderation.reports import CATEGORIES, MAX_COMMENT_CHARACTERS, report
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, number_in, whole_number
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import Place, own_actor
from fediunion.web.visits import Visit

_REPORTED: Final = Sentence("Thank you. The moderators are told.")
_FIELDS: Final = {"rule_ids": "rules"}
_LABELS: Final = {
    "spam": (Sentence("Spam"), Sentence("Advertising, fake accounts, the same again and again.")),
    "legal": (Sentence("Against the law"), Sentence("Something that must not be published.")),
    "violation": (Sentence("Against the rules of this server"), Sentence("Choose below which rule.")),
    "other": (Sentence("Something else"), Sentence("Say below what it is.")),
}


async def show_report(visit: Visit) -> Response:
    """GET /report/{id}?post=ID: the form. Raises NotFound for an account that is not there."""
    return await _form(visit, {"post": str(number_in(visit, "post") or "")})


async def take_report(visit: Visit, form: Form) -> Response:
    """POST /report/{id}: tells the moderators, and where it was wished the account's own server."""
    account_id, post_id = id_in_path(visit), whole_number(form.get("post", ""))

    def unit(session: Session) -> None:
        report(
            session,
            own_actor(session, visit),
            get_account(session, account_id, visit.member.viewer),
            post_ids=[post_id] if post_id else [],
            comment=form.get("comment", ""),
            category=form.get("category", "other"),
            rule_numbers=[whole_number(each) or 0 for each in form.every("rule[]")],
            forward="forward" in form,
            forwards_comment="forward_comment" in form,
        )

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        problems = {_FIELDS.get(error.field, error.field): sentence_of(error)}
        return await _form(visit, form, problems, form.every("rule[]"))
    return see_other(visit, f"/posts/{post_id}" if post_id else "/home", _REPORTED)


async def _form(
    visit: Visit,
    values: Mapping[str, str],
    problems: Mapping[str, str] = MappingProxyType({}),
    broken: Sequence[str] = (),
) -> Response:
    account = await visit.world.db.read(get_account, id_in_path(visit), visit.member.viewer)
    return page(
        visit,
        "posts/report.html",
        status=422 if problems else 200,
        person=Place(visit, "", "").person(account),
        host="" if account.local else account.host,
        action=f"/report/{account.id}",
        values=values,
        problems=problems,
        categories=[(name, *_LABELS[name]) for name in CATEGORIES],
        longest=MAX_COMMENT_CHARACTERS,
        rules=list(enumerate(visit.settings.instance.rules, start=1)),
        broken=broken,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/report/{id:int}", show_report, to=Who.MEMBER),
    sent("/report/{id:int}", take_report, to=Who.MEMBER),
)
