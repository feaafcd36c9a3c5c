"""The entities of filters, of both versions."""

from collections.abc import Sequence

from fediunion.api.mastodon.entities.frame import Entity, maybe_instant
from fediunion.social.filters.matching import Match
from fediunion.social.filters.models import Filter, FilterAction, FilterKeyword, FilterPost
from fediunion.social.filters.queries import FilterView


def filter_entity(view: FilterView) -> Entity:
    """Return a Filter. Source: https://docs.joinmastodon.org/entities/Filter/"""
    return _filter(view.filter) | {
        "keywords": [filter_keyword_entity(row) for row in view.keywords],
        "statuses": [filter_status_entity(row) for row in view.posts],
    }


def filter_keyword_entity(row: FilterKeyword) -> Entity:
    """Return a FilterKeyword. Source: https://docs.joinmastodon.org/entities/FilterKeyword/"""
    return {"id": str(row.id), "keyword": row.keyword, "whole_word": row.whole_word}


def filter_status_entity(row: FilterPost) -> Entity:
    """Return a FilterStatus. Source: https://docs.joinmastodon.org/entities/FilterStatus/"""
    return {"id": str(row.id), "status_id": str(row.post_id)}


def filter_result_entities(matches: Sequence[Match]) -> list[Entity]:
    """Return FilterResults. As with Mastodon the filter in each lacks its keywords and posts.

    Source: https://docs.joinmastodon.org/entities/FilterResult/
    """
    return [
        {
            "filter": _filter(match.view.filter),
            "keyword_matches": list(match.keywords) or None,
            "status_matches": [str(post_id) for post_id in match.post_ids] or None,
        }
        for match in matches
    ]


def v1_filter_entity(row: Filter, keyword: FilterKeyword) -> Entity:
    """Return a V1::Filter, which is one keyword. Source: https://docs.joinmastodon.org/entities/V1_Filter/"""
    return {
        "id": str(keyword.id),
        "phrase": keyword.keyword,
        "context": row.contexts,
        "whole_word": keyword.whole_word,
        "expires_at": maybe_instant(row.expires_at),
        "irreversible": row.action == FilterAction.HIDE,
    }


def _filter(row: Filter) -> Entity:
    return {
        "id": str(row.id),
        "title": row.title,
        "context": row.contexts,
        "expires_at": maybe_instant(row.expires_at),
        "filter_action": row.action,
    }
