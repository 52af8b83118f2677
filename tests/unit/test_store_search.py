"""Finding conversations: any script, any accent, any nonsense in the box."""

import random

import pytest

from app.store import search
from app.store.conversations import Store, StoredPart

SAID = {
    "German": "Die Videokonferenz in Zürich beginnt um drei, Grüße!",
    "Japanese": "東京都庁は新宿区にあります。",
    "Chinese": "我喜欢用大语言模型学习 GPT 模型。",
    "Thai": "ภาษาไทยเขียนไม่เว้นวรรค",
    "Korean": "안녕하세요 세계",
    "Turkish": "İstanbul'da ÇOK güzel bir gün",
    "Code": 'def main(args): print("a-b_c") # C++ && <html> 100%',
    "Greek": "Καλημέρα κόσμε",
}


@pytest.fixture(scope="module")
def store():
    store = Store(None, lambda callback: callback())
    for title, text in SAID.items():
        store.begin(title, "user", (StoredPart("text", text),))
    store.flush()
    yield store
    store.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("zurich", ["German"]),
        ("ZÜRICH", ["German"]),
        ("konferenz", ["German"]),  # the inside of a word
        ("beg", ["German"]),  # the beginning of the last word
        ("zü", ["German"]),  # too short for the index of three letters
        ("drei grü", ["German"]),
        ("grü drei", ["German"]),
        ("drei zwei", []),
        ("東京", ["Japanese"]),
        ("都", ["Japanese"]),
        ("新宿区", ["Japanese"]),
        ("京東", []),
        ("语言模型", ["Chinese"]),
        ("gpt 模型", ["Chinese"]),
        ("ไทย", ["Thai"]),
        ("세계", ["Korean"]),
        ("하세", ["Korean"]),
        ("istanbul", ["Turkish"]),
        ("cok", ["Turkish"]),
        ("καλημερα", ["Greek"]),
        ("german", ["German"]),  # titles
        ("pan", ["Japanese"]),
        ("gruesse", []),
        ("GRÜSSE", ["German"]),
        ("grusse", ["German"]),
        ("C++", ["Code"]),
        ("a-b_c", ["Code"]),
        ("<html>", ["Code"]),
    ],
)
def test_it_is_found(store, query, found):
    assert [c.title for c in store.search(query)] == found


HOSTILE = [
    *('"', '""', "'", "*", "a*", '"a', "(", ")", "a AND", "OR", "NOT a", "NEAR(a b)", "^a", "a:b"),
    *("text:a", "-a", "+a", "{a b}", "a\\", "%", "_", "\0", "a\0b", "\ud800", "𝕏" * 50, " ", "\n"),
    *("; DROP TABLE turn; --", "' OR 1=1 --", "words MATCH 'a'", "ﷺ", "a" * 100_000, "a " * 50_000),
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda q: ascii(q)[:20])
def test_a_hostile_query_is_only_text(store, query):
    store.search(query)
    assert len(store.conversations()) == len(SAID)


def test_random_queries_never_raise(store):
    seeded = random.Random(7)
    letters = "ab \"'*()^:-+{}\\\0東ไ\u0301\ud800é🙂~|&,"
    for _ in range(2000):
        store.search("".join(seeded.choices(letters, k=seeded.randrange(1, 12))))


def test_nothing_is_found_for_nothing(store):
    assert store.search("") == store.search("   ") == store.search("!?") == []


def test_the_newest_conversation_comes_first_and_each_comes_once(tmp_path):
    store = Store(None, lambda callback: callback())
    for n in range(30):
        store.begin(f"t{n}", "user", (StoredPart("text", "apple pie apple"),))
    store.begin("apple", "user", (StoredPart("text", "pear"),))
    store.flush()
    titles = [c.title for c in store.search("apple", limit=10)]
    assert titles == ["apple", *(f"t{n}" for n in range(29, 20, -1))]
    store.close()


def test_an_answer_is_found_when_it_is_finished_and_by_its_last_words_only(tmp_path):
    store = Store(None, lambda callback: callback())
    heard = []
    store.begin("t", "user", (StoredPart("text", "question"),), lambda *a: heard.append(a))
    store.flush()
    conversation, first = heard[0]
    store.add_turn(conversation, first.id, "assistant", (), "streaming", done=heard.append)
    store.flush()
    answer = heard[1].id
    store.write_answer(answer, (StoredPart("text", "marmalade"),), "streaming")
    store.flush()
    assert store.search("marmalade") == []
    parts = (StoredPart("thought", "secretly"), StoredPart("text", "marmalade jar"))
    store.write_answer(answer, parts, "done")
    store.flush()
    assert [c.snippet.replace(search.MARK, "|") for c in store.search("jar")] == ["marmalade |jar|"]
    assert store.search("secretly") == [], "what a model thinks is not what it said"
    store.write_answer(answer, (StoredPart("text", "honey"),), "done")
    store.flush()
    assert store.search("marmalade") == [] != store.search("honey")
    store.delete_turn(answer)
    store.flush()
    assert store.search("honey") == []
    store.restore_turn(answer, answer)
    store.flush()
    assert store.search("honey") != []
    store.rename(conversation, "Breakfast", "person")
    store.flush()
    assert store.search("breakf") != [] == store.search("t")
    store.close()


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The Café is open", ["cafe"], "The |Café| is open"),
        ("Cafe\u0301 au lait", ["cafe"], "|Cafe\u0301| au lait"),
        ("one two one", ["one"], "|one| two |one|"),
        ("nothing here", ["absent"], "nothing here"),
        ("a  line\nand another", ["line"], "a |line| and another"),
        ("x" * 300 + " needle " + "y" * 300, ["needle"], None),
        ("\u2060trick\u2060", ["tri"], "|tri|ck"),
        ("", ["a"], ""),
        ("a.b", ["."], "a|.|b"),
    ],
)
def test_the_snippet_is_a_line_around_the_found_word(text, words, expected):
    line = search.snippet(text, words).replace(search.MARK, "|")
    if expected is None:
        assert "|needle|" in line
        assert len(line) < 250
        assert line.startswith("…") and line.endswith("…")
    else:
        assert line == expected
