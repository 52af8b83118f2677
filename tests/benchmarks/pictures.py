"""What a picture costs: the first question about it and the next ones, against two others.

    python tests/benchmarks/pictures.py [--rounds 9] [--stock 2] [--model M.gguf --projector P.gguf]

The next question about a picture is compared with one of a text-only conversation of as many
tokens, in turns and each in its own process, and with llama-cpp-python's own chat handler on the
same files. All with one thread; what counts is CPU time up to the first token, because the wall
clock tells more about what else runs (it is given too). The models have random weights and are kept
in the system's folder for temporary files: a llama of 335 million (Q4_0, 210 MB) and the eyes of
SigLIP so400m (27 layers, 1152 wide, 384 pixels in patches of 14: 729 tokens; F16, 840 MB).
At the end 100,000 photos are searched (photos.py).
"""

import argparse
import base64
import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from engines.messages import Done, Look, Picture, Seen, Text, Turn  # noqa: E402
from tests.benchmarks import llm  # noqa: E402
from tests.benchmarks.llm import CONTEXT, Whole, cpu_time  # noqa: E402
from tests.data import tiny_projectors  # noqa: E402
from tests.data.tiny_projectors import Shape  # noqa: E402

SO400M = Shape(image=384, patch=14, width=1152, hidden=4304, blocks=27, heads=16)
SIDE = 384  # pixels
FIRST, NEXT = "What is in this picture?", "And what is left of it?"

# As CHATML of the tests; the stock handler says things in parts.
EITHER = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' }}"
    "{% if message.content is string %}{{ message.content }}{% else %}"
    "{% for part in message.content %}{% if part.type == 'text' %}{{ part.text }}"
    "{% else %}{{ part.image_url.url or part.image_url }}{% endif %}{% endfor %}{% endif %}"
    "{{ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

Spent = tuple[float, float]  # CPU and wall seconds


def main() -> None:
    options = argparse.ArgumentParser(description="What a picture costs.")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--stock", type=int, default=2, help="rounds of the stock handler")
    options.add_argument("--model", type=Path)
    options.add_argument("--projector", type=Path)
    options.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.bare:
        return stock_handler(given.model, given.projector)
    model, projector = files(given.model, given.projector)
    figures = measure(model, projector, given.rounds, given.stock)
    from tests.benchmarks.photos import search_100k

    figures |= search_100k()
    for name, value in figures.items():
        print(f"{name:28} {value:10.3f}")
    print(json.dumps(figures))
    return None


# the two that are compared


class Parley(Whole):
    """A host, its jailed worker with a projector beside the model, and every event."""

    def look(self, picture: Look) -> tuple[Spent, Seen]:
        wall, cpu = time.perf_counter(), cpu_time(self.pid)
        events = self._until(self._host.submit(picture))
        spent = cpu_time(self.pid) - cpu, time.perf_counter() - wall
        assert isinstance(events[-1], Done), events[-1]
        return spent, next(event for event in events if isinstance(event, Seen))

    def ask(self, turns: Sequence[Turn]) -> tuple[Spent, Done, str]:
        wall, cpu, done, said = self.first_token(turns)
        assert said, done
        return (cpu, wall), done, said


class Stock:
    """A process with llama-cpp-python's high-level class and its handler for pictures."""

    def __init__(self, model: Path, projector: Path) -> None:
        command = [sys.executable, __file__, "--bare"]
        command += ["--model", str(model), "--projector", str(projector)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout and self._process.stdout.readline()

    def ask(self, messages: list[Any]) -> tuple[Spent, str]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(messages) + "\n")
        self._process.stdin.flush()
        cpu, wall, said = json.loads(self._process.stdout.readline())
        return (cpu, wall), said

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def stock_handler(model: Path, projector: Path) -> None:
    """For each line of messages: CPU and wall seconds up to the first token, and what was said."""
    # the package imports it for a cache on disk, which nothing here uses
    sys.modules.setdefault("diskcache", types.ModuleType("diskcache"))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the library prints
    from llama_cpp import Llama
    from llama_cpp.llama_chat_format import MTMDChatHandler

    handler = MTMDChatHandler(clip_model_path=str(projector), verbose=False)
    llama = Llama(
        str(model),
        chat_handler=handler,
        n_ctx=CONTEXT,
        n_threads=1,
        n_threads_batch=1,
        verbose=False,
    )
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        said, spent = "", None
        stream = llama.create_chat_completion(
            json.loads(line), stream=True, max_tokens=16, temperature=0.8, seed=1
        )
        for chunk in stream:
            if text := chunk["choices"][0]["delta"].get("content"):
                spent = spent or (time.process_time() - cpu, time.perf_counter() - wall)
                said += text
        assert spent
        print(json.dumps([*spent, said]), file=answers, flush=True)
    llama.close()


# what is measured


def measure(model: Path, projector: Path, rounds: int, stock_rounds: int) -> dict[str, float]:
    parley, words, stock = Parley(model), Parley(model), Stock(model, projector)
    try:
        firsts: list[tuple[Spent, Spent]] = []  # Parley with its Look, stock
        nexts: list[tuple[Spent, Spent]] = []
        pairs: list[tuple[Spent, Spent]] = []  # about a picture, about words
        stock.ask([{"role": "user", "content": "warm up"}])
        for each in (parley, words):
            each.ask([user(Text("warm up"))])
        seen = Seen("", 0, 0.0)
        for n in range(max(stock_rounds, 1)):
            picture = painted(n)
            looked, seen = parley.look(picture)
            question = user(Picture(picture.hash, SIDE, SIDE), Text(FIRST))
            first, done, said = parley.ask([question])
            if n < stock_rounds:
                stock_first, stock_next = stock_questions(stock, picture)
                firsts.append((added(looked, first), stock_first))
                nexts.append((next_question(parley, question, said, -n), stock_next))
        asked, told = talk_of_length(words, done.usage.prompt_tokens)
        for n in range(rounds):  # they differ, so that each is read
            about = next_question(parley, question, said, n)
            pairs.append((about, next_question(words, asked, told, n)))
    finally:
        for each in (parley, words, stock):
            each.stop()
    return summarise(pairs, nexts, firsts, seen)


def next_question(parley: Parley, question: Turn, said: str, n: int) -> Spent:
    spent, done, _ = parley.ask([question, assistant(said), user(Text(f"{n}: {NEXT}"))])
    assert done.usage.prompt_tokens - done.usage.cached_tokens < 80, done
    return spent


def talk_of_length(parley: Parley, tokens: int) -> tuple[Turn, str]:
    """A question in words of so many tokens, give or take a few, and its answer."""
    words = "x" * (tokens - 60)  # a letter is a token
    for _ in range(3):
        question = user(Text(f"{words} {FIRST}"))
        _, done, said = parley.ask([question])
        if abs(missing := tokens - done.usage.prompt_tokens) <= 8:
            return question, said
        words = "x" * (len(words) + missing)
    raise AssertionError(f"no question of {tokens} tokens")


def stock_questions(stock: Stock, picture: Look) -> tuple[Spent, Spent]:
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)
    file = io.BytesIO()
    image.save(file, "png")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    question = {
        "role": "user",
        "content": [
            {"type": "image_url", "image_url": {"url": url}},
            {"type": "text", "text": FIRST},
        ],
    }
    first, said = stock.ask([question])
    answer = {"role": "assistant", "content": said}
    again, _ = stock.ask([question, answer, {"role": "user", "content": NEXT}])
    return first, again


def summarise(
    pairs: list[tuple[Spent, Spent]],
    nexts: list[tuple[Spent, Spent]],
    firsts: list[tuple[Spent, Spent]],
    seen: Seen,
) -> dict[str, float]:
    def ratio(found: list[tuple[Spent, Spent]], clock: int) -> float:
        return statistics.median(one[clock] / other[clock] for one, other in found)

    return {
        "second_question_ratio": ratio(pairs, 0),
        "second_question_ratio_wall": ratio(pairs, 1),
        "second_question_cpu_ms": 1000 * statistics.median(one[0] for one, _ in pairs),
        "text_question_cpu_ms": 1000 * statistics.median(other[0] for _, other in pairs),
        "speedup_over_stock": 1 / ratio(nexts, 0),
        "speedup_over_stock_wall": 1 / ratio(nexts, 1),
        "stock_question_cpu_s": statistics.median(other[0] for _, other in nexts),
        "first_question_over_stock": ratio(firsts, 0),
        "first_question_cpu_s": statistics.median(one[0] for one, _ in firsts),
        "encoding_s": seen.seconds,
        "picture_tokens": seen.tokens,
        "rounds": len(pairs),
    }


def added(one: Spent, other: Spent) -> Spent:
    return one[0] + other[0], one[1] + other[1]


def user(*parts: Any) -> Turn:
    return Turn("user", parts)


def assistant(said: str) -> Turn:
    return Turn("assistant", (Text(said),))


def painted(n: int) -> Look:
    """A picture of some soft colours, another for every number."""
    coarse = np.random.default_rng(n).integers(0, 256, (6, 6, 3), np.uint8)
    image = Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    rgb = image.tobytes()
    return Look(hashlib.sha256(rgb).hexdigest(), SIDE, SIDE, rgb)


# the files


def files(model: Path | None, projector: Path | None) -> tuple[Path, Path]:
    """The model and the projector, beside each other, as Parley looks for them."""
    if model and projector:
        return model, projector
    folder = Path(tempfile.gettempdir()) / "parley-benchmarks" / "pictures"
    folder.mkdir(exist_ok=True, parents=True)
    model, projector = folder / "random-335m.gguf", folder / "random-335m-mmproj-so400m.gguf"
    making: dict[Path, Callable[[Path], object]] = {
        model: lambda path: llm.write_weights(path, EITHER),
        projector: lambda path: tiny_projectors.janus_pro(path, SO400M, joins=llm.WIDTH, half=True),
    }
    for path, make in making.items():
        if not path.exists():
            print(f"making {path.name} …", file=sys.stderr)
            unfinished = path.with_suffix(f".{os.getpid()}")
            make(unfinished)
            unfinished.rename(path)
    return model, projector


if __name__ == "__main__":
    main()
