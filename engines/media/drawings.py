"""SVG, drawn without anything it refers to: what lies outside of it is taken out first.

A drawing has no size of its own that matters: it is drawn as large as it is asked for.
"""

import io
import re
import zlib
from pathlib import Path
from typing import Any

from engines.errors import ParleyError
from engines.media import kinds

LARGEST = 20 << 20  # bytes of a drawing, unpacked
PARTS = 250_000  # elements, each counted as often as it is drawn
SIDE = 2048  # pixels that a drawing is said to have
NAMESPACE = "{http://www.w3.org/2000/svg}"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
DROPPED = {NAMESPACE + name for name in ("script", "foreignObject")}
INSIDE = re.compile(r"\s*(#|data:image/(png|jpe?g|gif|webp)[;,])", re.IGNORECASE)
FAMILY, FIXED = "Inter", "JetBrains Mono"  # of our fonts
FAMILIES = dict.fromkeys(
    ("font_family", "serif_family", "sans_serif_family", "cursive_family", "fantasy_family"), FAMILY
)

BROKEN = "This drawing is damaged and cannot be shown."
AS_PNG = "Save it as PNG and try again."


def prepare() -> None:
    import lxml.etree  # noqa: F401
    import resvg_py  # noqa: F401


def unpacked(data: bytes) -> bytes:
    """The drawing in an SVGZ. Raises ParleyError where something else is packed in it."""
    try:
        packed = zlib.decompressobj(wbits=31)
        found = packed.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise ParleyError(BROKEN, AS_PNG, str(error)) from error
    if kinds.what(found).name != "SVG":
        raise kinds.refused(kinds.what(data), kinds.PICTURE)
    return found


def rendered(data: bytes, longest: int, fonts: Path | None) -> Any:
    """An image in RGBA, its longer side as many pixels as asked."""
    import lxml.etree as etree
    import resvg_py
    from PIL import Image

    if len(data) > LARGEST:
        raise ParleyError(f"This drawing has more than {LARGEST >> 20} MB.", AS_PNG)
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities="internal", no_network=True))
    except etree.XMLSyntaxError as error:
        raise ParleyError(BROKEN, AS_PNG, str(error)) from error
    clean(root)
    if count(root) > PARTS:
        raise ParleyError("This drawing has too many parts to be drawn.", AS_PNG)
    files = [str(file) for file in sorted(fonts.glob("*.ttf"))] if fonts else []
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=etree.tostring(root, encoding="unicode"),
            width=longest,
            height=longest,
            skip_system_fonts=True,
            font_files=files,
            monospace_family=FIXED,
            **FAMILIES,
        )
    except ValueError as error:
        raise ParleyError(BROKEN, AS_PNG, str(error)) from error
    image = Image.open(io.BytesIO(png), formats=["PNG"])
    image.load()
    return image


def clean(root: Any) -> None:
    """Nothing is left that runs, or that lies outside of the file."""
    for element in list(root.iter("*")):
        for name in HREFS:
            if not INSIDE.match(element.get(name, "#")):
                del element.attrib[name]
        if element.tag in DROPPED and (parent := element.getparent()) is not None:
            parent.remove(element)


def count(root: Any) -> int:
    """How many elements are drawn: one that is used a thousand times counts a thousand times."""
    named = {element.get("id"): element for element in root.iter("*") if element.get("id")}
    known: dict[Any, int] = {}

    def counted(element: Any) -> int:
        if element not in known:
            known[element] = 0  # one that uses itself is not drawn
            target = _target(element, named) if element.tag == f"{NAMESPACE}use" else None
            parts = [*element.iterchildren("*"), *([] if target is None else [target])]
            known[element] = min(PARTS + 1, 1 + sum(map(counted, parts)))
        return known[element]

    return counted(root)


def _target(element: Any, named: dict[str, Any]) -> Any:
    href = next((href for name in HREFS if (href := element.get(name))), "")
    return named.get(href.strip().removeprefix("#"))
