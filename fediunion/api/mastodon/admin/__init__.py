"""What moderators and administrators do by apps: one module a page of the documentation."""

from typing import Final

from fediunion.api.endpoint import Endpoint
from fediunion.api.mastodon.admin import (
    accounts,
    canonical_email_blocks,
    domain_allows,
    domain_blocks,
    email_domain_blocks,
    figures,
    ip_blocks,
    own,
    reports,
    tags,
    trends,
)

_PAGES: Final = (
    *(accounts, canonical_email_blocks, domain_allows, domain_blocks, email_domain_blocks, figures),
    *(ip_blocks, own, reports, tags, trends),
)
ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(endpoint for page in _PAGES for endpoint in page.ENDPOINTS)
