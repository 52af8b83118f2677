"""Questions about Parley, answered with the words of the help pages that fit best."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

LONGEST = 3  # sentences in an answer
COVERED = 0.72  # of a question's words, by weight, that the help must know
K, B = 1.4, 0.6  # of BM25
TITLED = 2  # times a word of the heading counts
NEIGHBOUR = 0.6  # of the best sentence's score, from which another one is said with it
SMALL = frozenset(
    re.findall(
        r"\w+",
        "say says day know long call calculate fail things work works until "
        "a an and any are as at be been by can could did do does for from get has have how i "
        "if in into is it its let me my of on one or our please possible should show so some "
        "tell than that the their them then there these they this those to too up us want "
        "was way we were what when where which who will with without would you your need "
        "like must may am use using used find go make happens explain something anything "
        "everything now just really again here app application program parley ",
    )
)
# What people say -> what the help says; a word of the help may stand for several of theirs.
SAME = {
    "conversation": "chat talk discussion thread dialogue history",
    "new": "begin start fresh blank another",
    "delete": "remove erase trash discard wipe bin",
    "undo": "undelete restore recover revert ctrl+z rescue",
    "preferences": "setting settings option options configure configuration setup customise tweak",
    "text": "font letters writing characters",
    "larger": "bigger zoom enlarge increase magnify size",
    "smaller": "reduce shrink tiny",
    "light": "theme bright look appearance colour color colours colors design",
    "dark": "night black",
    "network": "internet online offline wifi connection cloud upload",
    "leave": "send sent share private privacy secret safe secure spy collect tracked telemetry",
    "disk": "stored saved kept store save backup back folder directory",
    "edit": "correct typo fix rewrite rephrase change reword modify amend",
    "answer": "reply response regenerate retry redo",
    "version": "branch alternative arrows",
    "stop": "cancel abort interrupt halt pause break",
    "free": "cost price pay paid licence license subscription",
    "terminal": "command shell cli console bash",
    "copy": "export",
    "pictures": "image images photo photos picture vision screenshot",
    "documents": "pdf attachment attach document",
    "talking": "voice speak microphone listen listening speech dictate aloud",
    "speed": "slow fast faster slower quick performance",
    "memory": "ram unload",
    "rename": "retitle title name",
    "pin": "bookmark star favourite",
    "keys": "shortcut shortcuts hotkey hotkeys keyboard",
    "model": "llm gguf weights ai",
    "open": "load switch",
    "details": "fact facts hash tokens",
    "search": "locate lookup",
    "reminders": "reminder timer alarm",
    "notes": "note",
    "variants": "variant persona personas character characters preset presets modelfile",
    "plots": "plot chart charts graph diagram",
    "sidebar": "list panel",
    "enter": "newline send",
}
LIKE = {word: stem for stem, words in SAME.items() for word in words.split()}
OWN = "starter"  # this page is the model's to tell: who it is, and what it can do
# Their subjects are in the model's training; it finds the right one more often than words do.
LEARNED = {"conversations", "deleting", "finding", "models", "not-yet", "preferences"}
LEARNED |= {"privacy", "shortcuts", "start", "versions"}
WORDS = 4  # so many may be a question without being one in form
HOW = re.compile(
    r"(?:how|where|can i|may i|is it possible|is there a way|i (?:want|need) to|which key)\b"
)
ASKING = re.compile(
    r"(?:how|where|what|which|why|when|who|can|could|may|is|are|do|does|did|must|should|will|i|my"
    r"|explain|show|help|in parley)\b"
)
WHAT_IS = re.compile(r"what(?:'s| is| are)? (?:an? |the )?([a-z]+)(?: in parley)?")
# Such a word may point back to the sentence before.
BACK = re.compile(r"\b(?:one|ones|it|them|they|this|that|these|those)\b", re.IGNORECASE)
YOU = re.compile(r"\byou\b")
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[a-z][a-z+']*")
SHORT = 3  # letters of a word that keeps its ending
ENDING = re.compile(r"'s$|(?<=[sxh])es$|ings?$|(?<=[^aeious])ed$|(?<=[^s])s$")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Passage(NamedTuple):
    page: str  # name of the file without its ending
    title: str  # of the page
    heading: str
    text: str  # one sentence, or one item of a list
    words: Counter[str]


@dataclass(frozen=True)
class Found:
    page: str
    text: str
    score: float
    covered: float  # share of the question's words it has, by weight
    matched: int  # how many of them


class Help:
    """The pages of one folder; the same question always finds the same words."""

    def __init__(self, folder: Path) -> None:
        self._passages = [
            one
            for page in sorted(folder.glob("*.md"))
            if page.stem != OWN
            for one in passages(page)
        ]
        self._known = Counter(word for one in self._passages for word in one.words)
        learned = {word for one in self._passages if one.page in LEARNED for word in one.words}
        self._unlearned = self._known.keys() - learned
        lengths = [one.words.total() for one in self._passages]
        titles = {one.page: words_of(one.title) for one in self._passages}
        self._about = {  # what a page that was not taught explains, where its title is one word
            words[0]: page
            for page, words in titles.items()
            if len(words) == 1 and words[0] in self._unlearned
        }
        self._usual = sum(lengths) / len(lengths) if lengths else 1.0

    def find(self, question: str) -> Found | None:
        wanted = list(dict.fromkeys(words_of(question)))
        scored = [(self._score(wanted, one), at) for at, one in enumerate(self._passages)]
        if not wanted or not scored:
            return None
        best, at = max(scored, key=lambda pair: (pair[0], -pair[1]))
        chosen = self._passages[at]
        if not best:
            return None
        matched = sum(1 for word in wanted if chosen.words[word])
        covered = self._covered(wanted, chosen)
        return Found(chosen.page, self._said(scored, at), best, covered, matched)

    def answer(self, question: str) -> str:
        """The words of the help, or "" where it is not certain that they are asked for."""
        return self._sure(question, bool(TOPICS.intersection(words_of(question))))

    def news(self, question: str) -> str:
        """The same, only for what the starter's model was never taught."""
        fresh = self._unlearned.intersection(words_of(question))
        return (self._meaning(question) or self._sure(question, True)) if fresh else ""

    def _meaning(self, question: str) -> str:
        """How the page begins whose title is what was asked for: “What is a variant?”"""
        asked = WHAT_IS.fullmatch(question.strip(" ?!."))
        page = self._about.get(stem(asked[1])) if asked else None
        first = [one for one in self._passages if one.page == page and one.heading == one.title]
        return " ".join(one.text for one in first[:LONGEST])

    def _sure(self, question: str, topic: bool) -> str:
        """topic: whether one word of the question says enough what it is about."""
        found = self.find(question)
        if not found or found.covered < COVERED or DIGIT.search(question):
            return ""
        asking = ASKING.match(question) or len(question.split()) <= WORDS
        if not asking or (YOU.search(question) and not topic):
            return ""
        alone = topic and HOW.match(question)
        return found.text if found.matched >= (1 if alone else 2) else ""

    def _weight(self, word: str) -> float:
        """Words the help does not know weigh most."""
        count = len(self._passages)
        return math.log(1 + (count - self._known[word] + 0.5) / (self._known[word] + 0.5))

    def _score(self, wanted: Iterable[str], one: Passage) -> float:
        total = 0.0
        longer = K * (1 - B + B * one.words.total() / self._usual)
        for word in wanted:
            if often := one.words[word]:
                total += self._weight(word) * often * (K + 1) / (often + longer)
        return total

    def _covered(self, wanted: list[str], chosen: Passage) -> float:
        weights = {word: self._weight(word) for word in wanted}
        return sum(w for word, w in weights.items() if chosen.words[word]) / sum(weights.values())

    def _said(self, scored: list[tuple[float, int]], at: int) -> str:
        """The best sentence, with others of its part that fit nearly as well, in their order."""
        best, chosen = scored[at][0], self._passages[at]
        near = [
            (score, place)
            for score, place in scored
            if score >= NEIGHBOUR * best
            and (one := self._passages[place]).page == chosen.page
            and one.heading == chosen.heading
        ]
        kept = sorted(place for _, place in sorted(near, reverse=True)[:LONGEST])
        before = kept[0] - 1
        if BACK.search(self._passages[kept[0]].text) and before >= 0:
            one = self._passages[before]
            kept = [before, *kept] if one[:3] == chosen[:3] else kept
        return " ".join(self._passages[place].text for place in kept)


def passages(page: Path) -> Iterable[Passage]:
    parts = re.split(r"(?m)^#+ ", page.read_text("utf-8"))[1:]
    title = parts[0].partition("\n")[0].strip() if parts else ""
    for part in parts:
        heading, _, text = part.partition("\n")
        for sentence in sentences(text):
            words = Counter(words_of(sentence))
            for word in words_of(heading):
                words[word] += TITLED
            yield Passage(page.stem, title, heading.strip(), sentence, words)


def sentences(text: str) -> list[str]:
    """Plain words: links and marks off, items of a list and rows of a table one sentence each."""
    text = re.sub(r"[*`]", "", LINK.sub(r"\1", text))
    text = re.sub(r"\s*\n- (?=[a-z])", " ", text)  # such items go on with a sentence
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=[-|])", text):
        line = " ".join(block.split()).strip("-| ").rstrip(",")
        if not line or set(line) <= set("-| ") or line == "Key | Does":
            continue
        line = line.replace(" | ", ": ")
        parts = re.split(r"(?<=[.!?]) (?=[A-Z])", line)
        found += [part if part[-1] in ".!?:" else f"{part}." for part in parts]
    return [f"{one[0].upper()}{one[1:]}" for one in found if len(one) > 8]


def words_of(text: str) -> list[str]:
    found = WORD.findall(text.casefold().replace("’", "'"))
    return [stem(word) for word in found if word not in SMALL and len(word) > 1]


def stem(word: str) -> str:
    """The word the help has for it, without its ending."""
    word = LIKE.get(word, word)
    if word in SAME:
        return word
    bare = ENDING.sub("", word) if len(word) > SHORT else word
    for one in (bare, f"{bare}e", bare[:-1]) if bare != word else ():  # deleting, stopped
        if one in SAME or one in LIKE:
            return LIKE.get(one, one)
    return bare


GENERAL = ["new", "open", "answer", "leave", "free", "text", "light", "larger", "smaller", "search"]
# one of these words says enough what a question is about
TOPICS = {stem(word) for word in SAME if word not in GENERAL}
