"""Ids of variants: made here, never taken from a file, so that none takes another's place."""

import uuid


def minted() -> str:
    return str(uuid.uuid4())


def is_id(text: str) -> bool:
    """As minted writes them."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
