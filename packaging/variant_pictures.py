"""Draws the pictures of the variants that come with Parley, and names them in their variant.toml.

    python packaging/variant_pictures.py

All drawings are ours. Run it again after changing one; what did not change keeps its bytes.
"""

import hashlib
import re
from pathlib import Path

import resvg_py

VARIANTS = Path(__file__).parents[1] / "resources" / "variants"
NAME = "picture.png"
SIDE = 256  # pixels
PAGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128"
 width="{side}" height="{side}">
<defs><linearGradient id="ground" x1="0" y1="0" x2="0.6" y2="1">
<stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/>
</linearGradient></defs>
<rect width="128" height="128" rx="28" fill="url(#ground)"/>
<g fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" stroke-linejoin="round">
{drawing}</g></svg>"""
FULL = 'fill="#fff" stroke="none"'
FAINT = 'fill="#fff" fill-opacity="0.22" stroke="none"'
DRAWINGS = {
    # a sun over a table with a cup
    "everyday-helper": f"""
<circle cx="64" cy="46" r="15" fill="#ffd76a" stroke="none"/>
<g stroke="#ffd76a"><path d="M64 14v8M41 23l5 6M87 23l-5 6M32 46h8M96 46h-8"/></g>
<path d="M40 74h40v14a16 16 0 0 1-16 16h-8a16 16 0 0 1-16-16z" {FULL}/>
<path d="M80 79h6a8 8 0 0 1 0 16h-7"/><path d="M28 112h72"/>""",
    # an abacus
    "careful-calculator": f"""
<rect x="24" y="26" width="80" height="76" rx="8"/><path d="M24 51h80M24 77h80" stroke-width="4"/>
<g {FULL}><circle cx="42" cy="51" r="9"/><circle cx="62" cy="51" r="9"/></g>
<circle cx="88" cy="51" r="9" fill="#ffd76a" stroke="none"/>
<g fill="#ffd76a" stroke="none"><circle cx="40" cy="77" r="9"/><circle cx="60" cy="77" r="9"/></g>
<circle cx="88" cy="77" r="9" {FULL}/>""",
    # a lamp in whose glass a question stands
    "patient-tutor": f"""
<path d="M64 20a31 31 0 0 1 17 57c-3 3-4 6-4 10H51c0-4-1-7-4-10a31 31 0 0 1 17-57z" {FAINT}/>
<path d="M64 20a31 31 0 0 1 17 57c-3 3-4 6-4 10H51c0-4-1-7-4-10a31 31 0 0 1 17-57z"/>
<path d="M52 98h24M56 109h16"/>
<path d="M55 45a9 9 0 1 1 13 8c-3 2-4 4-4 8" stroke="#ffe9b8"/>
<circle cx="64" cy="72" r="4" fill="#ffe9b8" stroke="none"/>""",
    # brackets under a glass
    "code-reviewer": f"""
<path d="M36 34L18 56l18 22M74 34l18 22-18 22" stroke-opacity="0.75"/>
<circle cx="62" cy="62" r="25" {FAINT}/><circle cx="62" cy="62" r="25"/>
<path d="M81 81l25 25" stroke-width="10"/>
<path d="M52 63l8 8 14-17" stroke="#ffd76a"/>""",
    # two bubbles that answer each other
    "two-way-translator": f"""
<path d="M22 24h50a8 8 0 0 1 8 8v24a8 8 0 0 1-8 8H44L30 77V64h-8a8 8 0 0 1-8-8V32a8 8 0 0 1 8-8z"
 {FULL}/>
<path d="M92 52h14a8 8 0 0 1 8 8v26a8 8 0 0 1-8 8h-6v13L86 94H60a8 8 0 0 1-8-8V78"/>
<path d="M30 40h34M30 51h20" stroke="#1f8a8a" stroke-width="5"/>
<path d="M66 82h34M92 68h8" stroke="#bff0ea" stroke-width="5"/>""",
    # a long page that becomes three lines in braces
    "summariser": f"""
<rect x="18" y="20" width="38" height="88" rx="6" {FAINT}/>
<path d="M26 34h22M26 46h22M26 58h22M26 70h22M26 82h22M26 94h14" stroke-width="4"/>
<path d="M61 64h5" stroke="#ffd9b0"/>
<path d="M88 38c-7 0-8 3-8 9v8c0 5-1 8-5 9 4 1 5 4 5 9v8c0 6 1 9 8 9" stroke-width="5"/>
<path d="M104 38c7 0 8 3 8 9v8c0 5 1 8 5 9-4 1-5 4-5 9v8c0 6-1 9-8 9" stroke-width="5"/>
<path d="M91 54h10M91 64h10M91 74h6" stroke="#ffd9b0" stroke-width="5"/>""",
    # an open book under the moon
    "storyteller": f"""
<path d="M88 16a20 20 0 1 0 18 29 16 16 0 0 1-18-29z" fill="#ffd76a" stroke="none"/>
<g {FULL}><circle cx="30" cy="28" r="3"/><circle cx="52" cy="20" r="2"/>
<circle cx="44" cy="42" r="2.5"/></g>
<path d="M64 66c-10-8-26-10-44-8v44c18-2 34 0 44 8 10-8 26-10 44-8V58c-18-2-34 0-44 8z" {FAINT}/>
<path d="M64 66c-10-8-26-10-44-8v44c18-2 34 0 44 8 10-8 26-10 44-8V58c-18-2-34 0-44 8z"/>
<path d="M64 66v44"/><path d="M33 74c7 0 13 1 18 4M33 88c7 0 13 1 18 4" stroke-width="4"/>
<path d="M95 74c-7 0-13 1-18 4M95 88c-7 0-13 1-18 4" stroke-width="4"/>""",
    # an eye whose look becomes sound
    "picture-describer": f"""
<path d="M12 64c12-20 27-30 42-30s26 8 36 24c-10 22-21 36-36 36S24 84 12 64z" {FAINT}/>
<path d="M78 44C71 37 63 34 54 34 39 34 24 44 12 64c12 20 27 30 42 30 9 0 17-3 24-10"/>
<circle cx="54" cy="64" r="15" {FULL}/><circle cx="54" cy="64" r="6" fill="#8a5a2b" stroke="none"/>
<path d="M84 54a14 14 0 0 1 0 20M96 44a28 28 0 0 1 0 40M108 34a42 42 0 0 1 0 60"
 stroke="#ffe0a8"/>""",
}


def main() -> None:
    for name, drawing in DRAWINGS.items():
        folder = VARIANTS / name
        text = (folder / "variant.toml").read_text("utf-8")
        colour = re.search(r'^colour = "#([0-9A-Fa-f]{6})"', text, re.MULTILINE)
        assert colour, f"{name} has no colour"
        png = drawn(drawing, tuple(bytes.fromhex(colour[1])))
        (folder / NAME).write_bytes(png)
        (folder / "variant.toml").write_text(named(text, png), "utf-8")


def drawn(drawing: str, colour: tuple[int, ...]) -> bytes:
    light = "#" + "".join(f"{round(one + (255 - one) * 0.22):02x}" for one in colour)
    dark = "#" + "".join(f"{round(one * 0.72):02x}" for one in colour)
    page = PAGE.format(side=SIDE, light=light, dark=dark, drawing=drawing)
    return bytes(resvg_py.svg_to_bytes(svg_string=page))


def named(text: str, png: bytes) -> str:
    """variant.toml with the picture's name, hash and size."""
    table = f'[look.picture]\nname = "{NAME}"\nsha256 = "{hashlib.sha256(png).hexdigest()}"\n'
    table += f"size = {len(png)}\n"
    text = re.sub(r"\[look\.picture\]\n(?:\w+ = .*\n)*\n?", "", text)
    return re.sub(r"(\[look\]\n(?:\w+ = .*\n)*\n)", lambda found: f"{found[1]}{table}\n", text)


if __name__ == "__main__":
    main()
