"""Where everything lies: the person's folders, and the resources that came with Parley."""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Folders:
    """The folders of one person (or of one --data-dir); made when first asked for."""

    config: Path  # settings.json
    data: Path  # parley.db, attachments/, backups/, notes/, models/, adapters/, variants/
    state: Path  # logs/, window.json: may be lost without harm
    cache: Path  # may be deleted at any time

    def make(self) -> "Folders":
        own = (self.config, self.data, self.state, self.cache, self.logs, self.adapters)
        for folder in own:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def database(self) -> Path:
        return self.data / "parley.db"

    @property
    def notes(self) -> Path:
        return self.data / "notes"

    @property
    def adapters(self) -> Path:
        """<SHA-256>.gguf each; there before a model starts, whose jail lets it read the folder."""
        return self.data / "adapters"

    @property
    def logs(self) -> Path:
        return self.state / "logs"


def folders(data_dir: Path | None = None) -> Folders:
    """The system's usual folders, or four folders inside data_dir."""
    if data_dir is not None:
        root = data_dir.expanduser().absolute()
        return Folders(root / "config", root / "data", root / "state", root / "cache")
    from platformdirs import PlatformDirs  # not needed with --data-dir, and it costs start-up time

    dirs = PlatformDirs("parley", appauthor=False)
    return Folders(
        Path(dirs.user_config_dir),
        Path(dirs.user_data_dir) / "data" if sys.platform != "linux" else Path(dirs.user_data_dir),
        Path(dirs.user_state_dir),
        Path(dirs.user_cache_dir),
    )


def constraints() -> Path:
    """The tested version of every package: beside the set-up in a checkout, else a resource."""
    checkout = Path(__file__).resolve().parents[1] / "packaging" / "constraints.txt"
    return checkout if checkout.is_file() else resource("constraints.txt")


def resource(name: str) -> Path:
    """A file or folder under resources/, in a checkout, a wheel or a frozen build."""
    root = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[1]))
    return root / "resources" / name
