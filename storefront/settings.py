"""The settings of a shop owner, from the environment."""

import os
import re
from collections.abc import Collection, Mapping
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
        """Raises SettingsError."""
        given = {name: value for name, value in environment.items() if value}
        images, public_url = (base_address(given.get(name, ""), name) for name in ("IMAGE_BASE_URL", "PUBLIC_URL"))
        origins = (origin.strip() for origin in given.get("CORS_ORIGINS", "").split(","))
        return cls(
            name=given.get("SHOP_NAME", cls.name),
            language=_one_of(LANGUAGES, "SHOP_LANGUAGE", given.get("SHOP_LANGUAGE", cls.language)),
            image_base=f"{images}/" if images else IMAGES,
            public_url=public_url,
            cors_origins=tuple(filter(None, origins)),
            access_log=_one_of(ACCESS_LOGS, "ACCESS_LOG", given.get("ACCESS_LOG", cls.access_log)),
            path_prefix=_prefix(given.get("PATH_PREFIX", ""), public_url),
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


def _one_of(names: Collection[str], name: str, value: str) -> str:
    if value not in names:
        raise SettingsError(f"{name} is {value!r}. Set it to one of: {', '.join(names)}.")
    return value


def _prefix(value: str, public_url: str) -> str:
    told = f"PATH_PREFIX is {value!r}"
    if not PREFIX.fullmatch(value):
        path = "a path such as /lookalike, of letters, digits, and - . _ ~, without a slash at its end"
        raise SettingsError(f"{told}. Set it to {path}.")
    if public_url and not public_url.endswith(value):
        raise SettingsError(
            f"{told} and PUBLIC_URL {public_url!r}. Set this to the home page, which ends with the prefix."
        )
    return value
