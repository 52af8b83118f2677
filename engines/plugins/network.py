"""Asks the network for a plugin, whose own process cannot: only places the person opened."""

from ipaddress import ip_address

from engines.errors import ParleyError
from engines.plugins.talk import Fetch, Fetched
from engines.tools.registry import Use
from engines.tools.web.addresses import Address, read

MOST = 20  # exchanges of one call
SECONDS = 15.0  # one of them may take
LARGEST = 2_000_000  # bytes of an answer
TOO_OFTEN = f"A call may ask the network {MOST} times at most."
NOT_OPEN = "{} was not opened for this tool: it is not in plugin.toml, or the tool does not send."
UNSENDABLE = "This request has something in it that cannot be sent."
OURS = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")


class Fetching:
    """All exchanges of one call."""

    def __init__(self, use: Use) -> None:
        self._use, self._count = use, 0

    def fetch(self, wanted: Fetch) -> Fetched:
        self._count += 1
        try:
            if self._count > MOST:
                raise ParleyError(TOO_OFTEN)
            return self._asked(read(wanted.url), wanted)
        except ParleyError as error:
            return Fetched(f"{error.message} {error.hint}".strip())
        except (ValueError, TypeError):  # as for a header with signs that no header can carry
            return Fetched(UNSENDABLE)

    def _asked(self, address: Address, wanted: Fetch) -> Fetched:
        if address.place not in self._use.allowed:
            raise ParleyError(NOT_OPEN.format(address.place))
        from engines.tools.web.network import Network

        headers = {k: v for k, v in wanted.headers.items() if k.lower() not in OURS}
        network = Network(self._use, is_number(address.place), headers)
        answer = network.ask(address, wanted.form, SECONDS, LARGEST, wanted.body)
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Fetched("", answer.status, told, answer.body)


def is_number(place: str) -> bool:
    """Whether the person read a number (or this computer's name) when they allowed the place: then
    it may be on this computer or its own network, where a mere name must not lead."""
    host = place if place.endswith("]") else place.rpartition(":")[0] or place
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    return True
