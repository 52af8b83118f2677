"""A blob of Ollama's has a name on the screen, as Ollama has it, and opens by it."""

from app.controllers.models import ModelController
from engines.messages import Done, Loaded
from tests.conftest import HELP, STARTER
from tests.data import shelves

WAIT = 20_000


def blob(tmp_path):
    (tmp_path / "made").write_bytes(b"GGUF")
    root = shelves.ollama(tmp_path / "ollama", tmp_path / "made")
    return next(
        p for p in (root / "blobs").iterdir() if p.read_bytes() == b"GGUF" and len(p.name) == 71
    )


def test_the_open_model_is_called_as_ollama_calls_it(qtbot, models, llm, tmp_path):
    path = blob(tmp_path)
    models.open_file(str(path))
    llm.load(Loaded(name=path.name, projector="sha256-" + "a" * 64, sees=True), Done())
    qtbot.waitUntil(lambda: models.model.name == "tiny:1b", timeout=WAIT)
    facts = dict(models.model.facts)
    assert facts["Takes in"] == "pictures" and facts["Weights"] == str(path)
    assert models.recent()[0] == ("tiny:1b", str(path))


def test_a_name_in_the_file_itself_comes_first(models, llm, tmp_path):
    models.open_file(str(blob(tmp_path)))
    llm.load(Loaded(name="Tiny of its makers"), Done())
    assert models.model.name == "Tiny of its makers"


def test_recent_models_have_names_after_a_start(
    qtbot, llm, store, background, preferences, tmp_path
):
    path = blob(tmp_path)
    preferences.model_opened(str(path))
    preferences.model_opened(str(tmp_path / "other.gguf"))
    again = ModelController(llm, store, background, preferences, STARTER, HELP, "llama_cpp")
    assert [name for name, _ in again.recent()] == ["other", "A model of Ollama"]
    qtbot.waitUntil(lambda: again.recent()[1][0] == "tiny:1b", timeout=WAIT)
