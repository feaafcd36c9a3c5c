"""What becomes of pictures: only what one sees is left, and what is no picture is refused."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from fediunion.social.media.workshop.pictures import MAX_FRAMES, Unusable
from fediunion.social.media.workshop.worker import work_on
from tests.social.media import samples

HEIC = base64.b64decode((Path(__file__).parent / "small.heic.base64").read_text())


def made_of(folder: Path, content: bytes, use: str = "attachment") -> dict[str, Any]:
    """Return what was made of a file, with its parts as bytes."""
    source = folder / "source"
    source.write_bytes(content)
    task = {
        "source": str(source),
        "folder": str(folder),
        "use": use,
        "picture_bytes": 1 << 24,
        "ffmpeg": "",
    }
    made = work_on(task)
    for part in ("original", "thumbnail"):
        if made.get(part):
            made[part] = (folder / made[part]).read_bytes()
    return made


def refusal(folder: Path, content: bytes) -> Exception:
    """Return how a file is refused. The worker answers every exception of a decoder as one and the same."""
    with pytest.raises(Exception) as refused:  # noqa: PT011 - decoders raise whatever they like
        made_of(folder, content)
    return refused.value


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("PNG"), "image/png"),
        (samples.picture("PNG", alpha=True), "image/png"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.picture("AVIF"), "image/jpeg"),
        (samples.picture("GIF"), "image/png"),
        (samples.animation(), "image/gif"),
        (HEIC, "image/jpeg"),
    ],
)
def test_each_kind_of_picture_becomes_one_that_every_client_reads(
    tmp_path: Path, content: bytes, kept: str
) -> None:
    made = made_of(tmp_path, content)
    assert made["media_type"] == kept
    with Image.open(io.BytesIO(made["original"])) as image:
        assert image.size == (made["width"], made["height"])
        assert Image.MIME[image.format or ""] == kept
    with Image.open(io.BytesIO(made["thumbnail"])) as small:
        assert small.size == (made["thumbnail_width"], made["thumbnail_height"])


@pytest.mark.parametrize("use", ["attachment", "avatar", "header", "emoji"])
def test_M08_place_camera_comment_and_xmp_are_gone(tmp_path: Path, use: str) -> None:
    content = samples.photograph()
    assert samples.SECRET.encode() in content
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
    made = made_of(tmp_path, content, use)
    for part in ("original", "thumbnail"):
        assert samples.SECRET.encode() not in made[part]
        with Image.open(io.BytesIO(made[part])) as image:
            assert not image.getexif()
            assert {"exif", "xmp", "comment", "icc_profile", "photoshop"}.isdisjoint(image.info)


@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "AVIF"])
def test_M08_metadata_of_other_kinds_of_pictures_is_gone(tmp_path: Path, format_name: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = samples.SECRET
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = samples.picture(format_name, exif=exif, icc_profile=profile)
    assert samples.SECRET.encode() in content
    made = made_of(tmp_path, content)
    assert samples.SECRET.encode() not in made["original"] + made["thumbnail"]
    with Image.open(io.BytesIO(made["original"])) as image:
        assert "icc_profile" not in image.info


@pytest.mark.parametrize(
    ("format_name", "kept"),
    [("GIF", "image/gif"), ("WEBP", "image/webp"), ("PNG", "image/webp"), ("AVIF", "image/webp")],
)
def test_M08_what_is_said_in_an_animation_is_gone_and_its_motion_stays(
    tmp_path: Path, format_name: str, kept: str
) -> None:
    content = samples.animation(4, format_name=format_name)
    assert samples.SECRET.encode() in content
    made = made_of(tmp_path, content)
    assert (made["media_type"], made["animated"]) == (kept, True)
    assert samples.SECRET.encode() not in made["original"] + made["thumbnail"]
    with Image.open(io.BytesIO(made["original"])) as image:
        assert image.n_frames == 4  # type: ignore[attr-defined]  # of an animated picture only
        image.seek(3)
        image.load()
        assert (image.info["duration"], image.info["loop"]) == (80, 0)
        red = image.convert("RGB").getpixel((4, 4))[0]  # type: ignore[index]  # RGB has three
        assert abs(red - 120) < 12


def test_an_animated_PNG_loses_no_colour(tmp_path: Path) -> None:
    frames = [Image.effect_noise((24, 24), 90).convert("RGBA") for _ in range(3)]
    content = samples.saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=50)
    with Image.open(io.BytesIO(made_of(tmp_path, content)["original"])) as image:
        for number, frame in enumerate(frames):
            image.seek(number)
            assert image.convert("RGBA").tobytes() == frame.tobytes()


@pytest.mark.parametrize(("orientation", "turned"), [(1, False), (3, False), (6, True), (8, True)])
def test_a_photograph_is_upright_without_being_told_how(
    tmp_path: Path, orientation: int, turned: bool
) -> None:
    made = made_of(tmp_path, samples.photograph(orientation))
    assert (made["width"], made["height"]) == ((48, 64) if turned else (64, 48))
    with Image.open(io.BytesIO(made["original"])) as image:
        red, _, blue = image.convert("RGB").getpixel((4, 4))  # type: ignore[misc]  # RGB has three
        assert (red > blue) == (orientation in (1, 6))


def test_another_colour_space_becomes_srgb(tmp_path: Path) -> None:
    content = samples.saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG")
    with Image.open(io.BytesIO(made_of(tmp_path, content)["original"])) as image:
        assert image.mode == "RGB"


def test_a_broken_profile_is_ignored(tmp_path: Path) -> None:
    made = made_of(tmp_path, samples.picture("PNG", icc_profile=b"no profile at all"))
    assert made["width"] == 64


def test_avatars_and_headers_have_their_size_and_stand_still(tmp_path: Path) -> None:
    avatar = made_of(tmp_path, samples.animation(), "avatar")
    assert (avatar["width"], avatar["height"], avatar["media_type"]) == (400, 400, "image/png")
    header = made_of(tmp_path, samples.picture(size=(200, 900)), "header")
    assert (header["width"], header["height"]) == (1500, 500)


def test_a_large_picture_is_stored_smaller_in_its_shape(tmp_path: Path) -> None:
    made = made_of(tmp_path, samples.saved(Image.new("L", (6000, 3000)), "PNG"))
    assert made["width"] * made["height"] <= 8_294_400
    assert abs(made["width"] / made["height"] - 2) < 0.01


POLYGLOTS = {
    "GIF and script": (samples.animation(1), b"*/=1;alert(document.domain)//"),
    "JPEG and HTML": (samples.picture("JPEG"), b"<html><script>alert(1)</script></html>"),
    "PNG and ZIP": (samples.picture("PNG"), b"PK\x05\x06" + bytes(18)),
    "WebP and PDF": (samples.picture("WEBP"), b"%PDF-1.7 /JavaScript (alert)"),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_M03_what_is_two_kinds_of_files_at_once_comes_out_as_a_picture_only(
    tmp_path: Path, name: str
) -> None:
    content, hidden = POLYGLOTS[name]
    made = made_of(tmp_path, content + hidden)
    assert hidden not in made["original"]
    assert hidden not in made["thumbnail"]


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
)
def test_M01_SVG_is_refused(tmp_path: Path, content: bytes) -> None:
    assert isinstance(refusal(tmp_path, content), Unusable)


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"alert(1)",
        b"%PDF-1.7",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
        b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Person"}',
        b"PK\x03\x04",
        b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
    ],
)
def test_M02_what_is_no_picture_is_refused_whatever_it_begins_with(tmp_path: Path, content: bytes) -> None:
    refusal(tmp_path, content)


@pytest.mark.parametrize("format_name", ["TIFF", "PPM", "ICO", "TGA", "BMP", "JPEG2000", "EPS", "PCX"])
def test_M07_decoders_that_are_not_needed_are_never_asked(tmp_path: Path, format_name: str) -> None:
    refused = refusal(tmp_path, samples.picture(format_name))
    assert isinstance(refused, Unusable)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
@pytest.mark.parametrize("left", [0.0, 0.1, 0.5, 0.9])
def test_M07_a_cut_picture_is_refused(tmp_path: Path, format_name: str, left: float) -> None:
    content = samples.saved(Image.effect_noise((200, 200), 90).convert("RGB"), format_name)
    refusal(tmp_path, content[: int(len(content) * left)])


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (1, 1_000_000_000), (65_500, 65_500)])
def test_M06_a_picture_with_too_many_pixels_is_refused_undecoded(
    tmp_path: Path, width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("the pixels were looked at")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decode)
    refused = refusal(tmp_path, samples.png_of_size(width, height))
    assert not isinstance(refused, AssertionError)


def with_too_many_frames(format_name: str) -> bytes:
    """Return a tiny animation that is too long."""
    frames = [Image.new("RGB", (2, 2), (number * 97 % 256, 0, 0)) for number in range(MAX_FRAMES + 1)]
    exact = {"lossless": True} if format_name == "WEBP" else {}
    return samples.saved(
        frames[0], format_name, save_all=True, append_images=frames[1:], duration=20, **exact
    )


@pytest.mark.parametrize("format_name", ["GIF", "PNG", "WEBP"])
def test_M06_an_animation_with_too_many_frames_is_refused(tmp_path: Path, format_name: str) -> None:
    assert "frames" in str(refusal(tmp_path, with_too_many_frames(format_name)))


def test_M06_an_animation_with_too_many_pixels_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("1", (4000, 4000), number % 2) for number in range(5)]
    wide = samples.saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20)
    assert "pixels" in str(refusal(tmp_path, wide))


@pytest.mark.parametrize("format_name", ["GIF", "PNG", "WEBP"])
def test_M06_of_too_long_an_animation_an_avatar_is_the_first_frame(tmp_path: Path, format_name: str) -> None:
    made = made_of(tmp_path, with_too_many_frames(format_name), "avatar")
    assert not made["animated"]
    with Image.open(io.BytesIO(made["original"])) as image:
        assert getattr(image, "n_frames", 1) == 1
