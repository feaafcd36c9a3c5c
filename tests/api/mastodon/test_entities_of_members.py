"""What a member keeps and is told, as entities: every documented field of API 4.5."""

from mastodon.return_types import FeaturedTag as Featured
from mastodon.return_types import Filter as FilterV1
from mastodon.return_types import (
    FilterResult,
    FilterV2,
    GroupedNotificationsResults,
    Marker,
    Notification,
    NotificationPolicy,
    NotificationRequest,
    Report,
    SearchV2,
    Suggestion,
    Tag,
    UserList,
)

from tests.api.mastodon.conformity import check
from tests.api.rig import Client


async def test_notifications_are_as_documented_in_both_forms(ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    await ben.post(f"/api/v1/statuses/{status['id']}/favourite")
    await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    await ben.publish("Hello @ana")
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    told = await ana.get("/api/v1/notifications")
    assert {each["type"] for each in told} == {"favourite", "reblog", "mention", "follow"}
    check(told, "[Notification]", Notification)
    grouped = await ana.get("/api/v2/notifications")
    assert len(grouped["notification_groups"]) == 4
    check(grouped, "GroupedNotifications", GroupedNotificationsResults)
    fewer = await ana.get("/api/v2/notifications", expand_accounts="partial_avatars")
    check(fewer, "GroupedNotifications", GroupedNotificationsResults)
    check(await ana.get("/api/v1/notifications/unread_count"), "UnreadCount")
    check(await ana.get("/api/v2/notifications/unread_count"), "UnreadCount")


async def test_what_is_held_back_is_as_documented(ana: Client, ben: Client) -> None:
    policy = await ana.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
    check(policy.json(), "NotificationPolicy", NotificationPolicy)
    await ben.publish("Hello @ana")
    requests = await ana.get("/api/v1/notifications/requests")
    assert len(requests) == 1
    check(requests, "[NotificationRequest]", NotificationRequest)


async def test_lists_markers_and_tags_are_as_documented(ana: Client) -> None:
    status = await ana.publish("Hello #tag")
    check(await ana.post("/api/v1/lists", title="Ward"), "List", UserList)
    marked = await ana.post("/api/v1/markers", home={"last_read_id": status["id"]})
    check(marked, "Markers")
    check(marked["home"], "Marker", Marker)
    check(await ana.post("/api/v1/tags/tag/follow"), "Tag", Tag)
    check(await ana.get("/api/v1/followed_tags"), "[Tag]", Tag)
    check(await ana.post("/api/v1/featured_tags", name="tag"), "FeaturedTag", Featured)


async def test_filters_are_as_documented_in_both_forms(ana: Client, ben: Client) -> None:
    words = {"title": "Words", "context": ["home", "public"], "filter_action": "warn"}
    made = await ana.post("/api/v2/filters", **words, keywords_attributes=[{"keyword": "overtime"}])
    status = await ben.publish("More overtime")
    await ana.post(f"/api/v2/filters/{made['id']}/statuses", status_id=status["id"])
    check(await ana.get(f"/api/v2/filters/{made['id']}"), "Filter", FilterV2)
    [caught] = await ana.get("/api/v1/timelines/public", local=True)
    assert len(caught["filtered"]) == 1
    check(caught["filtered"], "[FilterResult]", FilterResult)
    old = await ana.get("/api/v1/filters")
    assert len(old) == 1
    check(old, "[V1Filter]", FilterV1)


async def test_what_is_found_is_as_documented(ana: Client, ben: Client) -> None:
    await ben.publish("Hello #tag")
    check(await ana.get("/api/v2/search", q="ben"), "Search", SearchV2)
    check(await ana.get("/api/v2/search", q="#tag"), "Search", SearchV2)
    check(await ana.get("/api/v2/suggestions"), "[Suggestion]", Suggestion)
    check(await ana.get("/api/v1/accounts/search", q="ben"), "[Account]")


async def test_reports_are_as_documented(ana: Client, ben: Client) -> None:
    status = await ben.publish("Rude")
    report = await ana.post("/api/v1/reports", account_id=ben.id, status_ids=[status["id"]], comment="Rude")
    check(report, "Report", Report)
