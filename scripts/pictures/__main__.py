"""python -m scripts.pictures [NAME …]: makes all pictures of the documents anew, or those named."""

import sys
from pathlib import Path

from scripts.pictures.camera import FOLDER, camera_on
from scripts.pictures.serving import served
from scripts.pictures.shots import SHOTS


def main(names: list[str], folder: Path = FOLDER) -> None:
    """Make them, and remove what nobody takes any more. Raises RuntimeError for a page without answer."""
    chosen = [shot for shot in SHOTS if not names or shot.name in names]
    with served() as (stage, port), camera_on(stage, port) as camera:
        for shot in chosen:
            path = camera.take(shot, folder)
            print(f"{path.stat().st_size // 1024:4} KiB  {path.name}")
    for path in folder.glob("*.webp"):
        if path.stem not in {shot.name for shot in SHOTS}:
            path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
