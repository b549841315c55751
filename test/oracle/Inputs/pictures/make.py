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


make_png()
make_turned()
make_inks()
np.savez_compressed(here / "pictures.npz", **expected)
