"""Files as members and strangers send them."""

import io
import struct
import subprocess
import zlib
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

GPS = b"Exif\x00\x00"
SECRET = "Camera of Ana, serial 4711"


def picture(format_name: str = "PNG", size: tuple[int, int] = (64, 48), **more: object) -> bytes:
    """Return a small picture with a gradient."""
    mode = "RGBA" if more.pop("alpha", False) else "RGB"
    image = Image.linear_gradient("L").resize(size).convert(mode)
    return saved(image, format_name, **more)


def saved(image: Image.Image, format_name: str, **more: object) -> bytes:
    """Return an image as a file."""
    written = io.BytesIO()
    image.save(written, format_name, **more)
    return written.getvalue()


def photograph(orientation: int = 1, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a JPEG with a place, a serial number, XMP and a comment in it; its left half is red."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    return saved(image, "JPEG", exif=exif, comment=SECRET.encode(), xmp=xmp, quality=95)


def animation(frames: int = 3, size: tuple[int, int] = (32, 24), format_name: str = "GIF") -> bytes:
    """Return an animation with a comment, or with a camera in it where its format has no comments."""
    pictures = [Image.new("RGB", size, (number * 40 % 256, 90, 10)) for number in range(frames)]
    exif = Image.Exif()
    exif[0x010F] = SECRET
    named = {"comment": SECRET} if format_name == "GIF" else {"exif": exif}
    moving = {"save_all": True, "append_images": pictures[1:], "duration": 80, "loop": 0}
    return saved(pictures[0], format_name, **moving, **named)


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG that claims to be that large."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    )


def film(folder: Path, extension: str = "mp4") -> bytes:
    """Return one second of moving colours with a tone, and metadata that says who took it where."""
    path = folder / f"film.{extension}"
    codecs = (
        ["-c:v", "mpeg4", "-c:a", "aac"] if extension != "webm" else ["-c:v", "libvpx", "-c:a", "libvorbis"]
    )
    sources = ["-f", "lavfi", "-i", "testsrc=d=1:s=64x48:r=5", "-f", "lavfi", "-i", "sine=d=1"]
    named = ["-metadata", f"title={SECRET}", "-metadata", "location=+52.52+013.40/"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", *sources, *codecs, *named, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


def sound(folder: Path) -> bytes:
    """Return a second of a tone as MP3 with a title."""
    path = folder / "tone.mp3"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-f", "lavfi", "-i", "sine=d=1"]
    subprocess.run([*command, "-metadata", f"title={SECRET}", str(path)], check=True, capture_output=True)
    return path.read_bytes()
