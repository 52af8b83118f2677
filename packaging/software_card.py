"""Makes a graphics card out of the processor, for trying what Parley does with one.

    .venv/bin/python packaging/software_card.py [FOLDER]

The driver is Mesa's lavapipe, from the packages of this Debian or Ubuntu, which are unpacked and
not installed; llama.cpp's part for Vulkan is built against them (10 to 20 minutes, once). What
comes of it is a Python that has all of .venv and this library in place of the one there. It is
as slow as the processor and slower: for right answers and right figures of memory, not for speed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

from steps.llama import ninja_fraction
from steps.record import cache_folder, pinned, python_of, repository
from steps.terminal import Problem, Progress, ToolFailed, run_tool, say

PACKAGES = (
    *("glslc", "libshaderc1", "libvulkan1", "libvulkan-dev", "spirv-headers"),
    "mesa-vulkan-drivers",
)
FLAGS = (
    *("-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=ON"),
    # the processor's part is a file of its own too, and so is not made for this processor alone
    *("-DGGML_BACKEND_DL=ON", "-DGGML_NATIVE=OFF", "-DGGML_VULKAN=ON", "-DGGML_RPC=ON"),
    *("-DGGML_RPC_RDMA=OFF", "-DGGML_BUILD_TESTS=OFF", "-DGGML_BUILD_EXAMPLES=OFF"),
    *("-DCMAKE_INSTALL_RPATH=$ORIGIN", "-DCMAKE_BUILD_WITH_INSTALL_RPATH=TRUE"),
)
TARGETS = ("ggml-vulkan", "ggml", "ggml-cpu", "ggml-rpc")
JOBS = min(2, os.cpu_count() or 1)  # of which each wants a gigabyte of memory
# settings for a debugging layer that the headers of Debian 12 do not know yet
SETTINGS = re.compile(
    r"    std::vector<vk::LayerSettingEXT> settings = \{.*?&layer_setting_info\);", re.S
)
PLAIN = """    (void) enable_best_practice;
    vk::InstanceCreateInfo instance_create_info(
        vk::InstanceCreateFlags{}, &app_info, layers, extensions);"""


def folder_of_it() -> Path:
    version = pinned(constraints().read_text("utf-8"), "llama-cpp-python")
    return cache_folder() / "software-card" / version


def constraints() -> Path:
    return repository() / "packaging" / "constraints.txt"


def python_in(folder: Path) -> Path:
    return folder / "venv" / "bin" / "python"


def environ(folder: Path) -> dict[str, str]:
    """What has to be set for the library to find this card, and to take one that is none."""
    libraries = str(libraries_in(folder))
    before = os.environ.get("LD_LIBRARY_PATH")
    return {
        "VK_ICD_FILENAMES": str(folder / "lavapipe.json"),
        "GGML_VK_VISIBLE_DEVICES": "0",
        "LD_LIBRARY_PATH": f"{libraries}:{before}" if before else libraries,
    }


def libraries_in(folder: Path) -> Path:
    return next((folder / "debian" / "usr" / "lib").glob("*-linux-gnu"))


def make(folder: Path) -> Path:
    """The Python that sees the card, made where it is not. Raises Problem."""
    if python_in(folder).exists():
        return python_in(folder)
    if sys.platform != "linux" or not shutil.which("apt-get"):
        raise Problem("a software card is made from the packages of Debian or Ubuntu.")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "making.log"
    try:
        unpack_packages(folder, log)
        with tempfile.TemporaryDirectory(prefix="build-", dir=folder) as work:
            built = build(folder, Path(work), log)
            put_together(folder, built)
    except ToolFailed as failed:
        raise failed.problem("making a software card.") from failed
    return python_in(folder)


def unpack_packages(folder: Path, log: Path) -> None:
    """The packages, and those they need that this system has not. Raises ToolFailed."""
    say("Getting the driver and what its shaders are compiled with, from this system's packages.")
    wanted = ["apt-get", "-s", "install", "--no-install-recommends", *PACKAGES]
    missing = [line.split()[1] for line in run_tool(wanted, log) if line.startswith("Inst ")]
    with tempfile.TemporaryDirectory(prefix="packages-", dir=folder) as fetched:
        names = sorted({*PACKAGES, *missing})
        run_tool(["env", "-C", fetched, "apt-get", "download", *names], log)
        for package in Path(fetched).glob("*.deb"):
            run_tool(["dpkg", "-x", str(package), str(folder / "debian")], log)
    driver = {"library_path": str(libraries_in(folder) / "libvulkan_lvp.so"), "api_version": "1.3"}
    told = json.dumps({"file_format_version": "1.0.0", "ICD": driver})
    (folder / "lavapipe.json").write_text(told, "utf-8")


def build(folder: Path, work: Path, log: Path) -> Path:
    """The folder in which the libraries are. Raises ToolFailed."""
    source, made = sources(work, log) / "vendor/llama.cpp/ggml", work / "build"
    (source / "ggml.pc.in").touch()  # is not in the package, and asked for
    file = source / "src/ggml-vulkan/ggml-vulkan.cpp"
    file.write_text(SETTINGS.sub(lambda _: PLAIN, file.read_text("utf-8")), "utf-8")
    tools = work / "tools"
    pip = [str(python_of(repository())), "-m", "pip", "--disable-pip-version-check", "install"]
    run_tool([*pip, "-c", str(constraints()), "--target", str(tools), "cmake", "ninja"], log)
    system, libraries = folder / "debian" / "usr", libraries_in(folder)
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(libraries),
        "PATH": f"{tools / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(tools),
    }
    configure = ["cmake", "-G", "Ninja", "-S", str(source), "-B", str(made), *FLAGS]
    configure += [
        f"-DCMAKE_PREFIX_PATH={system}",
        f"-DVulkan_INCLUDE_DIR={system / 'include'}",
        f"-DVulkan_LIBRARY={libraries / 'libvulkan.so'}",
        f"-DVulkan_GLSLC_EXECUTABLE={system / 'bin' / 'glslc'}",
    ]
    run_tool(configure, log, environ=environment)
    compiling = ["nice", "cmake", "--build", str(made), "-j", str(JOBS), "--target"]
    with Progress("Building llama.cpp's part for Vulkan (10 to 20 minutes, once)") as progress:
        run_tool([*compiling, *TARGETS], log, progress.follow(ninja_fraction()), environment)
    return made


def sources(work: Path, log: Path) -> Path:
    """Of the pinned llama-cpp-python. Raises ToolFailed."""
    version = pinned(constraints().read_text("utf-8"), "llama-cpp-python")
    pip = [str(python_of(repository())), "-m", "pip", "--disable-pip-version-check", "download"]
    pip += ["--no-binary", "llama-cpp-python", "--no-deps", "-d", str(work)]
    pip += ["--build-constraint", str(constraints()), f"llama-cpp-python=={version}"]
    say("Getting the sources of llama.cpp.")
    run_tool(pip, log)
    [packed] = work.glob("*.tar.gz")
    with tarfile.open(packed) as opened:
        opened.extractall(work, filter="data")
    return next(path for path in work.glob("llama_cpp_python-*") if path.is_dir())


def put_together(folder: Path, built: Path) -> None:
    """An environment that has all of .venv, with the libraries in place of those there."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    run = [str(python_of(repository())), "-c", ask]
    theirs = Path(subprocess.run(run, stdout=subprocess.PIPE, check=True, text=True).stdout.strip())
    half = folder / "venv.new"
    shutil.rmtree(half, ignore_errors=True)
    venv.create(half, symlinks=True)
    packages = next((half / "lib").glob("python*/site-packages"))
    (packages / "parley.pth").write_text(f"{theirs}\n", "utf-8")
    shutil.copytree(theirs / "llama_cpp", packages / "llama_cpp")
    libraries = packages / "llama_cpp" / "lib"
    for old in libraries.glob("libggml*"):
        old.unlink()
    for new in built.rglob("libggml*.so*"):
        shutil.copy2(new, libraries)
    half.rename(folder / "venv")


def main() -> int:
    folder = Path(sys.argv[1]).resolve() if sys.argv[1:] else folder_of_it()
    try:
        python = make(folder)
    except Problem as problem:
        print(problem.words(), file=sys.stderr)
        return 1
    print(*(f"{name}={value}" for name, value in environ(folder).items()), python)
    return 0


if __name__ == "__main__":
    sys.exit(main())
