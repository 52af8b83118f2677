"""The whole program: a file that comes into the folder of adapters changes the open model."""

from engines.messages import Adapted, Chat, Done, TextDelta
from tests.data import tiny_adapters, tiny_models
from tests.data.asking import WAIT
from tests.data.talking import GREEDY, said


def answer(qtbot, parts, *adapters):
    heard = []
    request = Chat(said("Tell me of the sea"), sampling=GREEDY, max_tokens=12, adapters=adapters)
    job = parts.llm.submit(request)
    parts.llm.event.connect(lambda n, event: heard.append(event) if n == job else None)
    qtbot.waitUntil(lambda: any(isinstance(event, Done) for event in heard), timeout=WAIT)
    return "".join(event.text for event in heard if isinstance(event, TextDelta))


def test_an_adapter_put_into_the_folder_is_there_at_once(qtbot, start, tmp_path):
    parts, _ = start(tiny_models.random_llama(tmp_path / "model.gguf"))
    qtbot.waitUntil(lambda: len(parts.variants.all()) > 1, timeout=WAIT)  # strays are gone by now
    plain = answer(qtbot, parts)
    sha256 = tiny_adapters.named(tiny_adapters.lora(parts.folders.adapters / "new.gguf"))
    assert answer(qtbot, parts, Adapted(sha256)) != plain
    assert dict(parts.models.model.facts)["Adapters"].startswith("1 in memory")
    parts.models.release()
    qtbot.waitUntil(lambda: parts.llm.state == "stopped", timeout=WAIT)
    assert answer(qtbot, parts, Adapted(sha256)) != plain  # it is started anew, with the folder
    assert answer(qtbot, parts, Adapted(sha256, scale=0.0)) == plain
