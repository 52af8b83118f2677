"""How much memory a model will take, where, and how fast it will write."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engines.machine import Machine
from engines.models.fit.outline import Outline, Weights

# name -> bytes of 32 numbers
KV_TYPES = {"f32": 128, "f16": 64, "bf16": 64, "q8_0": 34, "q4_0": 18}
CELLS = 256  # the library makes room for a multiple of so many tokens
BATCH = 512  # tokens read at once
FLOAT, HALF = 4, 2
OF_A_TOKEN = 130  # bytes of a token's name in the tables of the library and ours
OF_THE_LIBRARY = 9 << 20
WORDS = 0.75  # of a token of English
LARGEST = 4  # of a block, the part that its largest tensor is, more or less
SLACK = 1.25  # what mapping a file may cost beyond loading it, and is worth it


@dataclass(frozen=True)
class Forecast:
    """Bytes in the computer's memory, and on graphics cards; words a second."""

    weights: int
    kv: int
    compute: int
    projector: int
    rest: int
    grows: int = 0  # more than that, in a conversation that fills the whole context
    card: int = 0  # on graphics cards, all together, with what grows there
    card_projector: int = 0  # of these, for what is loaded with the first picture
    words: float = 0.0
    mapped: bool = True  # the file is mapped, not read: quicker, unless most of it is rearranged
    exact: bool = True
    factor: float = 1.0  # it was corrected by

    @property
    def memory(self) -> int:
        return self.weights + self.kv + self.compute + self.projector + self.rest

    @property
    def most(self) -> int:
        return self.memory + self.grows

    @property
    def at_first(self) -> int:
        """Of most, what is taken before anything is looked at."""
        return self.most - self.projector

    def corrected(self, factor: float) -> "Forecast":
        """As it will be where such models took so many times what was forecast."""
        parts = ("weights", "kv", "compute", "projector", "rest", "grows", "card", "card_projector")
        more = {name: round(getattr(self, name) * factor) for name in parts}
        return replace(self, factor=factor, **more)


def forecast(
    outline: Outline,
    machine: Machine,
    context: int,
    kv: str = "f16",
    layers: int = 0,
    projector: int = 0,
    flash: bool = True,
) -> Forecast:
    """layers on the graphics card: -1 all, counted with the end of the model as one.

    projector is what it takes in bytes, 0 for none; about the size of its file, and more.
    """
    card = bool(layers and machine.cards)
    first = first_on_card(outline, layers) if card else len(outline.blocks)
    here, there = outline.blocks[:first], outline.blocks[first:]
    repacked = machine.speeds.repacked
    ends = replace(outline.ends, products=dict(outline.ends.products))
    table = outline.begins if outline.tied else 0  # at the end it is used a second time
    mapped, loaded = of_weights(outline, here, ends, repacked, card, table)
    memory_kv, card_kv = of_cells(outline, context, kv, first)
    moved = sum(one.size for one in there) + ends.size + table if card else 0
    # without the quick kind of attention what it computes may be too long for the card
    limit = machine.cards[0].longest if card else 0
    elsewhere = card and not flash and 0 < limit < of_scores(outline, context)
    work = of_work_on_card(outline, context, kv, first, flash or elsewhere) if card else 0
    shared = card and machine.cards[0].shared
    found = Forecast(
        weights=min(mapped, loaded) if mapped > loaded * SLACK else mapped,
        kv=memory_kv,
        compute=of_inputs(outline) if card and not elsewhere else of_compute(outline, flash),
        projector=0 if card else projector,
        rest=OF_THE_LIBRARY + outline.vocabulary * OF_A_TOKEN,
        grows=of_mask(outline, context, flash or (card and not elsewhere)),
        card=moved + card_kv + work + projector if card else 0,
        card_projector=projector if card else 0,
        words=words(outline, machine, first if card else None),
        mapped=mapped <= loaded * SLACK,
        exact=outline.exact,
    )
    if not shared:
        return found
    beside = found.card - found.card_projector
    return replace(
        found,
        weights=found.weights + beside,
        projector=found.card_projector,
        card=0,
        card_projector=0,
    )


def first_on_card(outline: Outline, layers: int) -> int:
    """The first block that lies on the card."""
    count = len(outline.blocks)
    return 0 if layers < 0 else max(count + 1 - layers, 0)


def of_weights(
    outline: Outline,
    here: tuple[Weights, ...],
    ends: Weights,
    repacked: Iterable[str],
    card: bool,
    table: int,
) -> tuple[int, int]:
    """Bytes in memory where the file is mapped, and where it is read."""
    known = set(repacked)
    kept = outline.begins + sum(one.size for one in here) + (0 if card else ends.size)
    if card:  # what is not on the card is read into memory the card can reach, and stays as it is
        return kept, kept
    anew = sum(size for one in here for name, size in one.products.items() if name in known)
    anew += sum(size for name, size in ends.products.items() if name in known)
    # of the file stays what lies between the first and the last tensor that is used as it is
    again = table if outline.table in known else 0
    return outline.size + anew + again, kept + again


def of_cells(outline: Outline, context: int, kv: str, first: int) -> tuple[int, int]:
    """Bytes of what is kept of each token read, in memory and on the card."""
    count = -(-context // CELLS) * CELLS
    each = [sum(one) * KV_TYPES[kv] // 32 * count for one in outline.cells]
    return sum(each[:first]) + outline.state, sum(each[first:])


def longest_of(outline: Outline, context: int, kv: str) -> int:
    """Bytes of the keys and values of the block that keeps the most of them."""
    count = -(-context // CELLS) * CELLS
    return max(map(sum, outline.cells), default=0) * KV_TYPES[kv] // 32 * count


def longest_piece(outline: Outline, context: int, kv: str) -> int:
    """Bytes of the keys, or the values, of the block that keeps the most of them, or of a mask."""
    count = -(-context // CELLS) * CELLS
    keys = max(map(max, outline.cells), default=0) * KV_TYPES[kv] // 32
    return max(keys, BATCH * HALF) * count


def of_compute(outline: Outline, flash: bool = True) -> int:
    """Bytes of what is computed on the way, while a prompt is read."""
    wide = 4 * outline.width + 3 * outline.hidden
    scores = 0 if flash else outline.heads * BATCH
    return BATCH * (wide + scores) * FLOAT + 2 * outline.vocabulary * FLOAT


def of_mask(outline: Outline, context: int, flash: bool = True) -> int:
    """Bytes that tell which tokens see which, of a whole context; and how much, if not quick."""
    scores = 0 if flash else of_scores(outline, max(context - BATCH, 0))
    masks = 2 if outline.window else 1  # one for the blocks that look back less far
    return BATCH * context * HALF * masks + scores


def of_scores(outline: Outline, context: int) -> int:
    """Bytes of how much each token of a batch heeds each of the context."""
    return BATCH * outline.heads * context * FLOAT


def of_work_on_card(outline: Outline, context: int, kv: str, first: int, flash: bool) -> int:
    """Bytes of what is computed on the way on a card whose first block is this one.

    A prompt is read there also by the blocks that lie in memory: their weights are brought one
    by one, and what is remembered of one block.
    """
    width, hidden = (BATCH * number * FLOAT for number in (outline.width, outline.hidden))
    scores = 0 if flash else outline.heads * BATCH * BATCH * FLOAT
    always = scores + 2 * outline.vocabulary * FLOAT
    mask, work = of_mask(outline, context, flash), 2 * width + 3 * hidden
    if not first:
        return always + mask + work
    weights = max(one.size for one in outline.blocks[:first]) // LARGEST
    brought = longest_of(outline, context, kv)
    if outline.window and len(outline.blocks) - first < 2:  # blocks of one kind have one mask
        mask -= BATCH * context * HALF
    return always + mask + max(work + weights, 5 * width + brought)


def of_inputs(outline: Outline) -> int:
    """Bytes of what is handed to the card."""
    return BATCH * outline.width * FLOAT + outline.vocabulary * FLOAT


def words(outline: Outline, machine: Machine, first: int | None = None) -> float:
    """English words a second in an answer; first is the first block on the card."""
    here = outline.blocks[:first] if first is not None else outline.blocks
    there = outline.blocks[first:] if first is not None else ()
    end = outline.ends.size + (outline.begins if outline.tied else 0)
    slow = sum(read_for_a_word(one, outline.used) for one in here) + (0 if there else end)
    fast = sum(read_for_a_word(one, outline.used) for one in there) + (end if there else 0)
    kind = outline.architecture, outline.quantisation
    seconds = slow / machine.rate(*kind, False) + fast / machine.rate(*kind, True)
    return WORDS / seconds if seconds else 0.0


def reads(outline: Outline) -> float:
    """Bytes of weights that are read for a token."""
    end = outline.ends.size + (outline.begins if outline.tied else 0)
    return sum(read_for_a_word(one, outline.used) for one in outline.blocks) + end


def read_for_a_word(weights: Weights, used: float) -> float:
    return weights.size - weights.experts * (1 - used)
