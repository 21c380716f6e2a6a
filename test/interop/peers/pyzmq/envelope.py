"""PlexoMessage without a library of Cap'n Proto: one way to write it, and no other is read.

A message is one segment: the pointer to the struct, its two pointers, the topic as text with its
NUL, and the payload, each padded to words of eight bytes. Cap'n Proto allows other ways; what plexo
sends to foreign peers is this one, byte for byte, so that whatever differs from it is refused here.
"""

import struct
from typing import Tuple

WORD = 8
# A struct of no data and two pointers, which follows at once.
ROOT_POINTER = 2 << 48
BYTES_BEFORE_TEXT = 4 * WORD


def pack(topic: bytes, payload: bytes) -> bytes:
    text = padded(topic + b"\0")
    data = padded(payload)
    word_count = 3 + (len(text) + len(data)) // WORD
    # Both pointers count from the word after them.
    text_pointer = byte_list_pointer(1, len(topic) + 1)
    data_pointer = byte_list_pointer(len(text) // WORD, len(payload))
    head = struct.pack(
        "<IIQQQ", 0, word_count, ROOT_POINTER, text_pointer, data_pointer
    )
    return head + text + data


def unpack(message: bytes) -> Tuple[bytes, bytes]:
    """The topic and the payload. Raises ValueError for what `pack` would not have written."""
    if len(message) < BYTES_BEFORE_TEXT:
        raise ValueError(f"{len(message)} bytes are no message")
    text_pointer, data_pointer = struct.unpack_from("<QQ", message, 2 * WORD)
    text_length, data_length = text_pointer >> 35, data_pointer >> 35
    data_at = BYTES_BEFORE_TEXT + text_length + -text_length % WORD
    topic = message[BYTES_BEFORE_TEXT : BYTES_BEFORE_TEXT + max(0, text_length - 1)]
    payload = message[data_at : data_at + data_length]
    if pack(topic, payload) != message:
        raise ValueError(f"not the usual layout: {message[:256].hex()}")
    return topic, payload


def byte_list_pointer(offset_words: int, length: int) -> int:
    """A list whose elements are bytes."""
    return length << 35 | 2 << 32 | offset_words << 2 | 1


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % WORD)
