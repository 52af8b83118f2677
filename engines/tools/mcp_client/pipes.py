"""A program of its own as the other end: JSON, a line a message, on its input and output.

The library's own way to start one keeps a line of any length and kills by group; here a line has
an end, and the jail's group (engines/warden.py) ends whatever is left.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import anyio
import mcp_types
from mcp.shared.message import SessionMessage

from engines.errors import ParleyError
from engines.tools.mcp_client.heard import LONGEST, TAIL, Heard
from engines.tools.strangers import clean, without

GARBAGE = 100  # lines that are no messages; some programs greet, none has so much to say
GOODBYE = 1.0  # seconds a program has to leave once its input ended


@asynccontextmanager
async def pipe_to(
    command: Sequence[str], environment: Mapping[str, str], folder: str, heard: Heard
) -> AsyncGenerator[tuple]:
    """Start a program, be connected with it, end it. Raises ParleyError when it cannot start."""
    process = await _start(command, environment, folder)
    put_in, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, take_out = anyio.create_memory_object_stream[SessionMessage](0)
    tasks = [
        asyncio.ensure_future(one)
        for one in (_read(process, put_in, heard), _write(process, take_out, heard))
        + (_read_beside(process, heard),)
    ]
    try:
        yield incoming, outgoing
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for stream in (put_in, incoming, outgoing, take_out):
                stream.close()


async def _start(
    command: Sequence[str], environment: Mapping[str, str], folder: str
) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=dict(environment),
            cwd=folder or None,
            limit=LONGEST,
        )
    except FileNotFoundError as error:
        words = f"There is no program {command[0]}."
        raise ParleyError(words, "Install it, or correct its name.", str(error)) from error
    except PermissionError as error:
        words = f"{command[0]} may not be run here."
        hint = "Grant the folder it lies in, then try again."
        raise ParleyError(words, hint, str(error)) from error
    except (OSError, ValueError) as error:
        words = f"{command[0]} could not be started."
        raise ParleyError(words, "Check the command.", str(error)) from error


async def _read(process: asyncio.subprocess.Process, put_in, heard: Heard) -> None:
    """Pass messages on until the program ends or says something without an end."""
    assert process.stdout
    async with put_in:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while not heard.trouble and (line := await _line(process.stdout, heard)):
                heard.received += len(line)
                if (message := _message(line, heard)) is not None:
                    await put_in.send(SessionMessage(message))
    _kill(process)  # also one that only closed its output


async def _line(stream: asyncio.StreamReader, heard: Heard) -> bytes:
    try:
        return await stream.readline()
    except ValueError:
        heard.trouble = f"It sent more than {LONGEST >> 20} MB at once."
        return b""


def _message(line: bytes, heard: Heard):
    try:
        return mcp_types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        heard.garbage += bool(line.strip())
        if heard.garbage > GARBAGE:
            heard.trouble = "What it writes is not MCP."
        return None


async def _write(process: asyncio.subprocess.Process, take_out, heard: Heard) -> None:
    assert process.stdin
    with suppress(OSError):  # it is gone: the reader notices
        async with take_out:
            async for one in take_out:
                data = one.message.model_dump_json(by_alias=True, exclude_unset=True).encode()
                heard.sent += len(data) + 1
                process.stdin.write(data + b"\n")
                await process.stdin.drain()


async def _read_beside(process: asyncio.subprocess.Process, heard: Heard) -> None:
    """Keep the end of what it prints for people: it may say why it does not work."""
    assert process.stderr
    while data := await process.stderr.read(1 << 16):
        words = without(data[-TAIL:].decode("utf-8", "replace"), heard.secrets)
        heard.printed = clean(f"{heard.printed}\n{words}"[-TAIL:], TAIL)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close its input, as the protocol has it, and kill it when it stays."""
    assert process.stdin
    process.stdin.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), GOODBYE)
    _kill(process)


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):  # older kernels: the warden does it
        process.kill()
