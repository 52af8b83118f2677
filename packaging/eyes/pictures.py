"""Twenty pictures as people have them, for the test through the real window.

    python packaging/eyes/pictures.py MATERIALS

Writes tests/data/eyes/pictures/: files of several sizes and formats, and questions.toml with two
questions on each. All of it is held out: the fonts, the emoji (OpenMoji) and the icon (Phosphor),
the pairs of shape and colour, the phrasings. Chosen before any eyes were trained.
"""

import io
import sys
import tarfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

import resvg_py
from materials import pack_of, svgs
from PIL import Image, ImageDraw, ImageFont
from scenes import shapes
from scenes.colours import RGB
from scenes.things import CODES

TARGET = Path(__file__).parents[2] / "tests" / "data" / "eyes" / "pictures"
FINE = 2  # drawn larger by this, then made smaller, which smooths the edges
INKS: dict[str, RGB] = {
    "red": (214, 32, 38),
    "yellow": (247, 214, 20),
    "green": (34, 150, 60),
    "blue": (30, 80, 205),
    "orange": (245, 130, 15),
    "purple": (120, 45, 160),
    "pink": (246, 140, 185),
    "brown": (115, 66, 32),
    "black": (15, 15, 17),
    "white": (252, 252, 252),
    "grey": (128, 128, 130),
    "cream": (250, 244, 226),
    "night": (18, 26, 66),
    "sky": (196, 224, 246),
    "mint": (206, 238, 214),
}


class Asked(NamedTuple):
    question: str
    answers: tuple[str, ...]  # any of these words answers it
    wrong: tuple[str, ...] = ()  # and none of these may be in the answer


class Picture(NamedTuple):
    file: str
    family: str
    image: Image.Image
    first: Asked
    again: Asked


def paper(size: tuple[int, int], ground: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (size[0] * FINE, size[1] * FINE), INKS[ground])
    return image, ImageDraw.Draw(image)


def figures(
    size: tuple[int, int], ground: str, *drawn: tuple[str, str, float, float, float]
) -> Image.Image:
    """Shapes, each with its colour, centre and radius in pixels."""
    image, on = paper(size, ground)
    for shape, ink, x, y, radius in drawn:
        spot = (x * FINE, y * FINE)
        shapes.draw(on, shape, spot, radius * FINE, INKS[ink], None, 0)
    return image.reduce(FINE)


def text(
    materials: Path,
    size: tuple[int, int],
    ground: str,
    ink: str,
    said: str,
    face: str,
    pixels: float,
) -> Image.Image:
    image, on = paper(size, ground)
    found = next((materials / "fonts" / "held out").rglob(face))
    font = ImageFont.truetype(found, pixels * FINE)
    on.text((image.width / 2, image.height / 2), said, fill=INKS[ink], font=font, anchor="mm")
    return image.reduce(FINE)


def things(
    materials: Path,
    size: tuple[int, int],
    ground: str,
    name: str,
    *spots: tuple[float, float, float],
) -> Image.Image:
    """OpenMoji's drawing of a thing, at each spot with its side in pixels."""
    image, _ = paper(size, ground)
    with tarfile.open(pack_of(materials / "downloads", "openmoji@17.0.0")) as pack:
        drawing = svgs(pack, "color/svg/")[CODES[name][0].upper()]
    for x, y, side in spots:
        one = rendered(drawing, round(side * FINE))
        corner = round(x * FINE - one.width / 2), round(y * FINE - one.height / 2)
        image.paste(one, corner, one)
    return image.reduce(FINE)


def icon(materials: Path, size: tuple[int, int], ground: str, ink: str, file: str) -> Image.Image:
    image, _ = paper(size, ground)
    with tarfile.open(pack_of(materials / "downloads", "@phosphor-icons/core@2.1.1")) as pack:
        drawing = svgs(pack, "assets/regular/")[file].replace("currentColor", "#000")
    one = rendered(drawing, round(min(image.size) * 0.8))
    corner = (image.width - one.width) // 2, (image.height - one.height) // 2
    image.paste(INKS[ink], corner, one.getchannel("A"))
    return image.reduce(FINE)


def rendered(drawing: str, side: int) -> Image.Image:
    data = resvg_py.svg_to_bytes(svg_string=drawing, width=side, height=side)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def bars(
    materials: Path, size: tuple[int, int], ink: str, heights: dict[str, float]
) -> Image.Image:
    image, on = paper(size, "white")
    wide, high = image.size
    left, bottom = wide * 0.1, high * 0.86
    step = (wide * 0.94 - left) / len(heights)
    found = next((materials / "fonts" / "held out").rglob("OpenSans-Semibold.ttf"))
    font = ImageFont.truetype(found, high * 0.07)
    for index, (label, height) in enumerate(heights.items()):
        x = left + step * (index + 0.5)
        box = (x - step * 0.33, bottom - high * 0.76 * height, x + step * 0.33, bottom)
        on.rectangle(box, fill=INKS[ink])
        on.text((x, bottom + high * 0.065), label, fill=INKS["black"], font=font, anchor="mm")
    on.line((left, high * 0.06, left, bottom, wide * 0.95, bottom), fill=INKS["black"], width=4)
    return image.reduce(FINE)


def line(size: tuple[int, int], ink: str, heights: tuple[float, ...]) -> Image.Image:
    image, on = paper(size, "white")
    wide, high = image.size
    left, bottom = wide * 0.1, high * 0.9
    step = (wide * 0.92 - left) / (len(heights) - 1)
    points = [(left + step * i, bottom - high * 0.8 * one) for i, one in enumerate(heights)]
    on.line((left, high * 0.06, left, bottom, wide * 0.95, bottom), fill=INKS["black"], width=4)
    on.line(points, fill=INKS[ink], width=12, joint="curve")
    return image.reduce(FINE)


def all_pictures(materials: Path) -> list[Picture]:
    written = partial(text, materials)
    emoji = partial(things, materials)
    columns = ((110, 130, 62), (300, 120, 62), (490, 140, 62), (205, 250, 62), (395, 255, 62))
    four = ((130, 120, 170), (360, 130, 170), (140, 350, 170), (370, 345, 170))
    return [
        Picture(
            "01-shape.png",
            "shapes",
            figures((640, 480), "night", ("star", "yellow", 320, 245, 170)),
            Asked("Which shape is shown?", ("star",)),
            Asked("What's the colour of the star?", ("yellow",)),
        ),
        Picture(
            "02-shape.webp",
            "shapes",
            figures((500, 500), "cream", ("ring", "green", 250, 250, 160)),
            Asked("Name the shape in this picture.", ("ring", "circle")),
            Asked("In which colour is it drawn?", ("green",)),
        ),
        Picture(
            "03-colour.jpg",
            "colours",
            figures((600, 450), "white", ("heart", "pink", 300, 225, 150)),
            Asked("What's the colour of the heart?", ("pink",)),
            Asked("What shape is drawn here?", ("heart",)),
        ),
        Picture(
            "04-colour.png",
            "colours",
            figures((480, 640), "cream", ("hexagon", "blue", 240, 300, 170)),
            Asked("Can you tell me what color the hexagon is?", ("blue",)),
            Asked("Which shape is shown?", ("hexagon",)),
        ),
        Picture(
            "05-count.png",
            "counts",
            figures(
                (640, 360),
                "white",
                ("circle", "red", 120, 180, 70),
                ("circle", "red", 320, 180, 70),
                ("circle", "red", 520, 180, 70),
            ),
            Asked("Tell me how many circles there are.", ("three", "3")),
            Asked("Which colour are the circles?", ("red",)),
        ),
        Picture(
            "06-count.jpg",
            "counts",
            figures((600, 380), "night", *(("star", "white", *one) for one in columns)),
            Asked("How many stars does the picture show?", ("five", "5")),
            Asked("What's the colour of the stars?", ("white",)),
        ),
        Picture(
            "07-emoji-count.png",
            "emoji counts",
            emoji((500, 470), "mint", "apple", *four),
            Asked("Please count the apples in this image.", ("four", "4")),
            Asked("Which things are shown here?", ("apple", "apples")),
        ),
        Picture(
            "08-place.png",
            "places",
            figures((640, 480), "sky", ("triangle", "black", 545, 90, 70)),
            Asked("Whereabouts is the triangle?", ("top right",), ("left", "bottom")),
            Asked("What's the colour of the triangle?", ("black",)),
        ),
        Picture(
            "09-relation.webp",
            "relations",
            figures(
                (640, 400),
                "cream",
                ("circle", "red", 170, 200, 95),
                ("cross", "purple", 460, 205, 95),
            ),
            Asked("Where does the circle lie relative to the cross?", ("left",), ("right",)),
            Asked("What's the colour of the cross?", ("purple",)),
        ),
        Picture(
            "10-bigger.png",
            "sizes",
            figures(
                (640, 480),
                "white",
                ("circle", "brown", 220, 240, 150),
                ("triangle", "orange", 510, 250, 62),
            ),
            Asked("Which of the two is the bigger one?", ("circle",), ("triangle",)),
            Asked("Which of the two is the smaller one?", ("triangle",), ("circle",)),
        ),
        Picture(
            "11-digit.png",
            "digits",
            written((400, 400), "white", "black", "7", "OpenSans-Bold.ttf", 280),
            Asked("Which number is shown?", ("7", "seven")),
            Asked("In which colour is the number written?", ("black",)),
        ),
        Picture(
            "12-digit.jpg",
            "digits",
            written((480, 360), "sky", "red", "3", "ComicNeue-Bold.otf", 260),
            Asked("What's the number shown here?", ("3", "three")),
            Asked("What's the colour of the number?", ("red",)),
        ),
        Picture(
            "13-number.png",
            "digits",
            written((560, 400), "cream", "blue", "42", "Cabin-Bold.otf", 280),
            Asked("Please read out the number.", ("42",)),
            Asked("In which colour is the number written?", ("blue",)),
        ),
        Picture(
            "14-word.png",
            "words",
            written((640, 320), "white", "green", "garden", "OpenSans-Semibold.ttf", 150),
            Asked("Which word is shown here?", ("garden",)),
            Asked("What's the colour of the letters?", ("green",)),
        ),
        Picture(
            "15-word.jpg",
            "words",
            written((640, 360), "night", "white", "HOTEL", "AveriaSerifGWF-Bold.ttf", 170),
            Asked("Please read out what is written.", ("hotel",)),
            Asked("In which colour is it written?", ("white",)),
        ),
        Picture(
            "16-emoji.png",
            "emoji",
            emoji((512, 512), "white", "bicycle", (256, 256, 470)),
            Asked("Tell me what this is, please.", ("bicycle", "bike")),
            Asked("Is there a dog anywhere?", ("no",)),
        ),
        Picture(
            "17-emoji.webp",
            "emoji",
            emoji((640, 480), "sky", "banana", (320, 240, 430)),
            Asked("What am I looking at?", ("banana",)),
            Asked("Which food is shown here?", ("banana",)),
        ),
        Picture(
            "18-emoji.jpg",
            "emoji",
            emoji((600, 450), "cream", "elephant", (300, 225, 420)),
            Asked("Which animal is shown here?", ("elephant",)),
            Asked("Is there an elephant anywhere?", ("yes",)),
        ),
        Picture(
            "19-icon.png",
            "icons",
            icon(materials, (400, 400), "white", "black", "umbrella"),
            Asked("Which thing is shown here?", ("umbrella",)),
            Asked("Can you tell me what color the umbrella is?", ("black",)),
        ),
        Picture(
            "20-chart.png",
            "charts",
            bars(materials, (640, 480), "blue", {"A": 0.45, "B": 0.98, "C": 0.62, "D": 0.3}),
            Asked("Which bar stands out as the tallest?", ("second", "B")),
            Asked("How many bars are shown?", ("four", "4")),
        ),
    ]


def main(materials: Path) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    listed = ["# Written by packaging/eyes/pictures.py: a right answer holds one of `answers` as a"]
    listed += ["# word and none of `wrong`. The second question is asked after the first."]
    for one in all_pictures(materials):
        options = {"quality": 88} if not one.file.endswith("png") else {"optimize": True}
        one.image.save(TARGET / one.file, **options)
        listed += ["", "[[picture]]", f'file = "{one.file}"', f'family = "{one.family}"']
        listed += _lines(one.first, "") + _lines(one.again, "again_")
    (TARGET / "questions.toml").write_text("\n".join(listed) + "\n", "utf-8")


def _lines(asked: Asked, prefix: str) -> list[str]:
    def several(words: tuple[str, ...]) -> str:
        return "[" + ", ".join(f'"{word}"' for word in words) + "]"

    lines = [
        f'{prefix}question = "{asked.question}"',
        f"{prefix}answers = {several(asked.answers)}",
    ]
    return lines + ([f"{prefix}wrong = {several(asked.wrong)}"] if asked.wrong else [])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
