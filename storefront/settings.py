"""What a shop owner sets in the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.errors import SettingsError
from storefront.texts import LANGUAGES
from storefront.urls import IMAGES

ACCESS_LOGS = ("json", "off")
PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


@dataclass(frozen=True)
class Settings:
    """`name`: of the shop. `language`: of its texts. `image_base`: where thumbnails are, ending in a slash.

    `public_url`: the address that search engines shall know, without a slash at its end; empty for the one that was
    asked. `cors_origins`: the sites whose scripts may read the API, `*` for all. `access_log`: one of ACCESS_LOGS.
    `path_prefix`: the path of the host below which the site stands, without a slash at its end; empty for the root.
    """

    name: str = "Lookalike"
    language: str = "en"
    image_base: str = IMAGES
    public_url: str = ""
    cors_origins: tuple[str, ...] = ()
    access_log: str = ACCESS_LOGS[0]
    path_prefix: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read SHOP_NAME, SHOP_LANGUAGE, IMAGE_BASE_URL, PUBLIC_URL, CORS_ORIGINS, ACCESS_LOG and PATH_PREFIX.

        Raises SettingsError.
        """
        language = environment.get("SHOP_LANGUAGE") or cls.language
        if language not in LANGUAGES:
            raise SettingsError(f"SHOP_LANGUAGE is {language!r}. Set it to one of: {', '.join(LANGUAGES)}.")
        access_log = environment.get("ACCESS_LOG") or cls.access_log
        if access_log not in ACCESS_LOGS:
            raise SettingsError(f"ACCESS_LOG is {access_log!r}. Set it to one of: {', '.join(ACCESS_LOGS)}.")
        origins = environment.get("CORS_ORIGINS", "").split(",")
        images = environment.get("IMAGE_BASE_URL", "")
        public_url = base_address(environment.get("PUBLIC_URL", ""), "PUBLIC_URL")
        return cls(
            name=environment.get("SHOP_NAME") or cls.name,
            language=language,
            image_base=f"{base_address(images, 'IMAGE_BASE_URL')}/" if images else IMAGES,
            public_url=public_url,
            cors_origins=tuple(filter(None, (origin.strip() for origin in origins))),
            access_log=access_log,
            path_prefix=_prefix(environment.get("PATH_PREFIX", ""), public_url),
        )

    @property
    def serves_images(self) -> bool:
        """Whether the site serves thumbnails itself."""
        return self.image_base == IMAGES


def base_address(value: str, name: str) -> str:
    """An absolute address without a slash at its end, empty for none. Raises SettingsError, which says its `name`."""
    value = value.rstrip("/")
    if value and not value.startswith(("https://", "http://")):
        raise SettingsError(f"{name} is {value!r}. Set it to an address that begins with https://.")
    return value


def _prefix(value: str, public_url: str) -> str:
    if not PREFIX.fullmatch(value):
        raise SettingsError(
            f"PATH_PREFIX is {value!r}. Set it to a path such as /lookalike: a slash at its beginning and none at its"
            " end, and of other characters letters, digits, and - . _ ~ alone."
        )
    if public_url and not public_url.endswith(value):
        raise SettingsError(
            f"PUBLIC_URL is {public_url!r} and PATH_PREFIX {value!r}. Set PUBLIC_URL to the address of the home page,"
            " which ends with the prefix."
        )
    return value
