"""The files in deploy/ agree with the code and keep the walls that they promise."""

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from fediunion.app.bodies import _FORM_AROUND_A_FILE_BYTES, _UPLOADS
from fediunion.cli.main import run
from fediunion.config.sections import Limits, Media, Server

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "systemd" / "fediunion.service"
INBOXES = ("/inbox", "/actors/ana/inbox")


def unit_options() -> dict[str, list[str]]:
    """Return the options of the unit's [Service], each with its values in order."""
    options: dict[str, list[str]] = defaultdict(list)
    service = UNIT.read_text().split("[Service]")[1].split("\n[")[0]
    for line in service.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            options[name].append(value)
    return options


def nginx_tokens(name: str) -> Iterator[str]:
    text = re.sub(r"(?m)^\s*#.*$", "", (DEPLOY / "nginx" / name).read_text())
    yield from re.findall(r'"[^"]*"|[{};]|[^\s{};"]+', text)


def nginx_blocks(name: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return each directive of a file as (the blocks around it, its words); assert that the braces close."""
    around: list[str] = []
    words: list[str] = []
    found = []
    for token in nginx_tokens(name):
        if token == "{":
            around.append(" ".join(words))
            words = []
        elif token == "}":
            assert not words, f"{words} has no semicolon"
            around.pop()
        elif token == ";":
            found.append((tuple(around), tuple(words)))
            words = []
        else:
            words.append(token)
    assert not around
    assert not words
    return found


def location_of(path: str) -> str:
    """Return the location that nginx takes for a path: exact, else a pattern, else the longest prefix."""
    locations = {each[1] for each, _ in nginx_blocks("fediunion.conf") if len(each) == 2}
    locations.discard("location /.well-known/acme-challenge/")
    for location in sorted(locations):
        if location == f"location = {path}":
            return location
    for location in sorted(locations):
        if location.startswith("location ~ ") and re.search(location.removeprefix("location ~ "), path):
            return location
    prefixes = [each for each in locations if path.startswith(each.removeprefix("location "))]
    return max(prefixes, key=len)


def body_bytes(location: str) -> int:
    server = [
        words[1]
        for around, words in nginx_blocks("fediunion.conf")
        if words[0] == "client_max_body_size" and around == ("server",)
    ]
    own = [
        words[1]
        for around, words in nginx_blocks("fediunion.conf")
        if words[0] == "client_max_body_size" and around[-1] == location
    ]
    (size,) = own or server
    return int(size.removesuffix("m")) << 20


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("ProtectProc", "invisible"),
        ("ProcSubset", "pid"),
        ("ProtectKernelTunables", "yes"),
        ("ProtectKernelModules", "yes"),
        ("ProtectKernelLogs", "yes"),
        ("ProtectControlGroups", "yes"),
        ("ProtectClock", "yes"),
        ("ProtectHostname", "yes"),
        ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
        ("RestrictNamespaces", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("LockPersonality", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("CapabilityBoundingSet", ""),
        ("UMask", "0077"),
        ("LimitCORE", "0"),
        ("Restart", "on-failure"),
    ],
)
def test_C19_the_unit_is_hardened(option: str, value: str) -> None:
    assert unit_options()[option] == [value]


def test_C19_the_unit_writes_one_folder_and_reaches_no_private_network() -> None:
    options = unit_options()
    assert options["ReadWritePaths"] == ["/var/lib/fediunion/data"]
    assert options["SystemCallFilter"] == ["@system-service", "~@privileged @resources @mount"]
    assert options["User"] == ["fediunion"]
    denied = options["IPAddressDeny"][0].split()
    private = {"link-local", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}
    assert private <= set(denied)
    assert {"MemoryMax", "TasksMax", "LimitNOFILE"} <= set(options)


def test_the_unit_starts_a_command_that_exists_and_waits_for_its_end() -> None:
    options = unit_options()
    command = options["ExecStart"][0].split()
    assert command[0].endswith("/bin/fediunion")
    assert command[1::2] == ["--config", "serve"]
    assert run([command[-1], "--help"]) == 0
    assert int(options["TimeoutStopSec"][0]) > 30


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_no_fault_in_the_unit() -> None:
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(UNIT)], capture_output=True, text=True, check=False
    )
    about_us = [line for line in verified.stderr.splitlines() if "fediunion.service" in line]
    # The software is not installed where the unit expects it; everything else must be in order.
    assert [line for line in about_us if "is not executable" not in line] == []


@pytest.mark.parametrize("name", ["fediunion.conf", "split-domain.conf"])
def test_the_nginx_files_are_whole(name: str) -> None:
    assert len(nginx_blocks(name)) >= 4


def test_R04_nginx_takes_bodies_as_large_as_we_do_and_no_larger_ones_elsewhere() -> None:
    for path in INBOXES:
        assert body_bytes(location_of(path)) == Limits().inbox_max_bytes
    largest = max(Media().image_max_bytes, Media().video_max_bytes) + _FORM_AROUND_A_FILE_BYTES
    for path in _UPLOADS:
        assert body_bytes(location_of(path)) >= largest
    for path in ("/", "/api/v1/statuses", "/@ana", "/oauth/token"):
        assert body_bytes(location_of(path)) == 1 << 20


def test_R04_nginx_gives_a_head_ten_seconds_and_a_body_fifteen() -> None:
    server = {words for around, words in nginx_blocks("fediunion.conf") if around == ("server",)}
    assert ("client_header_timeout", "10s") in server
    assert ("client_body_timeout", "15s") in server


def test_O19_nginx_overwrites_what_callers_say_about_themselves() -> None:
    set_by: dict[tuple[str, ...], dict[str, str]] = {}
    for around, words in nginx_blocks("fediunion.conf"):
        if words[0] == "proxy_set_header":
            set_by.setdefault(around, {})[words[1]] = words[2]
    # A location with such a header of its own loses those of the server, and has to set all of them.
    assert set(set_by) == {("server",), ("server", "location ~ ^/(api/v1/streaming|live/)")}
    for headers in set_by.values():
        assert headers["X-Forwarded-For"] == "$remote_addr"
        assert headers["X-Forwarded-Proto"] == "$scheme"
        assert headers["X-Forwarded-Host"] == "$host"
        assert headers["Host"] == "$host"
        assert headers.keys() >= set_by["server",].keys()


def test_nginx_compresses_pages_and_documents_and_never_a_stream() -> None:
    server = {
        words[0]: words[1:] for around, words in nginx_blocks("fediunion.conf") if around == ("server",)
    }
    assert (server["gzip"], server["gzip_proxied"], server["gzip_vary"]) == (("on",), ("any",), ("on",))
    # text/html always is; what a location sets anew replaces all of it.
    assert {"application/json", "application/activity+json", "text/css"} <= set(server["gzip_types"])
    assert "text/event-stream" not in server["gzip_types"]
    inside = {words[0] for around, words in nginx_blocks("fediunion.conf") if len(around) == 2}
    assert not [name for name in inside if name.startswith("gzip")]


def test_nginx_passes_paths_on_as_they_came_to_the_port_we_listen_on() -> None:
    passed = [words[1] for _, words in nginx_blocks("fediunion.conf") if words[0] == "proxy_pass"]
    assert len(passed) == 5
    assert set(passed) == {"http://fediunion"}
    upstream = [
        words for around, words in nginx_blocks("fediunion.conf") if around == ("upstream fediunion",)
    ]
    assert ("server", f"{Server().host}:{Server().port}") in upstream


def test_C10_nginx_keeps_health_and_metrics_inside_and_writes_no_access_log() -> None:
    blocks = nginx_blocks("fediunion.conf")
    for path in ("/metrics", "/health/ready"):
        inside = [words for around, words in blocks if around[-1:] == (location_of(path),)]
        assert inside == [("return", "404")]
    assert (("server",), ("access_log", "off")) in blocks


def test_handles_of_another_domain_are_led_to_the_server() -> None:
    led = {around[0]: words for around, words in nginx_blocks("split-domain.conf")}
    for path in ("webfinger", "host-meta", "nodeinfo"):
        assert led[f"location = /.well-known/{path}"] == (
            "return",
            "301",
            "https://fedi.union.example$request_uri",
        )


def test_the_image_is_made_from_the_lock_file_and_does_not_run_as_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]
    assert all(line.startswith("FROM python:3.11-slim") for line in stages)
    assert any("--require-hashes -r requirements/runtime.txt" in line for line in lines)
    last = lines[len(lines) - lines[::-1].index(stages[-1]) :]
    (user,) = [line.split()[1] for line in last if line.startswith("USER ")]
    assert user == "fediunion"
    assert last.index("USER fediunion") < next(i for i, line in enumerate(last) if "ENTRYPOINT" in line)
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            sources = line.split()[1:-1]
            assert [each for each in sources if not (DEPLOY.parent / each).exists()] == []


def test_the_containers_hold_no_secret_and_trust_the_gateway_that_they_have() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    for variable in ("FEDIUNION_DATABASE_URL", "POSTGRES_PASSWORD"):
        (line,) = [line for line in text.splitlines() if line.strip().startswith(f"{variable}:")]
        assert "${DATABASE_PASSWORD:?" in line, variable
    (gateway,) = re.findall(r"gateway: ([0-9.]+)", text)
    assert f'trusted_proxies = ["{gateway}/32"]' in text
    assert '"127.0.0.1:8000:8000"' in text
    # Web and worker are both made of the part that has these.
    shared = text.split("x-fediunion:")[1].split("services:")[0]
    assert "no-new-privileges:true" in shared
    assert "read_only: true" in shared
    assert text.count("<<: *fediunion") == 2
