"""A prompt with pictures in it is as long as the room it takes, and never cut within one."""

import ctypes

from engines.llm.llama.media import Gallery, Slice, border, media_in, missing, written
from engines.messages import Picture, Sound, Text, Turn


def slice_of(hash, tokens=4, positions=2, number=0, size=0):
    embeddings = ctypes.create_string_buffer(size) if size else None
    return Slice(hash, number, tokens, positions, 0, embeddings)


def test_a_slice_stands_as_often_as_it_has_tokens():
    one = slice_of("a")
    assert written([1, one, 2]) == [1, one, one, one, one, 2]
    assert one == slice_of("a", size=8) != slice_of("b")
    assert one != slice_of("a", number=1) and one != 1


def test_a_border_is_before_or_after_a_picture():
    prompt = written([7, slice_of("a"), slice_of("a"), 8, 9])
    borders = [border(prompt, length) for length in range(len(prompt) + 1)]
    assert [end for end, _ in borders] == [0, 1, 1, 1, 1, 5, 5, 5, 5, 9, 10, 11]
    assert [place for _, place in borders] == [0, 1, 1, 1, 1, 3, 3, 3, 3, 5, 6, 7]


def test_what_is_missing_is_named_once_and_in_order():
    units = [1, slice_of("b"), slice_of("a", size=4), slice_of("c"), slice_of("b", number=1)]
    assert missing(written(units)) == ("b", "c")


def test_media_are_found_in_all_turns():
    picture, sound = Picture("a", 1, 1), Sound("b", 1.0)
    turns = [Turn("user", (Text("x"), picture)), Turn("user", (sound,)), Turn("user", ())]
    assert media_in(turns) == [picture, sound]


def test_a_gallery_forgets_the_longest_unused_but_not_how_long_it_was():
    gallery = Gallery(most=100)
    for name in "abc":
        gallery.put(name, [1, slice_of(name, size=40)])
        gallery.get("a")
    assert [gallery.encoded(name) for name in "abcd"] == [True, False, True, False]
    assert written(gallery.get("b") or []) == written([1, slice_of("b")])
    gallery.put("b", [1, slice_of("b", size=40)])
    assert gallery.encoded("b") and sum(map(gallery.encoded, "abc")) == 2


def test_one_that_is_larger_than_all_is_kept_until_the_next():
    gallery = Gallery(most=10)
    gallery.put("a", [slice_of("a", size=40)])
    assert gallery.encoded("a")
    gallery.put("b", [slice_of("b", size=4)])
    assert gallery.encoded("b") and not gallery.encoded("a")
