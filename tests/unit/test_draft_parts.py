"""What is attached to messages that are being written, on disk."""

import pytest

from app.store.conversations import Store, StoredPart
from app.store.disk import Disk
from app.store.draft_parts import DraftParts


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "parley.db", lambda callback: callback(), disk=Disk(ballast=0))
    yield store
    store.close()


def chip(store, content, name="dog.png"):
    return (StoredPart("file", name, store.add_attachment(content)), StoredPart("seen", "{}"))


def begun(store):
    """A conversation; its id."""
    made = []
    store.begin("Title", "user", (StoredPart("text", "words"),), lambda id, turn: made.append(id))
    store.flush()
    return made[0]


def kept(store):
    return {row[0] for row in store.rows("SELECT sha256 FROM attachment")}


def test_each_message_has_its_own(store, tmp_path):
    drafts, conversation = DraftParts(store), begun(store)
    new, old = [chip(store, b"a"), chip(store, b"b")], [chip(store, b"c")]
    drafts.keep(None, new)
    drafts.keep(conversation, old)
    store.flush()
    assert drafts.of(None) == new and drafts.of(conversation) == old and drafts.of(99) == []
    drafts.keep(None, new[1:])
    store.flush()
    assert drafts.of(None) == new[1:] and drafts.of(conversation) == old


def test_files_stay_as_long_as_a_turn_or_a_message_names_them(tmp_path):
    path = tmp_path / "own.db"
    store = Store(path, lambda callback: callback(), disk=Disk(ballast=0))
    conversation = begun(store)
    first, second = chip(store, b"in the message"), chip(store, b"in nothing")
    DraftParts(store).keep(conversation, [first])
    store.close()
    store = Store(path, lambda callback: callback(), disk=Disk(ballast=0))  # what it added is old
    store.empty_bin(2**60)
    store.flush()
    assert kept(store) == {first[0].attachment}
    assert store.attachment(first[0].attachment).read_bytes() == b"in the message"
    assert not store.attachment(second[0].attachment).exists()
    store.delete_conversation(conversation)
    store.flush()
    assert DraftParts(store).of(conversation) == [first]  # it may be brought back
    store.empty_bin(2**60)
    store.flush()
    assert DraftParts(store).of(conversation) == [] and kept(store) == set()
    assert not store.attachment(first[0].attachment).exists()
    store.close()


def test_words_that_are_no_text_are_kept_as_far_as_they_are(store):
    DraftParts(store).keep(None, [(StoredPart("file", "a\ud800b"),)])
    store.flush()
    assert DraftParts(store).of(None) == [(StoredPart("file", "a?b"),)]
