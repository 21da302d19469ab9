"""The words by which minutes are labelled, in Swedish and English. A word missing here is added here, nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from signflow.minutes.model import Role
from signflow.texts import Language


class FrontKind(Enum):
    """What a label before the items introduces."""

    TIME = auto()
    PLACE = auto()
    TIME_AND_PLACE = auto()
    PRESENT = auto()
    ABSENT = auto()
    GROUP = auto()  # part of an attendance list, such as `Ersättare`
    SECRETARY = auto()
    CHAIR = auto()
    ADJUSTERS = auto()
    BODY = auto()
    OTHER = auto()


FRONT: Mapping[Language, Mapping[FrontKind, str]] = {
    "sv": {
        FrontKind.TIME: "tid|datum|datum och tid|tid och datum|mötestid|mötesdatum|sammanträdesdatum|sammanträdestid|dag|"
        "dag och tid|klockslag|tidpunkt|när",
        FrontKind.PLACE: "plats|lokal|mötesplats|sammanträdesplats|sammanträdeslokal|möteslokal|var|ort",
        FrontKind.TIME_AND_PLACE: "tid och plats|plats och tid|datum och plats|datum, tid och plats|plats, datum och tid",
        FrontKind.PRESENT: "deltagare|deltagande|närvarande|närvarolista|beslutande|beslutande ledamöter|deltog|på plats|"
        "närvarande ledamöter|deltagare på mötet|mötesdeltagare|tjänstgörande ersättare|övriga deltagare|"
        "övriga närvarande|övriga|ej tjänstgörande ersättare|närvarande ersättare|icke tjänstgörande ersättare",
        FrontKind.ABSENT: "frånvarande|ej närvarande|anmält förhinder|anmälda förhinder|förhinder|förhindrade|frånvaro|"
        "frånvarande ledamöter|inte närvarande",
        FrontKind.GROUP: "ledamöter|ersättare|tjänstemän|tjänstepersoner|gäster|inbjudna|adjungerade|insynsplats|föredragande",
        FrontKind.SECRETARY: "sekreterare|mötessekreterare|vid anteckningarna|antecknare|protokollförare",
        FrontKind.CHAIR: "ordförande|mötesordförande",
        FrontKind.ADJUSTERS: "justerare|utses att justera|utsedd att justera|utsedda att justera|justeringsperson|"
        "justeringspersoner|justeringsman|justeringsmän|protokolljusterare|val av justerare",
        FrontKind.BODY: "organ|nämnd|grupp|instans|beslutande organ",
        FrontKind.OTHER: "diarienummer|dnr|paragrafer|ärendenummer|kallade|kallelse|dagordning|bilagor",
    },
    "en": {
        FrontKind.TIME: "time|date|date and time|time and date|date & time|when|meeting date|day and time",
        FrontKind.PLACE: "place|venue|location|where|meeting place",
        FrontKind.TIME_AND_PLACE: "time and place|place and time|date and place|date, time and place|when and where|"
        "date, time and venue|time and venue",
        FrontKind.PRESENT: "participants|present|attendees|attendance|in attendance|members present|also present|"
        "those present",
        FrontKind.ABSENT: "absent|apologies|apologies for absence|not present|regrets|members absent|absentees",
        FrontKind.GROUP: "members|substitutes|officers|guests|invited|observers",
        FrontKind.SECRETARY: "secretary|notes taken by|minutes taken by|note-taker|minute-taker",
        FrontKind.CHAIR: "chair|chairperson|chairman|chairwoman",
        FrontKind.ADJUSTERS: "adjuster|adjusters|appointed to adjust|appointed adjuster|appointed adjusters",
        FrontKind.BODY: "body|committee|group",
        FrontKind.OTHER: "case number|reference|agenda|attachments",
    },
}
SIGN: Mapping[Language, Mapping[Role | None, str]] = {
    "sv": {
        Role.SECRETARY: "vid anteckningarna|vid protokollet|vid pennan|sekreterare|mötessekreterare|antecknat av|"
        "anteckningar av|protokollförare|antecknare|kommunsekreterare|nämndsekreterare",
        Role.CHAIR: "ordförande|mötesordförande|vice ordförande",
        Role.ADJUSTER: "justerat|justeras|justerare|justerat av|justeras av|justerad av|justeringsperson|justering|"
        "justeringspersoner|justeringsman|justeringsmän|protokolljusterare",
        None: "underskrift|underskrifter|signatur|signaturer|underskrives|undertecknas",
    },
    "en": {
        Role.SECRETARY: "notes taken by|minutes taken by|minutes by|notes by|secretary|recorded by|minute-taker|note-taker",
        Role.CHAIR: "chair|chairperson|chairman|chairwoman",
        Role.ADJUSTER: "adjusted by|adjuster|adjusters|adjusted|minutes adjusted by|notes adjusted by",
        None: "signature|signatures|signed|signed by",
    },
}
SECTIONS = frozenset(
    [
        "bakgrund",
        "ärendebeskrivning",
        "beskrivning av ärendet",
        "sammanfattning",
        "sammanfattning av ärendet",
        "ärendet",
        "yrkande",
        "yrkanden",
        "proposition",
        "propositioner",
        "propositionsordning",
        "votering",
        "omröstning",
        "omröstningsresultat",
        "reservation",
        "reservationer",
        "jäv",
        "protokollsanteckning",
        "protokollsanteckningar",
        "särskilt yttrande",
        "särskilda yttranden",
        "beslutsunderlag",
        "underlag",
        "beslutsgång",
        "förslag till beslut",
        "förslag",
        "diskussion",
        "bilaga",
        "bilagor",
        "expedieras till",
        "beslutet skickas till",
        "beslutet expedieras till",
        "skickas till",
        "ajournering",
        "inlägg",
        "överläggning",
        "barnkonsekvensanalys",
        "ekonomiska konsekvenser",
        "motivering",
        "background",
        "summary",
        "motion",
        "motions",
        "vote",
        "voting",
        "dissent",
        "dissents",
        "reservations",
        "discussion",
        "proposal",
        "proposals",
        "documents",
        "conflict of interest",
        "conflicts of interest",
        "attachments",
        "copies to",
        "statements",
    ]
)
ALWAYS_ITEMS = frozenset(
    [
        "nästa möte",
        "nästa sammanträde",
        "övriga frågor",
        "övrigt",
        "mötets öppnande",
        "mötets avslutande",
        "mötets avslut",
        "avslutning",
        "next meeting",
        "any other business",
        "other business",
        "other matters",
        "opening",
        "opening of the meeting",
        "close",
        "close of the meeting",
        "closing",
    ]
)
NOBODY = frozenset(["inga", "ingen", "inget", "none", "nobody", "no one", "-", "–", "—", "./."])
