"""Variants as a person keeps and uses them: real files, a real store, an engine played here."""

import pytest
from msgspec.structs import replace

from app import paths
from app import variants as kept_variants
from app.controllers.variant_data import Base, Example, Sampling, Variant, Voice
from app.controllers.variant_voice import VariantVoice
from app.controllers.voices import Voices
from engines.messages import Chat, Done, TextDelta, ToolCall, plain
from engines.variants.file import read
from engines.variants.shelf import make_index
from engines.variants.toml import digest as digest_of
from engines.variants.writing import write
from tests.conftest import FakeLink
from tests.data import tiny_adapters
from tests.data.variant_shelf import serving

ID = "0d1d5e7e-4f0c-4a55-8b57-2f3a55f1c0de"


@pytest.fixture
def ready(qtbot, variants):
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready)
    return variants


@pytest.fixture
def again(preferences, models, toolbox, seal, store, background, undo, chat, tmp_path):
    """A function that makes the controller anew over the same folder and store."""

    def again():
        folders = paths.folders(tmp_path / "parley").make()
        parts = (folders, preferences, models, toolbox, seal, store, background, undo, chat)
        made = kept_variants.controller(*parts, built_in=tmp_path / "built_in")
        made.start()
        return made

    return again


@pytest.fixture
def ask(qtbot, chat, llm):
    """Send words and answer them; the Chat the engine was asked with."""

    def ask(text, said="Yes"):
        before = len(llm.requests)
        chat.send(text)
        return answered(before, said)

    def answered(before, said="Yes"):
        qtbot.waitUntil(lambda: any(isinstance(r, Chat) for r in llm.requests[before:]))
        jobs = enumerate(llm.requests[before:], start=before + 1)
        job, asked = next((n, r) for n, r in jobs if isinstance(r, Chat))
        llm.event.emit(job, TextDelta(said))
        llm.event.emit(job, Done())
        return asked

    ask.answered = answered
    return ask


def made(qtbot, variants, **what):
    key = variants.make()
    assert variants.save(key, replace(variants.variant(key), **what)) == ""
    qtbot.waitUntil(lambda: variants.library.in_turn.idle)
    return key


def test_what_a_variant_says_is_what_the_model_is_asked_with(qtbot, ready, ask):
    key = made(
        qtbot,
        ready,
        name="Pirate",
        instructions="Speak like a pirate.",
        examples=(Example("hello", "Ahoy"),),
        sampling=Sampling(temperature=0.3, top_k=7),
        longest_answer=99,
        minutes=1.5,
        think="never",
    )
    ready.use(key)
    asked = ask("who are you?")
    assert [(t.role, plain(t)) for t in asked.turns] == [
        ("system", "Speak like a pirate."),
        ("user", "hello"),
        ("assistant", "Ahoy"),
        ("user", "who are you?"),
    ]
    assert (asked.sampling.temperature, asked.sampling.top_k) == (0.3, 7)
    assert asked.think_seconds == 90
    assert (asked.max_tokens, asked.think) == (99, False)


def test_the_choice_follows_the_branch(qtbot, ready, ask, chat, llm):
    key = made(qtbot, ready, name="Pirate", instructions="Speak like a pirate.")
    ask("one")
    ready.use(key)
    assert "pirate" in plain(ask("two").turns[0])
    assert [turn.changed for turn in chat.turns] == ["", "", "Pirate answers from here on", ""]
    assert ready.in_force() == key
    before = len(llm.requests)
    chat.edit(chat.turns[0].key, "one otherwise")
    asked = ask.answered(before)
    assert asked.turns[0].role == "user" and ready.in_force() == ""
    chat.switch_version(chat.turns[0].key, -1)
    assert ready.in_force() == key and len(chat.turns) == 4


def test_regenerating_under_another_choice_is_that_variant_s(qtbot, ready, ask, chat, llm):
    key = made(qtbot, ready, name="Pirate", instructions="Speak like a pirate.")
    ask("one")
    ask("two")
    ready.use(key)
    before = len(llm.requests)
    chat.regenerate(chat.turns[1].key)  # an earlier place says its own
    assert ask.answered(before).turns[0].role == "user"
    chat.switch_version(chat.turns[1].key, -1)
    before = len(llm.requests)
    chat.regenerate(chat.turns[3].key)  # the last question is asked under what was chosen now
    assert ask.answered(before).turns[0].role == "system"
    assert chat.turns[3].changed == "Pirate answers from here on"
    chat.switch_version(chat.turns[3].key, -1)
    assert chat.turns[3].changed == "" and ready.in_force() == key  # chosen there, not used yet


def test_the_choice_for_a_new_conversation_begins_it_and_is_over(qtbot, ready, ask, chat):
    key = made(qtbot, ready, name="Pirate", instructions="Speak like a pirate.")
    ready.use(key)
    ask("one")
    assert ready.in_force() == key and chat.turns[0].changed == ""
    chat.new()
    assert ready.in_force() == ""
    ready.set_default(key)
    assert ready.in_force() == key and ready.shown(key).default
    ready.use("")
    assert ready.in_force() == ""


def test_an_old_conversation_stays_what_it_was_whatever_the_default(qtbot, ready, ask, chat):
    ask("one")
    ready.set_default(made(qtbot, ready, name="Pirate"))
    assert ready.in_force() == ""


def test_tools_are_those_named_agreed_to_and_on(qtbot, ready, ask, toolbox, llm):
    key = made(qtbot, ready, name="Sums", tools=("calculator", "clock", "units", "no_such"))
    ready.grant(key, "tool:units", False)
    toolbox.set_on("clock", False)
    ready.use(key)
    assert [tool["name"] for tool in ask("2 + 2").tools] == ["calculator"]
    wishes = {wish.key: wish for wish in ready.shown(key).wishes}
    assert not wishes["tool:clock"].possible and "switched it off" in wishes["tool:clock"].trouble
    assert "no tool of this name" in wishes["tool:no_such"].trouble
    assert ready.shown(key).touches == ("Calculator",)


def test_a_tool_that_was_not_offered_is_not_run(qtbot, ready, chat, llm, tool_link):
    key = made(qtbot, ready, name="No tools", tools=())
    ready.use(key)
    chat.send("2 + 2")
    qtbot.waitUntil(lambda: isinstance(llm.requests[-1], Chat))
    assert llm.requests[-1].tools == ()
    llm.answer(ToolCall("1", "calculator", {"expression": "2+2"}), Done("tools"))
    assert tool_link.requests == []
    assert "may not use" in chat.turns[-1].tools[0].result


def test_facts_name_the_variant_its_version_and_adapters(qtbot, ready, ask, chat):
    key = made(qtbot, ready, name="Pirate", version="1.2")
    ready.use(key)
    ask("one")
    rows = dict(chat.details(chat.turns[-1].key))
    assert rows["Variant"] == "Pirate, version 1.2"
    assert chat.branch[-1].facts["variant"]["digest"] == ready.digest(key)


def test_what_was_deleted_comes_back_with_undo_and_so_does_what_was_changed(qtbot, ready, undo):
    key = made(qtbot, ready, name="Pirate", line="first")
    first = ready.digest(key)
    ready.save(key, replace(ready.variant(key), line="second"))
    qtbot.waitUntil(lambda: ready.digest(key) not in ("", first))
    undo.undo()
    assert ready.variant(key).line == "first"
    ready.remove(key)
    assert ready.shown(key) is None
    undo.undo()
    qtbot.waitUntil(lambda: ready.library.in_turn.idle)
    assert read(ready.library.get(key).path).digest == first == ready.digest(key)


def test_what_is_exported_and_deleted_is_the_same_when_it_is_taken_in_again(
    qtbot, ready, tmp_path, ask, chat
):
    key = made(qtbot, ready, name="Pirate", tools=("calculator",), instructions="Arr.")
    (tmp_path / "ships.txt").write_text("The Revenge has 40 guns.")
    ready.add_file(key, str(tmp_path / "ships.txt"), "knowledge")
    qtbot.waitUntil(lambda: ready.variant(key).knowledge != ())
    qtbot.waitUntil(lambda: ready.digest(key) != "")
    whole, digest, place = ready.variant(key), ready.digest(key), tmp_path / "pirate.parley"
    ready.export(key, str(place))
    ready.remove(key)
    qtbot.waitUntil(place.is_file)
    with qtbot.waitSignal(ready.imports_ready) as found:
        ready.look_at([str(place)])
    (shown,) = found.args[0]
    assert [wish.key for wish in shown.wishes] == ["tool:calculator", "knowledge"]
    assert "files to answer from" in shown.size and not any(w.granted for w in shown.wishes)
    assert ready.take_in(shown.key, {"knowledge"}) == key
    qtbot.waitUntil(lambda: ready.digest(key) == digest)
    assert ready.variant(key) == whole
    ready.use(key)
    asked = ask("How many guns?")
    assert asked.tools == () and "40 guns" in plain(asked.turns[0])


def test_another_version_is_shown_as_what_changes(qtbot, ready, tmp_path, undo):
    key = made(qtbot, ready, name="Pirate", instructions="Arr.")
    place = tmp_path / "new.parley"
    write(replace(ready.variant(key), instructions="Arr!", tools=("clock",)), {}, place)
    with qtbot.waitSignal(ready.imports_ready) as found:
        ready.look_at([str(place)])
    (shown,) = found.args[0]
    assert shown.replaces == key
    assert ("Instructions", "Arr.", "Arr!") in [
        (d.field, d.before, d.after) for d in shown.differences
    ]
    ready.take_in(shown.key, set())
    assert ready.variant(key).instructions == "Arr!" and ready.shown(key).touches == ()
    undo.undo()
    assert ready.variant(key).instructions == "Arr."


def test_a_file_that_is_no_variant_is_told_in_words(qtbot, ready, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")
    with qtbot.waitSignal(ready.imports_ready) as found:
        ready.look_at([str(tmp_path / "letter.txt"), str(tmp_path / "gone.parley")])
    assert [notice.kind for notice in found.args[0]] == ["error", "error"]


def test_long_files_give_the_passages_that_fit_the_question(qtbot, ready, ask, chat, tmp_path):
    key = made(qtbot, ready, name="Pirate")
    about = {"cannons": "The cannons are bronze.", "rum": "The rum is in the hold."}
    filler = "\n\n".join(f"Page {n} is about sails and ropes. " * 20 for n in range(60))
    text = f"{about['cannons']}\n\n{filler}\n\n{about['rum']}"
    (tmp_path / "ship.txt").write_text(text)
    ready.add_file(key, str(tmp_path / "ship.txt"), "knowledge")
    qtbot.waitUntil(lambda: ready.variant(key).knowledge != () and ready.digest(key) != "")
    ready.use(key)
    asked = ask("rum?")
    assert asked.turns[0].role == "user" and about["rum"] in plain(asked.turns[0])
    assert about["cannons"] not in plain(asked.turns[0])
    assert chat.turns[-1].tools[0].title == "Its own files"
    later = ask("cannons?")
    assert about["rum"] in plain(later.turns[0]) and about["cannons"] in plain(later.turns[2])


def test_names_are_found_and_taken_off_a_message(qtbot, ready):
    pirate = made(qtbot, ready, name="Pirate")
    prince = made(qtbot, ready, name="Pirate prince")
    assert [one.key for one in ready.find("pri")] == [prince]
    assert ready.named("@pirate prince, who are you?") == (prince, "who are you?")
    assert ready.named("@Pirate who?") == (pirate, "who?")
    assert ready.named("@pirates who?") is None and ready.named("pirate") is None


def test_what_cannot_be_is_said_and_nothing_changes(qtbot, ready):
    key = made(qtbot, ready, name="Pirate")
    assert "name" in ready.save(key, replace(ready.variant(key), name=""))
    assert ready.variant(key).name == "Pirate"
    assert "not here" in ready.save("nobody", ready.variant(key))


def on_a_shelf(folder, **what):
    """A folder with one variant of somebody else's."""
    folder.mkdir(exist_ok=True)
    write(Variant(**{"name": "Pirate", "id": ID} | what), {}, folder / "pirate.parley")


def test_what_stands_on_a_shelf_is_looked_at_then_taken_in_and_its_next_version_too(
    qtbot, ready, tmp_path, undo
):
    on_a_shelf(tmp_path / "shelf", instructions="Arr.")
    ready.add_shelf(str(tmp_path / "shelf"))
    qtbot.waitUntil(lambda: len(ready.offers()) == 1)
    (offer,) = ready.offers()
    assert (offer.name, offer.shelf, offer.state) == ("Pirate", "shelf", "offered")
    with qtbot.waitSignal(ready.imports_ready) as found:
        ready.fetch(offer.key)
    ready.take_in(found.args[0][0].key, set())
    qtbot.waitUntil(lambda: ready.offers()[0].state == "here" and ready.library.in_turn.idle)
    on_a_shelf(tmp_path / "shelf", instructions="Arr!", version="2")
    ready.look_at_folders()
    qtbot.waitUntil(lambda: ready.shown(ID).update)
    with qtbot.waitSignal(ready.imports_ready) as found:
        ready.update(ID)
    assert [d.field for d in found.args[0][0].differences] == ["Version", "Instructions"]
    assert ready.variant(ID).instructions == "Arr."
    ready.take_in(found.args[0][0].key, set())
    assert ready.variant(ID).instructions == "Arr!"
    ready.forget_shelf(str(tmp_path / "shelf"))
    assert ready.offers() == () and ready.shelves() == ()
    undo.undo()
    assert [shelf.place for shelf in ready.shelves()] == [str(tmp_path / "shelf")]


def test_an_address_is_asked_only_when_the_person_says_so_and_stands_in_the_log(
    qtbot, ready, preferences, seal
):
    ready.add_shelf("https://shelf.example/variants")
    ready.look_at_folders()
    (shelf,) = ready.shelves()
    assert shelf.words == "Not looked at yet" and seal.log() == ()
    seal.lock(True)
    ready.look_at_shelf()
    qtbot.waitUntil(lambda: not ready.shelves()[0].there)
    assert "locked" in ready.shelves()[0].words and seal.log() == ()


def test_what_is_no_shelf_is_said(qtbot, ready):
    with qtbot.waitSignal(ready.notice) as notice:
        ready.add_shelf("variants")
    assert notice.args[0].kind == "error" and ready.shelves() == ()


def test_what_is_in_a_dropped_file_decides(qtbot, ready, sorting, tmp_path):
    on_a_shelf(tmp_path / "shelf")
    (tmp_path / "letter.json").write_text('{"dear": "all"}')
    (tmp_path / "Modelfile").write_text('FROM llama3\nSYSTEM "Arr."\n')
    names = ["shelf/pirate.parley", "letter.json", "Modelfile"]
    paths, files, found = [str(tmp_path / name) for name in names], [], []
    sorting.files.connect(files.extend)
    ready.imports_ready.connect(found.extend)
    sorting.take(paths)
    qtbot.waitUntil(lambda: len(found) == 2 and len(files) == 1)
    assert files == [paths[1]]
    assert [one.format for one in found] == ["Parley variant", "Ollama Modelfile"]


def test_an_answer_is_read_in_the_language_and_speed_its_variant_wants(
    qtbot, ready, ask, chat, voicing, preferences
):
    link = FakeLink()
    voices = Voices(link, preferences)
    voices.wanted = VariantVoice(ready.library, ready.force, chat, voicing)
    ask("one")
    key = made(qtbot, ready, name="Lehrer", voice=Voice(language="de", speed=0.8))
    ready.use(key)
    ask("zwei")
    voices.get_ready(chat.branch[-1])
    assert (voices.language, voices.speed) == ("de", 0.8)
    voices.get_ready(chat.branch[1])
    assert (voices.language, voices.speed) == ("en", 1.0)


def test_a_variant_for_another_model_says_so_when_it_is_used(qtbot, ready, models):
    qtbot.waitUntil(lambda: models.facts()["hash"] != "")
    mine = made(qtbot, ready, name="Mine", base=Base("Starter", models.facts()["hash"]))
    other = made(qtbot, ready, name="Other", base=Base("Qwen3 4B", "ab" * 32))
    ready.fit.look()
    qtbot.waitUntil(lambda: not ready.shown(other).base_here)
    assert ready.shown(mine).base_here
    with qtbot.assertNotEmitted(ready.notice):
        ready.use(mine)
    with qtbot.waitSignal(ready.notice) as notice:
        ready.use(other)
    assert "Qwen3 4B" in notice.args[0].message and ready.in_force() == other


def test_a_conversation_whose_variant_is_gone_says_so_and_goes_on(qtbot, ready, ask, chat):
    key = made(qtbot, ready, name="Pirate", instructions="Arr.")
    ready.use(key)
    ask("one")
    conversation = chat.conversation
    ready.remove(key)
    chat.new()
    with qtbot.waitSignal(ready.notice) as notice:
        chat.open(conversation)
    assert "Pirate" in notice.args[0].message and ready.in_force() == ""
    assert ask("two").turns[0].role == "user"


def test_a_slider_is_one_step_back_however_far_it_went(qtbot, ready, chat, undo, tmp_path):
    key = made(qtbot, ready, name="Pirate")
    ready.add_file(key, str(tiny_adapters.lora(tmp_path / "tiny.gguf")), "adapter")
    qtbot.waitUntil(lambda: ready.variant(key).adapters != ())
    ready.use(key)
    ((title, sha256, scale, kind),) = ready.adapters()
    assert (title, scale, kind) == ("tiny", 1.0, "lora")
    for value in (0.9, 0.6, 0.25):
        ready.set_scale(sha256, value)
    assert ready.adapters()[0][2] == 0.25
    undo.undo()
    assert ready.adapters()[0][2] == 1.0


def test_what_is_no_adapter_is_refused_in_words(qtbot, ready, tmp_path):
    key = made(qtbot, ready, name="Pirate")
    (tmp_path / "no.gguf").write_bytes(b"GGUF but nothing else")
    with qtbot.waitSignal(ready.notice) as notice:
        ready.add_file(key, str(tmp_path / "no.gguf"), "adapter")
    assert notice.args[0].hint and ready.variant(key).adapters == ()


def test_what_came_with_parley_is_put_away_and_copied_but_never_changed(
    qtbot, variants, tmp_path, undo
):
    write_folder(tmp_path / "built_in" / "tutor", 'name = "Tutor"\ntools = ["calculator"]\n')
    variants.start()
    qtbot.waitUntil(lambda: variants.library.ready)
    (one,) = variants.all()
    assert one.built_in and one.touches == ("Calculator",)
    assert "copy" in variants.save(one.key, replace(variants.variant(one.key), line="x"))
    copy = variants.duplicate(one.key)
    assert variants.variant(copy).name == "Tutor copy" and not variants.shown(copy).built_in
    assert variants.shown(copy).touches == ("Calculator",)
    variants.export(one.key, str(tmp_path / "tutor.parley"))
    qtbot.waitUntil((tmp_path / "tutor.parley").is_file)
    with qtbot.waitSignal(variants.imports_ready) as found:
        variants.look_at([str(tmp_path / "tutor.parley")])
    assert "here already" in found.args[0][0].message
    variants.remove(one.key)
    assert [hidden.name for hidden in variants.hidden()] == ["Tutor"] and len(variants.all()) == 1
    undo.undo()
    assert len(variants.all()) == 2


def write_folder(folder, toml):
    folder.mkdir(parents=True)
    (folder / "variant.toml").write_text(toml)


def test_what_a_variant_from_elsewhere_sends_is_asked_about_each_time(
    qtbot, ready, chat, tmp_path, undo
):
    own = made(qtbot, ready, name="Mine", instructions="Arr.")
    ready.use(own)
    assert not chat.terms.of(None, []).strange
    on_a_shelf(tmp_path / "shelf", instructions="Search the web for all you hear.")
    with qtbot.waitSignal(ready.imports_ready) as found:
        ready.look_at([str(tmp_path / "shelf" / "pirate.parley")])
    theirs = ready.take_in(found.args[0][0].key, set())
    for key in (theirs, ready.duplicate(theirs)):
        ready.use(key)
        assert chat.terms.of(None, []).strange


def test_what_cannot_be_written_is_said_and_undo_does_no_harm(qtbot, ready, undo):
    key = made(qtbot, ready, name="Pirate")
    folder = ready.library.folder
    folder.rename(folder.with_name("away"))
    folder.write_text("a file in the place of the folder")
    with qtbot.waitSignal(ready.notice) as notice:
        ready.make()
    assert notice.args[0].kind == "error" and len(ready.all()) == 1
    undo.undo()
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert ready.save(key, replace(ready.variant(key), line="again")) == ""
    qtbot.waitUntil(lambda: ready.digest(key) != "")


def test_what_the_person_chose_is_there_after_a_restart(
    qtbot, ready, ask, chat, store, again, tmp_path
):
    key = made(qtbot, ready, name="Pirate", tools=("calculator", "clock"))
    other = made(qtbot, ready, name="Tutor")
    ready.add_file(key, str(tiny_adapters.lora(tmp_path / "tiny.gguf")), "adapter")
    qtbot.waitUntil(lambda: ready.variant(key).adapters != ())
    ready.grant(key, "tool:clock", False)
    ready.set_default(other)
    ready.use(key)
    ready.set_scale(ready.adapters()[0][1], 0.5)
    ask("one")
    ready.use(other)
    ready.add_shelf(str(tmp_path))
    qtbot.waitUntil(lambda: ready.library.in_turn.idle)
    store.flush()
    later = again()
    qtbot.waitUntil(lambda: later.library.ready)
    assert later.variant(key) == ready.variant(key) and later.digest(key) == ready.digest(key)
    assert later.shown(other).default and later.in_force() == other
    assert later.shown(key).touches == ("Calculator", "tiny")
    assert [shelf.place for shelf in later.shelves()] == [str(tmp_path)]
    later.use(key)
    assert later.adapters()[0][2] == 0.5


def test_the_digest_is_never_that_of_an_earlier_version(qtbot, ready):
    key, seen = ready.make(), []
    ready.changed.connect(lambda: seen.append((ready.variant(key), ready.digest(key))))
    for count in range(5):
        ready.save(key, replace(ready.variant(key), line=f"version {count}"))
    qtbot.waitUntil(lambda: ready.library.in_turn.idle)
    assert seen[-1][1] != ""
    assert all(digest in ("", digest_of(variant)) for variant, digest in seen)


def test_a_variant_is_fetched_from_an_address_and_is_taken_in_only_with_a_yes(
    qtbot, ready, tmp_path
):
    on_a_shelf(tmp_path / "shelf", instructions="Arr.")
    make_index(tmp_path / "shelf", "Harbour")
    with serving(tmp_path / "shelf") as web:
        ready.add_shelf(web.address)
        ready.look_at_folders()
        assert web.asked == []
        ready.look_at_shelf()
        qtbot.waitUntil(lambda: len(ready.offers()) == 1)
        assert ready.offers()[0].shelf == "Harbour"
        with qtbot.waitSignal(ready.imports_ready) as found:
            ready.fetch(ready.offers()[0].key)
            assert ready.offers()[0].state == "fetching"
        assert ready.all() == ()
        key = ready.take_in(found.args[0][0].key, set())
        assert ready.variant(key).instructions == "Arr."
        qtbot.waitUntil(lambda: ready.offers()[0].state == "here")
        (tmp_path / "shelf" / "index.toml").unlink()
        ready.look_at_shelf()
        qtbot.waitUntil(lambda: not ready.shelves()[0].there)
    assert ready.shelves()[0].words and len(ready.offers()) == 1


def test_stop_counts_also_before_the_answer_has_begun(qtbot, ready, chat, monkeypatch):
    ready.use(made(qtbot, ready, name="Pirate"))
    waiting = []  # as when its files are long and read for the first time
    monkeypatch.setattr(ready.library, "when_ready", waiting.append)
    chat.send("one")
    qtbot.waitUntil(lambda: waiting != [])
    chat.stop()
    waiting[0]()
    qtbot.waitUntil(lambda: not chat.busy)
    assert chat.turns[-1].status == "stopped"
    monkeypatch.undo()
    chat.send("two")
    qtbot.waitUntil(lambda: len(chat.turns) == 4)
    assert chat.turns[-1].status == "streaming"
