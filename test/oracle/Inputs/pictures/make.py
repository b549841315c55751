"""Makes the pictures beside it and, in pictures.npz, the pixels that they must give: of the arrays that they are written from where
no pixel is lost, else as Pillow decodes them. Needs numpy and Pillow, which tests do not have: `python3 make.py` writes all anew."""
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

here = pathlib.Path(__file__).parent
random = np.random.default_rng(5)
height, width = 5, 7
expected = {}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(name, pixels, kind, bits, *before, after=()):
    """A PNG of these samples, with chunks before and after them."""
    rows = b"".join(b"\0" + row.astype(">u2" if bits == 16 else "u1").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], bits, kind, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), *(chunk(*c) for c in before), chunk(b"IDAT", zlib.compress(rows)),
              *(chunk(*c) for c in after), chunk(b"IEND", b"")]
    (here / name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def to_rgb(samples):
    gray = samples if samples.ndim == 3 else samples[..., None]
    return np.broadcast_to(gray, (*gray.shape[:2], 3))


def in_eight_bits(samples):
    return np.round(samples.astype(float) * 255 / 65535).astype(np.uint8)


def make_png():
    GRAY, RGB, PALETTE, RGBA = 0, 2, 3, 6
    deep = random.integers(0, 65536, (height, width), dtype=np.uint16)
    deep[0, 0] = 0x8080
    png("gray16.png", deep, GRAY, 16)
    expected["gray16.png"] = to_rgb(in_eight_bits(deep))
    deep = random.integers(0, 65536, (height, width, 3), dtype=np.uint16)
    png("rgb16.png", deep, RGB, 16)
    expected["rgb16.png"] = in_eight_bits(deep)
    # All of a pixel is there or nothing: then it is white.
    alpha = random.integers(0, 2, (height, width, 1), dtype=np.uint16) * 65535
    png("rgba16.png", np.concatenate([deep, alpha], 2), RGBA, 16)
    expected["rgba16.png"] = np.where(alpha > 0, in_eight_bits(deep), 255).astype(np.uint8)

    gray = random.integers(0, 256, (height, width), dtype=np.uint8)
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)  # when it was made
    png("gray_with_profile_of_rgb.png", gray, GRAY, 8, (b"iCCP", b"icc\0\0" + zlib.compress(bytes(profile))))
    expected["gray_with_profile_of_rgb.png"] = to_rgb(gray)
    # A gamma of 1 says that numbers are light itself: as those of a screen they are its root.
    png("light.png", gray, GRAY, 8, (b"gAMA", struct.pack(">I", 100_000)))
    expected["light.png"] = to_rgb(np.floor(255 * (gray / 255) ** (1 / 2.2) + 0.5).astype(np.uint8))
    colours = random.integers(0, 256, (4, 3), dtype=np.uint8)
    places = random.integers(0, 4, (height, width), dtype=np.uint8)
    png("palette.png", places, PALETTE, 8, (b"PLTE", colours.tobytes()), (b"tRNS", bytes([255, 0, 255])))
    expected["palette.png"] = np.where((places == 1)[..., None], 255, colours[places]).astype(np.uint8)


def make_turned():
    """The same picture as cameras store it that were held in eight ways."""
    pixels = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "Camera"
        exif[ExifTags.Base.Orientation] = orientation
        for ending, options in ((".jpg", {"quality": 95, "subsampling": 0}), (".png", {})):
            name = f"turned{orientation}{ending}"
            pixels.save(here / name, exif=exif, **options)
            expected[name] = np.array(ImageOps.exif_transpose(Image.open(here / name)))


def make_turned():
    """The same picture as cameras store it that were held in eight ways."""
    pixels = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "Camera"
        exif[ExifTags.Base.Orientation] = orientation
        for ending, options in ((".jpg", {"quality": 95, "subsampling": 0}), (".png", {})):
            name = f"turned{orientation}{ending}"
            pixels.save(here / name, exif=exif, **options)
            expected[name] = np.array(ImageOps.exif_transpose(Image.open(here / name)))


def make_inks():
    """Four inks: Pillow writes what is left of the light, with Adobe's marker; without it numbers are the inks. With 2 in the
    marker the first three are a luminance and two differences of colours, here gray ones. Nothing tells these from Pillow's own
    pictures but the marker."""
    inks = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    Image.fromarray(inks, "CMYK").save(here / "inks.jpg", quality=100, subsampling=0)
    stored = (here / "inks.jpg").read_bytes()
    assert stored.count(b"\xff\xee\0\x0eAdobe") == 1
    marker = stored.index(b"\xff\xee\0\x0eAdobe")
    (here / "inks_without_marker.jpg").write_bytes(stored[:marker] + stored[marker + 16:])
    changed = bytearray(stored)
    changed[marker + 15] = 2
    (here / "inks_as_luminance.jpg").write_bytes(changed)
    for name in ("inks.jpg", "inks_as_luminance.jpg", "inks_without_marker.jpg"):
        left = 255 - np.array(Image.open(here / name)).astype(int)  # Pillow takes every file for one of Adobe's
        if name == "inks_without_marker.jpg":
            left = 255 - left
        expected[name] = np.round(left[..., :3] * left[..., 3:] / 255).astype(np.uint8)


def seen_before_white(rgba):
    """As the reference says it: mixed as light."""
    colour, opacity = rgba[..., :3] / 255, rgba[..., 3:] / 255
    return np.floor(255 * (opacity * colour**2.2 + 1 - opacity) ** (1 / 2.2) + 0.5).astype(np.uint8)


def make_webp():
    rgba = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    Image.fromarray(rgba).save(here / "exact.webp", lossless=True, exact=True)
    expected["exact.webp"] = seen_before_white(rgba)
    smooth = np.add.outer(np.arange(20) * 9, np.arange(30) * 2)[..., None] + np.array([0, 10, 20])
    for orientation in (1, 6):
        name = f"lossy{orientation}.webp"
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        Image.fromarray(smooth.astype(np.uint8)).save(here / name, quality=80, exif=exif)
        expected[name] = np.array(ImageOps.exif_transpose(Image.open(here / name)))


def bmp(name, rows, bits, colours=b"", masks=b"", packing=0, header=40, tall=height, filled=True):
    """A BMP of rows of bytes from the first in the file, each filled up to a multiple of four."""
    padded = rows if not filled else b"".join(row + bytes(-len(row) % 4) for row in rows)
    start = 14 + header + len(colours) + (len(masks) if header == 40 else 0)
    if header == 12:
        info = struct.pack("<IHHHH", header, width, tall, 1, bits)
    else:
        info = struct.pack("<IiiHHIIIIII", header, width, tall, 1, bits, packing, len(padded), 0, 0, 0, 0) + masks
        info = info.ljust(header, b"\0")
    (here / name).write_bytes(struct.pack("<2sIHHI", b"BM", start + len(padded), 0, 0, start) + info + colours + padded)


def packed(row, bits):
    """Indices of so many bits, the first in the highest bits of a byte."""
    return np.packbits(np.unpackbits(row[:, None], axis=1)[:, 8 - bits:]).tobytes()


def make_bmp():
    """Says where Pillow reads them otherwise: it does not round colours of five and six bits, and wants all pixels of runs."""
    rgb = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    bgr = rgb[..., ::-1]
    bmp("true.bmp", [row.tobytes() for row in bgr[::-1]], 24)
    bmp("from_top.bmp", [row.tobytes() for row in bgr], 24, tall=-height)
    expected["true.bmp"] = expected["from_top.bmp"] = rgb
    fourth = random.integers(0, 256, (height, width, 1), dtype=np.uint8)
    four = np.concatenate([bgr, fourth], 2)[::-1]
    bmp("four_bytes.bmp", [row.tobytes() for row in four], 32)
    expected["four_bytes.bmp"] = rgb
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    bmp("opacity.bmp", [row.tobytes() for row in four], 32, masks=masks, packing=3, header=124)
    expected["opacity.bmp"] = seen_before_white(np.concatenate([rgb, fourth], 2))
    for bits in (1, 4, 8):
        colours = random.integers(0, 256, (2**bits, 3), dtype=np.uint8)
        places = random.integers(0, 2**bits, (height, width), dtype=np.uint8)
        palette = b"".join(colour[::-1].tobytes() + b"\0" for colour in colours)
        bmp(f"palette{bits}.bmp", [packed(row, bits) for row in places[::-1]], bits, palette)
        expected[f"palette{bits}.bmp"] = colours[places]
    bmp("old.bmp", [packed(row, 8) for row in places[::-1]], 8, colours[:, ::-1].tobytes(), header=12)
    expected["old.bmp"] = colours[places]
    for name, lengths, masks, packing in (("five.bmp", (5, 5, 5), b"", 0),
                                          ("six.bmp", (5, 6, 5), struct.pack("<III", 0xF800, 0x07E0, 0x001F), 3)):
        parts = [random.integers(0, 2**length, (height, width)) for length in lengths]
        value = (parts[0] << lengths[1] + lengths[2]) + (parts[1] << lengths[2]) + parts[2]
        bmp(name, [row.astype("<u2").tobytes() for row in value[::-1]], 16, masks=masks, packing=packing)
        scaled = [part * 255 / (2**length - 1) for part, length in zip(parts, lengths)]
        expected[name] = np.floor(np.stack(scaled, 2) + 0.5).astype(np.uint8)
    # From the bottom: a run of 7; a run and a row that ends early; numbers as they stand; a jump by one row and two columns
    # to a run of 3, and the end.
    bmp("runs8.bmp", b"\x07\x05\0\0" b"\x02\x03\0\0" b"\0\x07\1\2\3\4\5\6\7\0\0\0" b"\0\2\2\1" b"\3\x09\0\1", 8,
        palette, packing=1, filled=False)
    runs = np.array([[0, 0, 9, 9, 9, 0, 0], [0] * 7, [1, 2, 3, 4, 5, 6, 7], [3, 3] + [0] * 5, [5] * 7])
    expected["runs8.bmp"] = colours[runs]
    # Two numbers of four bits take turns.
    sixteen = colours[:16]
    bmp("runs4.bmp", b"\7\x12\0\0" b"\0\7\x34\x56\x78\x90\0\0" b"\0\0" b"\1\xa0\2\xbc\0\0" b"\0\1", 4,
        palette[:64], packing=2, filled=False)
    runs = np.array([[0] * 7, [10, 11, 12, 0, 0, 0, 0], [0] * 7, [3, 4, 5, 6, 7, 8, 9], [1, 2, 1, 2, 1, 2, 1]])
    expected["runs4.bmp"] = sixteen[runs]
    for name in (name for name in expected if name.endswith(".bmp") and name != "opacity.bmp"):
        try:
            pillow = np.array(Image.open(here / name).convert("RGB"))
        except (OSError, ValueError) as fault:
            print(f"{name}: Pillow does not read it: {fault}")
            continue
        if (pillow != expected[name]).any():
            print(f"{name}: Pillow reads {pillow.ravel()[:12].tolist()}, {expected[name].ravel()[:12].tolist()} is written here")


make_png()
make_turned()
make_inks()
make_webp()
make_bmp()
np.savez_compressed(here / "pictures.npz", **expected)
