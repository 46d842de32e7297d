"""The texts of the search by photo."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PhotoTexts:
    """Texts of one language; `refused` are by the HTTP status of the answer, 500 for any other."""

    link: str
    title: str
    explained: str
    drop: str
    take: str
    another: str
    search: str
    own: str
    part: str
    part_hint: str
    whole: str
    looking: str
    found_one: str
    found_many: str
    found_none: str
    missing: str
    refused: Mapping[int, str]


ENGLISH = PhotoTexts(
    link="Search by photo",
    title="Search by photo",
    explained=(
        "Show a photo and see the products that look most like it. It is looked at once, and neither kept nor "
        "passed on."
    ),
    drop="Drop a photo here, paste it, or choose one",
    take="Take a photo",
    another="Another photo",
    search="Find what looks like it",
    own="Your photo",
    part="The part of the photo that is searched with",
    part_hint="Drag the frame or its corners. With the keyboard, arrows move it, and Shift and arrows change its size.",
    whole="Whole photo",
    looking="Looking …",
    found_one="1 product looks like it",
    found_many="{count} products look like it",
    found_none="Nothing that can be ordered looks like it.",
    missing=(
        "This shop has no search by photo yet. Its owner adds it with “python -m model bundle”, and needs the Python "
        "packages onnxruntime, numpy and Pillow beside the site."
    ),
    refused={
        400: "There was no whole photo in it. Choose it again.",
        408: "The photo took too long to arrive. Try again, or a smaller one.",
        413: "The photo is too large. At most 10 MB can be sent.",
        415: "This is no picture in a format that is known here. Try a JPEG, PNG or WebP.",
        422: "The photo cannot be used: it is damaged or has too many pixels. Try another one.",
        429: "Many photos are being looked at. Try again in a moment.",
        500: "The photo could not be looked at. Try again.",
        503: "The search by photo is not at hand. Try again later.",
    },
)
GERMAN = PhotoTexts(
    link="Suche mit Foto",
    title="Suche mit Foto",
    explained=(
        "Zeigen Sie ein Foto und sehen Sie die Produkte, die ihm am ähnlichsten sehen. Es wird einmal angesehen und "
        "weder aufbewahrt noch weitergegeben."
    ),
    drop="Foto hier ablegen, einfügen oder auswählen",
    take="Foto aufnehmen",
    another="Anderes Foto",
    search="Ähnliches finden",
    own="Ihr Foto",
    part="Der Teil des Fotos, mit dem gesucht wird",
    part_hint=(
        "Ziehen Sie den Rahmen oder seine Ecken. Auf der Tastatur bewegen ihn die Pfeile, und mit der Umschalttaste "
        "ändern sie seine Größe."
    ),
    whole="Ganzes Foto",
    looking="Wird angesehen …",
    found_one="1 Produkt sieht ihm ähnlich",
    found_many="{count} Produkte sehen ihm ähnlich",
    found_none="Nichts, das bestellt werden kann, sieht ihm ähnlich.",
    missing=(
        "Dieser Shop hat noch keine Suche mit Foto. Sein Betreiber ergänzt sie mit „python -m model bundle“ und "
        "braucht dazu neben der Seite die Python-Pakete onnxruntime, numpy und Pillow."
    ),
    refused={
        400: "Es kam kein ganzes Foto an. Wählen Sie es noch einmal aus.",
        408: "Das Foto brauchte zu lange. Versuchen Sie es noch einmal oder mit einem kleineren.",
        413: "Das Foto ist zu groß. Höchstens 10 MB können gesendet werden.",
        415: "Das ist kein Bild in einem hier bekannten Format. Versuchen Sie ein JPEG, PNG oder WebP.",
        422: "Das Foto ist nicht brauchbar: Es ist beschädigt oder hat zu viele Pixel. Versuchen Sie ein anderes.",
        429: "Gerade werden viele Fotos angesehen. Versuchen Sie es gleich noch einmal.",
        500: "Das Foto konnte nicht angesehen werden. Versuchen Sie es noch einmal.",
        503: "Die Suche mit Foto ist nicht verfügbar. Versuchen Sie es später.",
    },
)
