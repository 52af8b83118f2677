"""XML of strangers, parsed without anything that lies outside of it."""

from typing import Any

from engines.errors import ParleyError

LARGEST = 100 << 20  # bytes


def root_of(data: bytes) -> Any:
    """lxml has bounds of its own: on depth, and on what entities grow to."""
    import lxml.etree as etree

    if len(data) > LARGEST:
        raise ParleyError(f"This document has more than {LARGEST >> 20} MB of text.", "Split it.")
    parser = etree.XMLParser(resolve_entities="internal", no_network=True, remove_comments=True)
    return etree.fromstring(data, parser)


def name_of(element: Any) -> str:
    """Without its namespace; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """By its name in whatever namespace; "" where it is not there."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""
