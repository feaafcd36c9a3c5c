"""Writing posts: what a member's words become, who gets them, how they change and how they are taken back."""

from fediunion.social.posts.service.drafts import (
    CONTENT_TYPES,
    MAX_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
    MAX_WRITTEN_CHARACTERS,
    AttachmentWords,
    PollDraft,
    PostDraft,
)
from fediunion.social.posts.service.publishing.change import change_quote_policy, edit_post, tell_edit
from fediunion.social.posts.service.publishing.new import check_mentions, publish_post, publish_view
from fediunion.social.posts.service.publishing.removal import remove_post, withdraw_post
from fediunion.social.posts.service.reach import ceiling_of, narrowed

__all__ = [
    "CONTENT_TYPES",
    "MAX_CHARACTERS",
    "MAX_OPTIONS",
    "MAX_OPTION_CHARACTERS",
    "MAX_WRITTEN_CHARACTERS",
    "AttachmentWords",
    "PollDraft",
    "PostDraft",
    "ceiling_of",
    "change_quote_policy",
    "check_mentions",
    "edit_post",
    "narrowed",
    "publish_post",
    "publish_view",
    "remove_post",
    "tell_edit",
    "withdraw_post",
]
