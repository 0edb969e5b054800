"""What files are, by their content; and what WhatsApp takes of them."""

from pathlib import Path

import pytest

from db.files import FilePurpose
from db.messages import MessageType
from domain.files import kinds
from domain.files.kinds import MEGABYTE
from tests.domain.files import samples

CSV = b"name,phone\nRita,+351910000111\n"
OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("name", "content", "mime_type"),
    [
        ("a.png", samples.png(), "image/png"),
        ("a.jpg", samples.JPEG, "image/jpeg"),
        ("a.gif", samples.GIF, "image/gif"),
        ("a.webp", samples.webp(), "image/webp"),
        ("a.pdf", samples.PDF, "application/pdf"),
        ("a.doc", samples.ole(samples.WORD), "application/msword"),
        ("a.doc", samples.ole(), "application/msword"),
        ("a.xls", samples.ole(), "application/vnd.ms-excel"),
        ("a.docx", samples.office("word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
        ("a.docx", samples.office("word/document.xml", "docProps/app.xml"), f"{OFFICE}.wordprocessingml.document"),
        ("a.xlsx", samples.office("xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
        ("a.pptx", samples.office("ppt/presentation.xml"), f"{OFFICE}.presentationml.presentation"),
        ("a.txt", b"Dear Rita,\n", "text/plain"),
        ("a.txt", "Olá, coração\n".encode("latin-1"), "text/plain"),
        ("a.txt", b'{"a": 1}', "text/plain"),
        ("a.md", b"# Title\n\nwords\n", "text/markdown"),
        # A text that speaks of tags is a text: it is only ever saved.
        ("a.txt", b"Write <script>alert(1)</script> to try it.\n", "text/plain"),
        ("a.md", b'<h1 align="center">Shop</h1>\n\n<a href="x">y</a> <table><script></script>\n', "text/markdown"),
        ("a.csv", b"name,note\nRita,<script>alert(1)</script>\n", "text/csv"),
        ("a.csv", CSV, "text/csv"),
        ("a.csv", "\ufeffnome;telefone\nAna;1\n".encode(), "text/csv"),
        ("a.mp3", samples.MP3, "audio/mpeg"),
        ("a.mp3", samples.MP3[20:], "audio/mpeg"),
        ("a.wav", samples.riff(b"WAVEfmt "), "audio/wav"),
        ("a.m4a", samples.boxes(b"M4A "), "audio/mp4"),
        ("a.ogg", samples.ogg(), "audio/ogg"),
        ("a.aac", samples.AAC, "audio/aac"),
        ("a.amr", samples.AMR, "audio/amr"),
        ("a.mp4", samples.boxes(b"isom"), "video/mp4"),
        ("a.mp4", samples.boxes(b"mp42"), "video/mp4"),
        ("a.3gp", samples.boxes(b"3gp4"), "video/3gpp"),
        ("a.avi", samples.riff(b"AVI LIST"), "video/x-msvideo"),
        # The content decides, whatever the name says.
        ("a.pdf", samples.png(), "image/png"),
        ("a.png", samples.PDF, "application/pdf"),
        ("a.txt", samples.png(), "image/png"),
        # Shown as a picture, whatever else a browser might find in it.
        ("a.png", samples.png() + b"<script>alert(1)</script>", "image/png"),
    ],
)
def test_the_content_says_what_a_file_is(tmp_path: Path, name: str, content: bytes, mime_type: str) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(content)
    assert kinds.found(path, name) == mime_type
    assert kinds.taken(FilePurpose.MEDIA, mime_type)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a.txt", b"<html><body onload=alert(1)>"),
        ("a.txt", "\ufeff \n<!-- -- <p> --> <!-- b --><SCRIPT>alert(1)</SCRIPT>".encode()),
        ("a.csv", b"<!-- a --><!DOCTYPE html><script>alert(1)</script>"),
        ("a.txt", b"\n" * 9000 + b"<script>alert(1)</script>"),
        ("a.txt", b"<iframe src=javascript:alert(1)>"),
        ("a.md", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("a.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("a.txt", b"MZ" + bytes(200)),
        ("a.csv", CSV + b"\0\1\2"),
        ("a.docx", samples.office("evil/run.exe").replace(b"[Content_Types].xml", b"[Content_Typos].xml")),
        ("a.png", b"\x7fELF" + bytes(200)),
        ("a.png", bytes(100)),
        ("a.png", b"#!/bin/sh\nrm -rf /\n"),
        ("a.mp4", samples.boxes(b"heic")),
    ],
)
def test_anything_else_is_not_taken(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(content)
    found = kinds.found(path, name)
    assert not kinds.taken(FilePurpose.MEDIA, found), found


@pytest.mark.parametrize(
    ("purpose", "taken", "refused"),
    [
        (
            FilePurpose.KNOWLEDGE,
            ["a.pdf", "a.docx", "a.txt", "a.md", "a.markdown", "a.CSV"],
            ["a.png", "a.doc", "a.mp3"],
        ),
        (FilePurpose.IMPORT, ["a.csv"], ["a.txt", "a.xlsx", "a.png"]),
        (FilePurpose.EXPORT, [], ["a.csv", "a.txt"]),
    ],
)
def test_what_a_file_is_for_bounds_what_it_may_be(purpose: FilePurpose, taken: list[str], refused: list[str]) -> None:
    for name in [*taken, *refused]:
        mime_type = kinds.named(name)
        assert mime_type is not None
        assert kinds.taken(purpose, mime_type) is (name in taken)
    assert kinds.named("run.exe") is kinds.named("page.html") is kinds.named("none") is None


@pytest.mark.parametrize(
    ("mime_type", "megabytes"),
    [("application/pdf", 7), ("text/csv", 7), ("image/png", 5), ("audio/mpeg", 25), ("video/mp4", 100)],
)
def test_each_kind_has_its_own_limit(mime_type: str, megabytes: int) -> None:
    assert kinds.most(FilePurpose.MEDIA, mime_type, documents=7) == megabytes * MEGABYTE
    assert kinds.most(FilePurpose.IMPORT, "text/csv", documents=7) == 500 * MEGABYTE


@pytest.mark.parametrize(
    ("type", "mime_type", "size", "good"),
    [
        (MessageType.IMAGE, "image/jpeg", 5 * MEGABYTE, True),
        (MessageType.IMAGE, "image/jpeg", 5 * MEGABYTE + 1, False),
        (MessageType.IMAGE, "image/gif", 10, False),
        (MessageType.VIDEO, "video/3gpp", 16 * MEGABYTE, True),
        (MessageType.VIDEO, "video/x-msvideo", 10, False),
        (MessageType.VIDEO, "video/mp4", 16 * MEGABYTE + 1, False),
        (MessageType.AUDIO, "audio/ogg; codecs=opus", 10, True),
        (MessageType.AUDIO, "audio/wav", 10, False),
        (MessageType.VOICE, "audio/ogg", 10, True),
        (MessageType.VOICE, "audio/mpeg", 10, False),
        (MessageType.STICKER, "image/webp", 500_000, True),
        (MessageType.STICKER, "image/webp", 500_000 + 1, False),
        (MessageType.STICKER, "image/png", 10, False),
        (MessageType.DOCUMENT, "anything/else", 100 * MEGABYTE, True),
        (MessageType.DOCUMENT, "application/pdf", 100 * MEGABYTE + 1, False),
        # What is not known yet is looked at once it is.
        (MessageType.IMAGE, None, None, True),
    ],
)
def test_what_whatsapp_takes(type: MessageType, mime_type: str | None, size: int | None, good: bool) -> None:
    fault = kinds.fault(type, mime_type, size)
    assert (fault is None) is good
    assert good or type.value in (fault or "")


@pytest.mark.parametrize(
    ("mime_type", "size", "type"),
    [
        ("image/png", 10, MessageType.IMAGE),
        ("image/gif", 10, MessageType.DOCUMENT),
        ("image/webp", 10, MessageType.STICKER),
        ("image/webp", MEGABYTE, MessageType.DOCUMENT),
        ("audio/ogg", 10, MessageType.AUDIO),
        ("audio/wav", 10, MessageType.DOCUMENT),
        ("video/mp4", 17 * MEGABYTE, MessageType.DOCUMENT),
        ("video/mp4", None, MessageType.VIDEO),
        ("application/pdf", 10, MessageType.DOCUMENT),
    ],
)
def test_what_a_file_is_sent_as(mime_type: str, size: int | None, type: MessageType) -> None:
    assert kinds.type_of(mime_type, size) is type


def test_stickers_that_move_are_told_from_those_that_do_not(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    for content, animated in ((samples.webp(animated=True), True), (samples.webp(), False), (b"RIFF", False)):
        path.write_bytes(content)
        with path.open("rb") as file:
            assert kinds.is_animated(file) is animated
