"""usage: check_events.py FOLDER    reads files of events as TensorBoard does, without it, and prints what is in them.

The frames of TFRecord: a length, its checksum, the bytes, theirs. A checksum is CRC-32C, turned by 15 bits, plus a number."""
import pathlib
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


assert masked_crc(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return number, at


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        form = tag & 7
        if form == 0:
            value, at = varint(data, at)
        elif form == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            value = struct.unpack_from({1: "<d", 5: "<f"}[form], data, at)[0]
            at += {1: 8, 5: 4}[form]
        yield tag >> 3, value


def records(data):
    while data:
        size, crc = struct.unpack_from("<QI", data)
        assert crc == masked_crc(data[:8])
        record = data[12 : 12 + size]
        assert len(record) == size and struct.unpack_from("<I", data, 12 + size)[0] == masked_crc(record)
        yield record
        data = data[16 + size :]


for path in sorted(pathlib.Path(sys.argv[1]).rglob("*tfevents*")):
    print(path.parent.relative_to(sys.argv[1]))
    for record in records(path.read_bytes()):
        event = dict(fields(record))
        if 3 in event:
            print("version", event[3].decode())
        if 7 in event:
            print("start at", event[2])
        for _, value in fields(event.get(5, b"")):
            scalar = dict(fields(value))
            print(event[2], scalar[1].decode(), "%.6g" % scalar[2])
