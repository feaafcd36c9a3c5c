"""Private notes about accounts, and public recommendations of them."""

from tests.api.rig import Rig


async def test_a_note_is_seen_by_its_writer_alone(rig: Rig) -> None:
    ana, ben, cara = [await rig.member(name) for name in ("ana", "ben", "cara")]
    written = await ana.post(f"/api/v1/accounts/{ben.id}/note", comment=" met at the assembly ")
    assert written["note"] == "met at the assembly"
    for other in (ben, cara):
        shown = await other.get("/api/v1/accounts/relationships", **{"id[]": [ana.id, ben.id]})
        assert [each["note"] for each in shown] == ["", ""]
    changed = await ana.post(f"/api/v1/accounts/{ben.id}/note", comment="")
    assert changed["note"] == ""


async def test_a_note_that_is_too_long_is_refused(rig: Rig) -> None:
    ana, ben = await rig.member("ana"), await rig.member("ben")
    answer = await ana.ask("POST", f"/api/v1/accounts/{ben.id}/note", json={"comment": "x" * 2_001})
    assert answer.status_code == 422


async def test_only_followed_accounts_are_recommended_and_no_longer_than_they_are_followed(rig: Rig) -> None:
    ana, ben = await rig.member("ana"), await rig.member("ben")
    refused = await ana.ask("POST", f"/api/v1/accounts/{ben.id}/endorse")
    assert refused.status_code == 422
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    for _ in range(2):
        assert (await ana.post(f"/api/v1/accounts/{ben.id}/endorse"))["endorsed"] is True
    own = await ana.get("/api/v1/endorsements")
    shown = await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/endorsements")
    assert [each["id"] for each in own] == [each["id"] for each in shown] == [ben.id]
    await ana.post(f"/api/v1/accounts/{ben.id}/unfollow")
    assert await ana.get("/api/v1/endorsements") == []


async def test_a_recommendation_is_taken_back(rig: Rig) -> None:
    ana, ben = await rig.member("ana"), await rig.member("ben")
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    await ana.post(f"/api/v1/accounts/{ben.id}/pin")
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/unpin"))["endorsed"] is False
    assert await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/endorsements") == []


async def test_a_block_of_a_server_is_previewed(rig: Rig) -> None:
    ana = await rig.member("ana")
    shown = await ana.get("/api/v1/domain_blocks/preview", domain="far.example")
    assert shown == {"following_count": 0, "followers_count": 0}
