"""The widget on a page of another origin, from the real site: what a shop sees of it, and what nobody is to see."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from catalogue.encoding import dump
from catalogue.product import Product
from storefront import create_app
from storefront.api import widget
from storefront.settings import Settings
from tests.conftest import DESKTOP, PHONE
from tests.serving import ROOT, free_port
from tests.shop_folder import make_products, make_shop_folder
from tests.shop_server import Reply, Shop, shop
from tests.test_accessibility import CONTRAST, RULES, violations
from tests.visiting import served, too_narrow, visit

SCRIPT = "/lookalike.js"
LIMIT = 6 * 1024  # bytes of the script as it is sent
HEAD = '<meta charset="utf-8"><title>A shop</title><meta name="viewport" content="width=device-width">'
NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"\'&'
NETWORK = ("Failed to load resource", "blocked by CORS policy")  # what a browser says of a request by itself


@pytest.fixture(scope="module")
def host() -> Iterator[Shop]:
    """The shop's own server; its products have pages there."""
    with shop({"/p": Reply("<h1>A product of the shop</h1>"), "/favicon.ico": Reply(status=204)}) as server:
        yield server


@pytest.fixture(scope="module")
def folder(host: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    mugs = [replace(each, link=f"{host.address}/p?{each.id}") for each in make_products(20)]
    mugs[2] = replace(mugs[2], title=NASTY, brand=NASTY, link="javascript:window.hacked=1")
    alone = Product(id="no-photo", title="Unseen")
    return make_shop_folder(tmp_path_factory.mktemp("shop"), [*mugs, replace(mugs[3], id="odd/(id) 100%"), alone])


@pytest.fixture(scope="module")
def site(folder: Path, host: Shop) -> Iterator[str]:
    """The address of the site, which lets the shop's scripts read its API."""
    with served(folder, CORS_ORIGINS=host.address) as address:
        yield address


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    answering: FlaskClient = create_app(folder, Settings()).server.test_client()
    return answering


def tag(site: str, product: str = "mug-000", **data: str) -> str:
    given = "".join(f' data-{name}="{value}"' for name, value in {"product": product, **data}.items())
    return f'<script src="{site}{SCRIPT}"{given} defer></script>'


@contextmanager
def hosted(
    browser: Browser, host: Shop, body: str, head: str = "", headers: Mapping[str, str] | None = None, **options: Any
) -> Iterator[Page]:
    """The shop's page with `body` between two paragraphs. Whatever goes wrong on it fails the test."""
    options = {"viewport": DESKTOP, **options}
    main = f"<main><h1>Mug</h1><p>Before</p>{body}<p>After</p></main>"
    page_html = f'<!doctype html><html lang="en"><head>{HEAD}{head}</head><body>{main}</body></html>'
    host.answers["/"] = Reply(page_html, headers=headers or {})
    with visit(browser, host.address, **options) as page:
        page.goto("/")
        yield page


def test_a_script_tag_shows_the_list_where_it_stands(browser: Browser, host: Shop, site: str) -> None:
    with hosted(browser, host, tag(site)) as page:
        region = page.get_by_role("region", name="Looks similar")
        expect(region.get_by_role("listitem")).to_have_count(6)
        first = region.get_by_role("link").first
        expect(first).to_have_text("Bowl number 1 ₹101 ")
        assert first.get_attribute("href") == f"{host.address}/p?bowl-001"
        order = page.locator("main > *:not(script)").evaluate_all("all => all.map((each) => each.localName)")
        assert order == ["h1", "p", "lookalike-similar", "p"]
        first.click()
        expect(page.get_by_role("heading", name="A product of the shop")).to_be_visible()


def test_elements_have_settings_of_their_own(browser: Browser, host: Shop, site: str) -> None:
    body = f"""<script src="{site}{SCRIPT}" defer></script>
      <lookalike-similar product="mug-000" k="3" heading="More mugs" category="Mugs"></lookalike-similar>
      <lookalike-similar product="odd/(id) 100%" k="4" lang="de" src="{site}"></lookalike-similar>"""
    with hosted(browser, host, body) as page:
        mugs = page.get_by_role("region", name="More mugs").get_by_role("link")
        expect(mugs).to_have_text([re.compile("onerror"), re.compile("Mug number 4"), re.compile("Mug number 6")])
        german = page.get_by_role("region", name="Sieht ähnlich aus").get_by_role("link")
        expect(german).to_have_count(4)
        expect(german.first).to_have_text(re.compile("100\xa0₹"))


def test_it_asks_once_it_is_near_and_moves_nothing(browser: Browser, host: Shop, site: str) -> None:
    body = f'<div class="long"></div>{tag(site)}'
    with hosted(browser, host, body, head="<style>.long { height: 4000px; }</style>") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate(
            """() => {
              window.moved = 0;
              new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.moved += each.value; }))
                .observe({ type: "layout-shift", buffered: true });
            }"""
        )
        page.mouse.wheel(0, 300)
        page.wait_for_function("scrollY >= 300")
        page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 100))")
        assert asked == []
        page.evaluate("scrollTo(0, 2700)")  # the list is below the window, and near
        expect(page.get_by_role("listitem")).to_have_count(6)
        assert page.evaluate("scrollY") == 2700
        page.mouse.wheel(0, 2000)
        expect(page.get_by_role("listitem").last).to_be_in_viewport()
        photos = page.locator("lookalike-similar img")
        photos.last.evaluate("photo => photo.decode()")
        assert page.evaluate("moved") == 0
        assert {each.get_attribute("loading") for each in photos.all()} == {"lazy"}
        assert all(each.get_attribute("height") and each.get_attribute("width") for each in photos.all())
        assert len([each for each in asked if "/api/" in each]) == 1


@contextmanager
def silent(browser: Browser, host: Shop, body: str) -> Iterator[Page]:
    """A page on which no script fails, and the console has nothing but what the browser says of requests."""
    host.answers["/"] = Reply(f'<!doctype html><html lang="en"><head>{HEAD}</head><body>{TOLD}{body}</body></html>')
    page, wrong = browser.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: None if any(each in said.text for each in NETWORK) else wrong.append(said.text))
    page.goto(host.address)
    yield page
    page.close()
    assert wrong == []


TOLD = """<script>
  window.told = [];
  for (const type of ["shown", "empty"])
    addEventListener(`lookalike:${type}`, (event) => told.push(`${type} ${event.detail.product}`));
</script>"""


def test_it_is_silent_when_there_is_nothing(browser: Browser, host: Shop, site: str) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    elements = [
        f'<lookalike-similar product="{product}" src="{src}" theme="dark"></lookalike-similar>'
        for product, src in (("nobody", site), ("no-photo", site), ("away", away), ("odd", host.address), ("", site))
    ]
    with silent(browser, host, f'<script src="{site}{SCRIPT}" defer></script>{"".join(elements)}') as page:
        page.wait_for_function("told.length === 5")
        assert sorted(page.evaluate("told")) == ["empty ", "empty away", "empty no-photo", "empty nobody", "empty odd"]
        for element in page.locator("lookalike-similar").all():
            assert element.evaluate("element => element.shadowRoot.childNodes.length") == 0
            assert element.evaluate("element => element.offsetHeight") == 0


def test_a_site_that_does_not_name_the_origin_shows_nothing(browser: Browser, host: Shop, folder: Path) -> None:
    with served(folder, CORS_ORIGINS="https://another.example") as closed, silent(browser, host, tag(closed)) as page:
        page.wait_for_function("told.length === 1")
        assert page.evaluate("told") == ["empty mug-000"]


def test_texts_of_a_shop_stay_texts(browser: Browser, host: Shop, site: str) -> None:
    with hosted(browser, host, tag(site, heading="&lt;b>x", category="Mugs", k="1")) as page:
        expect(page.get_by_role("heading", name="<b>x")).to_be_visible()
        link = page.get_by_role("link")
        expect(link.locator(".title")).to_have_text(NASTY + " ")
        assert link.get_attribute("href") == f"{site}/p/mug-002"  # not what the table says
        assert page.evaluate("window.hacked") is None


def test_a_strict_policy_of_the_shop_lets_it_in(browser: Browser, host: Shop, site: str) -> None:
    policy = f"default-src 'none'; script-src {site}; connect-src {site}; img-src {site}"
    headers = {"Content-Security-Policy": f"{policy}; require-trusted-types-for 'script'"}
    with hosted(browser, host, tag(site), headers=headers) as page:
        expect(page.get_by_role("listitem")).to_have_count(6)
        photo = page.locator("lookalike-similar img").first
        photo.evaluate("photo => photo.decode()")
        assert page.locator("lookalike-similar ul").evaluate("list => getComputedStyle(list).display") == "grid"


def test_it_is_used_by_keyboard(browser: Browser, host: Shop, site: str) -> None:
    with hosted(browser, host, tag(site), viewport=PHONE) as page:
        cards = page.get_by_role("link")
        expect(cards).to_have_count(6)
        expect(cards.last).not_to_be_in_viewport()
        page.keyboard.press("Tab")
        expect(cards.first).to_be_focused()
        assert cards.first.evaluate("card => getComputedStyle(card).outlineWidth") == "3px"
        for _ in range(5):
            page.keyboard.press("Tab")
        expect(cards.last).to_be_focused()
        expect(cards.last).to_be_in_viewport(ratio=0.9)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/p\?"))


def test_axe_finds_nothing(browser: Browser, host: Shop, site: str) -> None:
    body = f'{tag(site, product="mug-004")}<lookalike-similar product="mug-006" heading="x"></lookalike-similar>'
    with hosted(browser, host, body, head='<meta name="color-scheme" content="light dark">') as page:
        expect(page.get_by_role("listitem")).to_have_count(12)
        for width in (390, 1360):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page, RULES) == [], f"{width} pixels"
        assert too_narrow(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, CONTRAST) == [], "dark"
        for theme in ("light", "dark", "auto"):
            page.locator("lookalike-similar").first.evaluate(
                "(each, theme) => each.setAttribute('theme', theme)", theme
            )
            assert violations(page, CONTRAST) == [], theme


def colours(page: Page) -> Any:
    """Of the text and the ground."""
    style = "section => { const of = getComputedStyle(section); return [of.color, of.backgroundColor]; }"
    return page.locator("lookalike-similar section").evaluate(style)


@pytest.mark.parametrize(
    ("theme", "system", "expected"),
    [
        ("", "dark", ["rgb(20, 60, 20)", "rgba(0, 0, 0, 0)"]),  # a page that knows no dark keeps its colours
        ("auto", "dark", ["rgb(232, 234, 237)", "rgb(18, 20, 22)"]),
        ("auto", "light", ["rgb(27, 28, 29)", "rgb(255, 255, 255)"]),
        ("dark", "light", ["rgb(232, 234, 237)", "rgb(18, 20, 22)"]),
    ],
)
def test_colours_are_the_pages_unless_a_theme_is_asked_for(
    browser: Browser, host: Shop, site: str, theme: str, system: Any, expected: list[str]
) -> None:
    head = "<style>body { color: rgb(20 60 20); --ink: red; }</style>"
    body = tag(site, theme=theme) if theme else tag(site)
    with hosted(browser, host, body, head=head, color_scheme=system) as page:
        expect(page.get_by_role("listitem")).to_have_count(6)
        assert colours(page) == expected


def test_a_shop_styles_it(browser: Browser, host: Shop, site: str) -> None:
    style = """<style>
      lookalike-similar { --lookalike-ink: rgb(1 2 3); --lookalike-columns: 3; --lookalike-gap: 0px; }
      lookalike-similar::part(heading) { font-size: 40px; }
      lookalike-similar::part(price) { display: none; }
    </style>"""
    with hosted(browser, host, tag(site), head=style) as page:
        expect(page.get_by_role("listitem")).to_have_count(6)
        assert colours(page)[0] == "rgb(1, 2, 3)"
        assert page.get_by_role("heading", level=2).evaluate("title => getComputedStyle(title).fontSize") == "40px"
        assert page.locator(".price:visible").count() == 0
        box = page.get_by_role("listitem").first.bounding_box()
        assert box
        assert box["width"] == pytest.approx((1360 - 16) / 3, abs=1)


@pytest.mark.parametrize(("motion", "expected"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_nothing_moves_where_that_is_not_wanted(
    browser: Browser, host: Shop, site: str, motion: Any, expected: str
) -> None:
    with hosted(browser, host, tag(site), reduced_motion=motion) as page:
        behaviour = "list => getComputedStyle(list).scrollBehavior"
        assert page.locator("lookalike-similar ul").evaluate(behaviour) == expected


def test_a_static_export_is_read_from_its_files(
    browser: Browser, host: Shop, client: FlaskClient, folder: Path, tmp_path: Path
) -> None:
    """Below a path, from a server that knows files alone."""
    product_id = "odd/(id) 100%"
    name = quote(product_id, safe="")
    api = tmp_path / "api" / "v1" / "similar"
    api.mkdir(parents=True)
    listed: Any = client.get(f"/api/v1/products/{name}/similar?k=24").json
    for each in listed["similar"]:
        each["image"] |= {size: f"../../..{each['image'][size]}" for size in ("small", "large")}
    (api / f"{name}.json").write_bytes(dump(listed))
    (tmp_path / "lookalike.js").write_bytes(client.get(SCRIPT).data)

    def file(path: str) -> Reply:
        inside = unquote(path).removeprefix("/below/")
        found = (folder if inside.startswith("images/") else tmp_path) / inside
        kind = {".js": "text/javascript", ".json": "application/json"}.get(found.suffix, "image/webp")
        return Reply(found.read_bytes(), kind, headers={"Access-Control-Allow-Origin": "*"})

    with shop({"*": file}) as files:
        body = f'<script src="{files.address}/below{SCRIPT}" data-product="{product_id}" data-static defer></script>'
        with hosted(browser, host, body) as page:
            expect(page.get_by_role("listitem")).to_have_count(6)
            page.locator("lookalike-similar img").last.evaluate("photo => photo.decode()")
        assert f"/below/api/v1/similar/{quote(name, safe='')}.json" in files.paths


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_script_is_small_and_asked_for_again(client: FlaskClient, encoding: str) -> None:
    answer = client.get(SCRIPT, headers={"Accept-Encoding": encoding})
    assert answer.headers["Content-Encoding"] == encoding
    assert len(answer.data) <= LIMIT
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=300, must-revalidate"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    known = {"Accept-Encoding": encoding, "If-None-Match": answer.headers["ETag"]}
    assert client.get(SCRIPT, headers=known).status_code == 304


def test_the_document_names_every_attribute_and_part() -> None:
    document, script = (ROOT / "docs/widget.md").read_text(), widget.script().decode()
    attributes = re.search(r"const ASKED = \[(.*?)\]", script)
    assert attributes
    for name in [*re.findall(r'"(.*?)"', attributes[1]), "theme"]:
        assert f"\n| `{name}` |" in document, name
    for part in set(re.findall(r'make\("\w+", "([\w-]+)"', script)) - {"hidden"}:
        assert f"`{part}`" in document, part
    for name in set(re.findall(r"--lookalike-\w+", script)):
        assert f"  {name}: " in document, name


def test_the_sites_own_pages_do_not_load_it(client: FlaskClient) -> None:
    assert "/widget/" not in client.get("/").text


def framed(address: str) -> str:
    return f'<iframe title="Looks similar" src="{address}" width="100%" height="340"></iframe>'


def test_a_frame_shows_the_list_and_leads_out_of_it(browser: Browser, host: Shop, site: str) -> None:
    axe = "Failed to execute 'postMessage'"  # which calls into frames, of whatever origin
    with hosted(browser, host, framed(f"{site}/widget/mug-000?k=7&theme=light"), allowed=axe) as page:
        frame = page.frame_locator("iframe")
        cards = frame.get_by_role("listitem").get_by_role("link")
        expect(cards).to_have_count(7)
        expect(frame.get_by_role("heading", name="Looks similar")).to_be_visible()
        cards.first.locator("img").evaluate("photo => photo.decode()")
        assert violations(page, RULES) == []
        assert cards.nth(1).get_attribute("href") == "/p/mug-002"  # whose link in the shop is none
        cards.first.click()
        expect(page.get_by_role("heading", name="A product of the shop")).to_be_visible()


def test_no_other_page_is_shown_in_a_frame(browser: Browser, host: Shop, site: str) -> None:
    host.answers["/framing"] = Reply(f"<!doctype html><title>x</title>{framed(f'{site}/p/mug-000')}")
    page, said = browser.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{host.address}/framing", wait_until="load")
    page.close()
    assert any("frame-ancestors 'self'" in each for each in said)


def test_a_frames_page_is_no_page_of_the_site(client: FlaskClient) -> None:
    answer = client.get("/widget/mug-000")
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "X-Frame-Options" not in answer.headers
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.text.count("product-card") == 12
    assert "<title>Looks similar: Mug number 0</title>" in answer.text
    for address in ("/", "/p/mug-000", "/nowhere", "/api/v1/products/mug-000"):
        assert "frame-ancestors *" not in client.get(address).headers.get("Content-Security-Policy", "")


@pytest.mark.parametrize(
    ("address", "status", "cards"),
    [
        ("/widget/nobody", 404, 0),
        ("/widget/", 404, 0),
        ("/widget/no-photo", 200, 0),
        ("/widget/odd%2F(id)%20100%25?k=3", 200, 3),
        ("/widget/mug-000?category=Bowls&k=2", 200, 2),
        ("/widget/mug-000?theme=pink", 400, 0),
    ],
)
def test_a_frame_has_a_list_or_nothing(client: FlaskClient, address: str, status: int, cards: int) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.text.count("product-card")) == (status, cards)
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert ("<h1" in answer.text) is (cards > 0 or status == 400)


def test_the_example_of_the_documents_works(browser: Browser, host: Shop) -> None:
    example = (ROOT / "docs" / "widget.html").read_text()
    with served(ROOT / "precomputed", CORS_ORIGINS="*") as demo:
        host.answers["/example"] = Reply(example.replace("http://127.0.0.1:8050", demo))
        with visit(browser, host.address) as page:
            page.goto("/example")
            page.get_by_role("region", name="Looks similar").get_by_role("link").first.scroll_into_view_if_needed()
            expect(page.get_by_role("region", name="More teapots").get_by_role("link")).to_have_count(4)
            expect(page.get_by_text("Very similar").first).to_be_visible()
            assert violations(page, RULES) == []
