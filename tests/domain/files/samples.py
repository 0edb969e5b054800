"""Small files of each kind, as real as their first bytes."""

import io
import struct
import zipfile
import zlib

_NONE = 2**32 - 1
_END = 2**32 - 2
WORD = bytes.fromhex("0609020000000000c000000000000046")


def png(size: int = 0) -> bytes:
    """A picture of one pixel, with so many bytes in all."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    whole = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0\0\0\0")) + part(b"IEND", b"")
    return whole.ljust(size, b"\0")


def office(inside: str, *before: str) -> bytes:
    """A document of the newer Office, whose archive holds this part."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", *before, "_rels/.rels", inside):
            archive.writestr(name, "<x/>")
    return made.getvalue()


def ole(class_id: bytes = bytes(16)) -> bytes:
    """A document of the older Office: a compound file with a root entry of this class."""
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head = struct.pack("<8s16x5H6x9I", magic, 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    first = struct.pack("<I", 0) + b"\xff" * 432
    sectors = struct.pack("<3I", 2**32 - 3, _END, _END) + b"\xff" * 500
    name = "Root Entry\0".encode("utf-16-le")
    root = struct.pack("<64sHBB3I16s20xIQ", name, len(name), 5, 1, _NONE, _NONE, _NONE, class_id, _END, 0)
    return head + first + sectors + root.ljust(512, b"\0") + bytes(4096)


def boxes(brand: bytes) -> bytes:
    """An MP4 or one of its kin."""
    return b"\0\0\0\x20ftyp" + brand + b"\0\0\2\0isomiso2avc1mp41\0\0\0\x08free"


def ogg(payload: bytes = b"OpusHead\1\1" + bytes(9)) -> bytes:
    return b"OggS\0\2" + bytes(8) + b"\1\0\0\0" + bytes(8) + bytes([1, len(payload)]) + payload


def riff(kind: bytes) -> bytes:
    return b"RIFF\x24\0\0\0" + kind + bytes(60)


def webp(*, animated: bool = False, size: int = 0) -> bytes:
    return (b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0" + bytes([2 if animated else 0]) + bytes(30)).ljust(size, b"\0")


MP3 = b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + (b"\xff\xfb\x90\x64" + bytes(413)) * 3
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1" + bytes(60) + b"\xff\xd9"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n%%EOF\n"
GIF = b"GIF89a\x01\0\x01\0" + bytes(30)
AMR = b"#!AMR\n" + bytes(60)
AAC = b"\xff\xf1\x50\x80\x01\x3f\xfc" + bytes(300)
