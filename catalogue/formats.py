"""Which image files a catalogue may hold."""

# Pillow reads many more, some by running other programs (EPS by Ghostscript): a feed may come from a stranger.
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
SUFFIX = {"AVIF": "avif", "BMP": "bmp", "GIF": "gif", "JPEG": "jpg", "PNG": "png", "TIFF": "tif", "WEBP": "webp"}
IMAGE_SUFFIXES = {".jfif", ".jpeg", ".tiff", *(f".{suffix}" for suffix in SUFFIX.values())}
MAX_PIXELS = 60_000_000  # a 60-megapixel photo decodes to 180 MB; more than that is a bomb or a mistake
