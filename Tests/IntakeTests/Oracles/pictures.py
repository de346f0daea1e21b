"""Makes photographs with metadata into a folder, or compares what became of them with the originals (Pillow decodes both).

pictures.py make FOLDER      pictures.py compare ORIGINAL STRIPPED
"""
import sys

from PIL import ExifTags, Image, PngImagePlugin


def make(folder):
    picture = Image.effect_noise((64, 48), 80).convert("RGB")
    for orientation in (1, 6):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        exif[ExifTags.Base.Artist] = "Mette"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
        for progressive in (False, True):
            name = f"{folder}/{'progressive' if progressive else 'baseline'}-{orientation}.jpg"
            picture.save(name, exif=exif, progressive=progressive, comment="Mette", quality=90, restart_marker_blocks=2)
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Mette")
    texts.add_itxt("XML:com.adobe.xmp", "Mette")
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Mette"
    picture.save(f"{folder}/rgb.png", pnginfo=texts, exif=exif)
    picture.convert("P").save(f"{folder}/palette.png", pnginfo=texts, transparency=0)


def compare(original, stripped):
    before, after = Image.open(original), Image.open(stripped)
    assert before.mode == after.mode and before.tobytes() == after.tobytes(), "the pixels differ"
    tags = dict(after.getexif())
    assert set(tags) <= {ExifTags.Base.Orientation}, tags
    assert after.getexif().get(ExifTags.Base.Orientation, 1) == before.getexif().get(ExifTags.Base.Orientation, 1)
    assert not after.getexif().get_ifd(ExifTags.IFD.GPSInfo) and "comment" not in after.info and "Author" not in after.info
    assert b"Mette" not in open(stripped, "rb").read()


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    compare(sys.argv[2], sys.argv[3])
