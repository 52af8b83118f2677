"""The store: trees of turns, what is shown, what is found, what is kept."""

import itertools
import logging
import os
import threading
from functools import partial

import pytest

from app.store import stored
from app.store.conversations import Store, StoredPart
from app.store.disk import Disk
from app.store.writing import add_turn
from engines.errors import ParleyError


class Told:
    """Calls a write of the store, waits until it is on disk, and returns what done was told."""

    def __init__(self, store):
        self.store = store
        self.failed = []

    def __call__(self, write, *args, **kwargs):
        answers = []
        write(*args, done=lambda *a: answers.append(a), failed=self.failed.append, **kwargs)
        assert self.store.flush()
        if not answers:
            raise self.failed[-1]
        (answer,) = answers
        return answer if len(answer) > 1 else answer[0]

    def begin(self, text="Hello", title="Greeting"):
        return self(self.store.begin, title, "user", text_of(text))

    def add(self, parent, text, role="assistant", **kwargs):
        return self(
            self.store.add_turn, parent.conversation, parent.id, role, text_of(text), **kwargs
        )


def text_of(text):
    return (StoredPart("text", text),)


def texts(turns):
    return [turn.parts[0].text for turn in turns]


def titles(conversations):
    return [c.title for c in conversations]


@pytest.fixture(params=["disk", "memory"])
def store(request, tmp_path):
    path = tmp_path / "data" / "parley.db" if request.param == "disk" else None
    store = Store(path, lambda callback: callback(), disk=Disk(ballast=0))
    yield store
    store.close()


@pytest.fixture
def memory():
    store = Store(None, lambda callback: callback())
    yield store
    store.close()


@pytest.fixture
def told(store):
    return Told(store)


def test_a_conversation_begins_with_its_first_turn(store, told):
    conversation, turn = told.begin("How are you?", "A question")
    assert store.branch(conversation) == [turn] == [store.turn(turn.id)]
    (listed,) = store.conversations()
    assert listed == store.conversation(conversation)
    assert (listed.title, listed.leaf, listed.titled_by) == ("A question", turn.id, "")
    assert (turn.role, turn.status, turn.parent, turn.version, turn.versions) == (
        *("user", "done", None),
        *(1, 1),
    )


def test_editing_makes_a_sibling_and_the_old_branch_stays(store, told):
    conversation, first = told.begin("old question")
    old = told.add(first, "old answer")
    edited = told(store.add_turn, conversation, None, "user", text_of("new question"))
    new = told.add(edited, "new answer")
    assert texts(store.branch(conversation)) == ["new question", "new answer"]
    assert store.siblings(edited.id) == store.siblings(first.id) == [first.id, edited.id]
    assert [(t.version, t.versions) for t in store.branch(conversation)] == [(2, 2), (1, 1)]
    assert store.newest_leaf(first.id) == old.id
    told(store.show, conversation, old.id)
    assert texts(store.branch(conversation)) == ["old question", "old answer"]
    assert store.branch(conversation)[0].version == 1
    assert texts(store.branch(conversation, new.id)) == ["new question", "new answer"]


def test_regenerating_counts_versions_within_one_parent_only(store, told):
    conversation, first = told.begin()
    answers = [told.add(first, f"answer {n}") for n in range(3)]
    assert [(a.version, a.versions) for a in answers] == [(1, 1), (2, 2), (3, 3)]
    follow = told.add(answers[1], "and then?", "user")
    assert [(t.version, t.versions) for t in store.branch(conversation)] == [(1, 1), (2, 3), (1, 1)]
    assert store.newest_leaf(answers[1].id) == follow.id
    assert store.newest_leaf(first.id) == answers[2].id
    assert store.siblings(follow.id) == [follow.id]


def test_a_growing_answer_replaces_its_parts(store, told):
    conversation, first = told.begin()
    answer = told(store.add_turn, conversation, first.id, "assistant", (), "streaming")
    assert store.branch(conversation)[-1].parts == ()
    parts = (StoredPart("thought", "hm"), StoredPart("text", "It is"))
    told(store.write_answer, answer.id, parts, "streaming")
    assert store.turn(answer.id).parts == parts
    parts = (
        StoredPart("thought", "hm"),
        StoredPart("text", "It is four."),
        StoredPart("call", "{}"),
    )
    told(store.write_answer, answer.id, parts, "done", {"tokens": 4, "settings": {"seed": 1}})
    told(store.write_answer, answer.id, parts[:2], "stopped")
    kept = store.turn(answer.id)
    assert (kept.parts, kept.status) == (parts[:2], "stopped")
    assert kept.facts == {"tokens": 4, "settings": {"seed": 1}}


def test_streaming_writes_that_wait_in_line_become_one(store, told):
    conversation, first = told.begin()
    answer = told(store.add_turn, conversation, first.id, "assistant", (), "streaming")
    gate, heard = threading.Event(), []
    store.rename(conversation, "held up", "person", done=lambda _: gate.wait())
    for n in range(50):
        done = partial(heard.append, n)
        store.write_answer(answer.id, text_of("x" * n), "streaming", done=lambda _, d=done: d())
    store.write_answer(answer.id, text_of("x" * 50), "done", done=lambda _: heard.append(50))
    gate.set()
    assert store.flush()
    assert heard == list(range(51))
    assert store.turn(answer.id).parts == text_of("x" * 50)


def test_a_deleted_turn_takes_along_all_below_it_and_the_newest_sibling_is_shown(store, told):
    conversation, first = told.begin()
    kept, gone = told.add(first, "kept"), told.add(first, "gone")
    leaf = told.add(kept, "below kept", "user")
    below = told.add(gone, "below gone", "user")
    assert told(store.delete_turn, gone.id) == leaf.id
    assert store.conversation(conversation).leaf == leaf.id
    assert texts(store.branch(conversation)) == ["Hello", "kept", "below kept"]
    assert store.branch(conversation)[1].versions == 1
    told(store.restore_turn, gone.id, below.id)
    assert texts(store.branch(conversation)) == ["Hello", "gone", "below gone"]
    assert store.branch(conversation)[1].version == 2


def test_without_a_sibling_the_parent_is_shown_and_without_a_parent_nothing(store, told):
    conversation, first = told.begin()
    answer = told.add(first, "answer")
    assert told(store.delete_turn, answer.id) == first.id
    assert told(store.delete_turn, first.id) is None
    assert store.branch(conversation) == []
    assert store.conversation(conversation).leaf is None
    told(store.restore_turn, first.id, first.id)
    assert store.branch(conversation) == [first], "the answer was deleted before, by itself"
    told(store.restore_turn, answer.id, answer.id)
    assert texts(store.branch(conversation)) == ["Hello", "answer"]


def test_deleting_a_branch_that_is_not_shown_changes_nothing_on_screen(store, told):
    conversation, first = told.begin()
    old, new = told.add(first, "old"), told.add(first, "new")
    assert told(store.delete_turn, old.id) == new.id
    assert texts(store.branch(conversation)) == ["Hello", "new"]


def test_what_is_deleted_takes_no_children_and_is_not_shown(store, told):
    conversation, first = told.begin()
    answer = told.add(first, "answer")
    told(store.delete_turn, answer.id)
    for impossible in (
        partial(told.add, answer, "child"),
        partial(told, store.show, conversation, answer.id),
        partial(told, store.delete_turn, answer.id),
        partial(told, store.add_turn, 99, None, "user", ()),
        partial(told, store.show, 99, first.id),
    ):
        with pytest.raises(ParleyError):
            impossible()
    assert store.branch(conversation) == [first]


def test_a_deleted_conversation_is_gone_until_it_is_restored(store, told):
    conversation, _ = told.begin("find me", "Title")
    told(store.delete_conversation, conversation)
    assert store.conversations() == [] == store.search("find")
    assert store.conversation(conversation) is None
    told(store.restore_conversation, conversation)
    assert titles(store.conversations()) == titles(store.search("find")) == ["Title"]


def test_the_bin_is_emptied_of_what_is_old_enough(store, told, monkeypatch):
    conversation, first = told.begin("stays", "Kept")
    answer = told.add(first, "deleted early")
    told.add(answer, "below", "user")
    other, _ = told.begin("whole conversation", "Gone")
    told(store.delete_turn, answer.id)
    told(store.delete_conversation, other)
    later = stored.now() + 1000
    assert told(store.empty_bin, later - 100_000) == 0
    told(store.restore_turn, answer.id, answer.id)
    told(store.delete_turn, answer.id)
    assert told(store.empty_bin, later) == 3
    with pytest.raises(ParleyError):
        told(store.restore_turn, answer.id, answer.id)
    assert texts(store.branch(conversation)) == ["stays"]
    assert store.search("whole") == store.search("early") == store.search("Gone") == []
    with pytest.raises(ParleyError):
        told(store.write_answer, answer.id, (), "done")


def test_conversations_stand_in_the_order_of_their_last_turn_pinned_ones_first(store, told):
    firsts = {name: told.begin(title=name) for name in "abc"}
    assert titles(store.conversations()) == ["c", "b", "a"]
    told.add(firsts["a"][1], "more")
    assert titles(store.conversations()) == ["a", "c", "b"]
    told(store.pin, firsts["b"][0], True)
    assert titles(store.conversations()) == ["b", "a", "c"]
    assert [c.pinned for c in store.conversations()] == [True, False, False]
    assert titles(store.conversations(1, 1)) == ["a"]
    told(store.pin, firsts["b"][0], False)
    assert titles(store.conversations()) == ["a", "c", "b"]
    told(store.rename, firsts["b"][0], "bee", "person")
    told(store.save_draft, firsts["b"][0], "half a")
    assert titles(store.conversations()) == ["a", "c", "bee"], "only turns move a conversation"


def test_order_survives_a_clock_that_goes_backwards(store, told, monkeypatch):
    clock = itertools.count(2_000_000_000_000, -3_600_000)
    monkeypatch.setattr("app.store.writing.now", lambda: next(clock))
    conversation, first = told.begin("1", title="older")
    answer = told.add(first, "2")
    told.add(answer, "3", "user")
    told.begin(title="newer")
    assert titles(store.conversations()) == ["newer", "older"]
    assert texts(store.branch(conversation)) == ["1", "2", "3"]
    said = [turn.said for turn in store.branch(conversation)]
    assert said == sorted(said, reverse=True), "the clock did go backwards"


def test_titles_and_drafts_are_kept(store, told):
    conversation, _ = told.begin()
    told(store.rename, conversation, "From the model", "auto")
    told(store.save_draft, conversation, "half a thought\nand an 🙂")
    kept = store.conversation(conversation)
    assert (kept.title, kept.titled_by, kept.draft) == (
        *("From the model", "auto"),
        "half a thought\nand an 🙂",
    )


def test_text_that_is_not_text_is_kept_as_well_as_it_can_be(store, told):
    conversation, turn = told.begin("half a pair \ud83d, a null \0 and an emoji 🙂", "t\udc00")
    assert texts([turn]) == ["half a pair ?, a null \0 and an emoji 🙂"]
    facts = {"reason": "\udfff", "loss": float("nan"), "deep": {"list": [1, None, True]}}
    answer = told.add(turn, "x", facts=facts)
    assert answer.facts == {"reason": "?", "loss": None, "deep": {"list": [1, None, True]}}
    assert store.search("null") == store.conversations() or store.search("null")


def test_the_facts_handed_in_may_change_afterwards(store, told):
    _, first = told.begin()
    facts = {"settings": {"seed": 1}}
    gate = threading.Event()
    store.rename(first.conversation, "held up", "auto", done=lambda _: gate.wait())
    heard = []
    store.add_turn(first.conversation, first.id, "assistant", (), facts=facts, done=heard.append)
    facts["settings"]["seed"] = 2
    gate.set()
    store.flush()
    assert heard[0].facts == {"settings": {"seed": 1}}


def test_a_failing_write_is_told_and_the_next_one_goes_on(store, told, caplog):
    conversation, _ = told.begin()
    heard = []
    store.write_answer(999, (), "done", failed=heard.append)
    store.write_answer(999, (), "done", done=heard.append)  # nobody listens: it is logged
    store._writer.submit(lambda db: 1 / 0, failed=heard.append)  # a bug of ours
    store._writer.submit(lambda db: db.execute("no sql"), failed=heard.append)
    store.rename(conversation, "still alive", "person", done=heard.append)
    assert store.flush()
    kinds = [type(h) for h in heard]
    assert kinds == [ParleyError, ParleyError, ParleyError, int]
    assert all(h.message and h.detail for h in heard[:3])
    assert store.conversation(conversation).title == "still alive"
    levels = [r.levelno for r in caplog.records if r.levelno >= logging.WARNING]
    assert levels == [logging.WARNING, logging.ERROR]
    caplog.clear()


def test_a_listener_that_raises_does_not_stop_the_writer(store, told, caplog):
    conversation, _ = told.begin()
    store.pin(conversation, True, done=lambda _: [].pop())
    told(store.rename, conversation, "next", "auto")
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    caplog.clear()


def test_a_failing_write_leaves_nothing_of_itself(store, told):
    conversation, first = told.begin()

    def half(db):
        db.execute("UPDATE conversation SET title = 'half'")
        raise ParleyError("no")

    store._writer.submit(half, failed=told.failed.append)
    assert store.flush()
    assert store.conversation(conversation).title == "Greeting"
    assert [e.message for e in told.failed] == ["no"]


def test_answers_come_in_the_order_of_the_writes_and_after_the_commit(store, told):
    conversation, first = told.begin()
    seen = []
    for n in range(100):
        store.rename(
            conversation,
            str(n),
            "auto",
            done=lambda _, n=n: seen.append((n, store.conversation(conversation).title)),
        )
    store.flush()
    assert seen == [(n, str(n)) for n in range(100)]


def test_a_branch_of_ten_thousand_turns_is_right(memory):
    store, told = memory, Told(memory)
    conversation, first = told.begin("0")
    others = [told.add(first, "another"), told.add(first, "and another")]

    def many(db):
        up = first.id
        for n in range(1, 10_000):
            role = "assistant" if n % 2 else "user"
            parts = (StoredPart("thought", "hm"), *text_of(str(n))) if n % 2 else text_of(str(n))
            up = add_turn(db, conversation, up, role, parts, "done", f'{{"n":{n}}}').id
            if n == 5000:
                add_turn(db, conversation, up, "assistant", text_of("fork"), "done", "{}")
        add_turn(db, conversation, None, "user", text_of("edited"), "done", "{}")
        return (up,)

    answers = []
    store._writer.submit(many, answers.append)
    assert store.flush(60)
    branch = store.branch(conversation, answers[0])
    assert [turn.parts[-1].text for turn in branch] == [str(n) for n in range(10_000)]
    assert [turn.parent for turn in branch[1:]] == [turn.id for turn in branch[:-1]]
    assert [turn.facts.get("n", 0) for turn in branch] == list(range(10_000))
    versions = {n: (t.version, t.versions) for n, t in enumerate(branch) if t.versions > 1}
    assert versions == {0: (1, 2), 1: (3, 3), 5001: (2, 2)}
    assert store.newest_leaf(branch[1].id) == answers[0]
    assert texts(store.branch(conversation)) == ["edited"]
    assert store.branch(conversation, others[0].id)[-1].version == 1
    assert told(store.delete_turn, branch[1].id) is not None
    assert texts(store.branch(conversation, others[1].id)) == ["0", "and another"]
    told(store.restore_turn, branch[1].id, answers[0])
    assert len(store.branch(conversation)) == 10_000
    told(store.delete_conversation, conversation)
    assert told(store.empty_bin, stored.now() + 1) == 10_004


def test_the_hash_of_a_model_file_is_known_while_the_file_is_the_same(store):
    assert store.known_hash("/models/a.gguf", 5, 10, 7) is None
    store.remember_hash("/models/a.gguf", 5, 10, 7, "a" * 64)
    store.flush()
    assert store.known_hash("/models/a.gguf", 5, 10, 7) == "a" * 64
    for other in ((6, 10, 7), (5, 11, 7), (5, 10, 8)):
        assert store.known_hash("/models/a.gguf", *other) is None
    store.remember_hash("/models/a.gguf", 6, 11, 8, "b" * 64)
    store.flush()
    assert store.known_hash("/models/a.gguf", 6, 11, 8) == "b" * 64


def test_attachments_are_files_under_their_hash(store, told, tmp_path):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"not really a picture" * 1000)
    sha256 = store.add_attachment(picture)
    assert store.add_attachment(picture.read_bytes()) == sha256
    file = store.attachment(sha256)
    assert file.read_bytes() == picture.read_bytes()
    assert file.parts[-3:] == ("attachments", sha256[:2], sha256)
    assert [f for f in file.parents[1].rglob("*") if f.is_file()] == [file]
    parts = (StoredPart("text", "what is this?"), StoredPart("attachment", "a.png", sha256))
    conversation, turn = told(store.begin, "Picture", "user", parts)
    assert store.branch(conversation)[0].parts == parts
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_an_attachment_nobody_needs_goes_with_the_bin(tmp_path):
    path = tmp_path / "parley.db"
    store = Store(path, lambda callback: callback(), disk=Disk(ballast=0))
    told = Told(store)
    kept, gone = store.add_attachment(b"kept"), store.add_attachment(b"gone")
    told(store.begin, "", "user", (StoredPart("attachment", "", kept),))
    doomed, _ = told(store.begin, "", "user", (StoredPart("attachment", "", gone),))
    told(store.delete_conversation, doomed)
    store.close()
    store = Store(path, lambda callback: callback(), disk=Disk(ballast=0))
    Told(store)(store.empty_bin, stored.now() + 1)
    assert store.attachment(kept).read_bytes() == b"kept"
    assert not store.attachment(gone).exists()
    assert store.add_attachment(b"gone") == gone
    assert store.attachment(gone).exists()
    store.close()


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65])
def test_the_name_of_an_attachment_cannot_leave_the_folder(store, name):
    with pytest.raises(ParleyError):
        store.attachment(name)


def test_a_file_that_cannot_be_attached_is_told(store, tmp_path):
    with pytest.raises(ParleyError, match="missing.png"):
        store.add_attachment(tmp_path / "missing.png")
    assert not [f for f in tmp_path.rglob("attachments/*") if f.is_file()]
