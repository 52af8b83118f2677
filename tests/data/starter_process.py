"""The starter as it is shipped, in its jailed process."""

from pathlib import Path

from engines.llm.starter import Options
from engines.messages import Chat, Sampling, Turn
from engines.tools.registry import schemas
from tests.data.running import Running

ROOT = Path(__file__).parents[2]
MODEL, HELP = ROOT / "resources/starter/parley-starter.gguf", ROOT / "resources/help"
GREEDY = Sampling(temperature=0.0, repeat_penalty=1.0, seed=1)


class Starter(Running):
    patience = 90

    def __init__(self, log: Path) -> None:
        options = Options(context=2048, threads=1, help=str(HELP))
        super().__init__("starter", options, log, MODEL, read=(HELP,))

    def chat(self, *turns: Turn, tools=None) -> list:
        offered = tuple(schemas() if tools is None else tools)
        return self.ask(Chat(turns, offered, GREEDY, max_tokens=200))
