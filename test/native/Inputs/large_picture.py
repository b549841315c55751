"""usage: large_picture.py FILE SIZE     writes a gray PNG of SIZE x SIZE points, all black."""
import pathlib
import struct
import sys
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


path, size = pathlib.Path(sys.argv[1]), int(sys.argv[2])
path.parent.mkdir(parents=True, exist_ok=True)
header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
rows = zlib.compress(bytes((size + 1) * size), 9)
path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
