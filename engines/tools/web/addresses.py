"""Addresses of the web: which are some, what the person is asked of them, where they may lead."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from engines.tools.registry import BadArguments

LONGEST = 2000  # characters of an address
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")
BARE = re.compile(r"[\w.-]+\.[\w-]+(:\d+)?([/?#].*)?")  # example.org/page, as people write it
NO_ADDRESS = "This is not an address of the web. One looks like https://example.org/page."
TRANSLATED = IPv6Network("64:ff9b::/96")  # the last four bytes are an address of version 4
COMPATIBLE = IPv6Network("::/96")

IP = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Address:
    url: str  # in ASCII but for its path, without a fragment
    place: str  # host or host:port, as the person is asked about it


def read(written: str) -> Address:
    """Raises BadArguments, worded for the model."""
    text = written.strip()
    if len(text) > LONGEST:
        raise BadArguments(f"An address has at most {LONGEST} characters.")
    if "://" not in text and BARE.fullmatch(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadArguments(NO_ADDRESS) from None
    if parts.scheme not in PORTS:
        raise BadArguments("Only addresses that begin with http:// or https:// can be read.")
    if "@" in parts.netloc:
        raise BadArguments("An address with a user name or password in it is not read.")
    if not host or re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise BadArguments(NO_ADDRESS)
    return _made(parts, in_ascii(host), port)


def _made(parts: SplitResult, host: str, port: int | None) -> Address:
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, PORTS[parts.scheme]) else f"{host}:{port}"
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    query = f"?{parts.query}" if parts.query else ""
    return Address(f"{parts.scheme}://{place}{path}{query}", place)


def in_ascii(host: str) -> str:
    """A host as it is asked for, so that one which only looks like another is seen to be none."""
    if ":" in host:  # a number of version 6; urlsplit looked at the brackets
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise BadArguments(NO_ADDRESS) from None
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise BadArguments(NO_ADDRESS) from None
    if not HOST.fullmatch(host.lower()) or len(host) > 253:
        raise BadArguments(NO_ADDRESS)
    return host.lower()


def permitted(host: str, port: int, allowed: tuple[str, ...]) -> bool:
    """Whether the person opened this place; a host alone stands for the usual two ports."""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" in allowed or (port in PORTS.values() and host in allowed)


def may_connect(number: str, own_network: bool) -> bool:
    """Whether a page may be at this IP address. own_network: also this computer and its network.

    Neither is ever at an address that is given to no single computer, or is handed out without
    anybody's choice (link-local, where clouds keep their secrets).
    """
    try:
        ip = within(ip_address(number.partition("%")[0]))
    except ValueError:
        return False
    if ip.is_multicast or ip.is_unspecified or ip.is_link_local:
        return False
    if ip.is_loopback:
        return own_network
    if ip.is_reserved or (isinstance(ip, IPv6Address) and ip.is_site_local):
        return False
    return ip.is_global or own_network


def within(ip: IP) -> IP:
    """The address of version 4 that one of version 6 stands for, if it does."""
    if isinstance(ip, IPv4Address):
        return ip
    if inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1]):
        return inner
    if ip in TRANSLATED or (ip in COMPATIBLE and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
