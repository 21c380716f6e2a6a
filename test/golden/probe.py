"""Makes probe.json: hashes and probes by their published definitions, in Python.

FNV-1a, 32 bits: draft-eastlake-fnv. The finalizer: fmix32 of MurmurHash3 (smhasher).
"""

import functools
import json
import platform

MASK = 0xFFFF_FFFF
NAMES = ["", "a", "foobar", "dev.plexo.test.Foo.json", "dev.plexo.test.Grüße.json", "x" * 245]
WORDS = [0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xDEAD_BEEF, MASK]
SIZES = [64, 65_536, 2**28, 2**32]


def fnv1a(data):
    return functools.reduce(lambda hash, byte: (hash ^ byte) * 0x0100_0193 & MASK, data, 0x811C_9DC5)


def fmix32(h):
    h = (h ^ h >> 16) * 0x85EB_CA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2_AE35 & MASK
    return h ^ h >> 16


def probe(name, index, size):
    return fmix32(fnv1a(name.encode() + index.to_bytes(4, "big"))) % size


PROBES = [
    {"typeName": name, "size": size, "index": index, "offset": probe(name, index, size)}
    for name in NAMES[1:]
    for size in SIZES
    for index in [0, 1, 2, 63, 255, 256, MASK]
]
ENTRIES = {
    "fnv1a": [{"text": name, "hash": fnv1a(name.encode())} for name in NAMES],
    "mix": [{"word": word, "hash": fmix32(word)} for word in WORDS],
    "probe": PROBES,
}

print("{")
print(' "about": "FNV-1a of texts in UTF-8, the finalizer of numbers, and probes.",')
print(f' "made_by": "test/golden/probe.py, CPython {platform.python_version()}",')
for key, entries in ENTRIES.items():
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    print(f' "{key}": [\n{lines}\n ]' + ("," if key != "probe" else ""))
print("}")
