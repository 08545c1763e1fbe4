"""Files of a painting: vector text and embedded images, and the question in their metadata."""

import re
import zlib
from xml.etree import ElementTree

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtSvg import QSvgRenderer

from keras_invariance.gui.render.picture_files import About, Painting, picture_file

SVG = "{http://www.w3.org/2000/svg}"
ABOUT = About("A <title> & more", "model, data\nand verdicts", '{"question": "x < y & z"}', "keras_invariance 1")

pytestmark = pytest.mark.usefixtures("application")


def drawn(painter):
    image = QImage(4, 4, QImage.Format.Format_RGB888)
    image.fill(QColor("#ff0000"))
    painter.setPen(QColor("#000000"))
    painter.drawText(QRectF(2, 2, 90, 20), 0, "gradient 1 < 2")
    painter.drawImage(QRectF(10, 30, 40, 40), image)


PAINTING = Painting((100, 80), drawn)


def streams(content):
    """The streams of a PDF, decompressed where they are compressed."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    return [zlib.decompress(one) if one.startswith(b"\x78") else one for one in found]


def test_an_svg_has_text_as_text_and_images_as_images():
    content = picture_file(".svg", PAINTING, ABOUT, 2.0)
    tree = ElementTree.fromstring(content)
    assert [text.text for text in tree.iter(f"{SVG}text")] == ["gradient 1 < 2"]
    (image,) = tree.iter(f"{SVG}image")
    assert (image.get("width"), image.get("height")) == ("40", "40")
    assert image.get("style") == "image-rendering:pixelated"
    assert "sans-serif" in next(tree.iter(f"{SVG}text")).get("font-family")
    assert tree.get("viewBox") == "0 0 100 80"
    assert QSvgRenderer(content).isValid()


def test_an_svg_says_what_it_shows():
    tree = ElementTree.fromstring(picture_file(".svg", PAINTING, ABOUT, 2.0))
    assert tree.find(f"{SVG}title").text == ABOUT.title
    assert tree.find(f"{SVG}desc").text == ABOUT.description
    assert tree.find(f"{SVG}metadata").text == ABOUT.session


def test_a_pdf_has_text_as_text_and_images_without_loss():
    content = picture_file(".pdf", PAINTING, ABOUT, 2.0)
    assert content.startswith(b"%PDF")
    assert content.count(b"/Subtype /Image") == 1
    assert b"/DCTDecode" not in content
    assert b"/FontFile2" in content
    assert any(b" Tj" in stream or b" TJ" in stream for stream in streams(content))
    assert b"/MediaBox [0 0 75" in content  # 100 pixels of 1/96 inch


def test_a_pdf_says_what_it_shows_and_carries_the_session():
    content = picture_file(".pdf", PAINTING, ABOUT, 2.0)
    everything = b"\n".join(streams(content))
    assert b"A &lt;title&gt; &amp; more" in everything
    assert b"model, data" in everything
    assert ABOUT.session.encode() in everything
    assert b"question.kinv" in content or "question.kinv".encode("utf-16-be") in content


def test_a_png_has_its_scale_and_says_what_it_shows():
    image = QImage.fromData(picture_file(".png", PAINTING, ABOUT, 3.0), "PNG")
    assert (image.width(), image.height()) == (300, 240)
    assert image.text("Title") == ABOUT.title
    assert image.text("Description") == ABOUT.description
    assert image.text("keras_invariance.session") == ABOUT.session
    assert image.pixelColor(90, 150) == QColor("#ff0000")
