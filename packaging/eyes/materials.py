"""Fetches what the scenes are drawn with: fonts, emoji and icons with free licences.

    python packaging/eyes/materials.py FOLDER

Needs npm, and apt-get and dpkg-deb of Debian 12; nothing is installed and nothing is committed.
FOLDER gets downloads/, fonts/<split>/<family>/, and things/ and icons/ as arrays of pictures.
"""

import csv
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image, ImageDraw, ImageFont
from scenes.things import CODES, ICONS

SIDE = 96
LICENCES = {  # of what npm packs
    "@twemoji/svg@15.0.0": "CC BY 4.0 (code MIT)",
    "fluentui-emoji@1.3.0": "MIT",
    "openmoji@17.0.0": "CC BY-SA 4.0",
    "@tabler/icons@3.52.0": "MIT",
    "lucide-static@1.62.0": "ISC, parts MIT",
    "@phosphor-icons/core@2.1.1": "MIT",
}
NOTO = "fonts-noto-color-emoji=2.042-0+deb12u1"  # Apache-2.0 and OFL-1.1
FONTS = {  # Debian packages by their licence
    "train": {
        "Bitstream Vera": "fonts-dejavu-core=2.37-6 fonts-dejavu-extra=2.37-6",
        "OFL-1.1": """
            fonts-lato=2.0-2.1 fonts-cantarell=0.303.1-1
            fonts-comfortaa=3.001-3 fonts-courier-prime=0+git20190115-3
            fonts-crosextra-caladea=20200211-1 fonts-crosextra-carlito=20220224-1
            fonts-dosis=1.7-3 fonts-ebgaramond=0.016+git20210310.42d4f9f2-1
            fonts-fantasque-sans=1.7.2~alpha.3~dfsg-2 fonts-firacode=6.2-2
            fonts-inconsolata=001.010-6 fonts-junicode=2+git20230104+ds-1 fonts-jura=5.103-3
            fonts-karla=20201218-1 fonts-league-spartan=2.210-1 fonts-linuxlibertine=5.3.0-6
            fonts-lobster=2.0-2.1 fonts-manrope=4.504+git20201211-2 fonts-mononoki=1.5+dfsg-1
            fonts-oldstandard=2.2really-4 fonts-play=1.002+20150307.1-0.1
            fonts-quicksand=0.2016-2.1 fonts-sil-andika=6.101-2 fonts-sil-charis=6.101-1
            fonts-sil-gentiumplus=6.101-1 fonts-sora=0+git20201221+ds-2 fonts-vollkorn=4.105-2
            fonts-yanone-kaffeesatz=2.0+git20211102+ds-1 fonts-yrsa-rasa=2.005-1
            fonts-averia-sans-gwf=1.00-2.1 fonts-b612=1.008-3
            fonts-kaushanscript=1.02-2.1 fonts-dancingscript=1.2-2 fonts-cmu=0.7.0-5
            fonts-gfs-didot=1.1-7""",
        "Apache-2.0": """
            fonts-roboto-unhinted=2:0~20170802-3 fonts-roboto-slab=1.100263+20170512-2
            fonts-clear-sans=1.00-2""",
        "GPL-3+ with font exception": "fonts-freefont-ttf=20120503-10 fonts-tiresias=0.1-6",
        "MIT, BSD-3-Clause, public domain or as free": """
            fonts-go=0~20170330-1 fonts-oxygen=4:5.4.3-4
            fonts-tuffy=20120614-2.1""",
        "ParaType Free Font License": "fonts-paratype=20181108-3",
        "GPL-2+ with font exception": """
            fonts-adf-accanthis=0.20190904-2 fonts-adf-gillius=0.20190904-2
            fonts-adf-libris=0.20190904-2 fonts-adf-universalis=0.20190904-2
            fonts-liberation=1:1.07.4-11""",
    },
    "held out": {
        "Apache-2.0": "fonts-open-sans=1.11-2",
        "OFL-1.1": """
            fonts-national-park=0.0~20220205-2 fonts-arapey=0+git20200408-2
            fonts-anonymous-pro=1.003-4
            fonts-cabin=1.5-3 fonts-quattrocento=1.1-2.1
            fonts-comic-neue=2.51-4 fonts-averia-serif-gwf=1.00-2.1""",
        "MIT, BSD-3-Clause, public domain or as free": """
            fonts-goudybookletter=2010.07.03-6 fonts-fanwood=1.1-7 fonts-prociono=2.3-6""",
    },
}
UNFIT = re.compile(
    r"thin|hairline|extralight|ultralight|outline|stencil|small.?caps|math|tamil|tirekv|bebas"
    r"|LinLibertine_(DR|M|I?Z|RZ|RZI)|LinBiolinum_K|\[",
    re.IGNORECASE,
)
FACES_OF_A_FAMILY = 6


def main(folder: Path) -> None:
    packs = folder / "downloads"
    packs.mkdir(parents=True, exist_ok=True)
    fetch(packs)
    for split in FONTS:
        for package in packages(split):
            unpack_fonts(packs, package, folder / "fonts" / split)
    draw_things(packs, folder / "things")
    draw_icons(packs, folder / "icons")


def fetch(packs: Path) -> None:
    """By the registries' ordinary clients; what is there already is not fetched again."""
    for package in LICENCES:
        if not pack_of(packs, package).exists():
            subprocess.run(["npm", "pack", "--silent", package], cwd=packs, check=True)
    wanted = [NOTO, *(one for split in FONTS for one in packages(split))]
    missing = [one for one in wanted if not deb_of(packs, one)]
    if missing:
        subprocess.run(["apt-get", "download", *missing], cwd=packs, check=True)


def packages(split: str) -> list[str]:
    return [package for group in FONTS[split].values() for package in group.split()]


def pack_of(packs: Path, package: str) -> Path:
    name, version = package.rsplit("@", 1)
    return packs / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"


def deb_of(packs: Path, package: str) -> Path | None:
    name, version = package.split("=")
    return next(packs.glob(f"{name}_{version.replace(':', '%3a')}_*.deb"), None)


def unpack_fonts(packs: Path, package: str, target: Path) -> None:
    """Every fit face of the package, at most six of a family, sorted by the family's name."""
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(["dpkg-deb", "-x", str(deb_of(packs, package)), unpacked], check=True)
        found: dict[str, list[Path]] = {}
        for path in sorted(Path(unpacked).rglob("*")):
            if path.suffix.lower() in (".ttf", ".otf") and path.is_file() and fit(path):
                family = str(ImageFont.truetype(path, 12).getname()[0])
                known = found.setdefault(family, [])
                if path.stem not in {other.stem for other in known}:
                    known.append(path)
        for family, paths in found.items():
            step = -(-len(paths) // FACES_OF_A_FAMILY)
            place = target / re.sub(r"\W+", "-", family.lower())
            place.mkdir(parents=True, exist_ok=True)
            for path in paths[::step]:
                shutil.copy(path, place / path.name)


def fit(path: Path) -> bool:
    """Upright or slanted, not too thin, with small letters that are no capitals, and digits."""
    if UNFIT.search(path.name):
        return False
    font = ImageFont.truetype(path, 40)
    drawn = {mark: bytes(font.getmask(mark)) for mark in "aAbBgGqQ0123456789zZkK"}
    lacking = bytes(font.getmask("\U0001f9ff"))
    return len(set(drawn.values()) - {lacking}) == len(drawn) and all(map(any, drawn.values()))


def draw_things(packs: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    names = annotations(packs)
    with tarfile.open(pack_of(packs, "@twemoji/svg@15.0.0")) as pack:
        keep(target / "twemoji.npz", from_svg(svgs(pack, ""), lambda code: [code, f"{code}-fe0f"]))
    with tarfile.open(pack_of(packs, "fluentui-emoji@1.3.0")) as pack:
        for kind in ("flat", "modern"):
            found = svgs(pack, f"icons/{kind}/")
            keep(target / f"fluent-{kind}.npz", from_svg(found, lambda code: names.get(code, [])))
    with tarfile.open(pack_of(packs, "openmoji@17.0.0")) as pack:
        for kind in ("color", "black"):
            found = svgs(pack, f"{kind}/svg/")
            drawn = from_svg(found, lambda code: [code.upper(), f"{code.upper()}-FE0F"])
            keep(target / f"openmoji-{kind}.npz", drawn)
    keep(target / "noto.npz", from_noto(packs))


def annotations(packs: Path) -> dict[str, list[str]]:
    """The files of the Fluent set are called by Unicode's names, which OpenMoji's table has."""
    with tarfile.open(pack_of(packs, "openmoji@17.0.0")) as pack:
        table = pack.extractfile("package/data/openmoji.csv")
        assert table is not None
        rows = csv.DictReader(io.StringIO(table.read().decode("utf-8")))
        return {
            row["hexcode"].lower().removesuffix("-fe0f"): called(row["annotation"]) for row in rows
        }


def called(annotation: str) -> list[str]:
    plain = re.sub(r"[^a-z0-9]+", "-", annotation.lower()).strip("-")
    return [plain, f"{plain}-default", plain.replace("-s-", "s-")]


def svgs(pack: tarfile.TarFile, under: str) -> dict[str, str]:
    """The drawings right in a folder of the pack, by their names without the ending."""
    found = {}
    for member in pack:
        path = member.name.removeprefix("package/")
        name = path.removeprefix(under)
        if path.startswith(under) and name.endswith(".svg") and "/" not in name:
            file = pack.extractfile(member)
            assert file is not None
            found[name.removesuffix(".svg")] = file.read().decode("utf-8")
    return found


def from_svg(found: dict[str, str], files) -> Iterator[tuple[str, Image.Image]]:
    for name, codes in CODES.items():
        for code in codes:
            text = next((found[file] for file in files(code) if file in found), None)
            if text is None:
                print("missing:", name, code, files(code)[:1])
            else:
                yield name, rendered(text)


def rendered(text: str) -> Image.Image:
    data = resvg_py.svg_to_bytes(svg_string=text, width=2 * SIDE, height=2 * SIDE)
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def from_noto(packs: Path) -> Iterator[tuple[str, Image.Image]]:
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(["dpkg-deb", "-x", str(deb_of(packs, NOTO)), unpacked], check=True)
        font = ImageFont.truetype(next(Path(unpacked).rglob("NotoColorEmoji.ttf")), 109)
        for name, codes in CODES.items():
            for code in codes:
                image = Image.new("RGBA", (160, 160))
                text = "".join(chr(int(part, 16)) for part in code.split("-"))
                ImageDraw.Draw(image).text((8, 8), text, font=font, embedded_color=True)
                if image.getbbox() is None:
                    print("missing in Noto:", name, code)
                else:
                    yield name, image


def draw_icons(packs: Path, target: Path) -> None:
    """Signs of one colour, as masks."""
    target.mkdir(exist_ok=True)
    sets = {
        "lucide": ("lucide-static@1.62.0", "icons/", "{}"),
        "tabler": ("@tabler/icons@3.52.0", "icons/outline/", "{}"),
        "tabler-filled": ("@tabler/icons@3.52.0", "icons/filled/", "{}"),
        "phosphor": ("@phosphor-icons/core@2.1.1", "assets/regular/", "{}"),
        "phosphor-fill": ("@phosphor-icons/core@2.1.1", "assets/fill/", "{}-fill"),
    }
    for name, (package, under, file) in sets.items():
        with tarfile.open(pack_of(packs, package)) as pack:
            found = svgs(pack, under)
        drawn = []
        for thing, files in ICONS.items():
            text = next((found[file.format(o)] for o in files if file.format(o) in found), None)
            if text is not None:
                drawn.append((thing, rendered(text.replace("currentColor", "#000"))))
        keep(target / f"{name}.npz", iter(drawn), mask=True)


def keep(path: Path, drawn: Iterator[tuple[str, Image.Image]], mask: bool = False) -> None:
    names, pictures = [], []
    for name, image in drawn:
        names.append(name)
        square = squared(image)
        pictures.append(np.asarray(square)[..., 3] if mask else np.asarray(square))
    np.savez_compressed(path, names=np.array(names), pictures=np.stack(pictures))
    print(path.name, len(names), "pictures of", len(set(names)), "things")


def squared(image: Image.Image) -> Image.Image:
    """Cut to what is drawn and centred in a square."""
    cut = image.crop(image.getbbox())
    scale = SIDE / max(cut.size)
    size = max(1, round(cut.width * scale)), max(1, round(cut.height * scale))
    square = Image.new("RGBA", (SIDE, SIDE))
    small = cut.resize(size, Image.Resampling.LANCZOS)
    square.paste(small, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return square


if __name__ == "__main__":
    main(Path(sys.argv[1]))
