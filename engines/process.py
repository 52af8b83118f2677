"""How a worker process is started, and what its death means in words."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from engines.messages import Failed

COMMAND = (sys.executable, "-m", "engines.worker")  # packaged: (its own name, "--worker")
ROOT = Path(__file__).parent.parent  # where `-m engines.worker` finds us

LOG_SIZE = 2_000_000
OLD_LOGS = 4

# A worker gets nothing of the app's environment but these: keys and tokens stay outside.
PASSED = {
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA"),
    *("PROGRAMDATA", "PROGRAMFILES", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "CUDA_HOME", "CUDA_PATH"),
    *("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES"),
    *("NVIDIA_DRIVER_CAPABILITIES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"),
    *("HSA_OVERRIDE_GFX_VERSION", "VK_ICD_FILENAMES", "VK_DRIVER_FILES", "DRI_PRIME"),
    *("GGML_VK_VISIBLE_DEVICES", "GGML_METAL_PATH_RESOURCES"),
}
SET = {
    "OPENBLAS_NUM_THREADS": "1",  # else numpy starts threads that no file rule would bind
    "OMP_WAIT_POLICY": "passive",  # spinning threads fight with the window for the processor
    "GGML_NO_BACKTRACE": "1",  # else an abort tries to start a debugger
    "HF_HUB_OFFLINE": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # else onnxruntime reports to its makers, from a thread it starts
    "PYTHONUTF8": "1",
}

NOT_STARTED = Failed("The model's process could not be started.", "Restart Parley and try again.")
OUT_OF_MEMORY = Failed(
    "The system ended the model, perhaps because memory ran out.",
    "Choose a smaller model or a shorter context.",
)
FILE_CHANGED = Failed("The model file changed while it was in use.", "Open the model again.")
WRONG_PROCESSOR = Failed("The model's runner does not fit this processor.", "Run the set-up again.")
CRASHED = Failed("The model stopped unexpectedly.", "Try again, or choose another model.")

BY_SIGNAL = {"SIGKILL": OUT_OF_MEMORY, "SIGBUS": FILE_CHANGED, "SIGILL": WRONG_PROCESSOR}


def spawn(
    command: Sequence[str], log: Path | None, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Raises OSError. What the process prints goes to the end of log, else where ours goes."""
    with ExitStack() as files:
        stderr = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            rotate(log)
            stderr = files.enter_context(log.open("ab"))
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=ROOT,
            env=environ,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def environment(ours: os._Environ[str] | dict[str, str], write: Sequence[Path]) -> dict[str, str]:
    """What a worker sees of the environment; the drivers' caches point to the first of write."""
    passed = {k: v for k, v in ours.items() if k.upper() in PASSED or k.startswith("LC_")}
    if write:
        names = ("XDG_CACHE_HOME", "CUDA_CACHE_PATH", "MESA_SHADER_CACHE_DIR")
        passed |= dict.fromkeys(names, str(write[0]))
    return passed | SET


def rotate(log: Path) -> None:
    """Make room once log has outgrown its size: x.log becomes x.1.log, and so on."""
    if not log.exists() or log.stat().st_size < LOG_SIZE:
        return
    names = [log, *(log.with_suffix(f".{n}{log.suffix}") for n in range(1, OLD_LOGS + 1))]
    with suppress(PermissionError):  # on Windows an earlier worker may still hold it open
        for older, newer in reversed(list(zip(names[1:], names, strict=False))):
            if newer.exists():
                newer.replace(older)


def cause(code: int) -> Failed:
    """The death of a worker in words, from the exit code subprocess reports."""
    if code >= 0:
        return msgspec.structs.replace(CRASHED, detail=f"exit code {code}")
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return msgspec.structs.replace(BY_SIGNAL.get(name, CRASHED), detail=name)
