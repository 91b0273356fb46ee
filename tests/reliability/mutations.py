"""Real files made bad: bytes turned, cut and spliced, and values of JSON, YAML, CSV and text replaced by what no tool writes.

Everything depends on the given `random.Random` alone, so that a seed gives the same bytes again.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from tests.reliability.structure import TWICE, reshape, reshape_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Mutation = Callable[[Random, bytes, bytes], bytes]

T = TypeVar("T")
RAW_SIGN = re.compile(r'"@@RAW(\d+)@@"')
_TOKEN = re.compile(r"[A-Za-z_][\w.-]*|[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?")
RAW: tuple[str, ...] = (
    "NaN", "Infinity", "-Infinity", "-0", "-0.0", "1e400", "-1e400", "1e-400", "1e308", "9" * 400, "1" * 5_000, "0." + "3" * 5_000,
    "18446744073709551616", "-9223372036854775809", "9223372036854775807", "2147483648", "-2147483649", "1e5", "0.1e1", "00", "01",
    "+1", ".5", "5.", "0x10", "nul", "True", "[", "{", "]", "}", ",", "", '"', "//", "undefined", r'"\ud800"', r'"\udfff\ud800"',
    r'"\u0000"', r'"a\u0000b"', r'"\x41"', "[" * 300 + "]" * 300, "[" * 100_000, '{"a":' * 300 + "1" + "}" * 300, '{"a":' * 5_000 + "1" + "}" * 5_000,
    '{"a": 1, "a": 2}', "[1, 2", "1 2", "@anchor", "!!python/object/apply:os.system [id]", "&a [*a, *a]", "=1+1", "-", "~", "1:30",
)  # fmt: skip
"""Texts that stand in place of a value as they are, right JSON or not."""
VALUES: tuple[object, ...] = (
    None, True, False, [], {}, "", " ", "\t", 0, 1, -1, 0.5, -0.5, 1.5, 100, 101, 1e308, -1e308, 5e-324, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30,
    10**308, 10**309, [None], [[]], [{}], {"": ""}, {"a": None}, [1, "a", None], ["a", "a"], [0.5], {"mean": 0.5}, "NaN", "nan", "inf", "-inf", "1e400",
    "0.5", "50%", "50.0 %", "1,000", "1,00", "~5", "5 ± 1", "5 ± nan", "1" * 400, "1e5", "１２", "0x10", "n/a", "None", "null", "True", "true", "a" * 300,
    "a" * 100_000, "é", "e\u0301", "𝕏" * 40, "\U0001f600", "مرحبا", "\u202eabc", "\u200b", "\ufeff", "\x00", "a\x00b", "\x1b[2J", "\r\n", "a\nb", "a\rb",
    "'; DROP TABLE score; --", '"', "'", "\\", "<script>alert(1)</script>", "=cmd()", "{{ 7*7 }}", "%s%n", "$1", "../../etc/passwd", "/", "a/b/c", "a/", "/a", "|",
    "\ud800", "2025-01-01", "2025-13-45", "0000-00-00", "9999-12-31", "10000-01-01", "2025-01-01T00:00:00", "2025-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-23:59",
    "0001-01-01T00:00:00+23:59", 1e18, -1e18, "T", "gpt-4", "accuracy", "acc", "exact_match,none", "pass@1", "pass@0", "pass@99999999999", "mmlu", "fraction", "percent",
)  # fmt: skip
"""Values that stand in place of another one."""
_BYTES = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b[2J", b"\r", b"\n", b"\r\n", b"\x85",
    b"\xe2\x80\xa8", b'"', b"'", b"\\", b",", b";", b"\t", b"|", b"---\n", b"...\n", b"&a ", b"*a ", b"<<: *a", b"%", b"{", b"}", b"[", b"]", b"<!--", b"]]>",
    b"<table>", b"</table>", b"\\begin{tabular}", b"\\end{tabular}", b"$$", b"9" * 30, b"-", b"1e999", b"NaN", b"\x1a", b" " * 1000, b"\n" * 1000, b"a" * 5000,
)  # fmt: skip


class RandomChoices:
    """What to change of a file's structure, chosen by random numbers."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def pick(self, options: Sequence[T], /) -> T:
        """Return one of the options."""
        return self._rng.choice(options)

    def value(self) -> object:
        """Return a value as JSON has it, a text that no tool writes in its place, or a small tree of such."""
        way = self._rng.randrange(10)
        if way < 6:
            return self._rng.choice(VALUES)
        if way < 8:
            return f"@@RAW{self._rng.randrange(len(RAW))}@@"
        parts = [self.value() for _ in range(self._rng.randrange(4))]
        return parts if way == 8 else {str(self._rng.choice(VALUES[-60:])): part for part in parts}


def mutate(rng: Random, data: bytes, name: str, donor: bytes) -> tuple[str, bytes]:
    """Return what was done to a file, and its bytes afterwards.

    Args:
        rng: Source of every choice.
        data: Bytes of a real file.
        name: Its name.
        donor: Bytes of another file, to splice in.
    """
    names, found = [], data
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kinds = _kinds(found, name)
        chosen = rng.choice(kinds)
        try:
            found = chosen(rng, found, donor)
        except Exception:  # noqa: BLE001 - it may be anything
            # An earlier mutation made the file one that cannot be taken apart any more.
            chosen = turn_bits
            found = chosen(rng, found, donor)
        names.append(chosen.__name__)
    return "+".join(names), found


def _kinds(data: bytes, name: str) -> list[Mutation]:
    bytewise: list[Mutation] = [
        turn_bits, cut, drop_chunk, double_chunk, swap_chunks, insert_bytes, insert_run, splice, encode_otherwise, change_words,
    ]  # fmt: skip
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if data.startswith(b"PK"):
        return [*bytewise, *([change_member] * 12)]
    if start in {b"{", b"["}:
        ways = (change_json_lines, reshape_json_lines) if _is_lines(data) else (change_json, reshape_json)
        return [*bytewise, *(ways * 10)]
    if name.endswith((".yml", ".yaml")) or (name.endswith(".md") and data.startswith(b"---")):
        return [*bytewise, *((change_yaml, reshape_yaml) * 4), change_words, change_words]
    if name.endswith((".csv", ".tsv")):
        return [*bytewise, *((change_cell, reshape_csv) * 6), change_column, change_column, change_lines]
    return [*bytewise, *([change_words] * 8), *([change_cell] * 2), change_lines, change_lines]


def _is_lines(data: bytes) -> bool:
    lines = data.strip().split(b"\n", 2)
    return len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[1].lstrip().startswith(b"{")


def turn_bits(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the bytes with some bits turned."""
    found = bytearray(data or b"\0")
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def cut(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return a beginning or an end of the bytes."""
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.8 else data[at:]


def drop_chunk(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the bytes without a part of them."""
    start, end = _chunk(rng, data)
    return data[:start] + data[end:]


def double_chunk(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the bytes with a part of them repeated."""
    start, end = _chunk(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 50 if end - start < 2_000 else 1)) + data[end:]


def swap_chunks(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the bytes with two parts exchanged."""
    a, b = _chunk(rng, data)
    c, d = _chunk(rng, data[b:])
    return data[:a] + data[b + c : b + d] + data[b : b + c] + data[a:b] + data[b + d :]


def insert_bytes(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the bytes with some that mean something to a parser inserted."""
    at = rng.choice((0, len(data), rng.randrange(len(data) + 1)))
    return data[:at] + rng.choice(_BYTES) + data[at:]


def insert_run(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the bytes with one character, or two in turn, ten thousands of times: what makes a careless pattern try for ever."""
    at = rng.choice((0, len(data), rng.randrange(len(data) + 1)))
    signs = b" \n\t-_|&#*`([{<>}])\"'\\0%a,.:;~^$/"
    run = bytes(rng.choices(signs, k=rng.choice((1, 1, 2, 3))))
    return data[:at] + run * (rng.choice((2_000, 20_000, 60_000)) // len(run)) + data[at:]


def splice(rng: Random, data: bytes, donor: bytes) -> bytes:
    """Return the beginning of one file with the end of another."""
    return data[: rng.randrange(len(data) + 1)] + donor[rng.randrange(len(donor) + 1) :]


def encode_otherwise(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the text in another encoding, or with other line ends."""
    text = data.decode("utf-8", "replace")
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-16-le"),
        lambda: text.encode("utf-32"),
        lambda: text.replace("e", "é").encode("latin-1", "replace"),
        lambda: b"\xef\xbb\xbf" + data,
        lambda: b"\xef\xbb\xbf" * 2 + data,
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data.replace(b"\n", b"\r"),
        lambda: data.replace(b"\n", b"\x00"),
        lambda: text.encode("utf-7"),
    )
    return rng.choice(ways)()


def change_words(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the text with words and numbers replaced."""
    text = data.decode("utf-8", "surrogateescape")
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return insert_bytes(rng, data, b"")
    for token in sorted(
        rng.sample(tokens, min(len(tokens), rng.choice((1, 1, 2, 5)))), key=lambda match: -match.start()
    ):
        new = rng.choice(RAW) if rng.random() < 0.4 else str(rng.choice(VALUES))
        text = text[: token.start()] + new + text[token.end() :]
    return text.encode("utf-8", "surrogatepass") if rng.random() < 0.2 else text.encode("utf-8", "replace")


def change_lines(rng: Random, data: bytes, donor: bytes) -> bytes:
    """Return the lines with some dropped, doubled, exchanged or brought in from another file."""
    lines = data.splitlines(keepends=True) or [b"\n"]
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines[at:at] = [lines[other]] * rng.choice((1, 2, 100))
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            lines[at:at] = (donor.splitlines(keepends=True) or [b""])[:3]
    return b"".join(lines)


def change_cell(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the table with some cells replaced."""
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(lines))
        sign = max((b",", b"\t", b"|", b"&", b";"), key=lines[at].count)
        cells = lines[at].split(sign)
        new = rng.choice(RAW) if rng.random() < 0.3 else str(rng.choice(VALUES))
        cells[rng.randrange(len(cells))] = rng.choice((new, f'"{new}"', f'"{new}')).encode("utf-8", "surrogatepass")
        lines[at] = sign.join(cells)
    return b"\n".join(lines)


def change_column(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the table with a column dropped, doubled, renamed, or filled with one value."""
    lines = [line.split(b",") for line in data.split(b"\n")]
    at = rng.randrange(max(len(lines[0]), 1))
    new = str(rng.choice(VALUES)).encode("utf-8", "surrogatepass")
    way = rng.randrange(4)
    for number, cells in enumerate(lines):
        if at >= len(cells):
            continue
        if way == 0:
            del cells[at]
        elif way == 1:
            cells.insert(rng.randrange(len(lines[0])) if number == 0 else at, cells[at])
        elif (way == 2) == (number == 0):
            cells[at] = new
    return b"\n".join(b",".join(cells) for cells in lines)


def change_json(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the JSON with values replaced, keys removed, renamed or doubled, and parts moved."""
    return to_json(_change_tree(rng, json.loads(data.decode("utf-8-sig"))))


def reshape_json(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the JSON with another structure: kinds changed, parts moved, nested, emptied, doubled."""
    return to_json(reshape(RandomChoices(rng), json.loads(data.decode("utf-8-sig"))))


def change_json_lines(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the JSON Lines with one line changed."""
    return _one_line(rng, data, change_json)


def reshape_json_lines(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the JSON Lines with one line of another structure."""
    return _one_line(rng, data, reshape_json)


def _one_line(rng: Random, data: bytes, change: Mutation) -> bytes:
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    if lines[at].strip():
        lines[at] = change(rng, lines[at], b"")
    return b"\n".join(lines)


def reshape_csv(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the table with another structure, as a program writes it that knows quotes."""
    text = data.decode("utf-8-sig")
    sign = max(",\t;", key=text.partition("\n")[0].count)
    out = io.StringIO()
    rows = reshape_rows(RandomChoices(rng), list(csv.reader(io.StringIO(text), delimiter=sign)))
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def change_yaml(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the YAML, or the front matter of a text, with its tree changed as that of JSON."""
    return _in_yaml(rng, data, _change_tree)


def reshape_yaml(rng: Random, data: bytes, _donor: bytes) -> bytes:
    """Return the YAML, or the front matter of a text, with another structure."""
    return _in_yaml(rng, data, lambda chosen, tree: reshape(RandomChoices(chosen), tree))


def _in_yaml(rng: Random, data: bytes, change: Callable[[Random, Any], Any]) -> bytes:
    text = data.decode("utf-8-sig")
    rest = ""
    if text.startswith("---\n") and "\n---" in text[4:]:
        text, _, rest = text[4:].partition("\n---")
    tree = change(rng, yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 - both are safe
    if rng.random() < 0.5:
        written = to_json(tree)
    else:
        plain = json.loads(RAW_SIGN.sub("null", json.dumps(tree, default=str)))
        written = yaml.safe_dump(plain, allow_unicode=rng.random() < 0.5, sort_keys=False).encode(
            "utf-8", "surrogatepass"
        )
    return b"---\n" + written + b"\n---" + rest.encode() if rest else written


def change_member(rng: Random, data: bytes, donor: bytes) -> bytes:
    """Return the zip with a member changed, dropped, renamed, doubled or compressed otherwise."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    at = rng.randrange(len(members))
    name, content = members[at]
    match rng.randrange(8):
        case 0:
            del members[at]
        case 1:
            members[at] = (
                rng.choice(("", "../x", "/x", "header.json", "samples/.json", "a" * 300, name.upper(), "\\")),
                content,
            )
        case 2:
            members.append((name, donor[:10_000]))
        case _:
            members[at] = (name, mutate(rng, content, name, donor)[1])
    buffer = io.BytesIO()
    ways = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(buffer, "w", rng.choice(ways)) as archive:
        for each, plain in members:
            info = zipfile.ZipInfo(each, (1980, 1, 1, 0, 0, 0))
            info.compress_type = archive.compression
            archive.writestr(info, plain)
    return buffer.getvalue()


def _chunk(rng: Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 2, 8, 64, 512, 4096)))


def _change_tree(rng: Random, tree: Any) -> Any:
    holder = [tree]
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        _change_place(rng, *_place(rng, holder), holder)
    return holder[0]


def _place(rng: Random, holder: list[Any]) -> tuple[Any, Any]:
    """Return a container of the tree and a key of it, reached by a walk from the root."""
    parent: Any = holder
    key: Any = 0
    while isinstance(parent[key], dict | list) and parent[key] and rng.random() < 0.85:
        parent = parent[key]
        key = rng.choice(list(parent)) if isinstance(parent, dict) else rng.randrange(len(parent))
    return parent, key


def _change_place(rng: Random, parent: Any, key: Any, holder: list[Any]) -> None:
    way = rng.randrange(12)
    if way < 5:
        parent[key] = rng.choice(VALUES)
    elif way < 7:
        parent[key] = f"@@RAW{rng.randrange(len(RAW))}@@"
    elif way == 7 and parent is not holder:
        del parent[key]
    elif way == 8 and isinstance(parent, dict):
        parent[str(rng.choice((key, *VALUES[-60:])))] = parent.pop(key)
    elif way == 9 and isinstance(parent, dict):
        parent[f"{TWICE}{key}"] = rng.choice(VALUES)
    elif way == 10:
        other, name = _place(rng, holder)
        parent[key] = json.loads(json.dumps(other[name], default=str))
    elif isinstance(parent, list):
        parent[:] = parent * rng.choice((0, 2, 3))
    else:
        parent[key] = rng.choice(([parent[key]], {str(key): parent[key]}, str(parent[key])))


def to_json(tree: Any) -> bytes:
    """Return a tree as JSON, with the keys that stand there twice and the texts that are no JSON.

    Args:
        tree: The tree.
    """
    text = json.dumps(tree, default=str, skipkeys=True, ensure_ascii=False).replace(f'"{TWICE}', '"')
    return RAW_SIGN.sub(lambda match: RAW[int(match[1])], text).encode("utf-8", "surrogatepass")
