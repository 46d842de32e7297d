"""The addresses of the test shop: django-oscar's own, a sitemap of three parts, and a robots.txt."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.static import static
from django.contrib.sitemaps import GenericSitemap, views
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def robots(request: HttpRequest) -> HttpResponse:
    lines = (
        "User-agent: *",
        "Disallow: /basket/",
        "Crawl-delay: 0.1",
        f"Sitemap: http://{request.get_host()}/sitemap.xml",
    )
    return HttpResponse("\n".join(lines), content_type="text/plain")


products = apps.get_model("catalogue", "Product").objects.browsable().order_by("pk")
GenericSitemap.limit = 50  # so that three files make a whole
maps = {"products": GenericSitemap({"queryset": products}, protocol="http")}
urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("robots.txt", robots),
    path("sitemap.xml", views.index, {"sitemaps": maps, "sitemap_url_name": "part"}),
    path("sitemap-<section>.xml", views.sitemap, {"sitemaps": maps}, name="part"),
    path("", include(apps.get_app_config("oscar").urls[0])),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
