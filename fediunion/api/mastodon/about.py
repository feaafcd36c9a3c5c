"""What the instance says of itself in sentences: rules, terms, privacy, languages, servers it limits.

Source: https://docs.joinmastodon.org/methods/instance/
"""

import hashlib
from html import escape
from typing import Final

from fediunion.actors.domains import list_domain_rules
from fediunion.actors.models import DomainAction
from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.instance import rule_entities
from fediunion.config import Settings
from fediunion.kit.errors import NotFound
from fediunion.kit.languages import LANGUAGES
from fediunion.social.moderation.disclosures import kept_sentences, leaving_sentences

_WRITTEN_ON: Final = "2026-11-22"
"""When the sentences below were last changed; the figures in them are the configuration's."""

_SEVERITY: Final = {DomainAction.BLOCK: "suspend", DomainAction.SILENCE: "silence"}


async def show_rules(call: Call) -> Json:
    """Show the rules."""
    return rule_entities(call.world.settings)


async def show_extended_description(call: Call) -> Json:
    """Show what the union says of itself. Source: https://docs.joinmastodon.org/entities/ExtendedDescription/"""
    content = _paragraphs([call.world.settings.instance.description])
    return {"updated_at": f"{_WRITTEN_ON}T00:00:00.000Z", "content": content}


async def show_privacy_policy(call: Call) -> Json:
    """Show what is kept and for how long. Source: https://docs.joinmastodon.org/entities/PrivacyPolicy/"""
    content = _paragraphs(privacy_sentences(call.world.settings))
    return {"updated_at": f"{_WRITTEN_ON}T00:00:00.000Z", "content": content}


async def show_terms_of_service(call: Call) -> Json:
    """Show the rules as terms. Source: https://docs.joinmastodon.org/entities/TermsOfService/"""
    return {
        "effective_date": _WRITTEN_ON,
        "effective": True,
        "content": _paragraphs(call.world.settings.instance.rules),
        "succeeded_by": None,
    }


async def show_dated_terms_of_service(call: Call) -> Json:
    """Show the terms of one day; NotFound where none began on it."""
    if call.open_parts["date"] != _WRITTEN_ON:
        raise NotFound("No terms of service began on that day.")
    return await show_terms_of_service(call)


async def show_languages(call: Call) -> Json:
    """Show the languages of the instance, the first being its default."""
    codes = call.world.settings.instance.languages
    return [{"code": code, "name": LANGUAGES.get(code, (code, code))[0]} for code in codes]


async def show_limited_servers(call: Call) -> Json:
    """Show members which servers are blocked or limited, and why.

    Strangers are not told whom a union has decided about. Source: https://docs.joinmastodon.org/entities/DomainBlock/
    """
    rules = await call.world.db.read(list_domain_rules)
    return [
        {
            "domain": rule.host,
            "digest": hashlib.sha256(rule.host.encode()).hexdigest(),
            "severity": _SEVERITY[DomainAction(rule.action)],
            "comment": rule.reason,
        }
        for rule in rules
        if rule.action in _SEVERITY
    ]


def privacy_sentences(settings: Settings) -> list[str]:
    """Return the privacy policy, a sentence each: what is kept, for how long, and who sees it."""
    contact = settings.instance.contact or f"the administrators of {settings.handle_domain}"
    return [
        *kept_sentences(settings),
        *leaving_sentences(settings),
        f"Questions and complaints: {contact}.",
    ]


def _paragraphs(sentences: list[str] | tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/instance/rules", show_rules, public=True),
    get("/api/v1/instance/extended_description", show_extended_description, public=True),
    get("/api/v1/instance/privacy_policy", show_privacy_policy, public=True),
    get("/api/v1/instance/terms_of_service", show_terms_of_service, public=True),
    get("/api/v1/instance/terms_of_service/:date", show_dated_terms_of_service, public=True),
    get("/api/v1/instance/languages", show_languages, public=True),
    get("/api/v1/instance/domain_blocks", show_limited_servers, "read"),
)
