"""An answer becomes clauses to speak: what is read, how it is said, where it is cut."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.tts.clauses import sentences
from engines.tts.formulas import spoken_formula
from engines.tts.reading import Reading
from engines.tts.words import words_of


def clauses(answer, pieces=None, language="en", hurry=False):
    reading = Reading(language, hurry=hurry)
    found = [clause for piece in pieces or [answer] for clause in reading.feed(piece)]
    return found + reading.end()


def texts(answer, **how):
    return [clause.text for clause in clauses(answer, **how)]


def spoken(answer, **how):
    return " | ".join(texts(answer, **how))


SAID = {  # written: said
    # numbers espeak-ng reads right are left as they are
    "It is 3.5 and 1,234,567.": "It is 3.5 and 1,234,567.",
    "About 50% of -5 and 0.001.": "About 50% of -5 and 0.001.",
    "It has 1 000 000 people.": "It has 1000000 people.",
    "The 21st and 3rd of them.": "The 21st and 3rd of them.",
    "Version 3.11 or v1.2.3.": "Version 3.11 or v1.2.3.",
    "See 192.168.0.1 there.": "See 192.168.0.1 there.",
    # ranges
    "Wait 5-10 days.": "Wait 5 to 10 days.",
    "Pages 10–20 of it.": "Pages 10 to 20 of it.",
    "From 1998–2004 it was.": "From 19 98 to 2004 it was.",
    "It costs $5-$10.": "It costs 5 dollars to 10 dollars.",
    "About 10%-20% more.": "About 10% to 20% more.",
    "A 5-year-old in the top-10 of COVID-19.": "A 5-year-old in the top-10 of COVID-19.",
    # money
    "It costs $5.": "It costs 5 dollars.",
    "It costs $1 or £1.": "It costs 1 dollar or 1 pound.",
    "It costs $3.50.": "It costs 3 dollars 50.",
    "It costs $3.00.": "It costs 3 dollars.",
    "It costs $0.99.": "It costs 99 cents.",
    "It costs €20 or 20 €.": "It costs 20 euros or 20 euros.",
    "It made $1.2 million.": "It made 1.2 million dollars.",
    "It made £5m and $3bn.": "It made 5 million pounds and 3 billion dollars.",
    "It is ¥500.": "It is 500 yen.",
    "It lost -$10.": "It lost minus 10 dollars.",
    "Pay $50/month.": "Pay 50 dollars per month.",
    "It costs $1,200.": "It costs 1,200 dollars.",
    # units
    "Go 5 km/h.": "Go 5 kilometres per hour.",
    "Go 5km now.": "Go 5 kilometres now.",
    "It is 1 km.": "It is 1 kilometre.",
    "It is 10 m² big.": "It is 10 square metres big.",
    "It is 3 m³ big.": "It is 3 cubic metres big.",
    "It falls at 9.8 m/s².": "It falls at 9.8 metres per second squared.",
    "It is 25°C or 77 °F.": "It is 25 degrees Celsius or 77 degrees Fahrenheit.",
    "It is -40 °C.": "It is -40 degrees Celsius.",
    "It has 16 GB of RAM.": "It has 16 gigabytes of RAM.",
    "It has 512MB left.": "It has 512 megabytes left.",
    "At 100 Mbps and 3.2 GHz.": "At 100 megabits per second and 3.2 gigahertz.",
    "At 5 GB/s.": "At 5 gigabytes per second.",
    "He is 5'10\" tall.": "He is 5 foot 10 tall.",
    "Drive 60 mph.": "Drive 60 miles per hour.",
    "Take 5 mg/day.": "Take 5 milligrams per day.",
    "Use 5 kWh.": "Use 5 kilowatt hours.",
    "Wait 10 min. and stir.": "Wait 10 minutes and stir.",
    "Wait 30s.": "Wait 30 seconds.",
    "I am 5 and in 5 A.": "I am 5 and in 5 A.",
    "Buy 2 lbs of it.": "Buy 2 pounds of it.",
    "At 45° north.": "At 45° north.",
    # powers, fractions, signs
    "It is 10^6.": "It is 10 to the power of 6.",
    "It is x² + y².": "It is x squared + y squared.",
    "It is x³.": "It is x cubed.",
    "It is 10⁻³.": "It is 10 to the power of -3.",
    "It is 1.5e-3.": "It is 1.5 times 10 to the power of -3.",
    "Take 1/2 cup.": "Take a half cup.",
    "Take 3/4 of it.": "Take 3 quarters of it.",
    "Take 2 1/2 cups.": "Take 2 and a half cups.",
    "Take 1½ cups.": "Take 1 and ½ cups.",
    "It is 22/7.": "It is 22 over 7.",
    "Open 24/7.": "Open 24 7.",
    "About ~5 of them.": "About about 5 of them.",
    "It is ≈ 5.": "It is about 5.",
    "It is <5.": "It is less than 5.",
    "It is 3 × 4.": "It is 3 times 4.",
    "It is 3 * 4.": "It is 3 times 4.",
    "It is 1920x1080.": "It is 1920 by 1080.",
    "It is 3x faster.": "It is 3 times faster.",
    "Go A → B.": "Go A to B.",
    "Go a -> b.": "Go a to b.",
    "CO₂ and H₂O.": "C O 2 and H 2 O.",
    "It has 50k users.": "It has 50 thousand users.",
    "A 4K screen.": "A 4K screen.",
    "Mix them 3:2.": "Mix them 3 to 2.",
    "You are #1.": "You are number 1.",
    # dates and times
    "On 2024-05-03.": "On May 3, 20 24.",
    "On 2024-13-45.": "On 2024-13-45.",
    "On 03/05/2024.": "On 03, 05, 20 24.",
    "In 1976 and 2024.": "In 19 76 and 20 24.",
    "In 1905 and 2005.": "In 19 oh 5 and 2005.",
    "In 1900.": "In 19 hundred.",
    "In the 1990s.": "In the 19 nineties.",
    "In the '90s.": "In the nineties.",
    "At 9:00.": "At 9 o'clock.",
    "At 14:30.": "At 14 30.",
    "At 2:05 pm.": "At 2 oh 5 p.m.",
    "At 5pm today.": "At 5 p.m. today.",
    "At 00:00.": "At midnight.",
    "On Jan. 5 it was.": "On January 5 it was.",
    # short forms
    "Dr. Smith and Mr. and Mrs. Jones.": "Doctor Smith and Mister and Missis Jones.",
    "J. R. R. Tolkien wrote.": "J R R Tolkien wrote.",
    "Cats, e.g. lions.": "Cats, e.g. lions.",
    "The first, i.e. one.": "The first, that is one.",
    "Cats vs. dogs.": "Cats versus dogs.",
    "It is approx. 5.": "It is approximately 5.",
    "No. 5 and Fig. 3.": "number 5 and figure 3.",
    "See pp. 3–5.": "See pages 3 to 5.",
    "The U.S. Army.": "The U S. Army.",
    "Louis XIV and Henry VIII.": "Louis the 14th and Henry the eighth.",
    "World War II, Chapter IV.": "World War 2, Chapter 4.",
    "I MIX it.": "I MIX it.",
    "He/she and/or they.": "He/she and or they.",
    "TCP/IP and I/O.": "TCP IP and I O.",
    "C# and C++.": "C sharp and C++.",
    "Call 123-456-7890.": "Call 1 2 3, 4 5 6, 7 8 9 0.",
    "Call +44 20 7946 0958.": "Call 4 4, 2 0, 7 9 4 6, 0 9 5 8.",
    "Write to me@example.com.": "Write to me@example.com.",
    # markdown
    "# The *plan*": "The plan.",
    "**Bold**, *thin*, ~~gone~~ and __more__.": "Bold, thin, gone and more.",
    "A snake_case_name and 2*x.": "A snake_case_name and 2 times x.",
    "Use `print(x)` now.": "Use print(x) now.",
    "End it with `;` here.": "End it with semicolon here.",
    f"Use `{'x' * 80}` now.": "Use some code now.",
    "See [the docs](https://example.com/a_(b)?c=1).": "See the docs.",
    "See https://www.example.org/x?y=1.": "See link to example.org.",
    "See <https://example.org/x>.": "See link to example.org.",
    "See [https://a.example/b](https://a.example/b).": "See link to a.example.",
    "It takes $1–2 million.": "It takes 1 to 2 million dollars.",
    "Open 18:00–20:30 now.": "Open 18 hundred to 20 30 now.",
    "As 5 > 3 and 2 < 4.": "As 5 is more than 3 and 2 is less than 4.",
    "Use -h and --help.": "Use -h and --help.",
    "Visit www.example.com! Ok.": "Visit example.com! | Ok.",
    "It fell to −5°C. x1 is so.": "It fell to −5 degrees Celsius. x1 is so.",
    "It is so [1], [2, 3] and here[^1].": "It is so and here.",
    "Look ![a cat](cat.png) here.": "Look a cat here.",
    "![a cat](cat.png)": "There is a picture: a cat.",
    "Fun 😀 and ❤️ here 👩‍🚀.": "Fun and here.",
    "One<br>two <b>three</b> &amp; four &lt; five.": "One two three & four is less than five.",
    "1. One\n2. Two": "1: One. | 2: Two.",
    "- One\n- Two\n  and a half": "One. | Two and a half.",
    "- [x] One\n- [ ] Two": "done: One. | Two.",
    "> A quote\n> goes on.": "A quote goes on.",
    "> [!NOTE]\n> Take care.": "Note: Take care.",
    "One\n\n---\n\nTwo": "One. | Two.",
    "Title\n=====\nText": "Title. | Text.",
    "Roses are red,\nViolets are blue\nSugar is sweet": (
        "Roses are red, Violets are blue, Sugar is sweet."
    ),
    "This is one\nsentence.": "This is one sentence.",
    "<think>secret. words</think>Hello.": "Hello.",
    "<!-- not\n\nthis --> Hello.": "Hello.",
    "[ref]: https://example.com\nHello.": "Hello.",
    "Hello[^1].\n\n[^1]: The note.": "Hello. | 1: The note.",
    "Escaped \\*stars\\* and \\# signs.": "Escaped *stars* and # signs.",
    "Well :-) and ;) there.": "Well and there.",
    "Yes — or no—maybe.": "Yes — or no – maybe.",
    "Wait... what? No… never!": "Wait... what? | No… never!",
    "A | B": "A, B.",
    # what is announced
    "```python\nx = 1\n```": "Here is some Python code.",
    "```\nx\n```\n\n~~~\ny\n~~~\nText": "Here is some code. | Text.",
    "```mermaid\na-->b\n```": "Here is a diagram.",
    "Text:\n\n    x = 1\n    y = 2\n\nMore.": "Text: | Here is some code. | More.",
    "| A | B | C |\n|---|:-:|--:|\n| 1 | 2 | 3 |\n\nMore.": (
        "There is a table with three columns. | More."
    ),
    "| not | a table |\n\nMore.": "not, a table. | More.",
    "```js\nconst a = 1": "Here is some JavaScript code.",
    # formulas
    "So $x^2$ holds.": "So x squared holds.",
    "So \\( \\frac{a}{b} \\) holds.": "So A over b holds.",
    "$$E = mc^2$$": "E equals m c squared.",
    "So $\\begin{matrix}1\\end{matrix}$ holds.": "So a formula holds.",
    "It costs $5 for me and $6 for you.": "It costs 5 dollars for me and 6 dollars for you.",
    # scripts without spaces
    "这是第一句。这是第二句！": "这是第一句。 | 这是第二句！",
    "यह पहला है। यह दूसरा है।": "यह पहला है। | यह दूसरा है।",
}


@pytest.mark.parametrize("written", SAID, ids=lambda text: text[:40])
def test_said(written):
    assert spoken(written) == SAID[written]


def test_other_languages_keep_their_numbers_and_name_things_in_their_own_words():
    answer = "Am 3.5. kostet es 5-10 €, z. B. 3,5 kg.\n\n```python\nx\n```\n\n| A |\n|---|\n| 1 |"
    assert spoken(answer, language="de") == (
        "Am 3.5. kostet es 5-10 €, z. B. 3,5 kg. | Hier steht Code in Python. | "
        "Hier steht eine Tabelle mit 1 Spalten."
    )
    assert spoken("Ok.\n\n```\nx\n```", language="ja") == "Ok."


CUT = {
    "It is 3.5 km. Then it ends.": ["It is 3.5 kilometres.", "Then it ends."],
    "I said no. Then I left.": ["I said no.", "Then I left."],
    "See e.g. Smith et al. 2020 for it.": ["See e.g. Smith and others 20 20 for it."],
    "He came at 5 p.m. She left.": ["He came at 5 p.m.", "She left."],
    "He came at 5 p.m. and left.": ["He came at 5 p.m. and left."],
    "Is it? Yes! Good.": ["Is it?", "Yes!", "Good."],
    'He said "No." Then he left.': ['He said "No."', "Then he left."],
    "It (really.) is so. Ok.": ["It (really.) is so.", "Ok."],
    "Go to example.com. Then wait.": ["Go to example.com.", "Then wait."],
    "Use it. `foo` is next.": ["Use it.", "foo is next."],
    "Wait for it... and go.": ["Wait for it... and go."],
    "1. Is a number. 2. Too.": ["1: Is a number.", "2. Too."],
}


@pytest.mark.parametrize("written", CUT)
def test_sentences_end_where_they_end(written):
    assert texts(written) == CUT[written]


def test_the_first_clause_comes_early():
    first = {
        "Of course I can help, just say what you need and it is done.": "Of course I can help,",
        "Yes. I can help with that.": "Yes. I can help with that.",
        "Certainly: here it is, in full.": "Certainly: here it is,",
        "The capital city of the old country was moved in the year 1960": (
            "The capital city of the old"
        ),
    }
    for answer, clause in first.items():
        words = re.findall(r"\S+\s*", answer)
        reading = Reading()
        heard = [(n, c.text) for n, word in enumerate(words) for c in reading.feed(word)]
        heard += [(len(words), c.text) for c in reading.end()]
        number, text = heard[0]
        assert text.rstrip(".") == clause.rstrip(".")
        assert number <= len(clause.split()) + 1
    assert texts("Of course I can help, just say it.") == ["Of course I can help, just say it."]


def test_long_sentences_are_cut_at_commas_and_endless_ones_somewhere():
    answer = "It goes on and on with words, " * 30
    assert all(60 < len(one) < 250 for one in texts(answer)[:-1])
    assert max(map(len, texts("word " * 2000))) < 600
    assert max(map(len, texts("x" * 20_000))) <= 3000
    assert max(map(len, texts("字" * 5000))) < 600


def test_a_clause_knows_where_it_comes_from():
    answer = "**Well**, it costs `$5` or $3.50 at [the shop](http://x.example), 😀 Dr. Who. Bye"
    for clause in clauses(answer):
        for place, length in words_of(clause.text):
            start, end = clause.source(place, length)
            assert 0 <= start < end <= len(answer)
    first = clauses(answer)[0]

    def source(words):
        start, end = first.source(first.text.index(words), len(words))
        return answer[start:end]

    assert source("Well") == "Well"
    assert source("3 dollars 50") == "$3.50"
    assert source("Doctor") == "Dr."
    assert source("the shop") == "[the shop](http://x.example)"
    assert first.source(10_000, 1) is None


def test_sources_of_words_move_forward():
    answer = "# A\n\n1. One **two** 3-4 km, `five`.\n2. Six\n\n| a |\n|---|\n\nSeven $x^2$ eight."
    places = [
        clause.source(place, length)
        for clause in clauses(answer)
        for place, length in words_of(clause.text)
    ]
    assert all(a[0] <= b[0] for a, b in zip(places, places[1:], strict=False))


PIECES = [
    *("Hello there. ", "It is 3.5 km, e.g. now. ", "**bold** ", "*thin* ", "`code` ", "`un"),
    *("[link](http://x.example/a) ", "[not ", "![pic](p.png)", "\n", "\n\n", "\n- item ", "\n1. "),
    *("\n# Head\n", "\n```py\nx=1\n```\n", "\n```\nopen", "\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
    *(
        "\n| x | y |\n",
        "$x^2$ ",
        "$5 and $6 ",
        "\\(a\\) ",
        "😀",
        "\n> quote ",
        "<b>",
        "<think>",
        "x",
    ),
    *(
        "</think>",
        "https://a.example/b. ",
        "www.",
        "htt",
        "字。",
        "—",
        "… ",
        '"Yes." ',
        "(a) ",
        "Dr. ",
    ),
    *(
        "a_b ",
        "__",
        "**",
        "\\",
        "&amp; ",
        "&",
        "[1] ",
        "[^1]",
        "\n[^1]: note",
        "\n---\n",
        "\n    four",
    ),
    *(
        "\t",
        "\r\n",
        "~~",
        "~",
        "<",
        "<!-- c -->",
        "2024-05-03 ",
        "5-10 ",
        "A. B. Cee ",
        "1,",
        "\u200b",
    ),
]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(PIECES), max_size=25), st.randoms(use_true_random=False), st.booleans()
)
def test_how_the_answer_came_makes_no_difference(parts, chance, hurry):
    answer = "".join(parts)
    whole = clauses(answer, hurry=hurry)
    assert clauses(answer, list(answer), hurry=hurry) == whole
    assert clauses(answer, cut(answer, chance), hurry=hurry) == whole


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200), st.randoms(use_true_random=False))
def test_no_text_breaks_it(answer, chance):
    whole = clauses(answer)
    assert clauses(answer, cut(answer, chance)) == whole
    for clause in whole:
        assert clause.text.strip() == clause.text != ""
        assert all(0 <= one.start <= one.end <= len(answer) for one in clause.spans)
        assert sum(one.length for one in clause.spans) == len(clause.text)


def cut(answer, chance):
    pieces = []
    while answer:
        size = chance.randint(1, 12)
        pieces.append(answer[:size])
        answer = answer[size:]
    return pieces or [""]


WORDS = st.lists(st.from_regex(r"[a-z]{2,9}", fullmatch=True), min_size=1, max_size=60)


@settings(max_examples=80, deadline=None)
@given(WORDS, st.randoms(use_true_random=False), st.booleans())
def test_every_word_is_said_once_and_in_order(words, chance, hurry):
    marks = ["", "", "", ",", ".", "!", "\n", "\n\n", "\n- ", "\n1. ", ":"]
    styles = ["{}", "{}", "{}", "**{}**", "*{}*", "[{}](http://x.example)", "`{}`", "<b>{}</b>"]
    answer = "".join(
        chance.choice(styles).format(word) + chance.choice(marks) + " " for word in words
    )
    said = re.sub(r"\b\d+: ", "", " ".join(texts(answer, hurry=hurry)))
    assert re.findall(r"[a-z]+", said) == words


def test_a_long_answer_is_read_in_little_time_for_each_piece():
    """Work for a delta must not grow with the answer: counted, not timed."""
    reading = Reading()
    text = "A sentence of some words that ends. " * 500
    for place in range(0, len(text), 5):
        reading.feed(text[place : place + 5])
        assert len(reading._block) < 200 and len(reading._blocks._text) < 200


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"x^2 + y^2 = z^2", "x squared plus y squared equals z squared"),
        (r"\sqrt{2}", "the square root of 2"),
        (r"\sum_{i=1}^{n} i", "the sum from i equals 1 to n of i"),
        (r"f(x) = \sin x", "f of x equals sine x"),
        (r"90^\circ", "90 degrees"),
        (r"\alpha \le \infty", "alpha is at most infinity"),
        (r"\text{speed of it} = 5", "speed of it equals 5"),
        (r"\lim_{x \to 0} x", "the limit as x to 0 of x"),
        (r"\begin{cases} 1 \end{cases}", ""),
        ("{" * 5000, ""),
        (r"\frac{1}", ""),
        ("(1", ""),
    ],
)
def test_formulas(source, words):
    assert spoken_formula(source) == words


def test_sentences_of_a_whole_text():
    text = "Dr. No said no. Then 3.5 left! 好。对 Yes"
    assert [text[a:b] for a, b in sentences(text)] == [
        *("Dr. No said no.", "Then 3.5 left!", "好。", "对 Yes")
    ]
    assert list(sentences("")) == [] and list(sentences("  a")) == [(0, 3)]


def test_words_and_their_places():
    text = '“Grüße,” 好字 & it\'s 3.50 — 😀 ("ok")'
    assert [text[a : a + n] for a, n in words_of(text)] == [
        *("Grüße", "好", "字", "&", "it's", "3.50", "😀", "ok")
    ]
