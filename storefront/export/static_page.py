"""A page as a file: the document that needs no server, with the scripts that need none either."""

from markupsafe import escape

from storefront.document import STYLES, head_of
from storefront.server.headers import policy
from storefront.pages.page import Page
from storefront.context import Context
from storefront.urls import ASSETS
from storefront.parts import written

ALONE = "alone.css"  # for a product that nothing stands beside
THEME = "theme.js"
SCRIPTS = (
    *("address.js", "ids.js", "trail.js", "grid.js", "search.js", "dots.js", "paint.js", "map.js"),
    *("find.js", "files.js"),
)
ICON = "favicon.svg"
FRAMES = "; frame-ancestors"  # which counts in headers alone
NEEDED = (*STYLES, ALONE, THEME, *SCRIPTS, ICON)


def document_of(context: Context, page: Page, section: str = "") -> bytes:
    """The page of a `site` that is files; `section` is the address of the link in the header that led to it."""
    shown = written(context, page)

    def asset(name: str) -> str:
        return f"{context.at(ASSETS + name)}?v={context.build}"

    return INDEX.format(
        language=context.texts.language,
        offline=escape(context.texts.no_connection),
        root=escape(context.up or "./"),
        section=f' data-section="{escape(context.at(section))}"' if section else "",
        policy=escape(policy([], context.settings.image_base).partition(FRAMES)[0]),
        title=escape(shown.title),
        icon=asset(ICON),
        theme=asset(THEME),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES),
        alone=asset(ALONE),
        scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in SCRIPTS),
        head=head_of(context, page, context.settings.public_url),
        shell=to_html(layout(context, shown.main, shown.product), context.at),
    ).encode()


INDEX = """<!doctype html>
<html lang="{language}" data-root="{root}" data-offline="{offline}"{section}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="strict-origin-when-cross-origin">
<link rel="icon" type="image/svg+xml" href="{icon}">
<script src="{theme}"></script>
{styles}
<noscript><link rel="stylesheet" href="{alone}"></noscript>
{scripts}
{head}
</head>
<body data-alone="{alone}">
{shell}
</body>
</html>
"""
