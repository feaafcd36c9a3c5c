"""The member's own profile, as it is edited."""

from typing import Any

import pytest

from tests.api.rig import Client, Rig
from tests.social.media import samples

FIELDS = """id display_name note fields avatar avatar_static avatar_description header header_static
    header_description locked bot hide_collections discoverable indexable show_media show_media_replies
    show_featured attribution_domains featured_tags"""


async def change(client: Client, **body: Any) -> dict[str, Any]:
    answer = await client.ask("PATCH", "/api/v1/profile", json=body)
    assert answer.status_code == 200, answer.text
    profile: dict[str, Any] = answer.json()
    return profile


async def test_a_profile_has_all_documented_fields_and_null_for_pictures_that_are_not_set(
    ana: Client,
) -> None:
    profile = await ana.get("/api/v1/profile")
    assert set(profile) == set(FIELDS.split())
    assert (profile["id"], profile["avatar"], profile["header_static"]) == (ana.id, None, None)
    assert (profile["show_media"], profile["show_featured"]) == (True, True)


async def test_what_was_typed_is_changed_and_shown_as_it_was_typed(ana: Client, ben: Client) -> None:
    changed = await change(
        ana,
        display_name="Ana N.",
        note="Nurse & *steward*",
        fields_attributes=[{"name": "Site", "value": "https://ana.example/"}],
        show_media=False,
        attribution_domains=["ana.example"],
        bot=True,
    )
    for profile in (changed, await ana.get("/api/v1/profile")):
        assert profile["note"] == "Nurse & *steward*"
        assert profile["fields"] == [{"name": "Site", "value": "https://ana.example/", "verified_at": None}]
        assert (profile["show_media"], profile["show_media_replies"]) == (False, True)
        assert (profile["bot"], profile["attribution_domains"]) == (True, ["ana.example"])
    await change(ana, show_featured=False)
    profile = await ana.get("/api/v1/profile")
    assert (profile["display_name"], profile["show_media"], profile["show_featured"]) == (
        "Ana N.",
        False,
        False,
    )
    assert (await ben.get(f"/api/v1/accounts/{ana.id}"))["display_name"] == "Ana N."


async def test_pictures_come_with_descriptions_that_others_read_and_that_go_with_them(
    ana: Client, ben: Client
) -> None:
    answer = await ana.ask(
        "PATCH",
        "/api/v1/profile",
        files={"avatar": samples.picture()},
        data={"avatar_description": "Ana at the gate"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["avatar"].startswith("https://union.test/")
    assert answer.json()["avatar_description"] == "Ana at the gate"
    assert (await ben.get(f"/api/v1/accounts/{ana.id}"))["avatar_description"] == "Ana at the gate"
    for _ in range(2):
        removed = await ana.ask("DELETE", "/api/v1/profile/avatar")
        assert (removed.status_code, removed.json()["avatar_description"]) == (200, "")
    assert (await ana.get("/api/v1/profile"))["avatar"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"display_name": "x" * 1_000_000},
        {"avatar_description": "x" * 1501},
        {"avatar": "no file"},
        {"attribution_domains": ["not a domain"]},
        {"fields_attributes": [{"name": "x", "value": "x" * 300}]},
    ],
)
async def test_O14_what_cannot_be_kept_is_422(ana: Client, body: dict[str, Any]) -> None:
    before = await ana.get("/api/v1/profile")
    assert (await ana.ask("PATCH", "/api/v1/profile", json=body)).status_code == 422
    assert await ana.get("/api/v1/profile") == before


async def test_O07_a_token_that_reads_the_profile_does_not_change_it(rig: Rig, ana: Client) -> None:
    narrow = await rig.token(ana, "profile")
    assert (await narrow.get("/api/v1/profile"))["id"] == ana.id
    assert (await narrow.ask("PATCH", "/api/v1/profile", json={"note": "x"})).status_code == 403
    assert (await rig.anonymous.ask("GET", "/api/v1/profile")).status_code == 401
