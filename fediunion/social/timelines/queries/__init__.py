"""Reading timelines: ids of posts, newest first, of what the reader may see and wants to."""

from fediunion.social.timelines.queries.accounts import (
    account_page,
    bookmarks_page,
    conversations_page,
    favourites_page,
)
from fediunion.social.timelines.queries.direct import direct_page
from fediunion.social.timelines.queries.home import home_page, list_page
from fediunion.social.timelines.queries.public import local_page, network_page, public_page, tag_page

__all__ = [
    "account_page",
    "bookmarks_page",
    "conversations_page",
    "direct_page",
    "favourites_page",
    "home_page",
    "list_page",
    "local_page",
    "network_page",
    "public_page",
    "tag_page",
]
