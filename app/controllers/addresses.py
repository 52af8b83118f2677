"""What an http address says: whose it is, and whether it is of this computer itself."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def place_of(address: str) -> str:
    """host or host:port of an http address; "" for what is none."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def is_here(place: str) -> bool:
    """Whether an address is of this computer itself."""
    try:
        host = urlsplit(f"//{place}").hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def all_here(places: str) -> bool:
    """Whether all places in a line, as host or host:port, are of this computer itself."""
    return all(is_here(one) for one in places.replace(",", " ").split())
