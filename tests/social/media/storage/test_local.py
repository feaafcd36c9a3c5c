"""The folder of files: whole or not at all, and nothing outside of it."""

import os
from pathlib import Path

import pytest

from fediunion.kit.errors import NotFound, Unavailable
from fediunion.social.media.storage.local import LocalStorage

PLACE = "ab/cd/" + "a" * 22 + ".png"
CONTENT = b"0123456789" * 100_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(CONTENT)
    return path


async def content(storage: LocalStorage, start: int, length: int) -> bytes:
    return b"".join([chunk async for chunk in (await storage.get(PLACE, start, length)).chunks])


async def test_a_file_is_stored_read_in_parts_and_removed(tmp_path: Path, source: Path) -> None:
    storage = LocalStorage(tmp_path / "store")
    await storage.put(PLACE, source, "image/png")
    assert await content(storage, 0, 1_000_000) == CONTENT
    assert await content(storage, 999_995, 100) == b"56789"
    await storage.delete(PLACE)
    await storage.delete(PLACE)
    with pytest.raises(NotFound):
        await storage.get(PLACE, 0, 1)


async def test_files_and_folders_are_for_this_user_only(tmp_path: Path, source: Path) -> None:
    await LocalStorage(tmp_path / "store").put(PLACE, source, "image/png")
    for path in [tmp_path / "store", *(tmp_path / "store").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


async def test_L06_file_and_folders_are_synchronised_before_it_counts_as_stored(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronised: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synchronised.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    await LocalStorage(tmp_path / "store").put(PLACE, source, "image/png")
    assert synchronised[0].endswith(".part")
    assert synchronised[1:] == ["cd", "ab", "store"]


async def test_L07_a_full_disk_leaves_no_half_file(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable):
        await LocalStorage(tmp_path / "store").put(PLACE, source, "image/png")
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "place",
    ["../x", "/etc/passwd", "ab/cd/../../x.png", "ab/cd/x.png", f"{PLACE}\n", f"{PLACE}/x", "", "\x00"],
)
async def test_M12_no_place_leads_out_of_the_folder(tmp_path: Path, source: Path, place: str) -> None:
    storage = LocalStorage(tmp_path / "store")
    with pytest.raises(NotFound):
        await storage.put(place, source, "image/png")
    with pytest.raises(NotFound):
        await storage.get(place, 0, 1)
    with pytest.raises(NotFound):
        await storage.delete(place)


async def test_M12_a_symbolic_link_among_the_files_is_not_followed(tmp_path: Path, source: Path) -> None:
    storage, outside = LocalStorage(tmp_path / "store"), tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    await storage.put(PLACE, source, "image/png")
    (tmp_path / "store" / PLACE).unlink()
    (tmp_path / "store" / PLACE).symlink_to(outside / "secret")
    with pytest.raises(Unavailable):
        await storage.get(PLACE, 0, 1)
    (tmp_path / "store" / "zz").symlink_to(outside)
    with pytest.raises(Unavailable):
        await storage.put("zz/cd/" + "a" * 22 + ".png", source, "image/png")
    assert [path.name for path in outside.iterdir()] == ["secret"]
