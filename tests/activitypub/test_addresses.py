"""Which addresses are connected to."""

import ipaddress
import socket

import pytest

from fediunion.activitypub.addresses import AddressPolicy, ForbiddenSocket, GuardedResolver, is_public
from fediunion.kit.errors import AddressRefused
from fediunion.kit.urls import parse_remote_url

PRODUCTION = AddressPolicy()
DEVELOPMENT = AddressPolicy(allow_http=True, allow_private=True, any_port=True)

NEVER = (
    *("0.0.0.0", "0.1.2.3", "100.64.0.1", "169.254.169.254", "192.0.0.8", "198.18.0.1", "198.19.255.255"),
    *(
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
    ),
    *("192.88.99.1", "::", "fe80::1", "febf::1", "ff02::1", "fec0::1", "2001:db8::1", "100::1", "3fff::1"),
)
PRIVATE = (
    "127.0.0.1",
    "127.8.9.10",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fc00::1",
    "fd12::1",
)
EMBEDDED = (
    *(
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "::ffff:8.8.8.8",
        "2002:7f00:1::",
        "2002:808:808::1",
    ),
    *(
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "2001:0:808:808::f7f7:f7f7",
        "::808:808",
    ),
)
PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808")


@pytest.mark.parametrize("address", [*NEVER, *PRIVATE])
def test_F01_special_addresses_are_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        PRODUCTION.check_address(ipaddress.ip_address(address))
    with pytest.raises(AddressRefused):
        PRODUCTION.check_url(parse_remote_url(f"https://{host}/"))


@pytest.mark.parametrize("address", EMBEDDED)
def test_F10_ipv4_hidden_in_ipv6_is_refused(address: str) -> None:
    for policy in (PRODUCTION, DEVELOPMENT):
        with pytest.raises(AddressRefused):
            policy.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    PRODUCTION.check_address(ipaddress.ip_address(address))


def test_a_zone_is_never_public() -> None:
    assert not is_public(ipaddress.ip_address("2606:4700::1111%eth0"))


@pytest.mark.parametrize("address", PRIVATE)
def test_development_may_open_private_addresses(address: str) -> None:
    DEVELOPMENT.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NEVER)
def test_development_does_not_open_other_special_addresses(address: str) -> None:
    with pytest.raises(AddressRefused):
        DEVELOPMENT.check_address(ipaddress.ip_address(address))


def test_development_may_open_just_some_networks() -> None:
    policy = AddressPolicy(
        allow_private=(ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("169.254.1.0/24"))
    )
    policy.check_address(ipaddress.ip_address("127.0.0.1"))
    policy.check_address(ipaddress.ip_address("169.254.1.9"))
    for address in ("127.0.0.2", "10.0.0.1", "::1", "169.254.169.254"):
        with pytest.raises(AddressRefused):
            policy.check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("port", [22, 25, 80, 5432, 6379, 8080])
def test_F04_other_ports_are_refused(port: int) -> None:
    with pytest.raises(AddressRefused):
        PRODUCTION.check_url(parse_remote_url(f"https://good.example:{port}/"))
    DEVELOPMENT.check_url(parse_remote_url(f"https://good.example:{port}/"))


def test_F04_the_usual_port_may_be_written() -> None:
    PRODUCTION.check_url(parse_remote_url("https://good.example:443/"))


def test_F07_http_is_refused_in_production() -> None:
    with pytest.raises(AddressRefused):
        PRODUCTION.check_url(parse_remote_url("http://good.example/"))
    DEVELOPMENT.check_url(parse_remote_url("http://good.example/"))


async def test_localhost_names_mean_this_machine_without_asking_a_resolver() -> None:
    async def never(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    for host in ("localhost", "union-a.localhost"):
        url = parse_remote_url(f"http://{host}:8101/")
        DEVELOPMENT.check_url(url)
        found = await GuardedResolver(DEVELOPMENT, never).resolve(host, 8101)
        assert [(answer["host"], answer["port"]) for answer in found] == [("127.0.0.1", 8101)]
        with pytest.raises(AddressRefused):
            AddressPolicy(allow_http=True, any_port=True).check_url(url)
        with pytest.raises(AddressRefused):
            await GuardedResolver(PRODUCTION, never).resolve(host, 443)


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "::ffff:127.0.0.1"], ["fe80::1%lo"]],
)
async def test_F02_one_private_answer_refuses_the_name(answers: list[str]) -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return answers

    with pytest.raises(AddressRefused):
        await GuardedResolver(PRODUCTION, lookup).resolve("evil.example", 443)


async def test_exactly_the_checked_addresses_are_given_out() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "2606:4700::1111"]

    found = await GuardedResolver(PRODUCTION, lookup).resolve("good.example", 443)
    assert [answer["host"] for answer in found] == ["8.8.8.8", "2606:4700::1111"]
    only_v4 = await GuardedResolver(PRODUCTION, lookup).resolve("good.example", 443, socket.AF_INET)
    assert [answer["host"] for answer in only_v4] == ["8.8.8.8"]


async def test_a_name_without_addresses_is_an_error_of_the_network() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return []

    with pytest.raises(OSError, match="no address"):
        await GuardedResolver(PRODUCTION, lookup).resolve("good.example", 443)


async def test_the_machine_is_asked_for_other_names() -> None:
    resolver = GuardedResolver(DEVELOPMENT)
    found = await resolver.resolve("127.0.0.1", 80)
    await resolver.close()
    assert [answer["host"] for answer in found] == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "not-an-address"])
def test_F03_no_socket_is_opened_to_a_private_address(host: str) -> None:
    resolver = GuardedResolver(PRODUCTION)
    with pytest.raises(ForbiddenSocket):
        resolver.open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 443)))
