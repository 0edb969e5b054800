"""Documents for the bot, as real as they must be to be read."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_STYLES = (
    f'<w:styles {_WORD}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style></w:styles>'
)


def docx(*parts: "str | tuple[int, str] | Sequence[Sequence[str]]", **more: bytes) -> bytes:
    """A DOCX of paragraphs, (level, heading) and tables, each a list of rows."""
    body = "".join(map(_part, parts))
    document = f'<?xml version="1.0"?><w:document {_WORD}><w:body>{body}</w:body></w:document>'
    return packed(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _relations("officeDocument", "word/document.xml"),
            "word/document.xml": document.encode(),
            "word/styles.xml": _STYLES.encode(),
            "word/_rels/document.xml.rels": _relations("styles", "styles.xml"),
            **{name.replace("__", "/").replace("_xml", ".xml"): content for name, content in more.items()},
        }
    )


def _relations(kind: str, target: str) -> bytes:
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}"/></Relationships>'
    ).encode()


def packed(parts: "dict[str, bytes]") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _part(part: "str | tuple[int, str] | Sequence[Sequence[str]]") -> str:
    match part:
        case str():
            return f"<w:p><w:r><w:t>{escape(part)}</w:t></w:r></w:p>"
        case (int(level), str(heading)):
            style = f'<w:pPr><w:pStyle w:val="Heading{level}"/></w:pPr>'
            return f"<w:p>{style}<w:r><w:t>{escape(heading)}</w:t></w:r></w:p>"
        case _:
            return f"<w:tbl>{''.join(f'<w:tr>{_cells(row)}</w:tr>' for row in part)}</w:tbl>"  # pyright: ignore[reportArgumentType]


def _cells(row: Iterable[str]) -> str:
    return "".join(f"<w:tc>{_part(cell)}</w:tc>" for cell in row)


def pdf(*pages: Sequence[str], extra: str = "") -> bytes:
    """A PDF, each page a list of lines in Helvetica; `extra` goes into its trailer."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 750 Td {shown} ET".encode("cp1252")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    made = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(made)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


ENCRYPTED = pdf(
    ["secret"],
    extra=(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 "
        f"/O <{'11' * 32}> /U <{'22' * 32}> >> /ID [<{'00' * 16}> <{'00' * 16}>]"
    ),
)
"""Its password is anybody's guess."""
