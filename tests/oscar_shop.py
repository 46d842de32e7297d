"""A real django-oscar shop on loopback: 121 products, 113 pictures and one placeholder, listings and a sitemap.

Run as `python -m tests.oscar_shop FOLDER`; it listens on PORT, and makes its database and pictures in FOLDER once.
"""

import csv
import io
import os
import random
import sys
from pathlib import Path
from typing import Any

import django
import oscar
import oscar.defaults
from django.conf import settings

PRODUCTS = 120
CATEGORIES = ("Tea > Black", "Tea > Green", "Coffee", "Snacks > Nuts", "Spices & Masala")
TEMPLATES = Path(__file__).parent / "oscar_templates"  # laid over the shop's own
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
CONTEXT = (
    *(f"django.template.context_processors.{name}" for name in ("debug", "request", "i18n")),
    "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages",
    "oscar.apps.search.context_processors.search_form", "oscar.apps.checkout.context_processors.checkout",
    "oscar.apps.communication.notifications.context_processors.notifications", "oscar.core.context_processors.metadata",
)  # fmt: skip
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.http.ConditionalGetMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
)  # fmt: skip


class TablesFromModels(dict[str, None]):
    """Instead of migrations, which take several times as long."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> None:
        return None


def configure(folder: Path) -> None:
    defaults = {name: getattr(oscar.defaults, name) for name in dir(oscar.defaults) if name.isupper()}
    templates = {"context_processors": CONTEXT}
    search = {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": str(folder / "whoosh")}
    settings.configure(**defaults | {
        "OSCAR_DEFAULT_CURRENCY": "INR", "SECRET_KEY": "test", "DEBUG": True, "ALLOWED_HOSTS": ["127.0.0.1"],
        "ROOT_URLCONF": "tests.oscar_urls", "SITE_ID": 1, "USE_TZ": True, "LANGUAGE_CODE": "en-gb",
        "STATIC_URL": "/static/", "MEDIA_URL": "/media/", "MEDIA_ROOT": folder / "media",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField", "MIGRATION_MODULES": TablesFromModels(),
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "shop.sqlite3"}},
        "HAYSTACK_CONNECTIONS": {"default": search}, "MIDDLEWARE": MIDDLEWARE,
        "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                       "DIRS": [TEMPLATES], "OPTIONS": templates}],
        "INSTALLED_APPS": [*oscar.INSTALLED_APPS, "django.contrib.sitemaps", "sorl.thumbnail"],
    })  # fmt: skip
    django.setup()


def build(folder: Path) -> None:
    from django.core.management import call_command

    (folder / "media").mkdir(parents=True)
    call_command("migrate", run_syncdb=True, verbosity=0)
    write_products(folder / "products.csv")
    call_command("oscar_import_catalogue", str(folder / "products.csv"))
    take_pictures(folder / "media" / settings.OSCAR_MISSING_IMAGE_URL)
    add_gift_box()
    call_command("update_index", "catalogue", verbosity=0)


def write_products(path: Path) -> None:
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        for number in range(PRODUCTS):
            category = CATEGORIES[number % len(CATEGORIES)]
            title = f"{category} No. {number} – Café “Special” & Co <b>500 g</b>"
            price = f"{chance.randint(1, 4999)}.{chance.choice(['00', '50', '99'])}"
            upc, stock = f"89{number:010d}", 0 if number % 13 == 0 else 9
            csv.writer(file).writerow(
                ["Grocery", f"Grocery > {category}", upc, title, "<p>Packed &amp; sealed</p>", "P", upc, price, stock]
            )


def take_pictures(placeholder: Path) -> None:
    """A picture for each product but every 17th: those show the shop's one placeholder."""
    from django.core.files import File
    from PIL import Image, ImageDraw

    chance = random.Random(8)
    for product in models("Product").objects.order_by("pk"):
        if product.pk % 17:
            size, colour = (chance.randint(300, 900), chance.randint(300, 900)), tuple(chance.choices(range(256), k=3))
            picture, kind = Image.new("RGB", size, colour), FORMATS[product.pk % len(FORMATS)]
            ImageDraw.Draw(picture).ellipse([20, 20, 200, 280], fill="white")
            content = io.BytesIO()
            picture.save(content, kind)
            original = File(content, name=f"{product.upc}.{kind.lower()}")
            models("ProductImage")(product=product, original=original).save()
    Image.new("RGB", (200, 200), "grey").save(placeholder)


def add_gift_box() -> None:
    from oscar.test.factories import create_product

    parent = create_product(structure="parent", title="Gift box", upc="PARENT1", product_class="Grocery")
    parent.categories.add(models("Category").objects.get(name="Coffee"))
    for size, price in (("small", 10), ("large", 25)):
        create_product(
            structure="child", parent=parent, title=f"Gift box {size}", upc=size, price=price, num_in_stock=5
        )


def models(name: str) -> Any:
    from django.apps import apps

    return apps.get_model("catalogue", name)


def main(folder: Path, port: str) -> None:
    configure(folder)
    from django.apps import apps
    from django.core.management import call_command

    if not (folder / "shop.sqlite3").exists():
        build(folder)
    # Sitemaps name the site's own address.
    apps.get_model("sites", "Site").objects.update(domain=f"127.0.0.1:{port}")
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), os.environ["PORT"])
