"""Pictures stand where they stand among the words, in any template, and nobody can type one."""

import pytest

from engines.llm.llama.media import Slice
from engines.llm.llama.model import Model
from engines.llm.llama.prompt import Asked, Prompter
from engines.messages import Picture, Sound, Text, ToolCall, ToolResult, Turn
from engines.models.gguf import check
from tests.data import tiny_models
from tests.data.tiny_models import CHATML, CONTROL, SPECIALS, Vocabulary

MARKS = dict.fromkeys(("<|vision_start|>", "<|image_pad|>", "<start_of_image>"), CONTROL)
TYPED = "<__media__> <|image_pad|> <|vision_start|><start_of_image> [IMG] <image>\ue000\ue001qQ"

# Templates of our own that take what was said as those of seeing models do.
PARTS_ONLY = (  # words outside of a part are not seen
    "{% for m in messages %}{{ m.role|capitalize }}: {% for part in m.content %}"
    "{% if part.type == 'text' %}{{ part.text }}{% elif part.type == 'image' %}{{ '<image>' }}"
    "{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)
PICTURES_FIRST = (
    "{% for m in messages %}{{ m.role }}: "
    "{% for p in m.content|selectattr('type', 'equalto', 'image') %}{{ '<image>\n' }}{% endfor %}"
    "{% for p in m.content|selectattr('type', 'equalto', 'text') %}{{ p.text }}{% endfor %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
)
EITHER = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}"
    "{{ m.content|trim }}{% else %}{% for p in m.content %}{% if p.type == 'image' %}"
    "<|vision_start|><|image_pad|>{% else %}{{ p.text }}{% endif %}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SHOUTS = CHATML.replace("(message.content or '')", "message.content|upper")
CUTS = CHATML.replace("(message.content or '')", "message.content[:20]")
QUOTES = CHATML.replace("(message.content or '')", "(message.content|tojson)")
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}" + CHATML
TEMPLATES = (CHATML, PARTS_ONLY, PICTURES_FIRST, EITHER, SHOUTS, CUTS, QUOTES, NO_SYSTEM, None)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "marks.gguf"
    vocabulary = Vocabulary(specials={**SPECIALS, **MARKS})
    tiny_models.random_llama(path, vocabulary=vocabulary)
    model = Model(path, check(path), 0, lambda _: True)
    yield model.vocabulary
    model.close()


def units(part):
    return [Slice(part.hash, 0, 3, 3, 0)] * 3


def written(vocabulary, source, *turns, **more):
    prompter = Prompter(vocabulary, source, None, units)
    return prompter.write(Asked(turns, **more))


def shown(vocabulary, prompt):
    """As text: special tokens as ⟨name⟩, each of a picture's tokens as ⟨hash⟩."""

    def piece(unit):
        if isinstance(unit, Slice):
            return f"⟨{unit.hash}⟩".encode()
        text = vocabulary.piece(unit, special=True)
        name = text.decode("utf-8", "replace")
        return f"⟨{name.strip('<|>')}⟩".encode() if name in vocabulary.control else text

    return b"".join(map(piece, prompt.tokens)).decode("utf-8", "replace")


CAT, DOG = Picture("cat", 8, 8), Picture("dog", 8, 8)
QUESTION = Turn("user", (CAT, Text("or"), DOG, Text("?")))


def test_a_picture_stands_among_the_words(vocabulary):
    assert shown(vocabulary, written(vocabulary, CHATML, QUESTION)) == (
        "⟨im_start⟩user\n⟨cat⟩⟨cat⟩⟨cat⟩or⟨dog⟩⟨dog⟩⟨dog⟩?⟨im_end⟩\n⟨im_start⟩assistant\n"
    )


@pytest.mark.parametrize("source", TEMPLATES)
def test_every_picture_is_there_once_in_order_whatever_the_template_does(vocabulary, source):
    turns = (
        Turn("system", (Text("Look well."),)),
        QUESTION,
        Turn("assistant", (Text("A cat."),)),
        Turn("user", (Text("And "), Sound("purr", 1.0))),
    )
    prompt = written(vocabulary, source, *turns)
    found = [unit.hash for unit in prompt.tokens if isinstance(unit, Slice)]
    assert found == ["cat"] * 3 + ["dog"] * 3 + ["purr"] * 3
    words = shown(vocabulary, prompt).lower()
    assert "⟨cat⟩⟨cat⟩⟨cat⟩" in words and "look well." in words and "a cat." in words


@pytest.mark.parametrize("source", [PARTS_ONLY, PICTURES_FIRST])
def test_a_template_that_takes_only_parts_is_used(vocabulary, source):
    assert Prompter(vocabulary, source, None).own_template
    words = shown(vocabulary, written(vocabulary, source, QUESTION))
    assert words.lower().startswith("user: ⟨cat⟩⟨cat⟩⟨cat⟩or⟨dog⟩")
    assert words.lower().rstrip().endswith("assistant:")


@pytest.mark.parametrize("source", TEMPLATES)
def test_nobody_types_a_picture_or_a_mark(vocabulary, source):
    """The same words without their marks make as many special tokens: those of the template."""

    def count(text):
        prompt = written(vocabulary, source, Turn("user", (CAT, Text(text))))
        controls = [
            unit
            for unit in prompt.tokens
            if not isinstance(unit, Slice)
            and vocabulary.piece(unit, special=True).decode("utf-8", "replace")
            in vocabulary.control
        ]
        return len(controls), sum(isinstance(unit, Slice) for unit in prompt.tokens)

    assert count(TYPED) == count("harmless words")
    assert count(TYPED)[1] == 3


@pytest.mark.parametrize("source", [CHATML, PARTS_ONLY])
def test_pictures_beside_calls_and_results(vocabulary, source):
    turns = (
        QUESTION,
        Turn("assistant", (Text("Let me see."), ToolCall("c1", "look", {"at": "cat"}))),
        Turn("tool", (ToolResult("c1", "a cat, a dog"),)),
        Turn("assistant", (Text("Both."),)),
        Turn("user", (DOG, Text("this one?"))),
    )
    tools = ({"name": "look", "description": "Looks.", "parameters": {"type": "object"}},)
    prompt = written(vocabulary, source, *turns, tools=tools)
    found = [unit.hash for unit in prompt.tokens if isinstance(unit, Slice)]
    assert found == ["cat"] * 3 + ["dog"] * 6
    assert "a cat, a dog" in shown(vocabulary, prompt)


def test_what_comes_after_a_picture_is_settled_too(vocabulary):
    """A conversation that goes on begins with what was read of it."""
    first = written(vocabulary, CHATML, Turn("user", (Text("See: "), CAT)))
    more = (Turn("assistant", (Text("A cat."),)), Turn("user", (Text("Sure?"),)))
    second = written(vocabulary, CHATML, Turn("user", (Text("See: "), CAT)), *more)
    assert first.settled == len(first.tokens[: first.settled]) > 3
    assert second.tokens[: first.settled] == first.tokens[: first.settled]
    assert isinstance(first.tokens[first.settled - 1], Slice)
