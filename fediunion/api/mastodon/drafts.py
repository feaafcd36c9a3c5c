"""What a client asks to publish, read from its parameters."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from fediunion.activitypub.audience import Audience
from fediunion.api.endpoint import Call
from fediunion.api.mastodon.entities.instance import MAX_POLL_SECONDS, MIN_POLL_SECONDS
from fediunion.api.mastodon.entities.visibility import audience_of_visibility
from fediunion.api.params import Params, id_in
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.languages import LANGUAGES
from fediunion.kit.text import valid_language_tag
from fediunion.social.media.service import MAX_DESCRIPTION, focus_in
from fediunion.social.posts.service.publishing import (
    CONTENT_TYPES,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
    MAX_WRITTEN_CHARACTERS,
    AttachmentWords,
    PollDraft,
    PostDraft,
)
from fediunion.social.profiles.posting_defaults import QUOTE_POLICIES
from fediunion.social.unpublished.wishes import PostWish

Terms = TypeVar("Terms", PostDraft, PostWish)

_MOST_OPTIONS_READ: Final = 100
_MOST_ATTACHMENTS_READ: Final = 16
_LONGEST_LANGUAGE: Final = 100
_MOST_ALLOWED: Final = 1000


def draft_of(call: Call) -> tuple[PostDraft, bool]:
    """Return the post that is to be published, and whether an audience was wished for.

    `audience` says it in our words, `local_only` and `visibility` in those of others. What the call leaves
    out is as the member set it for all posts. Raises Invalid.
    """
    params, usual = call.params, call.member.posting
    audience = _audience(params)
    draft = PostDraft(
        text=params.text("status", most=MAX_WRITTEN_CHARACTERS),
        content_type=content_type_in(params) or CONTENT_TYPES[0],
        audience=audience or Audience.PUBLIC,
        content_warning=params.text("spoiler_text", most=MAX_WRITTEN_CHARACTERS),
        sensitive=params.flag("sensitive", default=usual.sensitive),
        language=language_of(params) or call.member.language,
        in_reply_to_id=_reference(params, "in_reply_to_id"),
        quote_of_id=_reference(params, "quoted_status_id"),
        attachment_ids=attachment_ids_in(call),
        poll=poll_in(call),
        quote_policy=quote_policy_in(params) or usual.quote_policy,
        allowed_mentions=_allowed_mentions(params),
    )
    return draft, audience is not None


def with_words(terms: Terms) -> Terms:
    """Return what is to be published; of a content warning alone that is the text.

    Source: Mastodon, which so publishes what an app sends with no other words, attachment, poll or quote
    """
    more = terms.attachment_ids or terms.poll is not None or terms.quote_of_id
    if more or terms.text.strip() or not terms.content_warning.strip():
        return terms
    return replace(terms, text=terms.content_warning, content_warning="", sensitive=True)


def wish_of(call: Call) -> PostWish:
    """Return the post that is to be published later. Raises Invalid."""
    draft, has_audience = draft_of(call)
    return PostWish.of(draft, call.world.clock.now(), has_audience=has_audience)


def content_type_in(params: Params) -> str | None:
    """Return the media type of what was typed, None where none is named. Raises Invalid for another."""
    return params.word("content_type", CONTENT_TYPES, "") if params.text("content_type", most=100) else None


def quote_policy_in(params: Params) -> str | None:
    """Return who may quote the post, None where nothing is said. Raises Invalid for another word."""
    name = "quote_approval_policy"
    return params.word(name, QUOTE_POLICIES, "") if params.text(name, most=100) else None


def attachment_ids_in(call: Call) -> list[int]:
    """Return the uploads that a client names: one too many is left in, for the rules to refuse."""
    return call.params.ids("media_ids", most=call.world.settings.media.attachments_per_post + 1)


def attachment_words_in(params: Params) -> list[AttachmentWords]:
    """Return what an edit says about attachments, `media_attributes[][id|description|focus]`."""
    return [
        AttachmentWords(
            attachment_id=group.id("id") or 0,
            description=group.text("description", most=MAX_DESCRIPTION) if "description" in group else None,
            focus=focus_in(group.text("focus", most=100)),
        )
        for group in params.groups("media_attributes", most=_MOST_ATTACHMENTS_READ)
    ]


def _audience(params: Params) -> Audience | None:
    if "audience" in params:
        return Audience(params.word("audience", [str(each) for each in Audience], Audience.PUBLIC))
    if params.flag("local_only"):
        return Audience.LOCAL
    word = params.text("visibility", most=20)
    return audience_of_visibility(word) if word else None


def language_of(params: Params) -> str | None:
    """Return the language that a client names, of `zh_CN` and the like `zh`; None for what is no language.

    A keyboard's own name of its language stops nobody from posting. Source: Mastodon falls back likewise
    """
    named = params.text("language", most=_LONGEST_LANGUAGE)
    if valid_language_tag(named):
        return named
    primary = re.split("[-_]", named, maxsplit=1)[0].lower()
    return primary if primary in LANGUAGES else None


def _allowed_mentions(params: Params) -> list[int] | None:
    """Return whom the post may reach by name, None where a client does not say; nobody counts as said."""
    name = "allowed_mentions"
    return params.ids(name, most=_MOST_ALLOWED) if name in params else None


def _reference(params: Params, name: str) -> int | None:
    """Return the id of another post. Raises NotFound for what is no id: there is no such post."""
    if not params.text(name, most=100):
        return None
    found = id_in(params.values[name])
    if not found:
        raise NotFound("There is no such post.")
    return found


def poll_in(call: Call) -> PollDraft | None:
    """Return the poll that is to be asked, None where there is none. Raises Invalid."""
    poll = call.params.group("poll")
    if poll is None or not poll.listed("options"):
        return None
    typed = poll.texts("options", most=_MOST_OPTIONS_READ, longest=MAX_OPTION_CHARACTERS)
    # Apps send the empty fields of their form as well.
    options = [option for option in typed if option.strip()]
    if len(options) > MAX_OPTIONS:
        raise Invalid(f"A poll has 2 to {MAX_OPTIONS} options.", field="poll[options]")
    seconds = poll.whole_number("expires_in", 0)
    if not MIN_POLL_SECONDS <= seconds <= MAX_POLL_SECONDS:
        raise Invalid(
            f"A poll lasts {MIN_POLL_SECONDS} to {MAX_POLL_SECONDS} seconds.", field="poll[expires_in]"
        )
    return PollDraft(
        options=options,
        ends_at=call.world.clock.now() + timedelta(seconds=seconds),
        multiple=poll.flag("multiple"),
        hides_totals=poll.flag("hide_totals"),
    )
