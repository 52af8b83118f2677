"""What the page of tools shows of plugins: plain values, worded by the controller."""

import msgspec

from app.controllers.shown import ShownPlan, ShownToolSetting


class ShownPluginFolder(msgspec.Struct, frozen=True):
    """A folder a plugin would like to have."""

    name: str  # the plugin's name for it
    words: str  # what it is for, and what it may do there
    path: str = ""  # the one the person chose, "" while there is none
    trouble: str = ""  # why that one cannot be used now


class ShownPlugin(msgspec.Struct, frozen=True):
    key: str
    name: str
    line: str  # what it is good for
    state: str  # broken, new, changed, off, starting, failed, running, ready
    words: str  # the state for people: "Ready · 2 tools"
    on: bool
    can_be_on: bool = True
    folders: tuple[ShownPluginFolder, ...] = ()
    network: str = ""  # where its tools may ask to send, in words
    seconds: int = 30  # its start may take, and each call
    tools: tuple[ShownToolSetting, ...] = ()
    retry: str = ""  # words on the button that tries again, "" for none
    plan: ShownPlan | None = None  # what is to be allowed before it runs: shown with a button
    digest: str = ""  # goes back with that click: what was looked at is what is allowed
