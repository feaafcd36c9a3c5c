"""The rules of profiles: what a member or an institution says about itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.actors.events import SearchConsentChanged
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.db import announce, emit, now_of, settings_of
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.html import plain_name, text_to_html
from fediunion.kit.page_links import link_of_field
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import normalise_hashtag, valid_hashtag
from fediunion.kit.urls import parse_remote_url
from fediunion.members.queries import find_member_of
from fediunion.members.service import set_reach
from fediunion.social.emoji.service import emojis_in
from fediunion.social.media.addresses import file_address
from fediunion.social.media.files import drop_picture, keep_picture
from fediunion.social.profiles.models import FeaturedTag
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.social.profiles.telling import tell_soon
from fediunion.social.profiles.verification import verify_soon
from fediunion.world import CHANGED

MAX_NAME_CHARACTERS: Final = 100
MAX_SUMMARY_CHARACTERS: Final = 2_000
MAX_FIELDS: Final = 4
MAX_FIELD_CHARACTERS: Final = 255
MAX_FEATURED_TAGS: Final = 10
MAX_ATTRIBUTION_DOMAINS: Final = 100
MAX_PICTURE_DESCRIPTION: Final = 1_500


@dataclass(frozen=True, kw_only=True)
class ProfileChanges:
    """What is to change; None leaves a thing as it is.

    `fields` are (name, text). Pictures are the ids of stored files (media.uploads.store_picture).
    """

    display_name: str | None = None
    summary: str | None = None
    fields: Sequence[tuple[str, str]] | None = None
    locked: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    hides_collections: bool | None = None
    bot: bool | None = None
    attribution_domains: Sequence[str] | None = None
    avatar_file_id: int | None = None
    header_file_id: int | None = None
    avatar_description: str | None = None
    header_description: str | None = None
    reach: Reach | None = None


def update_profile(session: Session, actor: Actor, changes: ProfileChanges) -> None:
    """Change what our actor says about itself; who holds a copy is told within a minute.

    A followable member stays locked, and only a public one can be found or searched, whatever is asked.
    Raises Invalid for too long a text or too many fields, and for the reach of an institution.
    """
    if changes.display_name is not None:
        actor.display_name = _checked_name(changes.display_name)
    if changes.summary is not None:
        actor.summary_source, actor.summary = changes.summary, _summary(session, changes.summary)
    if changes.fields is not None:
        actor.fields = _fields(actor, changes.fields)
        verify_soon(session, actor)
    if changes.avatar_file_id is not None:
        actor.icon_url = _picture(session, changes.avatar_file_id, actor.icon_url)
    if changes.header_file_id is not None:
        actor.header_url = _picture(session, changes.header_file_id, actor.header_url)
    if changes.avatar_description is not None:
        actor.icon_description = _picture_words(changes.avatar_description, "avatar_description")
    if changes.header_description is not None:
        actor.header_description = _picture_words(changes.header_description, "header_description")
    if changes.attribution_domains is not None:
        actor.attribution_domains = _domains(changes.attribution_domains)
    if changes.bot is not None and actor.kind == ActorKind.MEMBER:
        actor.wire_type = "Service" if changes.bot else "Person"
    if changes.reach is not None:
        _change_reach(session, actor, changes.reach)
    was_indexable = actor.indexable
    _change_switches(actor, changes)
    _find_emojis(session, actor, changes)
    if actor.indexable != was_indexable:
        emit(session, SearchConsentChanged(actor.id))
    _changed(session, actor)


def remove_picture(session: Session, actor: Actor, which: str) -> None:
    """Take the "avatar" or the "header" of our actor away; without one nothing changes."""
    column = {"avatar": "icon_url", "header": "header_url"}[which]
    url = getattr(actor, column)
    if url is not None:
        drop_picture(session, url)
        setattr(actor, column, None)
        setattr(actor, column.replace("_url", "_description"), "")
        _changed(session, actor)


def feature_tag(session: Session, actor: Actor, name: str) -> FeaturedTag:
    """Show a hashtag on the profile; return it. Raises Invalid for what is none, or for one too many."""
    shown = name.strip().removeprefix("#")
    if not valid_hashtag(shown):
        raise Invalid(Sentence("This is not a hashtag."), field="name")
    tags = list_featured_tags(session, actor.id)
    for tag in tags:
        if tag.name == normalise_hashtag(shown):
            return tag
    if len(tags) >= MAX_FEATURED_TAGS:
        raise Invalid(
            Sentence("%(most)s hashtags can be featured at most.", most=MAX_FEATURED_TAGS), field="name"
        )
    tag = FeaturedTag(
        actor_id=actor.id, name=normalise_hashtag(shown), display_name=shown, created_at=now_of(session)
    )
    session.add(tag)
    return tag


def unfeature_tags(session: Session, actor: Actor, tag_ids: Iterable[int]) -> None:
    """Show these hashtags on the profile no longer; unknown ones do nothing."""
    wanted = set(tag_ids)
    for tag in list_featured_tags(session, actor.id):
        if tag.id in wanted:
            session.delete(tag)


def _change_reach(session: Session, actor: Actor, reach: Reach) -> None:
    member = find_member_of(session, actor.id)
    if member is None or actor.kind != ActorKind.MEMBER:
        raise Invalid(Sentence("Only members have a reach; institutions are public."), field="reach")
    set_reach(session, member, reach)


def _find_emojis(session: Session, actor: Actor, changes: ProfileChanges) -> None:
    if any(each is not None for each in (changes.display_name, changes.summary, changes.fields)):
        values = [f"{field['name']} {field['value']}" for field in actor.fields]
        actor.emojis = emojis_in(session, actor.display_name, actor.summary_source, *values)


def _change_switches(actor: Actor, changes: ProfileChanges) -> None:
    public = actor.reach == Reach.PUBLIC
    if changes.locked is not None:
        actor.locked = changes.locked or not public
    if changes.discoverable is not None:
        actor.discoverable = changes.discoverable and public
    if changes.indexable is not None:
        actor.indexable = changes.indexable and public
    if changes.hides_collections is not None:
        # Who follows a person is never told (row V19).
        actor.hides_collections = changes.hides_collections or actor.kind == ActorKind.MEMBER


def _changed(session: Session, actor: Actor) -> None:
    actor.updated_at = now_of(session)
    announce(session, CHANGED, "actors")
    tell_soon(session, actor)


def _checked_name(text: str) -> str:
    if len(text) > MAX_NAME_CHARACTERS:
        raise Invalid(
            Sentence("A name has %(most)s characters at most.", most=MAX_NAME_CHARACTERS),
            field="display_name",
        )
    return plain_name(text, MAX_NAME_CHARACTERS)


def _picture(session: Session, file_id: int, replaced_url: str | None) -> str:
    name = keep_picture(session, file_id, replaced_url)
    return file_address(settings_of(session).base_url, name)


def _picture_words(text: str, field: str) -> str:
    if len(text) > MAX_PICTURE_DESCRIPTION:
        raise Invalid(
            Sentence("A description has %(most)s characters at most.", most=MAX_PICTURE_DESCRIPTION),
            field=field,
        )
    return text.replace("\x00", "").strip()


def _domains(texts: Sequence[str]) -> list[str]:
    """Return the websites that may name this actor as the author of what they publish."""
    if len(texts) > MAX_ATTRIBUTION_DOMAINS:
        raise Invalid(
            Sentence("%(most)s domains at most.", most=MAX_ATTRIBUTION_DOMAINS), field="attribution_domains"
        )
    try:
        hosts = [parse_remote_url(f"https://{text.strip().lower()}/").host for text in texts if text.strip()]
    except BadDocument as error:
        raise Invalid(Sentence("This is no domain."), field="attribution_domains") from error
    return list(dict.fromkeys(hosts))


def _summary(session: Session, text: str) -> str:
    if len(text) > MAX_SUMMARY_CHARACTERS:
        raise Invalid(
            Sentence("A description has %(most)s characters at most.", most=MAX_SUMMARY_CHARACTERS),
            field="summary",
        )
    base = settings_of(session).base_url
    return text_to_html(text, mentions={}, hashtag_url=lambda name: f"{base}/tags/{normalise_hashtag(name)}")


def _fields(actor: Actor, fields: Sequence[tuple[str, str]]) -> list[Any]:
    kept = [(plain_name(name, MAX_FIELD_CHARACTERS), text.strip()) for name, text in fields]
    kept = [(name, text) for name, text in kept if name or text]
    if len(kept) > MAX_FIELDS:
        raise Invalid(
            Sentence("A profile has %(most)s fields at most.", most=MAX_FIELDS), field="profile_fields"
        )
    if any(len(text) > MAX_FIELD_CHARACTERS for _, text in kept):
        raise Invalid(
            Sentence("A field has %(most)s characters at most.", most=MAX_FIELD_CHARACTERS),
            field="profile_fields",
        )
    verified = {(field["name"], field["value"]): field.get("verified_at") for field in actor.fields}
    rows = [(name, _field_html(text)) for name, text in kept]
    return [
        {"name": name, "value": value, "verified_at": verified.get((name, value))} for name, value in rows
    ]


def _field_html(text: str) -> str:
    html = text_to_html(" ".join(text.split()), mentions={}, hashtag_url=None)
    html = html.removeprefix("<p>").removesuffix("</p>")
    # So that the page which is linked to can prove in turn whose profile this is.
    return html if link_of_field(html) is None else html.replace(' rel="', ' rel="me ', 1)
