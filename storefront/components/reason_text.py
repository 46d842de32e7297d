"""Why two products are shown together, in the visitor's words."""

from catalogue.reasons import Reason
from storefront.texts import Texts


def sentence(texts: Texts, flags: int) -> str:
    """`Same colours and shape, near in price`; empty for none. The category stands beside it on the card."""
    held = Reason(flags)
    things = {
        Reason.COLOURS: texts.reason_colours,
        Reason.SHAPE: texts.reason_shape,
        Reason.BRAND: texts.reason_brand,
    }
    names = [name for reason, name in things.items() if reason in held]
    listed = f" {texts.reason_and} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    same = texts.reason_same.format(things=listed) if names else ""
    text = ", ".join(filter(None, [same, texts.reason_price if Reason.PRICE in held else ""]))
    return text[:1].upper() + text[1:]
