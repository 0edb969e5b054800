"""Writes the generated half of the SDK anew: python -m sdk.python.codegen [FOLDER], which is sdk/python/tidings_sdk.

ariadne-codegen makes the typed operations for asyncio of schema.graphql and sdk/operations. What does without asyncio
is the same text with the words of asyncio taken out.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from graphql import FieldNode, OperationDefinitionNode, build_schema, parse

from tests.apart import installed
from tests.clients.generator import LOCK
from tests.clients.node import HERE as BESIDE

SDK = Path(__file__).parent
ROOT = SDK.parent.parent
ALIKE = {
    r"async (def|with|for)\b": r"\1",
    r"\bawait ": "",
    r"Awaitable\[(\w+\.\w+\[\w+\])\]": r"\1",
    r"AsyncIterator, Awaitable, ": "Iterator, ",
    r"\bAsyncIterator\b": "Iterator",
    r"\bAsync(Tidings|Operations|Connection|Client)\b": r"\1",
    r"\b__a(enter|exit)__": r"__\1__",
    r"\baclose\b": "close",
    r"\bwebsockets\.asyncio\.": "websockets.sync.",
    r"-> connect\b": "-> ClientConnection",
    r"\bimport asyncio\n": "import threading\nimport time\n",
    r"\basyncio\.Lock\b": "threading.Lock",
    r"\basyncio\.sleep\b": "time.sleep",
    r"from tidings_sdk\.generated\.client\b": "from tidings_sdk.generated.sync_client",
    r"from \.\.asynchronous\.": "from ..synchronous.",
}


def without_asyncio(text: str) -> str:
    for pattern, instead in ALIKE.items():
        text = re.sub(pattern, instead, text)
    return text if "threading.Lock" in text else text.replace("import threading\n", "")


def operations() -> str:
    """All of them. What has a default may be left out, which the generator only sees where it may be null."""
    files = sorted((ROOT / "sdk/operations").glob("*.graphql"))
    text = re.sub(r"(\$\w+: \w+)! =", r"\1 =", "\n".join(file.read_text() for file in files))
    # Classes of answers have a method of this name already.
    return re.sub(r"^  register\(", "  registered: register(", text, flags=re.M)


def harmless(document: str) -> str:
    """Names of the mutations that change nothing when they are repeated, as their descriptions promise."""
    fields = build_schema((ROOT / "schema.graphql").read_text()).mutation_type
    assert fields is not None
    names = {"RefreshTokens", "SendMessage"}
    for each in parse(document).definitions:
        if isinstance(each, OperationDefinitionNode) and each.operation.value == "mutation" and each.name:
            [field] = each.selection_set.selections
            assert isinstance(field, FieldNode)
            if re.search(r"repeat(ing)? it changes nothing", fields.fields[field.name.value].description or "", re.I):
                names.add(each.name.value)
    told = "".join(f'    "{name}",\n' for name in sorted(names))
    return f'"""Written by codegen.py: mutations that may be tried again."""\n\nHARMLESS = {{\n{told}}}\n'


def write(target: Path) -> None:
    """Writes what is generated into a copy of the package, or into the package itself."""
    generator = installed(LOCK, BESIDE / ".venv") / "ariadne-codegen"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = operations()
        (folder / "operations").mkdir()
        (folder / "operations/all.graphql").write_text(document)
        for file in (ROOT / "schema.graphql", SDK / "pyproject.toml", SDK / "tidings_sdk/asynchronous/connection.py"):
            shutil.copy(file, folder)
        subprocess.run([generator], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        made = folder / "generated"
        (made / "connection.py").unlink()
        client = (made / "client.py").read_text().replace("from .connection", "from ..asynchronous.connection")
        (made / "client.py").write_text(client)
        (made / "sync_client.py").write_text(without_asyncio(client))
        # They print as what they are: QUEUED, not MessageStatus.QUEUED.
        enums = (made / "enums.py").read_text().replace("(str, Enum)", "(StrEnum)").replace(" Enum\n", " StrEnum\n")
        inputs = (made / "input_types.py").read_text()
        for text, path in ((enums, "enums.py"), (inputs, "input_types.py")):
            names = sorted(set(re.findall(r"^class (\w+)\(", text, re.M)))
            (made / path).write_text(text + "\n__all__ = [\n" + "".join(f'    "{each}",\n' for each in names) + "]\n")
        # One import of all would be a second list of every name: each is imported from where it is.
        (made / "__init__.py").write_text('"""Written by codegen.py: make sdk."""\n')
        shutil.rmtree(target / "generated", ignore_errors=True)
        shutil.copytree(made, target / "generated")
    (target / "harmless.py").write_text(harmless(document))
    (target / "synchronous").mkdir(exist_ok=True)
    for name in ("__init__", "connection", "client"):
        text = (SDK / f"tidings_sdk/asynchronous/{name}.py").read_text()
        first = "# Written by codegen.py from asynchronous/: make sdk.\n"
        (target / f"synchronous/{name}.py").write_text(first + without_asyncio(text))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else SDK / "tidings_sdk")
