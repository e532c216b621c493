"""Where the demo's project lies, and a change of one of its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
