"""Take the pictures of the recipes and of the README from the page of the demo: `python -m tests.browser.pictures build/demo/report.html`.

A recipe shows `../images/NAME.png`; NAME is the report's. A picture is the report's panel, light, at three quarters of its size. The README
shows `docs/images/demo-page.png`: the window where one of the reports begins.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.browser.chromium import Chromium

ROOT = Path(__file__).resolve().parents[2]
IMAGES, RECIPES = ROOT / "docs/images", ROOT / "docs/recipes"
WIDTH, TALLEST, SCALE = 1440, 700, 0.75  # of the window and of a panel in pixels; of the picture
LARGEST = 100_000  # of a file, in bytes
WINDOW, BEGINS = 1560, "checkout_fallout"  # of the README's picture: how tall the window is, and at which report
PICTURE = re.compile(r"!\[[^\]]+\]\(\.\./images/([a-z_]+)\.png\)")
PANEL = """(() => {
  const at = JSON.parse(document.getElementById('panels').textContent).findIndex((panel) => panel.name === NAME);
  const box = document.getElementById(`panel-${at + 1}`)?.getBoundingClientRect();
  return box ? [box.x + scrollX, box.y + scrollY, box.width, box.height] : null;
})()"""


def wanted() -> list[str]:
    """Names of the reports that recipes show."""
    return sorted({name for recipe in RECIPES.glob("*.md") for name in PICTURE.findall(recipe.read_text(encoding="utf-8"))})


def take(page: Path, names: list[str]) -> None:
    """One file per report in docs/images."""
    chromium = Chromium(scale=SCALE)
    chromium.open(page.resolve(), width=WIDTH, height=900)
    for name in names:
        box = chromium.value(PANEL.replace("NAME", repr(name)))
        if box is None:
            raise SystemExit(f"{page} has no report named '{name}'.")
        x, y, wide, tall = box
        shot = chromium.page.screenshot(full_page=True, clip={"x": x, "y": y, "width": wide, "height": min(tall, TALLEST)})
        if len(shot) > LARGEST:
            raise SystemExit(f"the picture of '{name}' has {len(shot):,} bytes, more than {LARGEST:,}.")
        (IMAGES / f"{name}.png").write_bytes(shot)
    chromium.resize(WIDTH, WINDOW)
    chromium.value(f"scrollTo({{ top: {PANEL.replace('NAME', repr(BEGINS))}[1] - 78, behavior: 'instant' }})")
    chromium.resize(WIDTH, WINDOW)
    chromium.page.screenshot(path=IMAGES / "demo-page.png")
    chromium.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), wanted())
