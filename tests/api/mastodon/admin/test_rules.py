"""Rules about servers and e-mail addresses, and the addresses of networks that are none."""

from tests.api.mastodon.admin.staff import audited, deleting
from tests.api.rig import Client, Rig

BLOCKS = "/api/v1/admin/domain_blocks"
ALLOWS = "/api/v1/admin/domain_allows"
EMAIL_DOMAINS = "/api/v1/admin/email_domain_blocks"
EMAILS = "/api/v1/admin/canonical_email_blocks"


async def test_a_server_is_blocked_changed_and_forgotten(rig: Rig, admin: Client, ana: Client) -> None:
    made = await admin.post(
        BLOCKS, domain="Spam.Example", severity="suspend", public_comment="Spam", private_comment="Ask Ben"
    )
    assert set(made) == {
        *("id", "domain", "digest", "created_at", "severity", "reject_media", "reject_reports"),
        *("private_comment", "public_comment", "obfuscate"),
    }
    assert (made["domain"], made["severity"], made["reject_media"]) == ("spam.example", "suspend", True)
    assert (await ana.get("/api/v1/instance/domain_blocks"))[0]["comment"] == "Spam"
    path = f"{BLOCKS}/{made['id']}"
    again = await admin.ask("POST", BLOCKS, json={"domain": "spam.example", "severity": "silence"})
    assert again.status_code == 422
    assert again.json()["details"]["domain"][0]["error"] == "ERR_TAKEN"
    changed = (await admin.ask("PUT", path, json={"severity": "silence"})).json()
    assert (changed["severity"], changed["private_comment"], changed["reject_media"]) == (
        *("silence", "Ask Ben"),
        False,
    )
    assert await admin.get(path) == changed
    assert await admin.get(BLOCKS) == [changed]
    await deleting(admin, path)
    assert await admin.get(BLOCKS) == []
    assert (await admin.ask("DELETE", path)).status_code == 404
    assert [action for _, action, _ in await audited(rig)] == ["host.block", "host.silence", "host.forget"]


async def test_a_server_that_is_none_or_ours_or_a_word_that_is_no_rule_is_refused(admin: Client) -> None:
    for body in (
        {"domain": ""},
        {"domain": "not a host"},
        {"domain": "union.test"},
        {"domain": "a.example", "severity": "noop"},
    ):
        assert (await admin.ask("POST", BLOCKS, json=body)).status_code == 422, body
    assert await admin.get(BLOCKS) == []


async def test_a_server_is_allowed_and_that_ends_a_block(admin: Client) -> None:
    await admin.post(BLOCKS, domain="friend.example", severity="suspend")
    made = await admin.post(ALLOWS, domain="friend.example")
    assert set(made) == {"id", "domain", "created_at"}
    assert await admin.post(ALLOWS, domain="friend.example") == made
    assert (await admin.get(BLOCKS), await admin.get(ALLOWS)) == ([], [made])
    path = f"{ALLOWS}/{made['id']}"
    assert await admin.get(path) == made
    assert await deleting(admin, path) == made
    assert await admin.get(ALLOWS) == []


async def test_email_domains_are_blocked_once(rig: Rig, admin: Client) -> None:
    made = await admin.post(EMAIL_DOMAINS, domain="Throwaway.example")
    assert (made["domain"], made["history"]) == ("throwaway.example", [])
    for domain in ("throwaway.example", "", "a b"):
        answer = await admin.ask("POST", EMAIL_DOMAINS, json={"domain": domain})
        assert answer.status_code == 422, domain
    assert await admin.get(EMAIL_DOMAINS) == [made]
    assert await admin.get(f"{EMAIL_DOMAINS}/{made['id']}") == made
    await deleting(admin, f"{EMAIL_DOMAINS}/{made['id']}")
    assert await admin.get(EMAIL_DOMAINS) == []
    assert [action for _, action, _ in await audited(rig)] == [
        "email_domain.block",
        "email_domain.unblock",
    ]


async def test_of_a_blocked_address_only_a_keyed_hash_is_kept(admin: Client) -> None:
    made = await admin.post(EMAILS, email="Wicked.Person+one@example.org")
    assert "example" not in made["canonical_email_hash"]
    assert await admin.post(f"{EMAILS}/test", email="wickedperson@example.org") == [made]
    assert await admin.post(f"{EMAILS}/test", email="kind@example.org") == []
    assert await admin.post(EMAILS, canonical_email_hash=made["canonical_email_hash"]) == made
    assert await admin.get(EMAILS) == [made]
    assert await admin.get(f"{EMAILS}/{made['id']}") == made
    assert (await admin.ask("POST", EMAILS, json={"canonical_email_hash": "x"})).status_code == 422
    await deleting(admin, f"{EMAILS}/{made['id']}")
    assert await admin.get(EMAILS) == []


async def test_no_address_of_a_network_is_ever_kept(admin: Client) -> None:
    path = "/api/v1/admin/ip_blocks"
    body = {"ip": "192.0.2.1/32", "severity": "no_access"}
    assert (await admin.ask("POST", path, json=body)).status_code == 422
    assert await admin.get(path) == []
    assert (await admin.ask("GET", f"{path}/1")).status_code == 404


async def test_trends_and_reviews_are_empty_and_hashtags_are_as_they_are(admin: Client) -> None:
    for kind in ("links", "links/publishers", "statuses", "tags"):
        assert await admin.get(f"/api/v1/admin/trends/{kind}") == []
        assert await admin.post(f"/api/v1/admin/trends/{kind}/1/approve") == {}
    assert await admin.get("/api/v1/admin/tags") == []
    tag = await admin.get("/api/v1/admin/tags/Strike")
    assert (tag["name"], tag["usable"], tag["trendable"]) == ("strike", True, False)
