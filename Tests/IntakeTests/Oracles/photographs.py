"""Makes pictures as telephones and programs save them into a folder, or tells what a picture shows (Pillow decodes it).

photographs.py make FOLDER      photographs.py facts FILE: JSON with size, mode, the colours of four corners
"""
import json
import subprocess
import sys

from PIL import Image, ImageDraw

PLANTED = [
    "-EXIF:Artist=Mette", "-EXIF:GPSLatitude=55.46", "-EXIF:GPSLatitudeRef=N", "-EXIF:GPSLongitude=12.18", "-EXIF:GPSLongitudeRef=E",
    "-XMP-dc:Creator=Mette", "-XMP-iptcExt:PersonInImage=Mette",
]


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def halves(size, left=(200, 30, 30), right=(30, 30, 200)):
    picture = Image.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, size[0], size[1]))
    return picture


def turn(path):
    """Gives a HEIC the rotation that counts in it, its `irot` (ISO/IEC 23008-12, 6.5.10), as telephones do beside the one in EXIF."""
    with open(path, "rb") as file:
        content = file.read()
    at = content.index(b"pixi")
    with open(path, "wb") as file:
        # The rotation is one byte, three quarters to the left; what is over of the box that it replaces is passed over.
        file.write(content[:at] + b"irot" + bytes([3]) + content[at + 5:])


def make(folder):
    photo = halves((160, 120))
    photo.save(f"{folder}/foto.jpg", quality=95)
    photo.save(f"{folder}/foto.png")
    photo.save(f"{folder}/foto.webp", quality=95)
    run("vips", "heifsave", f"{folder}/foto.png", f"{folder}/foto.heic", "--effort=0", "--Q=90")
    for ending, more in {"jpg": ["-IPTC:By-line=Mette"], "png": ["-PNG:Author=Mette"], "webp": [], "heic": []}.items():
        run("exiftool", "-overwrite_original", *PLANTED, *more, f"{folder}/foto.{ending}")
    photo.save(f"{folder}/drejet.jpg", quality=95)
    photo.save(f"{folder}/drejet.webp", quality=95)
    photo.save(f"{folder}/drejet.png")
    run("vips", "heifsave", f"{folder}/drejet.png", f"{folder}/drejet.heic", "--effort=0", "--Q=90")
    for ending in ("jpg", "webp", "png", "heic"):
        run("exiftool", "-overwrite_original", "-n", "-EXIF:Orientation=6", f"{folder}/drejet.{ending}")
    turn(f"{folder}/drejet.heic")
    halves((64, 64), (255, 0, 0), (255, 0, 0)).save(f"{folder}/srgb.png")
    run("vips", "icc_transform", f"{folder}/srgb.png", f"{folder}/p3.png", "p3", "--input-profile=srgb")
    halves((64, 64)).save(
        f"{folder}/levende.webp", save_all=True, append_images=[Image.new("RGB", (64, 64), "green")] * 2, duration=100)
    clear = Image.new("RGBA", (2000, 500), (0, 0, 0, 0))
    ImageDraw.Draw(clear).ellipse((500, 0, 1500, 499), fill=(10, 120, 60, 255))
    clear.save(f"{folder}/gennemsigtig.png")
    clear.save(f"{folder}/gennemsigtig.webp", lossless=True)
    drawing = Image.new("RGB", (1600, 900), "white")
    pen = ImageDraw.Draw(drawing)
    for step in range(40):
        pen.rectangle((40 * step, 900 - 20 * step, 40 * step + 30, 900), fill=("navy", "orange", "teal")[step % 3])
    drawing.save(f"{folder}/tegning.png")
    Image.effect_noise((1400, 700), 60).convert("RGB").save(f"{folder}/gemt-foto.png")
    halves((3000, 1000)).save(f"{folder}/bred.jpg")
    halves((800, 5000)).save(f"{folder}/høj.jpg")
    Image.new("RGB", (6000, 6000), "navy").save(f"{folder}/stor.jpg", progressive=True, subsampling=0)


def facts(name):
    picture = Image.open(name)
    mode, (width, height) = picture.mode, picture.size
    colours = picture.convert("RGBA")
    corners = [colours.getpixel(place) for place in ((2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3))]
    json.dump({"format": picture.format, "mode": mode, "width": width, "height": height, "corners": corners}, sys.stdout)


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    facts(sys.argv[2])
