"""How fast answers are: the whole path from host to event against a bare loop in C calls.

    python tests/benchmarks/llm.py [--tokens 2000] [--runs 3] [--model FILE.gguf]

Both run on the same library and file with one thread, in turns of 20 tokens: while one works the
other is stopped. What is compared is CPU time of the process that computes, because the wall clock
tells more about what else runs. The model has random weights (335 million, Q4_0) and is kept in
the system's folder for temporary files.
"""

import argparse
import json
import os
import queue
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import gguf  # noqa: E402
import numpy as np  # noqa: E402
import psutil  # noqa: E402

from engines.host import EngineHost  # noqa: E402
from engines.llm.llama_cpp import Options  # noqa: E402
from engines.messages import (  # noqa: E402
    ENDINGS,
    Chat,
    Done,
    Progress,
    Sampling,
    Text,
    TextDelta,
    Turn,
)
from tests.data import tiny_models  # noqa: E402
from tests.data.tiny_models import CHATML, NORMAL, Vocabulary  # noqa: E402

BLOCK = 20  # tokens
WIDTH, HIDDEN, LAYERS, HEADS, KV_HEADS, VOCABULARY = 1024, 3072, 24, 16, 8, 32_000
CONTEXT = 4096
HISTORY = 1000  # tokens of the conversation a second question goes on from
REPEATS = 9
QUESTION = "Tell me about the sea, please."


def main() -> None:
    options = argparse.ArgumentParser(description="How fast answers are.")
    options.add_argument("--tokens", type=int, default=2000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--model", type=Path)
    options.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.bare:
        return bare_loop(given.model)
    model = given.model or write_model()
    blocks = [measure_blocks(model, given.tokens) for _ in range(given.runs)]
    figures = {**summarise(blocks), **measure_prompts(model)}
    for name, value in figures.items():
        print(f"{name:28} {value:10.3f}")
    print(json.dumps(figures))
    return None


# the two that are compared


class Whole:
    """The whole path: a host, its jailed worker, and every event of an answer."""

    def __init__(self, model: Path) -> None:
        self._events: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._host = EngineHost(lambda job, event: self._events.put((job, event)))
        self._host.start("llama_cpp", model, Options(context=CONTEXT, threads=1))
        assert isinstance(self._until(0)[-1], Done)
        assert self._host.pid
        self.pid, self.prompt_tokens = self._host.pid, 0

    def submit(self, turns: Sequence[Turn], tokens: int) -> int:
        return self._host.submit(Chat(tuple(turns), sampling=Sampling(seed=1), max_tokens=tokens))

    def blocks(self, tokens: int) -> Iterator[tuple[int, float]]:
        """Tokens and CPU seconds of one block after another, the prompt being the first.

        The process stands still between two blocks.
        """
        job = self.submit([Turn("user", (Text(QUESTION),))], 2 * tokens)
        said, start = 0, 0.0
        while tokens > 0:
            said += self._tokens(job, block=True)
            if said < (BLOCK if start else 1):
                continue
            os.kill(self.pid, signal.SIGSTOP)
            while fresh := self._tokens(job, block=False):
                said += fresh
            now = cpu_time(self.pid)
            yield (said if start else self.prompt_tokens + said), now - start
            tokens -= said
            said, start = 0, now
            os.kill(self.pid, signal.SIGCONT)
        self._host.cancel(job)
        self._until(job)

    def _tokens(self, job: int, *, block: bool) -> int:
        """Tokens the next event of the answer tells of; 0 when none comes for a while, or it
        tells of the prompt."""
        try:
            number, event = self._events.get(timeout=120 if block else 0.05)
        except queue.Empty:
            return 0
        assert number == job and not isinstance(event, ENDINGS), event
        if isinstance(event, Progress):
            self.prompt_tokens = event.total
        return event.tokens if isinstance(event, TextDelta) else 0

    def first_token(self, turns: Sequence[Turn]) -> tuple[float, float, Done, str]:
        """Wall and CPU seconds from the request to the first of some tokens; what was said."""
        wall, cpu = time.perf_counter(), cpu_time(self.pid)
        job = self.submit(turns, 16)
        said, spent = "", (0.0, 0.0)
        while True:
            number, event = self._events.get(timeout=120)
            if number == job and isinstance(event, TextDelta):
                if not said:
                    spent = time.perf_counter() - wall, cpu_time(self.pid) - cpu
                said += event.text
            elif number == job and isinstance(event, ENDINGS):
                assert isinstance(event, Done), event
                return *spent, event, said

    def stop(self) -> None:
        self._host.stop()

    def _until(self, job: int) -> list[Any]:
        events = []
        while True:
            number, event = self._events.get(timeout=300)
            if number == job:
                events.append(event)
                if isinstance(event, ENDINGS):
                    return events


class Bare:
    """A process with nothing but llama_decode and llama_sampler_sample, told when to go on."""

    def __init__(self, model: Path) -> None:
        command = [sys.executable, __file__, "--bare", "--model", str(model)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def block(self, tokens: int) -> float:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{tokens}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def bare_loop(path: Path) -> None:
    """For each number on standard input: say so many tokens, print the CPU seconds they took.

    The first number is the length of the prompt.
    """
    import ctypes

    from engines.llm.llama.library import C

    model = C.llama_model_load_from_file(os.fsencode(path), C.llama_model_default_params())
    params = C.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch = CONTEXT, 512, 512
    params.n_threads = params.n_threads_batch = 1
    params.swa_full = params.no_perf = True
    context = C.llama_init_from_model(model, params)
    chain = C.llama_sampler_chain_init(C.llama_sampler_chain_default_params())
    for sampler in (
        C.llama_sampler_init_top_k(40),
        C.llama_sampler_init_top_p(0.95, 1),
        C.llama_sampler_init_min_p(0.05, 1),
        C.llama_sampler_init_temp(0.8),
        C.llama_sampler_init_dist(1),
    ):
        C.llama_sampler_chain_add(chain, sampler)
    prompt = [300 + n for n in range(int(sys.stdin.readline()))]
    print(len(prompt), flush=True)
    many = (C.llama_token * len(prompt))(*prompt)
    C.llama_decode(context, C.llama_batch_get_one(many, len(prompt)))
    one = (C.llama_token * 1)()
    batch = C.llama_batch_get_one(ctypes.cast(one, C.llama_token_p), 1)
    for line in sys.stdin:
        start = time.process_time()
        for _ in range(int(line)):
            one[0] = C.llama_sampler_sample(chain, context, -1)
            C.llama_decode(context, batch)
        print(time.process_time() - start, flush=True)


def cpu_time(pid: int) -> float:
    """CPU seconds of a process; to the nanosecond where the system has such a clock for others."""
    if sys.platform == "linux":
        return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of linux/posix-timers.h
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


# what is measured


def measure_blocks(model: Path, tokens: int) -> list[tuple[float, float]]:
    """(whole, bare) CPU seconds for each token of an answer, block by block in turns."""
    whole, bare = Whole(model), Bare(model)
    try:
        blocks = whole.blocks(tokens)
        bare.block(next(blocks)[0])
        return [(seconds / said, bare.block(said) / said) for said, seconds in blocks]
    finally:
        whole.stop()
        bare.stop()


def summarise(runs: list[list[tuple[float, float]]]) -> dict[str, float]:
    everything = [block for run in runs for block in run]
    ratios = sorted(bare / whole for whole, bare in everything)
    early = [bare / whole for run in runs for whole, bare in run[:20]]
    late = [bare / whole for run in runs for whole, bare in run[-20:]]
    low, high = interval(ratios)
    whole, bare = zip(*everything, strict=True)
    return {
        "ratio_to_bare": statistics.median(ratios),
        "ratio_low": low,
        "ratio_high": high,
        "ratio_at_100": statistics.median(early),
        "ratio_at_2000": statistics.median(late),
        "tokens_per_cpu_second": 1 / statistics.median(whole),
        "bare_tokens_per_cpu_second": 1 / statistics.median(bare),
        "blocks": len(everything),
    }


def interval(values: list[float]) -> tuple[float, float]:
    """Where the median lies with 95 % confidence: the middle half of resampled medians."""
    chance = random.Random(1)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(1000))
    return medians[25], medians[974]


def measure_prompts(model: Path) -> dict[str, float]:
    whole = Whole(model)
    try:
        whole.first_token([Turn("user", (Text("warm up"),))])
        firsts = [whole.first_token([Turn("user", (Text(f"{n} Hi"),))]) for n in range(REPEATS)]
        speedups, tokens = [], 0
        for n in range(REPEATS // 2):
            history = Turn("user", (Text(f"{n} " + "a word " * (HISTORY // 7)),))
            _, cold, done, said = whole.first_token([history])
            tokens = done.usage.prompt_tokens
            answer = Turn("assistant", (Text(said),))
            again = Turn("user", (Text("And then?"),))
            speedups.append(cold / whole.first_token([history, answer, again])[1])
    finally:
        whole.stop()
    return {
        "first_token_ms": 1000 * statistics.median(wall for wall, *_ in firsts),
        "first_token_cpu_ms": 1000 * statistics.median(cpu for _, cpu, *_ in firsts),
        "second_turn_speedup": statistics.median(speedups),
        "history_tokens": tokens,
    }


# the model


def write_model() -> Path:
    """A llama of 335 million random weights in Q4_0, made once."""
    folder = Path(tempfile.gettempdir()) / "parley-benchmarks"
    folder.mkdir(exist_ok=True)
    path = folder / "random-335m-q4_0.gguf"
    if not path.exists():
        print("making the model …", file=sys.stderr)
        unfinished = path.with_suffix(f".{os.getpid()}")
        write_weights(unfinished)
        unfinished.rename(path)
    return path


def write_weights(path: Path, template: str = CHATML) -> None:
    plain = len(Vocabulary())
    words = [f" {syllables(n)}".encode() for n in range(VOCABULARY - plain)]
    vocabulary = Vocabulary(words)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Random 335M")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    tiny_models.describe_shape(writer, 32_768, WIDTH, HIDDEN, LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_chat_template(template)
    vocabulary.write(writer)
    generator = np.random.default_rng(0)

    def packed(name: str, rows: int, columns: int, silent: Sequence[int] = ()) -> None:
        blocks = random_q4_0(generator, rows, columns)
        blocks[list(silent)] = 0
        writer.add_tensor(f"{name}.weight", blocks, raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    def ones(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))

    # the tokens that end an answer are never said: their row of the output is nought
    special = [n for n, kind in enumerate(vocabulary.types) if kind != NORMAL]
    packed("token_embd", VOCABULARY, WIDTH)
    packed("output", VOCABULARY, WIDTH, special)
    ones("output_norm")
    size = WIDTH // HEADS
    for n in range(LAYERS):
        block = f"blk.{n}."
        ones(block + "attn_norm")
        ones(block + "ffn_norm")
        packed(block + "attn_q", WIDTH, WIDTH)
        packed(block + "attn_k", KV_HEADS * size, WIDTH)
        packed(block + "attn_v", KV_HEADS * size, WIDTH)
        packed(block + "attn_output", WIDTH, WIDTH)
        packed(block + "ffn_gate", HIDDEN, WIDTH)
        packed(block + "ffn_up", HIDDEN, WIDTH)
        packed(block + "ffn_down", WIDTH, HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def random_q4_0(generator: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Rows of Q4_0: for every 32 weights two bytes of scale and sixteen of four-bit numbers."""
    count = columns // 32
    blocks = generator.integers(0, 256, (rows, count, 18), dtype=np.uint8)
    scale = np.array([1 / (4.6 * columns**0.5)], np.float16)  # 4.6: deviation of such a number
    blocks[:, :, :2] = scale.view(np.uint8)
    return blocks.reshape(rows, count * 18)


def syllables(number: int) -> str:
    """Something one could say, another for every number."""
    said = ""
    for _ in range(3):
        number, vowel = divmod(number, 5)
        number, consonant = divmod(number, 17)
        said += "bcdfghjklmnprstvw"[consonant] + "aeiou"[vowel]
    return said


if __name__ == "__main__":
    main()
