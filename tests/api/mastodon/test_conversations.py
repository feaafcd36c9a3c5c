"""Threads of direct messages through the client interface."""

from tests.api.rig import Client, Rig

PATH = "/api/v1/conversations"


async def test_a_thread_is_there_once_for_each_participant_until_it_is_left(ana: Client, ben: Client) -> None:
    first = await ana.publish("@ben hello", visibility="direct")
    [his] = await ben.get(PATH)
    assert (his["unread"], his["last_status"]["id"]) == (True, first["id"])
    assert [account["acct"] for account in his["accounts"]] == ["ana"]
    assert (await ben.post(f"{PATH}/{his['id']}/read"))["unread"] is False
    answer = await ben.publish("@ana hello back", visibility="direct", in_reply_to_id=first["id"])
    [hers] = await ana.get(PATH)
    assert (hers["unread"], hers["last_status"]["id"]) == (True, answer["id"])
    assert (await ana.ask("DELETE", f"{PATH}/{hers['id']}")).status_code == 200
    assert await ana.get(PATH) == []
    assert len(await ben.get(PATH)) == 1


async def test_a_thread_with_nobody_else_has_its_owner_in_it(ana: Client) -> None:
    await ana.publish("Bring the banner", visibility="direct")
    [alone] = await ana.get(PATH)
    assert [account["acct"] for account in alone["accounts"]] == ["ana"]
    assert (await ana.post(f"{PATH}/{alone['id']}/read"))["accounts"] == alone["accounts"]


async def test_V13_a_thread_with_somebody_blocked_or_muted_is_not_shown_meanwhile(
    ana: Client, ben: Client
) -> None:
    await ben.publish("@ana psst", visibility="direct")
    for begin, end in (("mute", "unmute"), ("block", "unblock")):
        await ana.post(f"/api/v1/accounts/{ben.id}/{begin}")
        assert await ana.get(PATH) == [], begin
        await ana.post(f"/api/v1/accounts/{ben.id}/{end}")
        assert len(await ana.get(PATH)) == 1, end


async def test_O12_a_thread_is_there_for_its_owner_alone(ana: Client, ben: Client) -> None:
    await ben.publish("@ana psst", visibility="direct")
    [hers] = await ana.get(PATH)
    for method, path in (("POST", f"{PATH}/{hers['id']}/read"), ("DELETE", f"{PATH}/{hers['id']}")):
        assert (await ben.ask(method, path)).status_code == 404
    assert await ana.get(PATH) == [hers]


async def test_conversations_come_page_by_page(ana: Client, ben: Client) -> None:
    posts = [await ben.publish(f"@ana {number}", visibility="direct") for number in range(3)]
    newest = await ana.get(PATH, limit=1)
    assert [each["last_status"]["id"] for each in newest] == [posts[2]["id"]]
    older = await ana.get(PATH, max_id=posts[2]["id"])
    assert [each["last_status"]["id"] for each in older] == [posts[1]["id"], posts[0]["id"]]


async def test_a_thread_can_be_marked_as_unread_again_by_its_owner_alone(ana: Client, ben: Client) -> None:
    await ana.publish("@ben hello", visibility="direct")
    [his] = await ben.get(PATH)
    await ben.post(f"{PATH}/{his['id']}/read")
    for _ in range(2):
        assert (await ben.post(f"{PATH}/{his['id']}/unread"))["unread"] is True
    assert (await ben.get(PATH))[0]["unread"] is True
    assert (await ana.ask("POST", f"{PATH}/{his['id']}/unread")).status_code == 404
    assert (await ana.get(PATH))[0]["unread"] is False


async def test_V13_direct_messages_one_by_one_are_those_one_wrote_or_got(
    rig: Rig, ana: Client, ben: Client
) -> None:
    cal = await rig.member("cal")
    sent = await ana.publish("@ben hello", visibility="direct")
    got = await ben.publish("@ana hello back", visibility="direct")
    await ana.publish("@ben not a message", visibility="private")
    own = await cal.publish("@ben something else", visibility="direct")
    direct = "/api/v1/timelines/direct"
    assert [each["id"] for each in await ana.get(direct)] == [got["id"], sent["id"]]
    assert [each["id"] for each in await ben.get(direct)] == [own["id"], got["id"], sent["id"]]
    assert [each["id"] for each in await ben.get(direct, limit=1, max_id=own["id"])] == [got["id"]]
    await ben.post(f"/api/v1/accounts/{cal.id}/mute")
    assert [each["id"] for each in await ben.get(direct)] == [got["id"], sent["id"]]
