"""What the person chose: checked, kept on disk, and told to whoever asks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app import granted, plugins, programs, servers, settings
from app.controllers.shown import Notice
from app.plugins import Agreed
from app.programs import Program
from app.servers import Remembered
from app.settings import Voice
from engines import registry
from engines.options import chosen, problem
from engines.protocol import Kind


class PreferencesController(QObject):
    changed = Signal(str, object)  # setting, new value
    idle_minutes_changed = Signal(float)
    engine_changed = Signal(str, object)  # option of the LLM engine, new value
    home_changed = Signal(str)  # an engine of tools that has other options now
    folders_changed = Signal()
    photos_changed = Signal()  # the folders whose photos can be searched
    models_changed = Signal()  # the folders in which models are looked for
    voice_changed = Signal(str, str)  # field of settings.Voice, new value
    notice = Signal(object)

    def __init__(
        self,
        chosen: settings.Chosen,
        path: Path | None,
        engine: str,
        parent: QObject | None = None,
        own: Sequence[Path] = (),
    ) -> None:
        """own are the folders of Parley itself, which are never granted to a tool."""
        super().__init__(parent)
        self._chosen, self._path, self._engine, self._own = chosen, path, engine, own

    @property
    def settings(self) -> settings.Settings:
        return self._chosen.app

    def set(self, name: str, value: Any) -> str:
        """Take a new value at once. Returns "" or, in words, why it cannot be."""
        return self._take(self._chosen.app, name, value, self._keep_setting)

    def engine_options(self) -> Any:
        """The LLM engine's options as a dataclass of option() fields."""
        options = registry.all_specs()[self._engine].options()
        return settings.fill(options, self._chosen.engines.get(self._engine))

    def set_engine(self, name: str, value: Any) -> str:
        """Like set, for an option of the LLM engine; the model is loaded anew with it."""
        return self._take(self.engine_options(), name, value, self._keep_option)

    def model_opened(self, path: str) -> None:
        """Remember the open model ("" for the starter) and put it on top of the recent ones."""
        recent = [path, *(r for r in self._chosen.recent if r != path)] if path else None
        self._chosen.model = path
        self._chosen.recent = (recent or self._chosen.recent)[:10]
        self._save()

    @property
    def model(self) -> str:
        return self._chosen.model

    @property
    def tools_off(self) -> frozenset[str]:
        return frozenset(self._chosen.tools_off)

    def set_tool(self, name: str, on: bool) -> None:
        off = self.tools_off - {name} if on else self.tools_off | {name}
        self._chosen.tools_off = sorted(off)
        self._save()

    def options_of(self, engine: str) -> Any:
        """The options of an engine of tools as a dataclass of option() fields."""
        options = registry.all_specs()[engine].options()
        return settings.fill(options, self._chosen.engines.get(engine))

    def home_options(self) -> list[tuple[str, str, Any]]:
        """The homes of tools with something to choose: name, title, options."""
        return [
            (spec.name, spec.title, self.options_of(spec.name))
            for spec in registry.all_specs().values()
            if spec.kind is Kind.TOOL and any(chosen(one) for one in fields(spec.options))
        ]

    def voice_options(self, hears: bool) -> list[tuple[str, str, Any]]:
        """Like home_options, of the engines that hear or of those that speak."""
        kind = Kind.STT if hears else Kind.TTS
        return [
            (spec.name, spec.title, self.options_of(spec.name))
            for spec in registry.all_specs().values()
            if spec.kind is kind and any(map(chosen, fields(spec.options)))
        ]

    def set_option(self, engine: str, name: str, value: Any) -> str:
        """Like set, for an option of an engine of tools."""

        def keep(name: str, value: Any) -> None:
            self._chosen.engines.setdefault(engine, {})[name] = value
            self.home_changed.emit(engine)

        return self._take(self.options_of(engine), name, value, keep)

    # what is heard and said with

    @property
    def voice(self) -> Voice:
        return self._chosen.voice

    def set_voice(self, name: str, value: str) -> None:
        if getattr(self._chosen.voice, name) != value:
            setattr(self._chosen.voice, name, value)
            self._save()
            self.voice_changed.emit(name, value)

    @property
    def has_talked(self) -> bool:
        return self._chosen.talked

    def remember_talking(self) -> None:
        if not self._chosen.talked:
            self._chosen.talked = True
            self._save()

    # programs that speak MCP

    @property
    def programs(self) -> list[Program]:
        return programs.read(self._chosen.programs)

    def keep_programs(self, kept: Iterable[Program]) -> None:
        self._chosen.programs = [msgspec.to_builtins(one) for one in kept]
        self._save()

    # plugins

    @property
    def plugins(self) -> dict[str, Agreed]:
        return plugins.read(self._chosen.plugins)

    def keep_plugins(self, kept: Iterable[Agreed]) -> None:
        self._chosen.plugins = [msgspec.to_builtins(one) for one in kept]
        self._save()

    # servers that answer in place of a model

    @property
    def servers(self) -> list[Remembered]:
        return servers.read(self._chosen.servers)

    def keep_servers(self, kept: Iterable[Remembered]) -> None:
        self._chosen.servers = [msgspec.to_builtins(one) for one in kept]
        self._save()

    def forget_options(self, engine: str) -> None:
        """What an engine was told counts no more."""
        if self._chosen.engines.pop(engine, None):
            self._save()

    def folder_trouble(self, path: str) -> str:
        """Why no program may look into a folder, in words; "" when it may."""
        return granted.trouble(Path(path), self._own)

    # folders tools may read

    @property
    def folders(self) -> tuple[str, ...]:
        """As the person granted them, also those that are not there at the moment."""
        return tuple(self._chosen.folders)

    def usable_folders(self) -> tuple[str, ...]:
        return granted.usable(self.folders, self._own)

    def grant_folder(self, path: str) -> str:
        """Let tools read a folder and all in it. Returns "" or, in words, why it cannot be."""
        if trouble := granted.trouble(Path(path), self._own):
            return trouble
        real = str(Path(path).resolve())
        if real not in self._chosen.folders:
            self._keep_folders([*self._chosen.folders, real])
        return ""

    def revoke_folder(self, path: str) -> None:
        if path in self._chosen.folders:
            self._keep_folders([one for one in self._chosen.folders if one != path])

    def _keep_folders(self, folders: list[str]) -> None:
        self._chosen.folders = folders
        self._save()
        for name, spec in registry.all_specs().items():
            if any(one.name == "folders" for one in fields(spec.options)):
                self.home_changed.emit(name)
        self.folders_changed.emit()

    # folders whose photos can be searched

    @property
    def photo_folders(self) -> tuple[str, ...]:
        """As the person granted them; none lies in another one."""
        return tuple(self._chosen.photo_folders)

    def usable_photo_folders(self) -> tuple[str, ...]:
        return granted.usable(self.photo_folders, self._own)

    def grant_photos(self, path: str) -> str:
        """Let Parley look at the photos in a folder. Returns "" or why it cannot be."""
        if trouble := granted.trouble(Path(path), self._own):
            return trouble
        real = Path(path).resolve()
        others = [one for one in self.photo_folders if not Path(one).is_relative_to(real)]
        if not any(real.is_relative_to(one) for one in others):
            self._keep_photos([*others, str(real)])
        return ""

    def revoke_photos(self, path: str) -> None:
        self._keep_photos([one for one in self.photo_folders if one != path])

    def _keep_photos(self, folders: list[str]) -> None:
        if folders != self._chosen.photo_folders:
            self._chosen.photo_folders = folders
            self._save()
            self.photos_changed.emit()

    # folders in which models are looked for

    @property
    def model_folders(self) -> tuple[str, ...]:
        """As the person named them, also those that are not there at the moment."""
        return tuple(self._chosen.model_folders)

    def name_model_folder(self, path: str) -> None:
        if path not in self.model_folders:
            self._keep_model_folders([*self.model_folders, path])

    def forget_model_folder(self, path: str) -> None:
        if path in self.model_folders:
            self._keep_model_folders([one for one in self.model_folders if one != path])

    def _keep_model_folders(self, folders: list[str]) -> None:
        self._chosen.model_folders = folders
        self._save()
        self.models_changed.emit()

    @property
    def recent(self) -> list[str]:
        return list(self._chosen.recent)

    def _take(self, options: Any, name: str, value: Any, keep: Callable[[str, Any], None]) -> str:
        if trouble := problem(type(options), name, value):
            return trouble
        if getattr(options, name) != value:
            keep(name, value)
            self._save()
        return ""

    def _keep_setting(self, name: str, value: Any) -> None:
        self._chosen.app = replace(self._chosen.app, **{name: value})
        self.changed.emit(name, value)
        if name == "idle_minutes":
            self.idle_minutes_changed.emit(value)

    def _keep_option(self, name: str, value: Any) -> None:
        self._chosen.engines.setdefault(self._engine, {})[name] = value
        self.engine_changed.emit(name, value)

    def _save(self) -> None:
        if self._path is None:
            return
        try:
            settings.save(self._chosen, self._path)
        except OSError as error:
            words = f"Your settings could not be saved: {error.strerror}."
            hint = "They hold until Parley is closed. Check the disk."
            self.notice.emit(Notice(words, hint, str(error), kind="error"))
