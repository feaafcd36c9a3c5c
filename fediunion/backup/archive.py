"""The file of a backup: a ZIP archive for its owner alone, whose manifest has a checksum of each member."""

import contextlib
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, cast

import orjson

from fediunion.backup.sealing import Seal, SealedWriter, is_sealed, open_sealed
from fediunion.db.rows import Columns, Kind
from fediunion.kit.errors import FediUnionError, Refused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
ROWS: Final = "rows/"
MEDIA: Final = "media/"
_PART_BYTES: Final = 1 << 20
# What reading a damaged archive raises: some flags of a member ask for what zipfile does not do.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    EOFError,
    ValueError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


class BackupFailed(FediUnionError):
    """The file could not be written: a full disk, a folder that is not there."""

    reason = "backup-failed"


@dataclass(frozen=True)
class CopiedTable:
    """How a table stands in the archive."""

    name: str
    columns: Columns
    rows: int


@dataclass(frozen=True)
class CopiedFile:
    """A member of the archive."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `made_at` is RFC 3339, `schema` the revision; `tables` refer to earlier ones."""

    domain: str
    made_at: str
    version: str
    schema: str
    engine: str
    tables: list[CopiedTable] = field(default_factory=list)
    files: dict[str, CopiedFile] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(each.rows for each in self.tables)

    @property
    def media(self) -> list[str]:
        """The names of the members that are files of the media folder."""
        return [name for name in self.files if name.startswith(MEDIA)]


class ArchiveWriter:
    """Writes an archive beside its final name, which it gets when it is whole and on disk.

    An existing file is never replaced. Raises BackupFailed for all that the file system refuses.
    """

    def __init__(self, path: Path, seal: Seal | None = None) -> None:
        self._path = path
        self._seal = seal
        self._unfinished = path.with_name(f"{path.name}.part")
        self._files: dict[str, CopiedFile] = {}

    def __enter__(self) -> "ArchiveWriter":
        if self._path.exists():
            raise Refused(f"{self._path} exists already and is not overwritten.")
        try:
            # What an earlier one left that was killed is of no use.
            self._unfinished.unlink(missing_ok=True)
            descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise _failed(self._path, error) from error
        self._stream = os.fdopen(descriptor, "wb")
        self._sealed = None if self._seal is None else SealedWriter(self._stream, self._seal)
        target = self._stream if self._sealed is None else cast("IO[bytes]", self._sealed)
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        return self

    def add(self, name: str, parts: Iterable[bytes], *, packed: bool = True) -> None:
        """Write a member; `packed` is for what is not compressed by itself."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        iterator = iter(parts)
        try:
            with self._zip.open(info, "w", force_zip64=True) as member:
                while (part := next(iterator, None)) is not None:
                    digest.update(part)
                    size += len(part)
                    member.write(part)
        except OSError as error:
            raise _failed(self._path, error) from error
        self._files[name] = CopiedFile(size, digest.hexdigest())

    def add_file(self, name: str, source: Path) -> None:
        """Write a file as a member; one that has gone meanwhile is left out."""
        try:
            stream = source.open("rb")
        except FileNotFoundError:
            return
        with stream:
            self.add(name, iter(lambda: stream.read(_PART_BYTES), b""), packed=False)

    def finish(self, manifest: Manifest) -> Manifest:
        """Write the manifest, with the members; give the file its name; return what was written."""
        whole = Manifest(**{**vars(manifest), "files": dict(self._files)})
        text = orjson.dumps({"format": FORMAT, **asdict(whole)}, option=orjson.OPT_INDENT_2)
        self.add(MANIFEST, [text])
        try:
            self._zip.close()
            if self._sealed is not None:
                self._sealed.finish()
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            # A link does not replace what appeared meanwhile, as a renaming would.
            os.link(self._unfinished, self._path)
            self._unfinished.unlink()
            sync_folder(self._path.parent)
        except OSError as error:
            raise _failed(self._path, error) from error
        return whole

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream.closed:
            return
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()
        self._stream.close()
        self._unfinished.unlink(missing_ok=True)


class ArchiveReader:
    """Reads an archive. Raises Refused for what is none, is damaged, or comes from a newer version.

    A sealed one wants its `passphrase`; nothing of it is ever written in the clear.
    """

    def __init__(self, path: Path, passphrase: str | None = None) -> None:
        self._path = path
        try:
            self._stream = path.open("rb")
        except OSError as error:
            raise Refused(f"There is no file {path}.") from error
        try:
            self.manifest = self._open(passphrase)
        except BaseException:
            self._stream.close()
            raise

    def _open(self, passphrase: str | None) -> Manifest:
        source: IO[bytes] = self._stream
        if is_sealed(self._stream):
            if passphrase is None:
                raise Refused(f"{self._path} is sealed with a passphrase.", reason="sealed")
            source = open_sealed(self._stream, passphrase)
        try:
            self._zip = zipfile.ZipFile(source)
            known = orjson.loads(self._zip.read(MANIFEST))
        except _BROKEN as error:
            raise Refused(f"{self._path} is no whole backup of FediUnion.") from error
        if not isinstance(known, dict) or known.get("format") != FORMAT:
            raise Refused(f"{self._path} is of a format that this version does not read.")
        return _manifest(known, self._path)

    def verify(self) -> None:
        """Read everything once: each member must be what the manifest says, and no other may be there."""
        names = [each.filename for each in self._zip.infolist()]
        if sorted(names) != sorted([*self.manifest.files, MANIFEST]):
            raise self.damaged("its members are not those of its manifest")
        for name, expected in self.manifest.files.items():
            digest, size = hashlib.sha256(), 0
            for part in self.parts(name):
                digest.update(part)
                size += len(part)
            if (size, digest.hexdigest()) != (expected.bytes, expected.sha256):
                raise self.damaged(name)

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield a member piece by piece."""
        try:
            with self._zip.open(name) as member:
                while part := member.read(_PART_BYTES):
                    yield part
        except _BROKEN as error:
            raise self.damaged(name) from error

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a member."""
        member: IO[bytes]
        try:
            with self._zip.open(name) as member:
                yield from member
        except _BROKEN as error:
            raise self.damaged(name) from error

    def read(self, name: str) -> bytes:
        """Return a whole member, for small ones."""
        return b"".join(self.parts(name))

    def damaged(self, what: str) -> Refused:
        """Return the error that says so."""
        return Refused(f"{self._path} is damaged: {what}.")

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._stream.close()


def sync_folder(folder: Path) -> None:
    """Make sure that the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest(known: Mapping[str, Any], path: Path) -> Manifest:
    try:
        return Manifest(
            **{name: str(known[name]) for name in ("domain", "made_at", "version", "schema", "engine")},
            tables=[
                CopiedTable(
                    str(each["name"]),
                    [(str(name), Kind(kind)) for name, kind in each["columns"]],
                    int(each["rows"]),
                )
                for each in known["tables"]
            ],
            files={
                str(name): CopiedFile(int(each["bytes"]), str(each["sha256"]))
                for name, each in known["files"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"{path} has a manifest that cannot be read.") from error


def _failed(path: Path, error: OSError) -> BackupFailed:
    return BackupFailed(f"{path} cannot be written: {error.strerror or error}.")
