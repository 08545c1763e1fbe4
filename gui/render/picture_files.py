"""Files of one painting: PNG in pixels, SVG and PDF with text as text; all with what is asked in their metadata."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PyQt6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

KINDS = (".png", ".svg", ".pdf")
"""Endings of files that can be written."""

DOTS = 96
"""Device-independent pixels to an inch, as browsers count them."""

SESSION = "keras_invariance.session"
"""The name of the session among a PNG's texts and an SVG's elements."""

ATTACHED = "question.kinv"
"""The session's name among a PDF's attachments."""


@dataclass(frozen=True)
class About:
    """What a file's metadata say.

    Attributes
    ----------
    title
        In one line.
    description
        What is shown, in words.
    session
        The session as JSON; opened from a file of its own, it shows the same.
    program
        Name and version.
    """

    title: str
    description: str
    session: str
    program: str


@dataclass(frozen=True, eq=False)
class Painting:
    """Something that can be painted at any scale.

    Attributes
    ----------
    size
        (width, height) in device-independent pixels.
    paint
        Paints it.
    """

    size: tuple[int, int]
    paint: Callable[[QPainter], None]

    def image(self, factor: float) -> QImage:
        """It as an image, `factor` pixels for each of its own."""
        image = QImage(QSize(*(round(side * factor) for side in self.size)), QImage.Format.Format_RGB888)
        image.fill(QColor("#ffffff"))
        painter = QPainter(image)
        painter.scale(factor, factor)
        self.paint(painter)
        painter.end()
        return image


def picture_file(kind: str, painting: Painting, about: About, factor: float) -> bytes:
    """The bytes of a file of one of `KINDS`; the factor counts for a PNG."""
    return {".png": _png, ".svg": _svg, ".pdf": _pdf}[kind](painting, about, factor)


def _png(painting: Painting, about: About, factor: float) -> bytes:
    image = painting.image(factor)
    texts = {"Title": about.title, "Description": about.description, "Software": about.program, SESSION: about.session}
    for name, text in texts.items():
        image.setText(name, text)
    buffer = _buffer()
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(painting: Painting, about: About, _: float) -> bytes:
    from PyQt6.QtSvg import QSvgGenerator

    buffer, generator = _buffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(DOTS)
    generator.setSize(QSize(*painting.size))
    generator.setViewBox(QRect(0, 0, *painting.size))
    generator.setTitle(about.title)
    generator.setDescription(about.description)
    painter = QPainter(generator)
    painter.fillRect(QRect(0, 0, *painting.size), QColor("#ffffff"))
    painting.paint(painter)
    painter.end()
    text = bytes(buffer.data().data()).decode()
    text = re.sub(r'font-family="([^",]*)"', r'font-family="\1, sans-serif"', text)
    text = text.replace('image-rendering="optimizeSpeed"', 'style="image-rendering:pixelated"')
    session = f'<metadata id="{SESSION}">{escape(about.session, quote=False)}</metadata>'
    return text.replace("<defs>", f"{session}\n<defs>", 1).encode()


def _pdf(painting: Painting, about: About, _: float) -> bytes:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(about.title)
    writer.setCreator(about.program)
    writer.setResolution(DOTS)
    size = QSizeF(*(side * 72 / DOTS for side in painting.size))
    exactly = QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(exactly, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    writer.setDocumentXmpMetadata(_xmp(about))
    writer.addFileAttachment(ATTACHED, about.session.encode(), "application/json")
    painter = QPainter(writer)
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    painting.paint(painter)
    painter.end()
    return bytes(buffer.data().data())


def _xmp(about: About) -> bytes:
    """Title, description and program as XMP, which programs that manage documents read."""
    words = {name: f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'
             for name, text in (("title", about.title), ("description", about.description))}  # fmt: skip
    parts = "".join(f"<dc:{name}>{text}</dc:{name}>" for name, text in words.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"{parts}<xmp:CreatorTool>{escape(about.program)}</xmp:CreatorTool></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
