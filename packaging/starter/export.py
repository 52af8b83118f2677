"""Writes a trained checkpoint as the GGUF file that Parley opens.

python packaging/starter/export.py FOLDER OUT.gguf [--type q8_0]
"""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
import torch
from network import Shape
from tokenizer import HIDDEN, SPECIAL
from tokenizers import Tokenizer

NAME = "Parley starter"
ABOUT = "Greets, explains Parley, and calls a calculator, a clock, units and a few other tools."
SAMPLING = {"temp": 0.2, "top_k": 20, "top_p": 0.95, "min_p": 0.05}
TYPES = {
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}
# Instructions, then only the names of the tools; a result stands in a turn of the person's.
TEMPLATE = """\
{%- macro words(content) -%}
  {%- if content is string -%}
    {{- content -}}
  {%- elif content -%}
    {%- for part in content if part.text is defined -%}{{- part.text -}}{%- endfor -%}
  {%- endif -%}
{%- endmacro -%}
{%- set first = messages[0] if messages else none -%}
{%- set instructed = first and first.role == 'system' -%}
{%- if instructed or tools -%}
  {{- '<|im_start|>system\\n' -}}
  {%- if instructed -%}{{- words(first.content) -}}{%- endif -%}
  {%- if tools -%}
    {{- '\\nTools: ' if instructed else 'Tools: ' -}}
    {%- for tool in tools -%}
      {{- ', ' if not loop.first -}}
      {{- tool.function.name if tool.function is defined else tool.name -}}
    {%- endfor -%}
  {%- endif -%}
  {{- '<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
  {%- if message.role == 'tool' -%}
    {{- '<|im_start|>user\\n<tool_response>\\n' -}}
    {{- words(message.content) -}}
    {{- '\\n</tool_response><|im_end|>\\n' -}}
  {%- elif message.role != 'system' or not loop.first -%}
    {{- '<|im_start|>' + message.role + '\\n' -}}
    {{- words(message.content) -}}
    {%- for call in message.tool_calls or [] -%}
      {%- set call = call.function if call.function is defined else call -%}
      {{- '\\n' if message.content or not loop.first -}}
      {{- '<tool_call>\\n{"name": "' + call.name + '", "arguments": ' -}}
      {%- if call.arguments is string -%}
        {{- call.arguments -}}
      {%- else -%}
        {{- '{' -}}
        {%- for name, value in call.arguments.items() -%}
          {{- ', ' if not loop.first -}}
          {{- '"' + name + '": ' -}}{{- value | tojson -}}
        {%- endfor -%}
        {{- '}' -}}
      {%- endif -%}
      {{- '}\\n</tool_call>' -}}
    {%- endfor -%}
    {{- '<|im_end|>\\n' -}}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


def export(folder: Path, out: Path, kind: str = "q8_0") -> None:
    shape = Shape(**json.loads((folder / "shape.json").read_text()))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    state = torch.load(folder / "checkpoint.pt", weights_only=True)["average"]
    writer = gguf.GGUFWriter(out, "llama")
    write_facts(writer, shape, kind)
    write_vocabulary(writer, tokenizer)
    for name, tensor in tensors(state, shape).items():
        add(writer, name, tensor, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_facts(writer: gguf.GGUFWriter, shape: Shape, kind: str) -> None:
    writer.add_name(NAME)
    writer.add_description(ABOUT)
    writer.add_license("GPL-3.0-or-later")
    writer.add_languages(["en"])
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_freq_base(shape.theta)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_file_type(TYPES[kind][1])
    writer.add_quantization_version(2)
    writer.add_int32("general.sampling.top_k", int(SAMPLING["top_k"]))
    for name in ("temp", "top_p", "min_p"):
        writer.add_float32(f"general.sampling.{name}", SAMPLING[name])


def write_vocabulary(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    numbers = tokenizer.get_vocab(with_added_tokens=True)
    tokens = sorted(numbers, key=numbers.__getitem__)
    types = [token_type(token) for token in tokens]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([one if isinstance(one, str) else " ".join(one) for one in merges])
    writer.add_bos_token_id(numbers["<|endoftext|>"])
    writer.add_eos_token_id(numbers["<|im_end|>"])
    writer.add_pad_token_id(numbers["<|endoftext|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def token_type(token: str) -> gguf.TokenType:
    """Control tokens are never shown; marks such as <tool_call> are."""
    if token in HIDDEN:
        return gguf.TokenType.CONTROL
    return gguf.TokenType.USER_DEFINED if token in SPECIAL else gguf.TokenType.NORMAL


def tensors(state: dict[str, torch.Tensor], shape: Shape) -> dict[str, np.ndarray]:
    """Under llama.cpp's names; joined matrices come apart, Q and K in pairs (2i, 2i+1)."""
    head = shape.width // shape.heads
    found: dict[str, np.ndarray] = {}
    for name, tensor in state.items():
        whole = tensor.float().numpy()
        if "attn_qkv" in name:
            sizes = np.cumsum([shape.heads * head, shape.kv_heads * head])
            q, k, v = np.split(whole, sizes)
            parts = {"attn_q": paired(q, head), "attn_k": paired(k, head), "attn_v": v}
            found |= {name.replace("attn_qkv", part): one for part, one in parts.items()}
        elif "ffn_gate_up" in name:
            gate, up = np.split(whole, 2)
            found[name.replace("gate_up", "gate")] = gate
            found[name.replace("gate_up", "up")] = up
        else:
            found[name] = whole
    return found


def paired(matrix: np.ndarray, head: int) -> np.ndarray:
    """Rows of each head from (all first, all second) to (first, second, first, second, …)."""
    rows = matrix.reshape(-1, 2, head // 2, matrix.shape[1])
    return rows.transpose(0, 2, 1, 3).reshape(matrix.shape)


def add(writer: gguf.GGUFWriter, name: str, tensor: np.ndarray, kind: str) -> None:
    if tensor.ndim == 1:
        writer.add_tensor(name, tensor.astype(np.float32))
        return
    code = TYPES[kind][0]
    writer.add_tensor(name, gguf.quants.quantize(tensor, code), raw_dtype=code)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--type", choices=TYPES, default="q8_0")
    chosen = parser.parse_args()
    export(chosen.folder, chosen.out, chosen.type)
    print(f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.2f} MB")
