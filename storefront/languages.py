"""The languages that the site speaks; a further one is a module like `german` and a line here."""

from storefront.german import GERMAN
from storefront.texts import ENGLISH

LANGUAGES = {texts.language: texts for texts in (ENGLISH, GERMAN)}
