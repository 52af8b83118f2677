"""Chat with a GGUF model through llama.cpp; the parts are in engines/llm/llama."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from engines.llm.helping.helped import Helped
from engines.llm.llama.projectors import beside
from engines.models.fit.plans import Wishes
from engines.models.gguf import PART, PARTS_LIMIT
from engines.options import option
from engines.outcomes import Learnt
from engines.protocol import Engine, EngineSpec, Kind

HEAVY = "engines.llm.llama.engine"  # imports the library: only ever in the worker process
HELPING = "engines.llm.helping.joining"


@dataclass(frozen=True)
class Options:
    context: int = option(
        0,
        "Context length",
        "How much the model can keep in mind. Longer needs more memory; 0 chooses for you, "
        "more where much memory is free.",
        between=(0, 1 << 20),
        unit="tokens",
    )
    gpu_layers: int = option(
        -1,
        "Layers on the graphics card",
        "-1 means as many as have room, 0 none.",
        between=(-1, 999),
    )
    threads: int = option(
        0,
        "Threads",
        "0 chooses for you: one for each core of the processor but one.",
        between=(0, 256),
    )
    memory: str = option(
        "auto",
        "How exactly it remembers",
        "What it keeps of a conversation: in full (f16), packed to half of that (q8_0), or to a "
        "quarter (q4_0), with which answers get worse. auto packs it where memory is short.",
        among=("auto", "f16", "q8_0", "q4_0"),
    )
    flash: bool = option(
        True,
        "Quick attention",
        "A way of reading that is faster and takes less memory. Off for graphics cards that get "
        "it wrong; then nothing it remembers can be packed.",
    )
    anyway: bool = option(
        False,
        "Load models that do not fit",
        "Off: a model that needs more memory than is free is not loaded. On: it is tried, and "
        "the computer may get very slow.",
    )
    learnt: tuple[Learnt, ...] = option((), "")  # what models took before, filled in by the app
    helpers: str = option(
        "",
        "Other computers that help",
        "Where llama.cpp's ggml-rpc-server runs, as host:port; a model larger than this computer "
        "is then spread over several. It knows neither key nor secret, so only this computer's own "
        "ports are taken: bring the other one here with ssh -L 50052:localhost:50052.",
        shape="line",
    )
    adapters: str = option("", "")  # the folder of adapters, filled in by the app


def create(model: Path, options: Options, progress: Callable[[float], bool]) -> Engine:
    load = import_module(HEAVY).create
    kv = "" if options.memory == "auto" else options.memory
    wishes = Wishes(options.context, kv, options.gpu_layers, options.flash)
    adapters = Path(options.adapters) if options.adapters else None
    about = (model, wishes, options.threads, progress, options.anyway, options.learnt, adapters)
    if not options.helpers:
        return load(*about)
    joined, trouble = import_module(HELPING).join(options.helpers)
    return Helped(load(*about), joined, trouble)


def files(model: Path) -> tuple[Path, ...]:
    """All parts of a model that comes in several files: name-00001-of-00003.gguf and so on."""
    found = PART.fullmatch(model.name)
    count = int(found["count"]) if found else 0
    if not found or not 0 < count <= PARTS_LIMIT:
        return (model,)
    names = (f"{found['stem']}-{n:05d}-of-{count:05d}.gguf" for n in range(1, count + 1))
    return tuple(model.with_name(name) for name in names)


def devices() -> int:
    return len(import_module("engines.llm.llama.library").gpus())


SPEC = EngineSpec(
    "llama_cpp",
    Kind.LLM,
    "llama.cpp",
    Options,
    create,
    imports=(HEAVY, HELPING),
    gpu=True,
    network=True,  # open only where other computers help
    read=lambda model: (*files(model), *beside(model)),
    devices=devices,
)
