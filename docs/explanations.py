"""Makes the table of docs/explanations.md of what `keras-invariance paper --extended --out DIR` found.

keras-invariance paper --extended --out paper
python docs/explanations.py paper
"""

import csv
import sys
from pathlib import Path

from keras_invariance.paper.extended import SHIFTS

PAGE = Path(__file__).with_name("explanations.md")
BEGIN, END = "<!-- table: python docs/explanations.py -->", "<!-- end of the table -->"


def table(folder: Path) -> str:
    """A line for each explanation, under its family."""
    with (folder / "extended.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {(row["explanation"], row["shift"]): row for row in rows}
    lines = [f"| explanation | {' | '.join(SHIFTS.values())} | why |", "|---" * (len(SHIFTS) + 2) + "|"]
    for family in dict.fromkeys(row["family"] for row in rows):
        lines.append(f"| **{family}** |" + " |" * (len(SHIFTS) + 1))
        for name in dict.fromkeys(row["explanation"] for row in rows if row["family"] == family):
            told = [found.get((name, shift)) for shift in SHIFTS]
            cells = [f"{row['verdict']}, {float(row['median_relative_l2']):.2g}" if row else "" for row in told]
            lines.append(f"| {name} | {' | '.join(cells)} | {next(row['why'] for row in told if row)} |")
    return "\n".join(lines)


def main() -> None:
    """Write the table into the page."""
    text = PAGE.read_text("utf-8")
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(Path(sys.argv[1]))}\n\n{after}", "utf-8")


if __name__ == "__main__":
    main()
