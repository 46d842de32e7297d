"""The settings of a shop owner and of a platform, from the environment."""

import os
import re
import socket
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from catalogue.errors import SettingsError
from storefront.texts import LANGUAGES
from storefront.urls import IMAGES, MAP, PHOTO, PRODUCT, REPORT, whole

ACCESS_LOGS = ("json", "off")
PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
PATH = "a path such as /lookalike, of letters, digits, and - . _ ~, without a slash at its end"
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
PAGES = (PRODUCT, MAP, REPORT, PHOTO)  # Dash answers them without a rule of their own


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
        prefix = given.get("PATH_PREFIX", "")
        if public_url and PREFIX.fullmatch(prefix) and not public_url.endswith(prefix):
            home = "Set this to the home page, which ends with the prefix."
            raise SettingsError(f"PATH_PREFIX is {prefix!r} and PUBLIC_URL {public_url!r}. {home}")
        return cls(
            name=given.get("SHOP_NAME", cls.name),
            language=_one_of(LANGUAGES, "SHOP_LANGUAGE", given.get("SHOP_LANGUAGE", cls.language)),
            image_base=f"{images}/" if images else IMAGES,
            public_url=public_url,
            cors_origins=tuple(filter(None, origins)),
            access_log=_one_of(ACCESS_LOGS, "ACCESS_LOG", given.get("ACCESS_LOG", cls.access_log)),
            path_prefix=_checked("PATH_PREFIX", prefix, PREFIX.fullmatch(prefix), PATH),
        )

    @property
    def serves_images(self) -> bool:
        """Whether the site serves thumbnails itself."""
        return self.image_base == IMAGES


def base_address(value: str, name: str) -> str:
    """An absolute address without a slash at its end, empty for none. Raises SettingsError, which says its `name`."""
    value = value.rstrip("/")
    is_absolute = value.startswith(("https://", "http://"))
    return _checked(name, value, not value or is_absolute, "an address that begins with https://")


def listening(environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Every interface at PORT, which a platform sets, else port 8050 of this machine alone. Raises SettingsError."""
    return EVERYWHERE if environment.get("PORT") else LOOPBACK, _number("PORT", environment, 8050, 65535)


def workers(environment: Mapping[str, str] = os.environ) -> int:
    """WEB_CONCURRENCY, else one. Raises SettingsError."""
    return _number("WEB_CONCURRENCY", environment, 1, 1000)


def check_port(host: str, port: int) -> None:
    """Raises SettingsError when nothing can listen there, which gunicorn would try for five seconds."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        told = str(error.strerror or error).partition(" (while ")[0]
        raise SettingsError(f"Nothing can listen on {host}:{port}: {told}. Set PORT to a free one.") from error


def check_prefix(prefix: str, addresses: Iterable[str]) -> None:
    """Raises SettingsError for a prefix that begins as an address of the site: nobody could tell the two apart."""
    first = prefix.split("/")[1]
    if first in {address.split("/")[1] for address in [*PAGES, *addresses]}:
        told = f"PATH_PREFIX is {prefix!r}, and the site has pages of its own below /{first}. Set another one."
        raise SettingsError(told)


def _checked(name: str, value: str, valid: object, allowed: str) -> str:
    if not valid:
        raise SettingsError(f"{name} is {value!r}. Set it to {allowed}.")
    return value


def _one_of(names: Collection[str], name: str, value: str) -> str:
    return _checked(name, value, value in names, f"one of: {', '.join(names)}")


def _number(name: str, environment: Mapping[str, str], default: int, most: int) -> int:
    given = environment.get(name) or str(default)
    return int(_checked(name, given, 1 <= whole(given) <= most, f"a number from 1 to {most}"))
