"""The texts of the quality report, which says of each figure what it means for a shop."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportTexts:
    """Texts of one language; braces hold what is filled in."""

    title: str
    missing: str
    lead: str
    lead_unjudged: str
    gain_more: str
    gain_fewer: str
    gain_noise: str
    interval: str
    intervals_explained: str
    served: str
    plain: str
    random: str
    of_ten: str
    of_all: str
    of_photos: str
    of_lists: str
    of_products: str
    same_category: str
    shown: str
    never_shown: str
    most_shown: str
    duplicates: str
    precision: str
    precision_explained: str
    precision_read: str
    first_one: str
    first_many: str
    at_random: str
    at_best: str
    lists: str
    share: str
    margin: str
    difference: str
    categories: str
    categories_explained: str
    categories_some: str
    category: str
    products: str
    coverage: str
    coverage_explained: str
    orphans_none: str
    orphans_some: str
    shadowed: str
    unevenness: str
    unevenness_explained: str
    listings: str
    in_lists: str
    hubs: str
    hubs_explained: str
    hub_one: str
    hub_many: str
    alike: str
    alike_explained: str
    by_categories: str
    by_random: str
    by_lists: str
    histogram: str
    word: str
    least: str
    places: str
    of_a_list: str
    duplicates_explained: str
    duplicates_some: str
    and_more: str
    worst: str
    worst_judged: str
    worst_unjudged: str
    own_of: str
    own: str


ENGLISH = ReportTexts(
    title="How good the lists are",
    missing=(
        "This catalogue has no quality report. Build its lists again with “python -m model build”, which measures them."
    ),
    lead="Of ten products shown, {own} are from the same category; at random it would be {chance}.",
    lead_unjudged=(
        "The products do not name two categories that lists could be judged by, so this report leaves out how often a"
        " list stays in its product’s own category."
    ),
    gain_more="That is {gain} more than by plain cosine, and more than noise ({interval}).",
    gain_fewer="That is {gain} fewer than by plain cosine, and more than noise ({interval}).",
    gain_noise="The difference to plain cosine is within noise ({interval}).",
    interval="{low} to {high}",
    intervals_explained=(
        "Two numbers with “to” between them are a 95% interval: had the shop had other products like these, the figure"
        " would most likely lie there."
    ),
    served="These lists",
    plain="Plain cosine",
    random="Random pairs",
    of_ten="of 10 shown",
    of_all="of all products",
    of_photos="of {count} with a photo",
    of_lists="of {count} lists",
    of_products="of {count} products",
    same_category="In the same category",
    shown="Shown somewhere",
    never_shown="Never shown",
    most_shown="Shown most often",
    duplicates="Duplicates",
    precision="In the same category",
    precision_explained=(
        "How many of the products in a list have the category of the product that the list is for. The more, the better"
        " a list keeps to what a visitor is looking at."
    ),
    precision_read=(
        "Over {count} products that have a list and a category with others in it. The dashed line is what lists drawn"
        " at random would have; the track ends where the best lists would, as a category with few products cannot fill"
        " a list."
    ),
    first_one="The first place",
    first_many="The first {count} places",
    at_random="at random {share}",
    at_best="at best {share}",
    lists="Lists",
    share="Share",
    margin="95% interval",
    difference="Difference",
    categories="Category by category",
    categories_explained=(
        "Where the lists stay in a category, and where they stray: a low bar is a kind of product to look at. Of the"
        " first ten places."
    ),
    categories_some="The {shown} largest of {count} categories are shown.",
    category="Category",
    products="Products",
    coverage="What is shown, and what is not",
    coverage_explained=(
        "{count} of {of} products are shown in the first ten places of some other product. What is in no list can only"
        " be found by searching."
    ),
    orphans_none="Every product with a photo is in some list.",
    orphans_some="Products with a photo that are in no list: {count}.",
    shadowed="Of these, {count} have a duplicate that is shown.",
    unevenness="Unevenness (Gini)",
    unevenness_explained=(
        "Unevenness says how the places are spread: 0 where all products are shown equally often, near 1 where a few"
        " have nearly all places."
    ),
    listings="In how many lists a product is",
    in_lists="In so many lists",
    hubs="Shown most often",
    hubs_explained=(
        "A product in very many lists looks a little like everything: often a plain shape, an empty photo or a picture"
        " of a placeholder."
    ),
    hub_one="in {count} list",
    hub_many="in {count} lists",
    alike="How alike is alike",
    alike_explained=(
        "Similarity runs from −1 to 1, which is the same photo. What a number means is different in every shop; the"
        " words on the cards of this shop follow these limits."
    ),
    by_categories=(
        "By categories, over {count} pairs: from its limit on, at least 90%, 70% and 50% of listed pairs are of one"
        " category. Where none reach that, the limit is 1.00."
    ),
    by_random=(
        "By {count} pairs of products drawn at random: one in 1,000, in 100 and in 20 of them is more alike than the"
        " limit."
    ),
    by_lists="By the lists alone, over {count} places: the most alike quarter, half and three quarters of them.",
    histogram="How often each similarity occurs in the first ten places, from {low} to {high}",
    word="Word",
    least="From",
    places="Places",
    of_a_list="Of a list",
    duplicates_explained=(
        "{count} products have a photo that another product has too, or nearly. Some are the same article entered"
        " twice, others are placeholders: both are worth cleaning up."
    ),
    duplicates_some="The {shown} largest of {count} groups are shown.",
    and_more="and {count} more",
    worst="The worst lists",
    worst_judged=(
        "Those with the fewest products of their own category in the first ten places; a dot marks a product of the"
        " right one. Often the category is at fault rather than the list: look whether the products do look alike."
    ),
    worst_unjudged="Those whose first ten places are least similar to the product: look whether they belong there.",
    own_of="{category}: {own} of {count}",
    own="own category",
)

GERMAN = ReportTexts(
    title="Wie gut die Listen sind",
    missing=(
        "Dieser Katalog hat keinen Qualitätsbericht. Bauen Sie seine Listen mit „python -m model build“ neu: Dabei"
        " werden sie gemessen."
    ),
    lead="Von zehn gezeigten Produkten sind {own} aus derselben Kategorie; bei zufälligen wären es {chance}.",
    lead_unjudged=(
        "Die Produkte nennen keine zwei Kategorien, nach denen man Listen beurteilen könnte. Wie oft eine Liste in der"
        " Kategorie ihres Produkts bleibt, fehlt darum in diesem Bericht."
    ),
    gain_more="Das sind {gain} mehr als nach reinem Kosinus, und mehr als Zufall ({interval}).",
    gain_fewer="Das sind {gain} weniger als nach reinem Kosinus, und mehr als Zufall ({interval}).",
    gain_noise="Der Unterschied zu reinem Kosinus kann Zufall sein ({interval}).",
    interval="{low} bis {high}",
    intervals_explained=(
        "Zwei Zahlen mit „bis“ dazwischen sind ein 95-%-Bereich: Hätte der Laden andere Produkte wie diese, läge der"
        " Wert höchstwahrscheinlich darin."
    ),
    served="Diese Listen",
    plain="Reiner Kosinus",
    random="Zufällige Paare",
    of_ten="von 10 gezeigten",
    of_all="aller Produkte",
    of_photos="von {count} mit Foto",
    of_lists="von {count} Listen",
    of_products="von {count} Produkten",
    same_category="In derselben Kategorie",
    shown="Irgendwo gezeigt",
    never_shown="Nie gezeigt",
    most_shown="Am häufigsten gezeigt",
    duplicates="Doppelte",
    precision="In derselben Kategorie",
    precision_explained=(
        "Wie viele Produkte einer Liste die Kategorie des Produkts haben, zu dem sie gehört. Je mehr, desto besser"
        " bleibt eine Liste bei dem, was ein Besucher ansieht."
    ),
    precision_read=(
        "Über {count} Produkte mit einer Liste und einer Kategorie, in der es andere gibt. Die gestrichelte Linie ist,"
        " was zufällige Listen hätten; die Spur endet, wo die besten lägen, denn eine Kategorie mit wenigen Produkten"
        " kann keine Liste füllen."
    ),
    first_one="Der erste Platz",
    first_many="Die ersten {count} Plätze",
    at_random="zufällig {share}",
    at_best="bestenfalls {share}",
    lists="Listen",
    share="Anteil",
    margin="95-%-Bereich",
    difference="Unterschied",
    categories="Kategorie für Kategorie",
    categories_explained=(
        "Wo die Listen in einer Kategorie bleiben und wo sie abschweifen: Ein kurzer Balken ist eine Art von Produkten,"
        " die man ansehen sollte. Von den ersten zehn Plätzen."
    ),
    categories_some="Gezeigt sind die {shown} größten von {count} Kategorien.",
    category="Kategorie",
    products="Produkte",
    coverage="Was gezeigt wird und was nicht",
    coverage_explained=(
        "{count} von {of} Produkten stehen auf den ersten zehn Plätzen eines anderen. Was in keiner Liste steht, findet"
        " man nur durch Suchen."
    ),
    orphans_none="Jedes Produkt mit Foto steht in einer Liste.",
    orphans_some="Produkte mit Foto, die in keiner Liste stehen: {count}.",
    shadowed="Davon haben {count} ein doppeltes, das gezeigt wird.",
    unevenness="Ungleichheit (Gini)",
    unevenness_explained=(
        "Die Ungleichheit sagt, wie die Plätze verteilt sind: 0, wo alle Produkte gleich oft gezeigt werden, fast 1, wo"
        " wenige fast alle Plätze haben."
    ),
    listings="In wie vielen Listen ein Produkt steht",
    in_lists="In so vielen Listen",
    hubs="Am häufigsten gezeigt",
    hubs_explained=(
        "Ein Produkt in sehr vielen Listen sieht allem ein wenig ähnlich: oft eine schlichte Form, ein leeres Foto oder"
        " ein Platzhalterbild."
    ),
    hub_one="in {count} Liste",
    hub_many="in {count} Listen",
    alike="Wie ähnlich ist ähnlich",
    alike_explained=(
        "Ähnlichkeit geht von −1 bis 1, das ist dasselbe Foto. Was eine Zahl bedeutet, ist in jedem Laden anders; die"
        " Wörter auf den Karten dieses Ladens folgen diesen Grenzen."
    ),
    by_categories=(
        "Nach Kategorien, über {count} Paare: Von ihrer Grenze an sind mindestens 90, 70 und 50 % der gelisteten Paare"
        " aus einer Kategorie. Wo keine das erreichen, ist die Grenze 1,00."
    ),
    by_random=(
        "Nach {count} zufälligen Paaren von Produkten: eines von 1.000, 100 und 20 ist ähnlicher als die Grenze."
    ),
    by_lists="Nach den Listen allein, über {count} Plätze: das ähnlichste Viertel, die Hälfte und drei Viertel davon.",
    histogram="Wie oft jede Ähnlichkeit auf den ersten zehn Plätzen vorkommt, von {low} bis {high}",
    word="Wort",
    least="Ab",
    places="Plätze",
    of_a_list="Einer Liste",
    duplicates_explained=(
        "{count} Produkte haben ein Foto, das ein anderes auch oder beinahe hat. Manche sind doppelt erfasst, andere"
        " Platzhalter: Beides lohnt sich aufzuräumen."
    ),
    duplicates_some="Gezeigt sind die {shown} größten von {count} Gruppen.",
    and_more="und {count} weitere",
    worst="Die schlechtesten Listen",
    worst_judged=(
        "Jene mit den wenigsten Produkten der eigenen Kategorie auf den ersten zehn Plätzen; ein Punkt zeigt ein"
        " Produkt der richtigen. Oft liegt es eher an der Kategorie als an der Liste: Sehen Sie, ob die Produkte"
        " ähnlich aussehen."
    ),
    worst_unjudged="Jene, deren erste zehn Plätze dem Produkt am wenigsten ähneln: Sehen Sie, ob sie dort hingehören.",
    own_of="{category}: {own} von {count}",
    own="eigene Kategorie",
)
