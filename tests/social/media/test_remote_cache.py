"""The bound of the folder of copies."""

import os
from pathlib import Path

import pytest

from fediunion.social.media.remote_cache import RemoteCache


def a_file(folder: Path, size: int) -> Path:
    path = folder / "new"
    path.write_bytes(bytes(size))
    return path


def total(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


async def test_R09_the_bound_is_kept_and_the_least_used_go_first(tmp_path: Path) -> None:
    root = tmp_path / "remote"
    cache = RemoteCache(root, 100_000)
    for number in range(300):
        kept = await cache.keep(f"file {number}", a_file(tmp_path, 1000), "image/png")
        # Later in time by a second each, whatever the disk's clock can tell apart.
        os.utime(kept.path, (1_000_000 + number, 1_000_000 + number))
        assert total(root) <= 105_000
    assert await cache.find("file 0") is None
    assert await cache.find("file 299") is not None


async def test_R09_what_is_used_stays(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path / "remote", 10_000)
    kept = [await cache.keep(f"file {number}", a_file(tmp_path, 1000), "image/png") for number in range(10)]
    for number, file in enumerate(kept):
        os.utime(file.path, (1_000_000 + number, 1_000_000 + number))
    assert await cache.find("file 0") is not None
    await cache.keep("another", a_file(tmp_path, 1000), "image/png")
    await cache.shrink()
    assert await cache.find("file 0") is not None
    assert await cache.find("file 1") is None


async def test_R09_a_file_larger_than_the_bound_can_be_read_once(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path / "remote", 100)
    kept = await cache.keep("large", a_file(tmp_path, 1000), "video/mp4")
    assert kept.path.stat().st_size == 1000
    await cache.shrink()
    assert await cache.find("large") is None


async def test_what_nobody_used_for_days_goes(tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path / "remote", 100_000)
    old = await cache.keep("old", a_file(tmp_path, 10), "image/gif")
    os.utime(old.path, (1000, 1000))
    await cache.keep("new", a_file(tmp_path, 10), "image/gif")
    await cache.shrink(unused_since=2000)
    assert await cache.find("old") is None
    found = await cache.find("new")
    assert found is not None
    assert (found.media_type, found.size) == ("image/gif", 10)


@pytest.mark.parametrize("key", ["../../x", "\x00", "x" * 10_000, "https://evil.test/../../etc/passwd"])
async def test_M12_no_address_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    cache = RemoteCache(tmp_path / "remote", 1000)
    kept = await cache.keep(key, a_file(tmp_path, 10), "image/png")
    assert kept.path.resolve().is_relative_to(tmp_path / "remote")
