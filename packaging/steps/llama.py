"""The step that builds llama.cpp for this machine, or takes the build that an earlier one kept."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Callable, NamedTuple

from steps.packages import Downloads
from steps.record import cache_folder, fingerprint, machine, pinned, python_of
from steps.system import compiles
from steps.terminal import Progress, ToolFailed, output_of, run_tool, say

ALWAYS = (
    "-DMTMD_VIDEO=OFF",  # films are read elsewhere
    "-DGGML_RPC=ON",  # one model over several computers; two small files more to compile
    "-DGGML_RPC_RDMA=OFF",  # no further library is wanted for it
    # by default every library is installed a second time, beside the packages
    "-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_INCLUDEDIR=llama_cpp/include",
)
# CMake reads this inside llama.cpp's own project, after the Python package has forced it ON: the
# library "common" serves llama.cpp's programs alone and is two fifths of the work
WITHOUT_COMMON = "set(LLAMA_BUILD_COMMON OFF)\n"
FLAGS = {
    "cuda": ("-DGGML_CUDA=ON",),
    "vulkan": ("-DGGML_VULKAN=ON",),
    "metal": ("-DGGML_METAL=ON",),
    "cpu": (),
}
TITLES = {
    "cuda": "the NVIDIA GPU (CUDA)",
    "vulkan": "the GPU (Vulkan)",
    "metal": "the GPU (Metal)",
    "cpu": "this processor",
}
MEMORY_PER_JOB = {"cuda": 3 << 30, "vulkan": 2 << 30}  # of the compiler, in bytes
# the name came with the headers after 1.3.239, which llama.cpp needs
NEW_VULKAN = """
#include <spirv/unified1/spirv.hpp>
#include <vulkan/vulkan.hpp>
int main() { vk::LayerSettingEXT setting; return setting.valueCount + (int)vk::Result::eSuccess; }
"""
# the package's own __init__ would import that class
LOADS = """
import ctypes, importlib.util, sys
sys.modules["llama_cpp"] = importlib.util.module_from_spec(importlib.util.find_spec("llama_cpp"))
import llama_cpp.llama_cpp as llama
from llama_cpp._ggml import libggml
llama.llama_backend_init()
# llama_supports_gpu_offload() would say yes to other computers too
libggml.ggml_backend_dev_by_type.restype = ctypes.c_void_p
print("gpu" if any(map(libggml.ggml_backend_dev_by_type, (1, 2))) else "cpu")
"""


class Choice(NamedTuple):
    backend: str
    words: str  # said to the person


class Seen(NamedTuple):
    """What this machine has for a GPU build; each field was tried, not guessed."""

    system: str = sys.platform
    apple_silicon: bool = False
    nvidia: bool = False  # nvidia-smi lists a GPU
    nvcc: bool = False
    gpu: bool = False  # a device that Vulkan could use
    glslc: bool = False
    vulkan: bool = False  # new enough headers, and the library links


def look() -> Seen:
    gpu = bool(list(Path("/dev/dri").glob("renderD*"))) if Path("/dev/dri").exists() else False
    nvidia = "GPU 0" in (output_of(["nvidia-smi", "-L"]) or "")
    glslc = shutil.which("glslc") is not None
    return Seen(
        apple_silicon=sys.platform == "darwin" and os.uname().machine == "arm64",
        nvidia=nvidia,
        nvcc=output_of([nvcc(), "--version"]) is not None,
        gpu=gpu or nvidia,
        glslc=glslc,
        vulkan=glslc and compiles(NEW_VULKAN, "-lvulkan"),
    )


def nvcc() -> str:
    return shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"


def choose(seen: Seen) -> Choice:
    """Which build suits this machine, and one sentence about why."""
    if seen.system == "darwin":
        backend = "metal" if seen.apple_silicon else "cpu"
        return Choice(backend, f"llama.cpp is made for {TITLES[backend]}.")
    if seen.nvidia and seen.nvcc:
        return Choice("cuda", f"llama.cpp is made for {TITLES['cuda']}.")
    if seen.gpu and seen.vulkan:
        return Choice("vulkan", f"llama.cpp is made for {TITLES['vulkan']}.")
    why = "no GPU that it could use was found"
    if seen.nvidia:
        why = "there is an NVIDIA GPU but no CUDA toolkit (nvcc); install it to use the GPU"
    elif seen.gpu and seen.glslc:
        why = "the Vulkan headers of this system are too old or not there (1.3.250 would do)"
    elif seen.gpu:
        why = "there is a GPU but no Vulkan to build with (glslc and the Vulkan headers)"
    return Choice("cpu", f"llama.cpp is made for the processor: {why}.")


def build_llama(root: Path, log: Path) -> None:
    """Build and install it, for the processor when the GPU build fails. Raises Problem."""
    choice = choose(look())
    say(choice.words)
    if choice.backend != "cpu":
        try:
            install(root, choice.backend, log)
            return
        except ToolFailed as failed:
            say(
                f"The build for {TITLES[choice.backend]} did not succeed, so it is made for the "
                f"processor instead. The log says why: {failed.log}"
            )
    try:
        install(root, "cpu", log)
    except ToolFailed as failed:
        raise failed.problem("building llama.cpp.") from failed


def install(root: Path, backend: str, log: Path) -> None:
    """Into .venv, from the kept build when it loads, else from a new one. Raises ToolFailed."""
    version = pinned(Path(constraints_of(root)).read_text("utf-8"), "llama-cpp-python")
    folder = kept_folder(version, backend)
    kept = sorted(folder.glob("*.whl"))
    if kept and not os.environ.get("PARLEY_NO_WHEEL_CACHE"):
        try:
            put(root, kept[0], backend, log)
            say("The build of llama.cpp that was made here earlier is used again.")
            return
        except ToolFailed:
            say("The build of llama.cpp that was kept does not load any more; it is made again.")
    put(root, build(root, version, backend, folder, log), backend, log)


def constraints_of(root: Path) -> str:
    return str(root / "packaging" / "constraints.txt")


def kept_folder(version: str, backend: str) -> Path:
    """Not keyed by Python: the wheel is the same for all of them (ctypes, tagged py3-none)."""
    key = fingerprint(version, backend, *ALWAYS, WITHOUT_COMMON, *FLAGS[backend], *machine())
    return cache_folder() / "wheels" / f"{version}-{backend}-{key}"


def put(root: Path, wheel: Path, backend: str, log: Path) -> None:
    """Install the wheel and load it: a build for another processor would die here, not later."""
    python = str(python_of(root))
    pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    # without what it asks for: numpy and diskcache serve its high-level class, which is not used
    run_tool([*pip, "--no-index", "--no-deps", "--force-reinstall", str(wheel)], log)
    said = run_tool([python, "-I", "-c", LOADS], log)
    if backend != "cpu" and "gpu" not in said:
        raise ToolFailed(["the library was built but does not offload to a GPU"], log)


def build(root: Path, version: str, backend: str, folder: Path, log: Path) -> Path:
    """The wheel, made from the source package and kept in folder. Raises ToolFailed."""
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob("build-*"):
        shutil.rmtree(left, ignore_errors=True)  # of a build that was interrupted
    minutes = "5 to 15 minutes" if backend == "cpu" else "10 to 40 minutes"
    words = f"Building llama.cpp for {TITLES[backend]} ({minutes}, once)"
    kept_in = tempfile.TemporaryDirectory(prefix="build-", dir=str(cache))
    with kept_in as work, Progress(words) as progress:
        command = ["nice", "-n", "5"] if shutil.which("nice") else []
        command += [str(python_of(root)), "-I", "-m", "pip", "--disable-pip-version-check"]
        # pip would otherwise take its own kept wheel, whatever flags that was built with
        command += ["--no-input", "wheel", "--no-cache-dir", "--no-binary", "llama-cpp-python"]
        command += ["--build-constraint", constraints_of(root), "--no-deps", "-v", "-w", work]
        command += ["--progress-bar", "raw", f"llama-cpp-python=={version}"]
        downloads, compiled = Downloads(progress), progress.follow(ninja_fraction())

        def each_line(line: str) -> None:
            downloads(line)
            compiled(line)

        run_tool(command, log, each_line, build_environ(backend, work))
        made = sorted(Path(work).glob("*.whl"))[0]
        folder.mkdir(parents=True, exist_ok=True)
        return made.replace(folder / made.name)


def build_environ(backend: str, work: str) -> dict[str, str]:
    included = Path(work) / "parley.cmake"
    included.write_text(WITHOUT_COMMON, "utf-8")
    flags = [os.environ.get("CMAKE_ARGS", ""), *ALWAYS, *FLAGS[backend]]
    flags.append(shlex.quote(f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={included.as_posix()}"))
    environ = {
        **os.environ,
        "CMAKE_ARGS": " ".join(flag for flag in flags if flag),
        "TMPDIR": work,  # /tmp may be a small disk in memory; the build needs over 1 GB
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    environ.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(jobs(backend)))
    if backend == "cuda":
        environ.setdefault("CUDACXX", nvcc())
    return environ


def jobs(backend: str) -> int:
    """As many compilers at once as there are processors, and memory to hold them."""
    processors = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        processors = len(os.sched_getaffinity(0))
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names:
        return processors
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(processors, memory // MEMORY_PER_JOB.get(backend, 1 << 30)))


def ninja_fraction() -> Callable[[str], float | None]:
    """Reads ninja's [n/m]; smaller counts are those of a build inside the build."""
    largest = 0

    def read(line: str) -> float | None:
        nonlocal largest
        match = re.match(r"\s*\[(\d+)/(\d+)\] ", line)
        if not match or int(match.group(2)) < max(largest, 20):
            return None
        largest = int(match.group(2))
        return int(match.group(1)) / largest

    return read
