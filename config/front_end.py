"""What of h5p-standalone is served: its scripts, its style, and the fonts and pictures that the style names."""

_ALPHABETS = "cyrillic_cyrillic-ext_greek_greek-ext"
_INTER = f"fonts/inter/inter-v18-{_ALPHABETS}_latin_latin-ext_vietnamese-{{}}.woff2"
_OPEN_SANS = f"fonts/open-sans/open-sans-v40-{_ALPHABETS}_hebrew_latin_latin-ext_math_symbols_vietnamese-{{}}.woff2"

H5P_FILES = [
    f"h5p-standalone/dist/{name}"
    for name in (
        "main.bundle.js",
        "frame.bundle.js",
        "styles/h5p.css",
        "images/throbber.gif",
        "fonts/h5p-core-30.woff2",
        "fonts/h5p-hub-publish.woff2",
        "fonts/h5p-theme.woff2",
        "fonts/inter/Inter-ExtraBold.woff2",
        "fonts/inter/Inter-ExtraBoldItalic.woff2",
        *(_INTER.format(style) for style in ("regular", "italic", "600", "600italic")),
        *(_OPEN_SANS.format(style) for style in ("regular", "italic", "600", "600italic", "700", "700italic")),
    )
]
