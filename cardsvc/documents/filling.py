"""Filling and printing: the one way from a template and its data to a PDF (typst).

A template in the home's folder comes before the one of the product; `paper.typ` has what all of them share.
"""

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast

import qrcode
import typst
from qrcode.image.svg import SvgPathImage

SHARED = ("paper.typ",)
Shape = Literal["pdf", "png"]


class TemplateBroken(Exception):
    """A template cannot be filled; the message names it, and what typst says of it."""


def fill(name: str, data: Mapping[str, Any], folder: Path | None = None, shape: Shape = "pdf") -> bytes:
    """The template filled with `data`, as PDF (or "png" for one page, 203 dots an inch as label printers have).

    `folder`: templates that the home edited. Raises TemplateBroken.
    """
    parts = {one: template(one, folder) for one in SHARED} | {"main.typ": template(f"{name}.typ", folder)}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        # The binding takes a whole set of files, which its type hints do not know.
        return typst.compile(cast(bytes, parts), font_paths=fonts(), format=shape, ppi=203.0, sys_inputs=inputs)
    except typst.TypstError as error:
        raise TemplateBroken(f"{name}.typ: {error}") from error


@cache
def fonts() -> typst.Fonts:
    """The fonts of this machine, looked for once (fonts-noto-cjk has the Chinese ones)."""
    return typst.Fonts()


def template(file: str, folder: Path | None) -> bytes:
    """A template's text: the home's own, else the product's."""
    own = folder / file if folder is not None else None
    if own is not None and own.is_file():
        return own.read_bytes()
    return files("cardsvc.data").joinpath(file).read_bytes()


def qr(text: str) -> str:
    """A QR code as SVG, error correction M."""
    image = qrcode.make(text, image_factory=SvgPathImage, error_correction=qrcode.constants.ERROR_CORRECT_M)
    out = io.BytesIO()
    image.save(out)
    return out.getvalue().decode()
