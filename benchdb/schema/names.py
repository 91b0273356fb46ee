"""Spellings: when two names are the same but for case and separators, and what a new name's slug is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_SEPARATORS = re.compile(r"[\s_\-/:|\\]+")
_NOISE = re.compile(r"[*`\u2020\u2021]|\[\^[^\]]*\]")
_NOT_SLUG = re.compile(r"[^a-z0-9.+@/-]+")


@lru_cache(maxsize=4096)
def normalize_name(text: str) -> str:
    """Return a spelling without case, separators and footnote marks; equal results mean the same name.

    Args:
        text: A name as written: "DeepSeek-R1_Distill Qwen 32B" gives "deepseek-r1-distill-qwen-32b".
    """
    folded = unicodedata.normalize("NFKC", _NOISE.sub("", text)).casefold()
    return _SEPARATORS.sub("-", folded).strip("-")


def slugify(text: str) -> str:
    """Return the slug of a new catalogue entry: lower case, ASCII where possible, a slash kept between maker and model.

    Args:
        text: A name as written: "meta-llama/Llama 3 8B" gives "meta-llama/llama-3-8b".
    """
    plain = unicodedata.normalize("NFKD", _NOISE.sub("", text.replace("__", "/", 1)))
    folded = "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()
    parts = (_NOT_SLUG.sub("-", part).strip("-") for part in folded.split("/"))
    return "/".join(part for part in parts if part) or "unnamed"


def new_slug(text: str) -> str:
    """Return the slug for a name the catalogue does not know, different for names that differ in more than case and separators.

    Args:
        text: A name as written: "o3 (high)" gives "o3-high~cc65cf", since brackets may mean something "o3-high" does not.
    """
    slug = slugify(text)
    if normalize_name(slug) == normalize_name(text):
        return slug
    digest = hashlib.blake2b(normalize_name(text).encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
    return f"{slug}~{digest}"
