"""What a shop owner sets in the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.errors import SettingsError
from storefront.languages import LANGUAGES
from storefront.urls import IMAGES

ACCESS_LOGS = ("json", "off")


@dataclass(frozen=True)
class Settings:
    """`name`: of the shop. `language`: of its texts. `image_base`: where thumbnails are, ending in a slash.

    `public_url`: the address that search engines shall know, without a slash at its end; empty for the one that was
    asked. `cors_origins`: the sites whose scripts may read the API, `*` for all. `access_log`: one of ACCESS_LOGS.
    """

    name: str = "Lookalike"
    language: str = "en"
    image_base: str = IMAGES
    public_url: str = ""
    cors_origins: tuple[str, ...] = ()
    access_log: str = ACCESS_LOGS[0]

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read SHOP_NAME, SHOP_LANGUAGE, IMAGE_BASE_URL, PUBLIC_URL, CORS_ORIGINS and ACCESS_LOG.

        Raises SettingsError.
        """
        language = environment.get("SHOP_LANGUAGE") or cls.language
        if language not in LANGUAGES:
            raise SettingsError(f"SHOP_LANGUAGE is {language!r}. Set it to one of: {', '.join(LANGUAGES)}.")
        access_log = environment.get("ACCESS_LOG") or cls.access_log
        if access_log not in ACCESS_LOGS:
            raise SettingsError(f"ACCESS_LOG is {access_log!r}. Set it to one of: {', '.join(ACCESS_LOGS)}.")
        origins = environment.get("CORS_ORIGINS", "").split(",")
        return cls(
            name=environment.get("SHOP_NAME") or cls.name,
            language=language,
            image_base=_base(environment, "IMAGE_BASE_URL") + "/" if environment.get("IMAGE_BASE_URL") else IMAGES,
            public_url=_base(environment, "PUBLIC_URL"),
            cors_origins=tuple(filter(None, (origin.strip() for origin in origins))),
            access_log=access_log,
        )


def _base(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").rstrip("/")
    if value and not value.startswith(("https://", "http://")):
        raise SettingsError(f"{name} is {value!r}. Set it to an address that begins with https://.")
    return value
