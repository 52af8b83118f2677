"""The disk under the database: how much is free, and whether it is across a network."""

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
NETWORK = {"9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4"}
NETWORK |= {"smb2", "smb3", "smbfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
SYNCED = ("dropbox", "onedrive", "google drive", "googledrive", "icloud", "nextcloud")


@dataclass(frozen=True)
class Disk:
    """A test puts a small, failing or far one in its place."""

    vfs: str | None = None  # an APSW file system; None is the real one
    ballast: int = 8 * MEGABYTE  # given up when the disk is full; why 8, see app/store/ballast.py
    retry: float = 5.0  # seconds between tries while it is full

    def free(self, folder: Path) -> int:
        """Bytes this person may still write in folder."""
        return shutil.disk_usage(folder).free

    def is_network(self, folder: Path) -> bool:
        """Across a network SQLite's shared memory file is not shared: no WAL there."""
        if sys.platform == "win32":
            return str(folder.resolve()).startswith("\\\\")
        with contextlib.suppress(FileNotFoundError):  # only Linux lists its mounts there
            return _mount_kind(folder.resolve(), Path("/proc/self/mounts").read_text()) in NETWORK
        return False

    def is_synced(self, folder: Path) -> bool:
        """A program that copies single files to a server can tear the database from its log."""
        return any(name in part.lower() for part in folder.resolve().parts for name in SYNCED)


def _mount_kind(folder: Path, mounts: str) -> str:
    """The file system type of the deepest mount that holds folder."""
    found, kind = -1, ""
    for line in mounts.splitlines():
        _, place, this, *_ = line.split(" ")
        place = Path(place.encode().decode("unicode_escape"))  # a space is written \040
        if folder.is_relative_to(place) and len(place.parts) >= found:
            found, kind = len(place.parts), this
    return kind


def sync_folder(folder: Path) -> None:
    """Make new names in folder survive a power cut; Windows does that by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
