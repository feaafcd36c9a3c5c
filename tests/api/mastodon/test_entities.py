"""Every documented field of the entities of API 4.5, and nothing that crashes a client."""

from typing import Any

from tests.api.rig import Client, Rig

# Source: https://docs.joinmastodon.org/entities/, the pages of these names.
ACCOUNT = """
    id username acct url display_name note avatar avatar_static header header_static locked
    fields emojis bot group discoverable indexable noindex created_at last_status_at
    statuses_count followers_count following_count hide_collections roles memorial uri
"""
STATUS = """
    id uri created_at account content visibility sensitive spoiler_text media_attachments
    application mentions tags emojis reblogs_count favourites_count replies_count quotes_count
    url in_reply_to_id in_reply_to_account_id reblog poll card language edited_at quote
    quote_approval favourited reblogged muted bookmarked pinned filtered
"""
RELATIONSHIP = """
    id following showing_reblogs notifying languages followed_by blocking blocked_by muting
    muting_notifications requested requested_by domain_blocking endorsed note
"""
POLL = "id expires_at expired multiple votes_count voters_count options emojis voted own_votes"
INSTANCE = """
    domain title version source_url description usage thumbnail icon languages configuration
    registrations api_versions contact rules
"""
V1_INSTANCE = """
    uri title short_description description email version urls stats thumbnail languages
    registrations approval_required invites_enabled configuration contact_account rules
"""
SOURCE = """privacy sensitive language note fields follow_requests_count hide_collections discoverable
    indexable attribution_domains quote_policy"""
MENTION = "id username url acct"
NOTIFICATION = "id type created_at group_key account status"
LISTS = ("_attachments", "mentions", "tags", "emojis", "fields", "roles", "rules", "languages", "options")
READ_AS_OBJECTS = ("account", "configuration", "urls", "stats", "usage", "source", "role", "quote_approval")


def lacks(entity: dict[str, Any], fields: str) -> set[str]:
    return set(fields.split()) - set(entity)


def nulls(entity: Any, path: str = "") -> list[str]:
    """Return where null stands although clients read an object or a list."""
    if isinstance(entity, list):
        return [found for each in entity for found in nulls(each, path)]
    if not isinstance(entity, dict):
        return []
    wrong = [f"{path}/{key}" for key, value in entity.items() if value is None and key in READ_AS_OBJECTS]
    plural = (
        "s_attachments",
        "mentions",
        "tags",
        "emojis",
        "fields",
        "roles",
        "rules",
        "languages",
        "options",
    )
    wrong += [f"{path}/{key}" for key, value in entity.items() if value is None and key.endswith(plural)]
    return wrong + [found for key, value in entity.items() for found in nulls(value, f"{path}/{key}")]


async def test_all_documented_fields_are_there(rig: Rig, ana: Client, ben: Client) -> None:
    poll = {"options": ["a", "b"], "expires_in": 600}
    status = await ana.publish("Hello @ben #tag", poll=poll)
    quote = await ben.publish("Look", quoted_status_id=status["id"])
    boost = await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    credentials = await ana.get("/api/v1/accounts/verify_credentials")
    relationship = (await ana.get("/api/v1/accounts/relationships", id=ben.id))[0]
    told = (await ana.get("/api/v1/notifications", **{"types[]": "reblog"}))[0]
    instance, v1_instance = await ana.get("/api/v2/instance"), await ana.get("/api/v1/instance")
    for entity, fields in [
        (status, STATUS),
        (quote, STATUS),
        (quote["quote"]["quoted_status"], STATUS),
        (boost, STATUS),
        (boost["reblog"], STATUS),
        (status["account"], ACCOUNT),
        (credentials, ACCOUNT),
        (credentials["source"], SOURCE),
        (status["poll"], POLL),
        (status["mentions"][0], MENTION),
        (relationship, RELATIONSHIP),
        (told, NOTIFICATION),
        (instance, INSTANCE),
        (v1_instance, V1_INSTANCE),
    ]:
        assert lacks(entity, fields) == set()
        assert nulls(entity) == []


async def test_ids_are_texts_everywhere(ana: Client) -> None:
    parent = await ana.publish("Hello")
    reply = await ana.publish("Hello again", in_reply_to_id=parent["id"])

    def numbers(entity: Any) -> list[str]:
        if isinstance(entity, list):
            return [found for each in entity for found in numbers(each)]
        if not isinstance(entity, dict):
            return []
        wrong = [k for k, v in entity.items() if (k == "id" or k.endswith("_id")) and isinstance(v, int)]
        return wrong + [found for value in entity.values() for found in numbers(value)]

    assert numbers(reply) == []
    assert numbers(await ana.get("/api/v1/accounts/verify_credentials")) == []


async def test_moments_have_three_digits_of_a_second_and_accounts_know_the_day_only(ana: Client) -> None:
    status = await ana.publish("Hello")
    assert len(status["created_at"]) == len("2026-03-02T09:00:00.000Z")
    assert status["account"]["created_at"] == "2026-03-02T00:00:00.000Z"
    assert status["account"]["last_status_at"] == "2026-03-02"
