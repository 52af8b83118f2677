"""Where the words of a text are, for the marks a voice gives while it speaks."""

import re
import unicodedata

# what is written without spaces between words: each sign counts as a word
UNSPACED = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
SILENT = ("P", "Z", "C")  # Unicode's punctuation, separators and controls


def words_of(text: str) -> list[tuple[int, int]]:
    """(place, length) of each word without the punctuation around it, in order."""
    found = []
    for match in WORD.finditer(text):
        start, end = match.span()
        while start < end and silent(text[start]):
            start += 1
        while end > start and silent(text[end - 1]):
            end -= 1
        if end > start:
            found.append((start, end - start))
    return found


def silent(sign: str) -> bool:
    return sign not in "%&@#*/\\" and unicodedata.category(sign)[0] in SILENT


class Marks:
    """The places a synthesiser names, as words of the text: each at most once, in order."""

    def __init__(self, text: str) -> None:
        self._words = words_of(text)
        self._next = 0

    def word_at(self, place: int) -> tuple[int, int] | None:
        """The word at this place or the first one after it; None when it was told before."""
        for number in range(self._next, len(self._words)):
            start, length = self._words[number]
            if start + length > place:
                told_before = number == self._next and place < start and number > 0
                if told_before and place < sum(self._words[number - 1]):
                    return None
                self._next = number + 1
                return start, length
        return None
