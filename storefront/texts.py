"""Every text that a visitor reads, in one place: a shop translates it by one more `Texts`."""

from dataclasses import dataclass

from storefront import photo_texts, report_texts
from storefront.photo_texts import PhotoTexts
from storefront.report_texts import ReportTexts


@dataclass(frozen=True)
class Texts:
    """Texts of one language; `locale` is how it writes numbers and prices. Braces hold what is filled in."""

    language: str
    locale: str
    skip: str
    search: str
    search_placeholder: str
    search_needs_scripts: str
    search_needs_server: str
    browse: str
    map: str
    report: str
    pages_of_site: str
    to_dark: str
    to_light: str
    all_products: str
    all: str
    categories: str
    products_one: str
    products_many: str
    page_of: str
    results_for: str
    sort: str
    sort_button: str
    sort_relevance: str
    sort_price: str
    sort_price_down: str
    sort_title: str
    sort_newest: str
    nothing_found: str
    nothing_found_advice: str
    nothing_in_category: str
    empty_catalogue: str
    see_all: str
    pages: str
    previous: str
    next: str
    no_photo: str
    photo_of: str
    sold_out: str
    former_price: str
    by_brand: str
    article: str
    where: str
    product: str
    close: str
    see_in_shop: str
    copy_link: str
    copied: str
    trail: str
    looks_similar: str
    elsewhere: str
    similar_shown_one: str
    similar_shown_many: str
    none_to_compare: str
    none_without_photo: str
    same_picture: str
    similarity: str
    similarity_explained: str
    bands: tuple[str, str, str]
    reason_colours: str
    reason_shape: str
    reason_brand: str
    reason_same: str
    reason_and: str
    reason_price: str
    not_found: str
    no_such_product: str
    no_such_page: str
    no_connection: str
    describe_shop: str
    describe_product: str
    map_title: str
    map_explained: str
    map_some: str
    map_left_out_one: str
    map_left_out_many: str
    map_missing: str
    map_nearer: str
    map_further: str
    map_whole: str
    map_drawing: str
    map_listed: str
    map_hint: str
    report_texts: ReportTexts
    photo_texts: PhotoTexts
    heat_title: str
    heat_explained: str
    heat_on: str


ENGLISH = Texts(
    language="en",
    locale="en",
    skip="Skip to the products",
    search="Search",
    search_placeholder="Search {count} products",
    search_needs_scripts="The search needs JavaScript. The categories lead to every product without it.",
    search_needs_server=(
        "The list of products could not be loaded. The search works once these files lie on a web server."
    ),
    browse="Browse",
    map="Map",
    report="Report",
    pages_of_site="Pages",
    to_dark="Dark colours",
    to_light="Light colours",
    all_products="All products",
    all="All",
    categories="Categories",
    products_one="{count} product",
    products_many="{count} products",
    page_of="page {page} of {pages}",
    results_for="Results for “{text}”",
    sort="Sort",
    sort_button="Sort",
    sort_relevance="Relevance",
    sort_price="Price, lowest first",
    sort_price_down="Price, highest first",
    sort_title="Title",
    sort_newest="Newest",
    nothing_found="Nothing matches “{text}”.",
    nothing_found_advice="Try fewer or shorter words, or another spelling.",
    nothing_in_category="No product is in this category.",
    empty_catalogue="This catalogue has no products yet.",
    see_all="See all products",
    pages="Pages of results",
    previous="Previous",
    next="Next",
    no_photo="No photo",
    photo_of="Photo of {title}",
    sold_out="Sold out",
    former_price="Former price",
    by_brand="by {brand}",
    article="Article {id}",
    where="Where this product stands",
    product="Product",
    close="Close",
    see_in_shop="See it in the shop",
    copy_link="Copy link",
    copied="Link copied",
    trail="Products you looked at",
    looks_similar="Looks similar",
    elsewhere="Also in other categories",
    similar_shown_one="1 similar product shown",
    similar_shown_many="{count} similar products shown",
    none_to_compare="There is no other product to compare it with.",
    none_without_photo="This product has no usable photo, so nothing could be compared with it.",
    same_picture="Shown with the same picture",
    similarity="Similarity",
    similarity_explained="Similarity: the cosine of what the network sees in two photos, 1 for the same, not a chance.",
    bands=("Very similar", "Similar", "Loosely similar"),
    reason_colours="colours",
    reason_shape="shape",
    reason_brand="brand",
    reason_same="same {things}",
    reason_and="and",
    reason_price="near in price",
    not_found="Not found",
    no_such_product="This product is not in the catalogue.",
    no_such_page="There is no page at this address.",
    no_connection="The page could not be loaded. Check the connection and try again.",
    describe_shop="Browse {count} products and find what looks similar.",
    describe_product="{title}: see {count} products that look similar.",
    map_title="Map of looks",
    map_explained=(
        "Every dot is a product, and what looks alike lies together. Point at a dot to see it, and click to open it."
    ),
    map_some="It shows {count} of {placed} products, chosen evenly; all of them are in the catalogue.",
    map_left_out_one="{count} product without a usable photo has no place on it.",
    map_left_out_many="{count} products without a usable photo have no place on it.",
    map_missing=(
        "This catalogue has no map. Build its lists again with “python -m model build”, which draws one of "
        "all products with a usable photo."
    ),
    map_nearer="Zoom in",
    map_further="Zoom out",
    map_whole="Show the whole map",
    map_drawing="The map is being drawn.",
    map_listed="In the order of the map",
    map_hint="Ctrl and the wheel, or two fingers, enlarge it; drag to move.",
    report_texts=report_texts.ENGLISH,
    photo_texts=photo_texts.ENGLISH,
    heat_title="Where the similarity comes from",
    heat_explained=(
        "What stays in colour adds most to the similarity of two photos, what is pale adds little. The "
        "network looks at a coarse grid: it says where, not why, and no edge is exact."
    ),
    heat_on="{title}, with the parts in colour that add most",
)
