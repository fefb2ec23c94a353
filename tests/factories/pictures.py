"""Pictures for tests."""

import io

from django.core.files.images import ImageFile
from PIL import Image as Pillow


def a_picture(colour: str, size: tuple[int, int] = (20, 20)) -> ImageFile:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, colour).save(buffer, "PNG")
    buffer.seek(0)
    return ImageFile(buffer, name=f"{colour}.png")
