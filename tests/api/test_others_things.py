"""Every address that names a thing, asked for by somebody whose thing it is not."""

from fediunion.api.endpoint import Endpoint
from fediunion.api.routes import ENDPOINTS
from tests.api.rig import Client, Rig
from tests.social.media import samples

FOR_EVERYBODY = (
    *("/api/v1/tags/", "/api/v1/timelines/tag/", "/api/v1/instance/terms_of_service/"),
    *("/api/fediunion/pictures/", "/api/fediunion/exports/", "/api/v1/announcements/"),
)
OF_THE_UNION = ("/api/v1/admin/", "/api/fediunion/admin/")
"""Nothing there belongs to a member; whoever has no part in it is told so."""


async def things_of(ana: Client, ben: Client) -> dict[str, str]:
    """Return the beginnings of addresses, with the id of something of Ana's that is not there for Ben."""
    post = await ana.publish("Mine", visibility="direct", poll={"options": ["a", "b"], "expires_in": 600})
    listed = await ana.post("/api/v1/lists", title="Mine")
    tag = await ana.post("/api/v1/featured_tags", name="mine")
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    told = (await ana.get("/api/v1/notifications"))[0]
    picture = {"file": samples.picture()}
    uploaded = (await ana.ask("POST", "/api/v2/media", files=picture)).json()
    conversation = (await ana.get("/api/v1/conversations"))[0]
    words = [{"keyword": "mine"}]
    filtered = await ana.post("/api/v2/filters", title="Mine", context=["home"], keywords_attributes=words)
    keyword = filtered["keywords"][0]
    part = await ana.post(f"/api/v2/filters/{filtered['id']}/statuses", status_id=post["id"])
    scheduled = await ana.publish("Mine", scheduled_at="2999-01-01T00:00:00Z")
    draft = await ana.post("/api/fediunion/drafts", status="Mine")
    brought = {"file": ("blocked_domains.csv", b"one.example\n", "text/csv")}
    imported = await ana.ask(
        "POST", "/api/fediunion/imports", files=brought, data={"type": "domain_blocking"}
    )
    return {
        "/api/fediunion/imports/": imported.json()["id"],
        "/api/v1/statuses/": post["id"],
        "/api/v1/polls/": post["id"],
        "/api/v1/media/": uploaded["id"],
        "/api/v2/media/": uploaded["id"],
        "/api/v1/lists/": listed["id"],
        "/api/v1/timelines/list/": listed["id"],
        "/api/v1/notifications/": told["id"],
        "/api/v2/notifications/": told["group_key"],
        "/api/v2_alpha/notifications/": told["group_key"],
        "/api/v1/conversations/": conversation["id"],
        "/api/v1/featured_tags/": tag["id"],
        "/api/v1/filters/": keyword["id"],
        "/api/v2/filters/keywords/": keyword["id"],
        "/api/v2/filters/statuses/": part["id"],
        "/api/v2/filters/": filtered["id"],
        "/api/v1/scheduled_statuses/": scheduled["id"],
        "/api/fediunion/drafts/": draft["id"],
        "/api/v1/collections/": "1",
        "/api/v1/accounts/": "1",
        "/api/v1/follow_requests/": ana.id,
        "/api/v1/suggestions/": "1",
    }


def address_of(endpoint: Endpoint, things: dict[str, str]) -> str:
    thing = next(thing for prefix, thing in things.items() if endpoint.path.startswith(prefix))
    return "/".join(thing if part.startswith(":") else part for part in endpoint.path.split("/"))


async def test_O12_what_belongs_to_somebody_else_is_not_there(rig: Rig, ana: Client, ben: Client) -> None:
    things = await things_of(ana, ben)
    named = [
        each
        for each in ENDPOINTS
        if ":" in each.path and not each.empty and not each.path.startswith(FOR_EVERYBODY + OF_THE_UNION)
    ]
    assert len(named) > 50
    quiet = {
        "DELETE /api/v1/featured_tags/:id",
        "DELETE /api/v1/suggestions/:account_id",
    }
    for each in named:
        # A valid body, so that nothing else is wrong with the request.
        body = {"status": "x", "title": "x", "choices": [0], "account_ids": [ben.id]}
        body |= {"quote_approval_policy": "nobody", "status_id": things["/api/v1/statuses/"], "keyword": "x"}
        request = {} if each.method == "GET" else {"json": body}
        answer = await ben.ask(each.method, address_of(each, things), **request)
        what = f"{each.method} {each.path}"
        if what in quiet:
            assert answer.json() in ({}, []), what
        else:
            assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"}), what
    assert len(await ana.get("/api/v1/featured_tags")) == 1
    assert len(await ana.get("/api/v1/lists")) == 1
    assert len(await ana.get("/api/v1/notifications")) == 1
    assert len(await ana.get("/api/v1/conversations")) == 1
