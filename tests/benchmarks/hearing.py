"""How well the starter's ears hear: requests and voices that nothing of them was trained on.

    python tests/benchmarks/hearing.py [--count 150] [--people FOLDER] [--whisper FOLDER]

packaging/ears/evaluate.py does it and says what it needs: festival with two of its voices. The last
line is one JSON object: what was heard -> word error in percent, and the ends of its 95 % interval.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "packaging/ears"))

import evaluate  # noqa: E402

if __name__ == "__main__":
    if not shutil.which("festival"):
        sys.exit("Install festival, festvox-kdlpc16k and festvox-us-slt-hts first (apt).")
    evaluate.main()
