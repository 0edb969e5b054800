"""Files of every kind, good and bad: what the bot reads in them, and what it says of those that it cannot read."""

import os
import time
import zlib
from pathlib import Path

import pytest

from db.contacts import JobStatus
from db.core import connect
from domain.bot.knowledge import formats, indexing, reader
from domain.bot.knowledge.finding import search
from domain.bot.knowledge.passages import Block, pieces
from domain.core.errors import Refusal
from tests.domain.bot.documents import ENCRYPTED, docx, packed, pdf
from tests.domain.bot.knowing import forget_everything, given_to_read, passages_of, reading_of, taught
from tests.domain.files import samples


@pytest.fixture(autouse=True)
async def _knowing_nothing() -> None:
    await forget_everything()


LONG = "This sentence is one of many that stand in a long paragraph without an end."


@pytest.mark.parametrize(
    ("name", "content", "passages"),
    [
        ("a.txt", b"One thing.\n\nAnother thing.", ["One thing.\nAnother thing."]),
        ("a.txt", "Olá, coração.".encode("latin-1"), ["Olá, coração."]),
        ("a.txt", "\ufeffHéllo.".encode("utf-16"), ["Héllo."]),
        (
            "a.txt",
            b"Opening hours\nWe open at nine, and close at five.",
            ["Opening hours\nWe open at nine, and close at five."],
        ),
        (
            "a.txt",
            b"Q: Do you ship?\nA: Yes.\n\nQ: Where to?\nA: Anywhere.",
            ["Do you ship?\nYes.", "Where to?\nAnywhere."],
        ),
        (
            "a.md",
            b"# Shop\n\n## Hours\n\nWe *open* at [nine](http://x).\n\n- tea\n- cake <b>&amp; pie</b>\n",
            ["Hours\nWe open at nine.\ntea\ncake & pie"],
        ),
        (
            "a.md",
            b"# Shop\n\n| Day | From |\n|---|---|\n| Monday | 9 |\n| Friday | 10 |\n",
            ["Shop\nDay: Monday\nFrom: 9", "Shop\nDay: Friday\nFrom: 10"],
        ),
        ("a.md", b"# Nothing\n\n## But headings\n", ["Nothing\nBut headings"]),
        ("a.csv", b"name;price\nTea;2\n\nCake;3\n", ["name: Tea\nprice: 2", "name: Cake\nprice: 3"]),
        ("a.csv", b"question,answer\nDo you ship?,Yes\n", ["Do you ship?\nYes"]),
        ("a.csv", b'a,b\n"1","2\n3"\n4,"5"x\n6,7\n', ["a: 1\nb: 2\n3", "a: 6\nb: 7"]),
        (
            "a.docx",
            docx(
                (1, "Shop"),
                "We open at nine.",
                [["Day", "From", "To"], ["Monday", "9", "5"]],
                (2, "Tea"),
                "Black & green.",
            ),
            ["Shop\nWe open at nine.", "Shop\nDay: Monday\nFrom: 9\nTo: 5", "Tea\nBlack & green."],
        ),
        ("a.docx", docx([["Monday", "9 to 5"], ["Friday", "closed"]]), ["Monday: 9 to 5", "Friday: closed"]),
        ("a.pdf", pdf(["We open at nine."], [], ["Tea costs 2 euros."]), ["We open at nine.\nTea costs 2 euros."]),
        (
            "a.pdf",
            pdf(
                [
                    "Whoever orders before noon on a working day gets the par-",
                    "cel on the next one, wherever they may live.",
                ]
            ),
            ["Whoever orders before noon on a working day gets the parcel on the next one, wherever they may live."],
        ),
    ],
)
async def test_what_is_read_in_a_file(name: str, content: bytes, passages: list[str]) -> None:
    file = await taught(name, content)
    reading = await reading_of(file)
    assert (reading.status, reading.error_message, reading.progress) == (JobStatus.COMPLETED, None, 1.0)
    assert await passages_of(file) == passages
    assert reading.passages == len(passages)


async def test_long_texts_are_cut_where_sentences_end() -> None:
    file = await taught("a.txt", " ".join([LONG] * 40) + "\n\n" + "x" * 2000)
    passages = await passages_of(file)
    assert max(map(len, passages)) <= 900
    assert all(passage.endswith("end.") for passage in passages[:3])
    assert "".join(passages).count("x" * 100) == 20 - passages.count("")


def test_a_long_paragraph_is_done_bit_by_bit() -> None:
    found = list(pieces([Block("One thing. " * 500, done=0.5), Block("Another. " * 500, done=1.0)]))
    shares = [piece.done for piece in found]
    assert shares == sorted(shares)
    assert len(set(shares)) == len(found) > 10
    assert (shares[0] < 0.1, shares[-1] > 0.99) == (True, True)


async def test_a_long_text_without_an_empty_line_is_read_as_fast_as_any_other() -> None:
    """As chats are when they are exported."""
    text = "".join(f"{n:06} This is a line of a chat, as long as such lines are.\n" for n in range(60_000))
    begun = time.monotonic()
    file = await taught("chat.txt", text)
    assert time.monotonic() - begun < 20
    assert (await reading_of(file)).status is JobStatus.COMPLETED
    assert (await passages_of(file))[-1].endswith("as such lines are.")


def bomb() -> bytes:
    """A DOCX of some kilobytes that becomes 300 MB."""
    return docx("x", word__media=bytes(formats.MOST_UNPACKED + 1))


def deep() -> bytes:
    """XML so deep that parsers break."""
    inside = b"<w:p>" * 100_000 + b"</w:p>" * 100_000
    return packed({"[Content_Types].xml": b"<x/>", "_rels/.rels": b"<x/>", "word/document.xml": inside})


def laughing() -> bytes:
    """A billion laughs."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    inside = "<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body>"
    document = f'<!DOCTYPE x [<!ENTITY l0 "ha">{lines}]><w:document {NAMESPACE}>{inside}</w:document>'
    return docx("x", word__document_xml=document.encode())


NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def unheard_of() -> bytes:
    """A DOCX that wants a version of ZIP that nobody has made."""
    whole = bytearray(docx("x"))
    whole[whole.index(b"PK\1\2") + 6] = 238
    return bytes(whole)


def squeezed() -> bytes:
    """A PDF whose page of some hundred bytes becomes 50 MB of text that shows nothing."""
    stream = zlib.compress(zlib.compress(b" " * 50_000_000, 9), 9)
    whole = pdf(["x"])
    begin = whole.index(b"<< /Length")
    end = whole.index(b"endobj", begin)
    head = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(stream)
    return whole[:begin] + head + stream + b"\nendstream\n" + whole[end:]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", ENCRYPTED, "encrypted"),
        ("a.pdf", pdf([]), "pictures of text are not read"),
        ("a.pdf", pdf(), "no whole PDF"),
        ("a.pdf", samples.PDF, "no whole PDF"),
        ("a.pdf", pdf(["x"])[:200], "no whole PDF"),
        ("a.docx", bomb(), "too large"),
        ("a.docx", deep(), ""),
        ("a.docx", laughing(), "no whole DOCX"),
        ("a.docx", samples.office("word/document.xml"), "no whole DOCX"),
        ("a.docx", docx("x")[:-30], ""),
        ("a.docx", unheard_of(), "It is broken"),
        ("a.csv", "a;b\nTea;2\n".encode("utf-16") + b"\0", "It is broken"),
        ("a.docx", docx(), "No text"),
        ("a.txt", b"\n\n \n", "No text"),
        ("a.txt", "\u200b\u202e\ufeff".encode(), "No text"),
        ("a.csv", b"a,b,c\n", "No text"),
        (
            "a.csv",
            b"a,b\n\n" + b"long" * 30_000 + b",2\n",
            "No row of it can be read. Row 3: It has more than 100000 characters.",
        ),
        ("a.csv", b'a,b\n"1"x,2\n', "Row 2: A quotation mark stands in the midst of a cell."),
        ("a.md", b"![](picture.png)\n", "No text"),
    ],
)
async def test_what_cannot_be_read_says_why(name: str, content: bytes, words: str) -> None:
    file = await given_to_read(name, content)
    await indexing.read_file(file.id)
    reading = await reading_of(file)
    assert reading.status is JobStatus.FAILED
    assert words in (reading.error_message or "")
    assert await passages_of(file) == []
    assert reading.passages == 0


async def test_a_pdf_that_is_a_bomb_ends_within_bounds() -> None:
    file = await taught("a.pdf", squeezed())
    assert (await reading_of(file)).status in (JobStatus.FAILED, JobStatus.COMPLETED)
    assert await passages_of(file) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("a.docx", samples.png()),
        ("a.txt", b"MZ" + bytes(200)),
        ("a.md", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("a.docx", packed({"evil.exe": b"MZ"})),
    ],
)
async def test_files_that_lie_about_their_type_are_not_taken(name: str, content: bytes) -> None:
    before = await connect.value("SELECT count(*) FROM file_reading")
    with pytest.raises(Refusal) as refused:
        await given_to_read(name, content)
    assert refused.value.details["reason"] == "wrong_kind"
    assert await connect.value("SELECT count(*) FROM file_reading") == before


async def test_what_is_hidden_in_a_text_neither_shows_nor_hides_words() -> None:
    file = await taught("a.txt", "Ti\u200bckets cost \u202e21\u202c eu\u00adros, \ufb01rst come, fr\u0065\u0301e.\x85")
    assert await passages_of(file) == ["Tickets cost 21 euros, first come, frée."]
    [found] = await search("tick\u200dets co\u2060st \u202efirst", conversation_id=None)
    assert (found.file_id, found.score) == (file.id, 1.0)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("As encomendas são entregues em três dias.", "ENTREGAS encomenda tres dia?"),
        ("Die Öffnungszeiten sind von neun bis fünf.", "öffnungszeiten"),
        ("営業時間は午前九時から午後五時までです。", "営業時間"),
        ("ร้านเปิดเวลาเก้าโมงเช้า", "ร้านเปิดเวลา"),
        ("مواعيد العمل من التاسعة حتى الخامسة", "مَوَاعِيد العمل"),
        ("दुकान सुबह नौ बजे खुलती है", "दुकान सुबह"),
        ("Магазин открыт с девяти до пяти.", "магазин открыт"),
        ("ＦＵＬＬ ｗｉｄｔｈ letters", "full width"),
    ],
)
async def test_words_are_found_in_any_script(text: str, question: str) -> None:
    file = await taught("a.txt", text)
    [found] = await search(question, conversation_id=None)
    assert (found.file_id, found.score >= 0.5) == (file.id, True)


async def test_nothing_in_a_question_is_syntax() -> None:
    await taught("a.txt", "Tea costs 2 euros.")
    for question in ("' | 'tea", "tea & !tea <-> (", "\\' OR tea; --", "tea:*", "%tea", "'''tea"):
        assert await search(question, conversation_id=None)
    for question in ("?", " ", "x" * 1200, "é" * 999, "각" * 600, "'", "\\"):
        assert await search(question, conversation_id=None) == []


async def test_a_word_that_was_mistyped_is_found() -> None:
    file = await taught("a.txt", "Delivery takes a week. Bicycles are assembled.")
    found = await search("delievery", conversation_id=None)
    assert [each.file_id for each in found] == [file.id]


async def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(indexing, "SILENT_SECONDS", 0.2)
    file = await given_to_read("a.txt", "words")
    path = indexing.storage.path_of(file.id)
    path.unlink()
    os.mkfifo(path)
    await indexing.read_file(file.id)
    reading = await reading_of(file)
    assert (reading.status, reading.error_message) == (JobStatus.FAILED, indexing.STUCK)


async def test_a_file_with_too_much_text_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 4)
    monkeypatch.setattr(reader, "MOST_PASSAGES", 3)
    with pytest.raises(formats.UnreadableError, match="more text than the bot reads"):
        list(reader.lines(path, "text/csv", "a.csv"))
