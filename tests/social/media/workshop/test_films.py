"""Films and sounds, with ffmpeg and without it."""

from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from fediunion.social.media.workshop.pictures import Unusable
from fediunion.social.media.workshop.sniffing import media_type_of
from fediunion.social.media.workshop.worker import work_on
from tests.social.media import samples

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def made_of(folder: Path, content: bytes, ffmpeg: str = FFMPEG) -> dict[str, Any]:
    source, made_in = folder / "source", folder / "made"
    source.write_bytes(content)
    made_in.mkdir()
    return work_on(
        {
            "source": str(source),
            "folder": str(made_in),
            "use": "attachment",
            "picture_bytes": 1,
            "ffmpeg": ffmpeg,
        }
    )


@pytest.mark.parametrize(
    ("extension", "media_type"), [("mp4", "video/mp4"), ("mov", "video/mp4"), ("webm", "video/webm")]
)
def test_M08_a_film_loses_its_metadata_and_gets_a_picture(
    tmp_path: Path, extension: str, media_type: str
) -> None:
    content = samples.film(tmp_path, extension)
    assert samples.SECRET.encode() in content
    made = made_of(tmp_path, content)
    original = (tmp_path / "made" / made["original"]).read_bytes()
    assert samples.SECRET.encode() not in original
    assert b"+52.52" not in original
    assert (made["kind"], made["media_type"], made["width"], made["height"]) == ("video", media_type, 64, 48)
    assert 0.9 < made["seconds"] < 1.3
    assert (tmp_path / "made" / made["thumbnail"]).is_file()
    assert media_type_of(original[:512]) == media_type


def test_M08_a_sound_loses_its_metadata(tmp_path: Path) -> None:
    made = made_of(tmp_path, samples.sound(tmp_path))
    assert (made["kind"], made["media_type"]) == ("audio", "audio/mpeg")
    assert samples.SECRET.encode() not in (tmp_path / "made" / made["original"]).read_bytes()


def test_without_ffmpeg_a_film_is_stored_as_it_is(tmp_path: Path) -> None:
    made = made_of(tmp_path, samples.film(tmp_path), "")
    assert made == {"kind": "video", "media_type": "video/mp4", "original": None}


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"push graphic-context\nimage over 0,0 0,0 'https://evil.test/x'\npop graphic-context",
        b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run",
        b"subfile,,start,0,end,9,,:/etc/passwd",
    ],
)
def test_M10_playlists_and_scripts_are_no_films(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unusable):
        made_of(tmp_path, content)


def test_M10_a_playlist_that_begins_like_a_film_opens_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    begins = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
    with pytest.raises(Unusable):
        made_of(tmp_path, begins + f"\n#EXTM3U\n#EXTINF:1,\nfile://{secret}\n".encode())
