"""The shelf of models, against a hub on this computer: found, fetched, used, removed."""

import os
import shutil

import pytest
from PySide6.QtCore import Qt, QThreadPool

from app import paths, shelves
from app.views.hub_token_card import HubTokenCard
from engines import machine
from tests.data import hub_server, proxy, tone_voice, whisper_models
from tests.data.hub_server import Fault, Repo
from tests.data.tiny_models import random_llama

WAIT = 60_000
PLACE, FILES, OTHER = "hub.example.org", "cdn-lfs.hf.co", "files.example.org"
QWEN = "unsloth/Qwen3.5-4B-GGUF"
OFFER = f"offer:{QWEN}/Qwen3.5-4B-Q4_K_M.gguf"
FILLER = os.urandom(1 << 20)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return random_llama(tmp_path_factory.mktemp("tiny") / "tiny.gguf").read_bytes()


@pytest.fixture
def hub(tiny):
    """As the catalogue and a search expect it."""
    names = ("Qwen3.5-4B-Q4_K_M.gguf", "Qwen3.5-4B-Q8_0.gguf")
    ears = whisper_models.built()
    files = {one.name: one for one in ears.iterdir()}
    repos = (
        Repo(QWEN, {**dict.fromkeys(names, tiny), "README.md": b"# Qwen"}, downloads=1234),
        Repo("Systran/faster-whisper-tiny", files, licence="mit", tags=("ctranslate2",)),
        Repo("some/Nothing-GGUF", {"README.md": b"soon"}),
        Repo("some/Great-Model-8B-GGUF", {"Great-Model-8B-Q4_K_M.gguf": FILLER * 40}),
    )
    with hub_server.serving(*repos) as server:
        yield server


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Nothing of the person who runs the tests is found."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "OLLAMA_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home/.local/share"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def made(preferences, models, seal, store, background, undo, key_store, keys, home, tmp_path):
    """Makes the shelf as a start of Parley does; every one is stopped at the end."""
    folders, all_of_them = paths.folders(tmp_path / "parley").make(), []
    machine._write(folders.cache, machine.Speeds(bandwidth=2e10, rate=8e9))  # measuring takes time

    def make():
        parts = (folders, preferences, models, seal, store, background, undo, key_store, keys)
        all_of_them.append(shelves.controller(*parts, models))
        return all_of_them[-1]

    yield make
    for one in all_of_them:
        one.stop()


@pytest.fixture
def near(preferences, hub):
    preferences.set("hub", hub.endpoint)
    return hub


@pytest.fixture
def far(preferences, hub):
    """The hub has the name of another computer, and so have the files it sends on to."""
    hub.names = {PLACE: hub.place, FILES: hub.further}
    with proxy.serving(hub.names) as (address, _):
        preferences.set("hub", f"http://{PLACE}")
        preferences.set("proxy", address)
        yield hub


@pytest.fixture
def shelf(qtbot, made):
    made = made()
    made.look()
    looked(qtbot, made)
    return made


def looked(qtbot, shelf):
    qtbot.waitUntil(lambda: bool(shelf.looked and shelf._around.fits), timeout=WAIT)


def look(qtbot, shelf):
    with qtbot.waitSignal(shelf.changed, timeout=WAIT):
        shelf.look()
    qtbot.waitUntil(lambda: not shelf._around._looking, timeout=WAIT)


def row(shelf, title, job="talk"):
    return next((one for one in shelf.shown(job) if one.title == title), None)


def state(shelf):
    return [one.state for one in shelf.fetches.shown()]


def settled(qtbot, shelf, wanted):
    def is_so():
        assert state(shelf) == [wanted], shelf.fetches.shown()

    qtbot.waitUntil(is_so, timeout=WAIT)


def named_by_me(shelf):
    return [one for one in shelf.shown("speak") if one.source == "A folder of yours"]


def own(tmp_path):
    return tmp_path / "parley/data/models"


def test_what_could_be_fetched_is_shown_for_every_job_with_how_it_fits(shelf):
    for job in ("talk", "see", "listen", "speak", "find"):
        offered = [one for one in shelf.shown(job) if one.state == "offered"]
        assert len(offered) >= 5
        assert all(one.size.startswith("about ") and one.unchecked for one in offered)
        assert all(one.fit in ("fits", "tight", "large") for one in offered)
        assert all(one.fit_words and one.words and one.licence for one in offered)
    qwen = row(shelf, "Qwen3.5 4B")
    assert ("From", f"huggingface.co/{QWEN}") in qwen.facts and not qwen.in_use
    assert row(shelf, "Parley starter").in_use
    assert shelf.machine().words.count("·") == 2 and "of memory" in shelf.machine().words


def test_one_model_is_recommended_and_no_other(shelf):
    one = shelf.recommended()
    assert one and one.recommended and one.fit == "fits" and one.state == "offered"
    assert [r.key for r in shelf.shown("talk") if r.recommended] == [one.key]


def test_a_model_is_fetched_and_talks(qtbot, shelf, near, seal, llm, tmp_path, tiny):
    notices = []
    shelf.notice.connect(notices.append)
    shelf.fetch(OFFER)
    assert row(shelf, "Qwen3.5 4B").state == "fetching"
    settled(qtbot, shelf, "done")
    file = own(tmp_path) / QWEN / "Qwen3.5-4B-Q4_K_M.gguf"
    assert file.read_bytes() == tiny
    qtbot.waitUntil(lambda: row(shelf, "Qwen3.5 4B").state == "here", timeout=WAIT)
    assert not list(own(tmp_path).rglob("*.part")) and not list(own(tmp_path).rglob("*.fetch"))
    assert notices[-1].message == "Qwen3.5 4B is here." and notices[-1].action
    assert not seal.log() and seal.seal.state == "shut"  # this computer is not outside
    assert shelf.take(notices[-1].action)
    assert llm.opened[-1] == ("llama_cpp", file)
    llm.load()
    assert row(shelf, "Qwen3.5 4B").in_use and not row(shelf, "Parley starter").in_use
    assert shelf.recommended() is None
    shelf.fetches.dismiss(shelf.fetches.shown()[0].key)
    assert shelf.fetches.shown() == ()


def test_a_speech_model_is_fetched_whole_and_used(qtbot, shelf, near, preferences, tmp_path):
    shelf.fetch("offer:Systran/faster-whisper-tiny")
    settled(qtbot, shelf, "done")
    qtbot.waitUntil(lambda: row(shelf, "Whisper tiny", "listen").state == "here", timeout=WAIT)
    shelf.use(row(shelf, "Whisper tiny", "listen").key)
    folder = own(tmp_path) / "Systran/faster-whisper-tiny"
    qtbot.waitUntil(lambda: preferences.voice.ears == str(folder), timeout=WAIT)
    assert row(shelf, "Whisper tiny", "listen").in_use
    shelf.use("own:listen")
    assert preferences.voice.ears == ""


def test_the_hub_is_searched_and_says_which_packings_there_are(qtbot, shelf, near):
    shelf.search("qwen", "talk")
    assert shelf.searching
    qtbot.waitUntil(lambda: not shelf.searching, timeout=WAIT)
    [found] = shelf.results()
    assert found.title == "Qwen3.5 4B" and "1,234 times" in found.words
    assert found.licence == "Apache-2.0" and found.fit != "unknown"
    with qtbot.waitSignal(shelf.choices_changed, timeout=WAIT) as told:
        assert shelf.choices(found.key) == ()
        shelf.ask(found.key)
    assert told.args == [found.key]
    choices = shelf.choices(found.key)
    assert [one.title for one in choices] == ["Balanced (Q4_K_M)", "Nearly whole (Q8_0)"]
    assert [one.recommended for one in choices] == [True, False]
    assert all(one.fit_words.startswith("Fits") for one in choices)
    shelf.fetch(found.key, choices[1].key)
    settled(qtbot, shelf, "done")
    shelf.search("", "talk")
    assert shelf.results() == ()


def test_a_hub_with_nothing_for_us_says_so(qtbot, shelf, near):
    shelf.search("no such words", "talk")
    qtbot.waitUntil(lambda: not shelf.searching, timeout=WAIT)
    assert shelf.problem == "The hub has nothing for “no such words”."
    shelf.search("nothing", "talk")
    qtbot.waitUntil(lambda: bool(shelf.results()), timeout=WAIT)
    with qtbot.waitSignal(shelf.notice, timeout=WAIT) as told:
        shelf.ask(shelf.results()[0].key)
    assert "nothing in this model" in told.args[0].message


def test_elsewhere_the_seal_opens_once_and_everything_is_in_the_log(qtbot, shelf, far, seal, store):
    places = []
    seal.changed.connect(lambda now: places.extend(one[0] for one in now.open))
    shelf.search("qwen", "talk")
    qtbot.waitUntil(lambda: not shelf.searching, timeout=WAIT)
    assert shelf.results() and set(places) == {PLACE}
    assert seal.seal.state == "shut"
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "done")
    assert seal.seal.state == "shut" and set(places) == {PLACE, FILES}
    qtbot.waitUntil(lambda: store.flush() and len(seal.log()) == 3, timeout=WAIT)
    files, fetched, searched = seal.log()
    assert (searched.who, searched.what, searched.where) == ("Models", "search for qwen", PLACE)
    assert fetched.what == files.what == f"fetch {QWEN}"
    assert (fetched.where, files.where) == (PLACE, FILES)
    qtbot.waitUntil(lambda: store.flush() and seal.log()[0].received > 400_000, timeout=WAIT)


def test_a_place_the_hub_sends_to_is_only_asked_once_the_person_agreed(qtbot, shelf, far, seal):
    far.names[OTHER] = far.names.pop(FILES)
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "paused")
    [one] = shelf.fetches.shown()
    assert OTHER in one.trouble and OTHER in one.hint
    assert seal.seal.state == "shut" and OTHER not in {sent.where for sent in seal.log()}
    shelf.fetches.resume(one.key)
    settled(qtbot, shelf, "done")
    assert OTHER in {sent.where for sent in seal.log()}


def test_nothing_is_asked_while_the_network_is_locked(qtbot, shelf, far, seal):
    notices = []
    shelf.notice.connect(notices.append)
    seal.lock(True)
    shelf.search("qwen", "talk")
    shelf.fetch(OFFER)
    assert not shelf.searching and "locked" in notices[0].message
    [one] = shelf.fetches.shown()
    assert one.state == "paused" and "locked" in one.trouble
    assert not far.asked and not seal.log()
    seal.lock(False)
    shelf.fetches.resume(one.key)
    settled(qtbot, shelf, "done")


def test_shutting_the_seal_pauses_at_once(qtbot, shelf, far, seal):
    far.fault = slow
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "fetching")
    seal.shut()
    settled(qtbot, shelf, "paused")
    assert "network is shut" in shelf.fetches.shown()[0].words
    far.fault = quick
    shelf.fetches.resume(shelf.fetches.shown()[0].key)
    settled(qtbot, shelf, "done")


def test_paused_gone_on_with_and_given_up(qtbot, shelf, near, tmp_path):
    near.fault = slow
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "fetching")
    qtbot.waitUntil(lambda: shelf.fetches.shown()[0].share > 0, timeout=WAIT)
    key = shelf.fetches.shown()[0].key
    shelf.fetches.pause(key)
    assert state(shelf) == ["paused"] and " of " in shelf.fetches.shown()[0].words
    qtbot.waitUntil(lambda: not shelf.fetches.get(key).visit, timeout=WAIT)
    assert list(own(tmp_path).rglob("*.part"))
    shelf.fetches.resume(key)
    settled(qtbot, shelf, "fetching")
    shelf.fetches.cancel(key)
    assert shelf.fetches.shown() == ()
    qtbot.waitUntil(lambda: not list(own(tmp_path).rglob("*.part")), timeout=WAIT)
    assert row(shelf, "Qwen3.5 4B").state == "offered"


def test_quit_and_come_back(qtbot, made, shelf, near, tmp_path, tiny):
    near.fault = slow
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "fetching")
    qtbot.waitUntil(lambda: shelf.fetches.shown()[0].share > 0, timeout=WAIT)
    shelf.stop()
    QThreadPool.globalInstance().waitForDone(WAIT)  # as the end of Parley does
    shelf.finish()
    near.fault = quick
    asked = len(near.asked)
    again = made()
    again.start()
    again.look()
    [one] = again.fetches.shown()
    assert one.state == "paused" and "closed" in one.words and one.title == "Qwen3.5 4B"
    looked(qtbot, again)
    assert len(near.asked) == asked
    again.fetches.resume(one.key)
    settled(qtbot, again, "done")
    assert (own(tmp_path) / QWEN / "Qwen3.5-4B-Q4_K_M.gguf").read_bytes() == tiny


def test_trouble_is_said_in_the_row_and_in_a_notice(qtbot, shelf, near):
    notices = []
    shelf.notice.connect(notices.append)
    near.repos.pop(QWEN)
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "failed")
    [one] = shelf.fetches.shown()
    assert one.trouble and one.hint
    assert notices[-1].kind == "error" and "Qwen3.5 4B is not here yet" in notices[-1].message


def test_a_full_disk_pauses_and_goes_on_by_itself(qtbot, shelf, near, monkeypatch):
    usage = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda at: usage(at)._replace(free=1000))
    shelf.fetches._room.setInterval(50)
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "paused")
    assert "disk" in shelf.fetches.shown()[0].words and shelf.fetches.shown()[0].trouble
    monkeypatch.setattr(shutil, "disk_usage", usage)
    settled(qtbot, shelf, "done")


def test_a_model_of_ours_goes_to_the_trash_and_comes_back(qtbot, shelf, undo, tmp_path, tiny):
    file = own(tmp_path) / "maker/Tiny-3B-GGUF/Tiny-3B-Q4_K_M.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(tiny)
    look(qtbot, shelf)
    found = row(shelf, "Tiny llama")
    assert found.removable and found.state == "here" and found.source == "Parley"
    with qtbot.waitSignal(shelf.notice, timeout=WAIT) as told:
        shelf.remove(found.key)
    assert told.args[0].action == "Undo" and not file.exists() and not file.parent.exists()
    undo.undo()
    qtbot.waitUntil(file.exists, timeout=WAIT)
    assert file.read_bytes() == tiny


def test_what_is_in_use_or_another_programs_is_never_removed(qtbot, shelf, llm, home, tmp_path):
    theirs = home / ".lmstudio/models/maker/Other-7B-GGUF/Other-7B-Q4_K_M.gguf"
    ours = own(tmp_path) / "maker/Tiny-3B-GGUF/Tiny-3B-Q4_K_M.gguf"
    for seed, place in enumerate((theirs, ours)):
        place.parent.mkdir(parents=True)
        random_llama(place, seed=seed)
    look(qtbot, shelf)
    other, mine = (
        next(one for one in shelf.shown("talk") if one.key == f"here:{path}")
        for path in (theirs, ours)
    )
    assert other.source == "LM Studio" and not other.removable
    shelf.remove(other.key)
    assert mine.removable
    shelf.use(mine.key)
    llm.load()
    with qtbot.waitSignal(shelf.notice, timeout=WAIT) as told:
        shelf.remove(mine.key)
    assert "in use" in told.args[0].message
    assert theirs.exists() and ours.exists()


def test_folders_of_the_person_are_looked_in_and_remembered(qtbot, shelf, preferences, tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    tone_voice.build(folder, name="en_US-tone-medium")
    shelf.add_folder(str(folder))
    qtbot.waitUntil(lambda: bool(named_by_me(shelf)), timeout=WAIT)
    [one] = named_by_me(shelf)
    [named] = [one for one in shelf.folders() if one.removable]
    assert named.there and named.words.startswith("1 model, ")
    shelf.use(one.key)
    qtbot.waitUntil(lambda: preferences.voice.voice != "", timeout=WAIT)
    folder.rename(tmp_path / "pulled out")
    look(qtbot, shelf)
    [away] = named_by_me(shelf)
    assert away.state == "away" and not [one for one in shelf.folders() if one.removable][0].there
    shelf.forget_folder(str(folder))
    look(qtbot, shelf)
    assert not [one for one in shelf.folders() if one.removable]
    assert not named_by_me(shelf)


def test_a_model_with_terms_comes_with_the_persons_token(qtbot, shelf, near, light):
    near.repos[QWEN].gated = "manual"
    near.tokens["hf_mine"] = {QWEN}
    shelf.fetch(OFFER)
    settled(qtbot, shelf, "failed")
    [one] = shelf.fetches.shown()
    assert "token" in one.hint
    card = HubTokenCard(shelf.token)
    qtbot.addWidget(card)
    card.show()
    qtbot.keyClicks(card.field.field, "hf_mine")
    with qtbot.waitSignal(shelf.token.changed, timeout=WAIT):
        qtbot.keyClick(card.field.field, Qt.Key.Key_Return)
    assert card.field.field.text() == "" and "A token is kept." in card.line.words.text()
    shelf.fetches.resume(one.key)
    settled(qtbot, shelf, "done")
    with qtbot.waitSignal(shelf.token.changed, timeout=WAIT):
        qtbot.mouseClick(card.forget, Qt.MouseButton.LeftButton)
    assert not shelf.token.kept and not card.forget.isVisible()


def slow(asked):
    """Files come in a trickle."""
    return Fault(pace=20_000) if asked.where == "cdn" else None


def quick(_asked):
    return None
