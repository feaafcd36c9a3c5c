"""What does not exist here on purpose: the honest empty form of each, so that no client stumbles."""

from typing import Final

from fediunion.api.endpoint import NO_CONTENT, Call, Endpoint, Json, get, on_purpose, post
from fediunion.kit.errors import Refused


async def show_nothing(_call: Call) -> Json:
    """Show the empty list."""
    return []


async def show_no_annual_reports(_call: Call) -> Json:
    """Show no reports. Source: https://docs.joinmastodon.org/entities/AnnualReports/"""
    return {"annual_reports": [], "accounts": [], "statuses": []}


async def show_annual_report_state(_call: Call) -> Json:
    """Say that there will be none. Source: https://docs.joinmastodon.org/methods/annual_reports/#state"""
    return {"state": "ineligible"}


async def accept_and_do_nothing(_call: Call) -> Json:
    """Answer as if done: there is nothing to do."""
    return NO_CONTENT


async def show_finished_refresh(call: Call) -> Json:
    """Say that nothing is being fetched. Source: https://docs.joinmastodon.org/methods/async_refreshes/"""
    return {"async_refresh": {"id": call.open_parts["id"], "status": "finished", "result_count": 0}}


async def subscribe_nobody(_call: Call) -> Json:
    """Say that no address is taken, whatever account it is about. Raises Refused."""
    raise Refused("Posts are not sent by e-mail here")


NO_TRENDS: Final = "What is popular is not computed: it would need a record of who looked at what."
_NO_REPORTS: Final = "No profile of a member's year is made."
_NO_STATISTICS: Final = "How much members write in a week is not published."
_NOT_LATER: Final = "An answer is whole when it is given; nothing is completed in the background."
_NO_MAIL: Final = "Posts are not sent by e-mail: it would need a list of who reads whom. It is refused."
_NO_PROOFS: Final = "Removed by Mastodon 3.5, which answers the same."

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *on_purpose(
        NO_TRENDS,
        get("/api/v1/trends", show_nothing, public=True),
        get("/api/v1/trends/tags", show_nothing, public=True),
        get("/api/v1/trends/statuses", show_nothing, public=True),
        get("/api/v1/trends/links", show_nothing, public=True),
        get("/api/v1/timelines/link", show_nothing, public=True),
    ),
    *on_purpose(
        _NO_REPORTS,
        get("/api/v1/annual_reports", show_no_annual_reports, "read:accounts"),
        get("/api/v1/annual_reports/:year", show_no_annual_reports, "read:accounts"),
        get("/api/v1/annual_reports/:year/state", show_annual_report_state, "read:accounts"),
        post("/api/v1/annual_reports/:year/generate", accept_and_do_nothing, "write:accounts"),
        post("/api/v1/annual_reports/:year/read", accept_and_do_nothing, "write:accounts"),
    ),
    *on_purpose(_NO_STATISTICS, get("/api/v1/instance/activity", show_nothing, public=True)),
    *on_purpose(_NOT_LATER, get("/api/v1_alpha/async_refreshes/:id", show_finished_refresh, "read")),
    *on_purpose(_NO_MAIL, post("/api/v1/accounts/:id/email_subscriptions", subscribe_nobody, public=True)),
    *on_purpose(_NO_PROOFS, get("/api/v1/accounts/:id/identity_proofs", show_nothing, "read:accounts")),
)
