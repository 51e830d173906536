"""The chart of a report as SVG: what each day or month charged, and the same one a year before beside it."""

from collections.abc import Sequence

from cardsvc.core.money import in_yuan

WIDTH, HEIGHT, FOOT, TOP = 760, 200, 24, 22
DEEP, SOFT, INK = "#14532d", "#b9b4a7", "#5d5a52"
MOST_LABELS = 12


def course(points: Sequence[tuple[str, int, int]], said: str) -> str:
    """Two bars for each point (its label, this year's fen, last year's fen), as one SVG; `said` tells it to readers."""
    top = max((max(ours, theirs) for _, ours, theirs in points), default=0) or 1
    step = WIDTH / max(len(points), 1)
    wide = min(36.0, step * 0.38)
    every = -(-len(points) // MOST_LABELS) or 1
    parts = [
        f'<svg class="course" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{_text(said)}</title>",
        f'<text class="scale" x="0" y="14" font-size="12" fill="{INK}">¥{in_yuan(top)}</text>',
        f'<line class="base" x1="0" x2="{WIDTH}" y1="{HEIGHT - FOOT}" y2="{HEIGHT - FOOT}" stroke="{SOFT}"/>',
    ]
    for at, (label, ours, theirs) in enumerate(points):
        middle = step * (at + 0.5)
        parts.append(_bar("before", middle - wide, wide, theirs, top, f'fill="none" stroke="{INK}"'))
        parts.append(_bar("now", middle, wide, ours, top, f'fill="{DEEP}"'))
        if at % every == 0:
            place = f'x="{middle:.1f}" y="{HEIGHT - 6}" font-size="12" fill="{INK}" text-anchor="middle"'
            parts.append(f'<text class="label" {place}>{_text(label)}</text>')
    return "".join((*parts, "</svg>"))


def _bar(name: str, x: float, wide: float, fen: int, top: int, paint: str) -> str:
    high = (HEIGHT - FOOT - TOP) * max(fen, 0) / top
    place = f'x="{x:.1f}" y="{HEIGHT - FOOT - high:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f'<rect class="{name}" {place} {paint}/>'


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
