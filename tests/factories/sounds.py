"""A short sound for tests, made here: two seconds of a quiet tone."""

import io
import math
import struct
import wave


def a_wav(seconds: float = 2.0, rate: int = 8000) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        frames = (round(900 * math.sin(2 * math.pi * 220 * i / rate)) for i in range(int(seconds * rate)))
        sound.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return target.getvalue()
