"""/settings and /settings/preferences: where everything of a member is changed; language, zone, defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from zoneinfo import available_timezones

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.kit.catalogues import LANGUAGES
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Member
from fediunion.members.preferences import TIME_ZONE, change_preferences
from fediunion.social.profiles.posting_defaults import (
    QUOTE_POLICIES,
    PostingDefaults,
    change_posting_defaults,
    posting_defaults,
)
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.shown import AUDIENCES
from fediunion.web.visits import Visit

INDEX_PATH: Final = "/settings"
PATH: Final = "/settings/preferences"
_SAVED: Final = Sentence("Saved.")
_QUOTES: Final = {
    "public": Sentence("Everybody who can read it"),
    "followers": Sentence("Followers"),
    "nobody": Sentence("Nobody"),
}

Place = tuple[str, Sentence, str]
GROUPS: Final[Sequence[tuple[Sentence, Sequence[Place]]]] = (
    (
        Sentence("You"),
        (
            ("/settings/profile", Sentence("Your profile"), "person"),
            ("/settings/reach", Sentence("Your reach"), "eye"),
            ("/settings/feed", Sentence("Your feed"), "feed"),
            ("/settings/preferences", Sentence("Language, time and what posts start from"), "lang"),
        ),
    ),
    (
        Sentence("What you read"),
        (
            ("/settings/notifications", Sentence("What you are told of"), "bell"),
            ("/settings/lists", Sentence("Your lists"), "fold"),
            ("/followed-tags", Sentence("Hashtags that you follow"), "feed"),
            ("/settings/filters", Sentence("Filters"), "hidden"),
            ("/settings/mutes", Sentence("Whom you mute"), "person"),
            ("/settings/blocks", Sentence("Whom you block"), "shield"),
            ("/settings/servers", Sentence("Servers that you refuse"), "server"),
        ),
    ),
    (
        Sentence("Signing in"),
        (
            ("/settings/security", Sentence("Password, passkeys and devices"), "lock"),
            ("/settings/apps", Sentence("Your apps"), "settings"),
        ),
    ),
    (
        Sentence("Coming and going"),
        (
            ("/settings/transfers", Sentence("Bring and take along lists"), "copy"),
            ("/settings/archive", Sentence("Download everything"), "down"),
            ("/settings/move", Sentence("Move here or away"), "out"),
            ("/settings/erase", Sentence("Erase your account"), "x"),
        ),
    ),
    (
        Sentence("This server"),
        (
            ("/settings/decisions", Sentence("Decisions about you"), "flag"),
            ("/audit", Sentence("What officers did"), "log"),
        ),
    ),
)


@dataclass(frozen=True)
class _Typed:
    language: str
    time_zone: str
    audience: str
    sensitive: bool
    posting_language: str
    quote_policy: str


async def show_index(visit: Visit) -> Response:
    """GET /settings: the ways to everything that a member can change."""
    return page(visit, "settings/index.html", active="settings", groups=GROUPS)


async def show_preferences(visit: Visit) -> Response:
    """GET /settings/preferences: the form with what holds now."""

    def load(session: Session) -> tuple[Member, PostingDefaults]:
        member = session.get_one(Member, visit.member.member_id)
        return member, posting_defaults(session, visit.member.actor_id)

    member, defaults = await visit.world.db.read(load)
    typed = _Typed(
        member.locale,
        str(member.settings.get(TIME_ZONE, "")),
        defaults.audience,
        defaults.sensitive,
        defaults.language,
        defaults.quote_policy,
    )
    return _form(visit, typed)


async def save_preferences(visit: Visit, form: Form) -> Response:
    """POST /settings/preferences: keeps them, or shows what is wrong."""
    typed = _Typed(
        form.get("language", ""),
        form.get("time_zone", ""),
        form.get("audience", ""),
        form.get("sensitive") == "1",
        form.get("posting_language", "").strip(),
        form.get("quote_policy", ""),
    )
    audience = Audience(typed.audience) if typed.audience in AUDIENCES else None

    def unit(session: Session) -> None:
        change_preferences(
            session, visit.member.member_id, language=typed.language, time_zone=typed.time_zone
        )
        change_posting_defaults(
            session,
            visit.member.actor_id,
            audience=audience,
            sensitive=typed.sensitive,
            language=typed.posting_language,
            quote_policy=typed.quote_policy,
        )

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return _form(visit, typed, {error.field: sentence_of(error)})
    return see_other(visit, PATH, _SAVED)


def _form(visit: Visit, typed: _Typed, problems: Mapping[str, str] = MappingProxyType({})) -> Response:
    return page(
        visit,
        "settings/preferences.html",
        status=422 if problems else 200,
        active="settings",
        typed=typed,
        tongues=list(LANGUAGES.items()),
        zones=[("", "UTC"), *((name, name) for name in sorted(available_timezones()))],
        audiences=[("", Sentence("As wide as your reach allows")), *_audiences()],
        quotes=[(policy, _QUOTES[policy]) for policy in QUOTE_POLICIES],
        problems=problems,
    )


def _audiences() -> list[tuple[str, Sentence]]:
    return [(str(value), each.label) for value, each in AUDIENCES.items() if value != Audience.DIRECT]


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(INDEX_PATH, show_index, to=Who.MEMBER),
    shown(PATH, show_preferences, to=Who.MEMBER),
    sent(PATH, save_preferences, to=Who.MEMBER),
)
