"""What LM Studio, Jan, Open WebUI and GPT4All keep of a customised model, taken in."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings

from engines.errors import ParleyError
from engines.variants import importing
from engines.variants.importing import Imported
from engines.variants.variant import Base, Sampling

PNG = b"\x89PNG\r\n\x1a\n" + b"not looked into"


def read(folder: Path, content: object, name: str = "x.json") -> Imported:
    return importing.read(kept(folder, content, name))


def kept(folder: Path, content: object, name: str = "x.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_a_preset_of_lm_studio(tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "llm.prediction.systemPrompt": "Answer in verse.",
        "llm.prediction.temperature": 0.4,
        "llm.prediction.topKSampling": 20,
        "llm.prediction.topPSampling": {"checked": True, "value": 0.9},
        "llm.prediction.minPSampling": {"checked": False, "value": 0.05},
        "llm.prediction.repeatPenalty": 1.1,
        "llm.prediction.llama.presencePenalty": {"checked": True, "value": 0.5},
        "llm.prediction.maxPredictedTokens": {"checked": True, "value": 512},
        "llm.prediction.seed": {"checked": True, "value": 7},
        "llm.prediction.stopStrings": ["###"],
        "llm.prediction.promptTemplate": {"type": "jinja"},
        "llm.prediction.structured": {"type": "json", "jsonSchema": {"type": "object"}},
        "llm.prediction.llama.xtcProbability": {"checked": True, "value": 0.1},
        "ext.virtualModel.customField.qwen.qwen3.enableThinking": False,
    }
    preset = {
        "identifier": "@local:verse",
        "name": "Verse",
        "changed": False,
        "operation": {"fields": [{"key": k, "value": v} for k, v in fields.items()]},
        "load": {
            "fields": [
                {"key": "llm.load.contextLength", "value": 8192},
                {"key": "llm.load.llama.flashAttention", "value": True},
            ]
        },
    }
    found = read(tmp_path, preset)
    variant = found.variant
    assert (found.format, variant.name) == ("LM Studio preset", "Verse")
    assert variant.instructions == "Answer in verse."
    assert variant.sampling == Sampling(0.4, 20, 0.9, None, 1.1, presence_penalty=0.5, seed=7)
    assert (variant.context, variant.longest_answer, variant.think) == (8192, 512, "never")
    assert json.loads(variant.json_schema) == {"type": "object"}
    told = "\n".join(found.left_out)
    assert "Marks at which it stops" in told
    assert "xtcProbability" in told
    assert "chat template" in told
    assert "minP" not in told and "flashAttention" not in told


def test_a_preset_of_an_older_lm_studio(tmp_path: Path) -> None:
    preset = {
        "name": "Old one",
        "load_params": {"n_ctx": 2048, "n_gpu_layers": 10},
        "inference_params": {"pre_prompt": "Be old.", "temp": 0.2, "n_predict": -1, "tfs_z": 1,
                             "antiprompt": ["###"], "input_prefix": "### User:"},
    }  # fmt: skip
    found = read(tmp_path, preset)
    assert found.variant.instructions == "Be old."
    assert found.variant.sampling == Sampling(temperature=0.2)
    assert (found.variant.context, found.variant.longest_answer) == (2048, 0)
    assert found.left_out == ("The setting tfs_z (1): Parley has none like it.",)


MODEL_YAML = """\
# a comment
model: qwen/qwen3-8b
base:
  - key: lmstudio-community/qwen3-8b-gguf
    sources:
      - {type: huggingface, user: lmstudio-community, repo: Qwen3-8B-GGUF}
  - key: lmstudio-community/qwen3-8b-mlx-4bit
    sources:
      - type: huggingface
        user: lmstudio-community
        repo: Qwen3-8B-MLX-4bit
metadataOverrides:
  architectures: [qwen3]
  reasoning: true
config:
  operation:
    fields:
      - key: llm.prediction.topKSampling
        value: 20
      - key: llm.prediction.minPSampling
        value: {checked: true, value: 0}
      - key: llm.prediction.systemPrompt
        value: Be brief.
customFields:
  - key: enableThinking
    displayName: Enable Thinking
    type: boolean
    defaultValue: false
  - {key: mood, displayName: Mood, type: select, defaultValue: good}
"""


def test_a_model_yaml(tmp_path: Path) -> None:
    found = read(tmp_path, MODEL_YAML, "model.yaml")
    variant = found.variant
    assert (found.format, variant.name, variant.author) == (
        "LM Studio model.yaml", "qwen3-8b", "qwen",
    )  # fmt: skip
    assert variant.base == Base(
        "lmstudio-community/qwen3-8b-gguf",
        hub="lmstudio-community/Qwen3-8B-GGUF",
        architecture="qwen3",
    )
    assert [one.hub for one in variant.alternatives] == ["lmstudio-community/Qwen3-8B-MLX-4bit"]
    assert variant.sampling == Sampling(top_k=20, min_p=0.0)
    assert (variant.think, variant.instructions) == ("never", "Be brief.")
    assert found.left_out == ("The switch of the model that is called Mood.",)


@pytest.mark.parametrize(
    "bomb",
    [
        "model: a/b\nbase: &a [1]\nconfig: [*a, *a]\n",
        "model: a/b\nbase: " + "[" * 5000,
        "model: a/b\nbase: !!python/object/apply:os.system [ls]\n",
        "model: a/b\nbase: x\n" + "# padding\n" * 20_000,
        "model: a/b\nbase: !!float ''\n",
        "model: a/b\nbase: !!bool perhaps\n",
        "model: a/b\nbase: {? [a] : b}\n",
    ],
    ids=["aliases", "deep", "code", "long", "empty number", "neither", "odd key"],
)
def test_yaml_that_is_meant_ill_is_refused(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(ParleyError, match="nothing in it"):
        read(tmp_path, bomb, "model.yaml")


def test_an_assistant_of_jan(tmp_path: Path) -> None:
    assistant = {
        "avatar": "🐟",
        "id": "fisher",
        "object": "assistant",
        "created_at": 1750945742.5,
        "name": "Fisher",
        "description": "Knows fish",
        "model": "*",
        "instructions": "You know fish. Today is {{current_date}}.",
        "parameters": {"temperature": 0.7, "top_p": "0.8", "stream": True, "mood": "wet"},
        "tools": [{"type": "retrieval", "enabled": True}, {"type": "off", "enabled": False}],
    }
    found = read(tmp_path, assistant, "assistant.json")
    variant = found.variant
    assert (found.format, variant.name, variant.line) == ("Jan assistant", "Fisher", "Knows fish")
    assert variant.look.emoji == "🐟"
    assert variant.base == Base()
    assert variant.instructions == "You know fish. Today is today's date."
    assert variant.sampling == Sampling(temperature=0.7, top_p=0.8)
    told = "\n".join(found.left_out)
    assert "mood (wet)" in told
    assert "retrieval" in told and "off" not in told
    assert "day and time" in told


def test_models_of_open_webui(tmp_path: Path) -> None:
    picture = "data:image/png;base64," + base64.b64encode(PNG).decode()
    models = [
        {
            "id": "tutor",
            "base_model_id": "llama3.2:3b",
            "name": "Tutor",
            "params": {"system": "Hello {{USER_NAME}}. Teach.", "temperature": 0.3, "num_ctx": 4096,
                       "max_tokens": 300, "stop": ["x"], "num_gpu": 1, "top_k": 1e999},
            "meta": {"profile_image_url": picture, "description": "Teaches",
                     "suggestion_prompts": [{"content": "What is a prime?", "title": ["a", "b"]}],
                     "tags": [{"name": "school"}], "toolIds": ["web_search"],
                     "knowledge": [{"name": "Algebra", "id": "1"}]},
            "access_control": None, "is_active": True, "user_id": "me",
        },
        {"info": {"id": "two", "name": "Two", "params": {}, "meta": {}}},
        "not a model",
    ]  # fmt: skip
    text = json.dumps(models).replace("Infinity", "1e999")
    tutor, two = importing.read_all(kept(tmp_path, text))
    variant = tutor.variant
    assert (tutor.format, variant.name, variant.line) == ("Open WebUI model", "Tutor", "Teaches")
    assert variant.base == Base(description="llama3.2:3b")
    assert variant.instructions == "Hello the user. Teach."
    assert variant.openings == ("What is a prime?",)
    assert variant.tags == ("school",)
    assert variant.sampling == Sampling(temperature=0.3)
    assert (variant.context, variant.longest_answer) == (4096, 300)
    assert variant.look.picture is not None
    assert tutor.files[variant.look.picture.name] == PNG
    told = "\n".join(tutor.left_out)
    for word in ("it stops", "web_search", "Algebra", "top_k"):
        assert word in told
    assert two.variant.name == "Two"
    (note,) = importing.read(kept(tmp_path, text)).left_out[-1:]
    assert "1 more" in note


def test_settings_of_gpt4all_as_qt_writes_them(tmp_path: Path) -> None:
    said = 'Line one;\nline "two", three = 4 \\ 😀 ü'
    path = tmp_path / "GPT4All.ini"
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    settings.setValue("chatTheme", "Dark")
    settings.setValue("model-Llama 3.gguf/systemPrompt", f"### System:\n{said}\n\n")
    settings.setValue("model-Llama 3.gguf/name", "@home, Llama")
    settings.setValue("model-Llama 3.gguf/filename", "Llama 3.gguf")
    settings.setValue("model-Llama 3.gguf/temperature", 0.25)
    settings.setValue("model-Llama 3.gguf/topK", 30)
    settings.setValue("model-Llama 3.gguf/promptTemplate", "### Human: %1")
    settings.setValue("model-other/systemMessage", "Be other.")
    settings.setValue("model-other/isClone", True)
    settings.setValue("model-plain/temperature", 1)
    settings.setValue("network/port", 4891)
    settings.sync()
    first, second = importing.read_all(path)
    variant = first.variant
    assert (first.format, variant.name) == ("GPT4All model settings", "@home, Llama")
    assert variant.instructions == said
    assert variant.base == Base(description="Llama 3.gguf")
    assert variant.sampling == Sampling(temperature=0.25, top_k=30)
    assert len(first.left_out) == 2
    assert (second.variant.name, second.variant.instructions) == ("other", "Be other.")


def test_the_list_of_models_of_gpt4all(tmp_path: Path) -> None:
    models = [
        {"order": "a", "name": "Orca", "filename": "orca.gguf", "md5sum": "0",
         "description": "<ul><li>Fast</ul>", "promptTemplate": "%1",
         "url": "https://huggingface.co/someone/orca-gguf/resolve/main/orca.gguf",
         "systemPrompt": "<|im_start|>system\nYou are Orca.<|im_end|>"},
        {"order": "b", "name": "Bare", "filename": "bare.gguf", "systemPrompt": ""},
    ]  # fmt: skip
    (found,) = importing.read_all(kept(tmp_path, models))
    assert found.variant.instructions == "You are Orca."
    assert found.variant.base == Base(description="orca.gguf", hub="someone/orca-gguf")
    assert found.variant.line == "Fast"


@pytest.mark.parametrize(
    "content",
    [
        [{"filename": "x", "systemPrompt": ""}],
        "[model-x]\ntemperature=1\n",
        {"operation": {"fields": []}},
        {"params": 3},
        [[[]]],
    ],
)
def test_what_holds_no_variant_says_so(tmp_path: Path, content: object) -> None:
    with pytest.raises(ParleyError):
        importing.read_all(kept(tmp_path, content))
