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
    ITEMS = auto()  # which items a signature is for
    OTHER = auto()


LISTS = (FrontKind.PRESENT, FrontKind.ABSENT, FrontKind.GROUP)
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
        "justeringspersoner|justeringsman|justeringsmän|protokolljusterare|val av justerare|justerande|att justera|"
        "utses att jämte ordföranden justera",
        FrontKind.BODY: "organ|nämnd|grupp|instans|beslutande organ",
        FrontKind.OTHER: "diarienummer|dnr|ärendenummer|kallade|kallelse|dagordning|bilagor|ärendelista|"
        "justeringens plats och tid|justeringens tid och plats|plats och tid för justering|tid och plats för justering|"
        "justeringsdatum|datum för justering|justeringstid|tid för justering|justering|ajournering|underskrifter|jäv|"
        "anmälan om jäv|yrkanden|reservation|reservationer",
        FrontKind.ITEMS: "paragrafer|paragraf|§§|justerade paragrafer|omfattar paragrafer",
    },
    "en": {
        FrontKind.TIME: "time|date|date and time|time and date|date & time|when|meeting date|day and time",
        FrontKind.PLACE: "place|venue|location|where|meeting place",
        FrontKind.TIME_AND_PLACE: "time and place|place and time|date and place|date, time and place|when and where|"
        "date, time and venue|time and venue",
        FrontKind.PRESENT: "participants|present|attendees|attendance|in attendance|members present|also present|"
        "those present|board members present|committee members present|councillors present|directors present|"
        "trustees present|governors present|others present|staff present|guests present|voting members present",
        FrontKind.ABSENT: "absent|apologies|apologies for absence|not present|regrets|members absent|absentees|"
        "board members absent|committee members absent|councillors absent|directors absent|trustees absent|"
        "governors absent",
        FrontKind.GROUP: "members|substitutes|officers|guests|invited|observers",
        FrontKind.SECRETARY: "secretary|notes taken by|minutes taken by|note-taker|minute-taker",
        FrontKind.CHAIR: "chair|chairperson|chairman|chairwoman",
        FrontKind.ADJUSTERS: "adjuster|adjusters|appointed to adjust|appointed adjuster|appointed adjusters",
        FrontKind.BODY: "body|committee|group",
        FrontKind.OTHER: "case number|reference|agenda|attachments|place and time of adjustment|"
        "time and place of adjustment|date of adjustment|adjustment|conflict of interest|conflicts of interest|"
        "declarations of interest|motions|dissents",
        FrontKind.ITEMS: "items|sections|paragraphs",
    },
}
SIGN: Mapping[Language, Mapping[Role | None, str]] = {
    "sv": {
        Role.SECRETARY: "vid anteckningarna|vid protokollet|vid pennan|sekreterare|mötessekreterare|antecknat av|"
        "anteckningar av|protokollförare|antecknare|kommunsekreterare|nämndsekreterare|protokollet fört av",
        Role.CHAIR: "ordförande|ordföranden|mötesordförande|vice ordförande|tjänstgörande ordförande|ordförande vid mötet",
        Role.ADJUSTER: "justerat|justeras|justerare|justerat av|justeras av|justerad av|justeringsperson|justering|"
        "justeringspersoner|justeringsman|justeringsmän|protokolljusterare|justerande|justeringsledamot",
        None: "underskrift|underskrifter|signatur|signaturer|underskrives|undertecknas|namnteckning|namnteckningar|"
        "utdragsbestyrkande|namnförtydligande",
    },
    "en": {
        Role.SECRETARY: "notes taken by|minutes taken by|minutes by|notes by|secretary|recorded by|minute-taker|note-taker|"
        "committee secretary|minutes secretary",
        Role.CHAIR: "chair|chairperson|chairman|chairwoman",
        Role.ADJUSTER: "adjusted by|adjuster|adjusters|adjusted|minutes adjusted by|notes adjusted by",
        None: "signature|signatures|signed|signed by",
    },
}
# sections in which each line names one whom the decision is sent to
RECIPIENT_LISTS = frozenset(
    [
        "expedieras till",
        "beslutet skickas till",
        "beslutet expedieras till",
        "skickas till",
        "beslut delges",
        "beslutet delges",
        "delges",
        "copies to",
    ]
)
SECTIONS = RECIPIENT_LISTS | frozenset(
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
        "statements",
    ]
)
# sections in which each line names one document or one recipient
LINE_LISTS = RECIPIENT_LISTS | frozenset(
    [
        "beslutsunderlag",
        "underlag",
        "bilaga",
        "bilagor",
        "documents",
        "attachments",
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
NOTICE_HEADINGS = frozenset(
    [
        "anslagsbevis",
        "anslag/bevis",
        "anslag / bevis",
        "anslag och bevis",
        "bevis om anslag",
        "bevis om anslagande",
        "bevis om tillkännagivande",
        "bevis om anslag av justerat protokoll",
        "tillkännagivande av justerat protokoll",
        "tillkännagivande av protokoll",
        "proof of notice",
        "notice and proof of notice",
        "proof of announcement",
    ]
)
# headings of the same only where words such as `Datum för anslags uppsättande` follow
MAYBE_NOTICE_HEADINGS = frozenset(["anslag", "bevis", "tillkännagivande", "notice", "notice board"])
NOTICE_LABELS = frozenset(
    [
        "organ",
        "nämnd",
        "instans",
        "beslutsinstans",
        "beslutande organ",
        "kommun",
        "sammanträdesdatum",
        "datum för sammanträde",
        "mötesdatum",
        "paragrafer",
        "justeringsdatum",
        "datum för justering",
        "datum för anslags uppsättande",
        "datum för anslagets uppsättande",
        "datum då anslaget sätts upp",
        "datum när anslaget sätts upp",
        "anslaget sätts upp",
        "anslaget sattes upp",
        "anslagsdatum",
        "anslaget",
        "anslags uppsättande",
        "datum för anslags nedtagande",
        "datum för anslagets nedtagande",
        "datum för anslags nedtagning",
        "datum då anslaget tas ned",
        "datum då anslaget tas ner",
        "datum när anslaget tas ned",
        "datum när anslaget tas ner",
        "anslaget tas ned",
        "anslaget tas ner",
        "anslags nedtagande",
        "överklagandetid",
        "överklagandetiden går ut",
        "sista dag för överklagande",
        "förvaringsplats för protokollet",
        "förvaringsplats för protokoll",
        "protokollets förvaringsplats",
        "protokollets förvaring",
        "protokollet förvaras",
        "protokollet finns hos",
        "förvaringsplats",
        "underskrift",
        "namnförtydligande",
        "utdragsbestyrkande",
        "body",
        "committee",
        "meeting date",
        "date of meeting",
        "items",
        "date of adjustment",
        "posted on",
        "notice posted",
        "notice put up",
        "date posted",
        "date the notice was put up",
        "removed on",
        "notice removed",
        "notice taken down",
        "date removed",
        "date the notice was taken down",
        "last day of appeal",
        "where the minutes are kept",
        "place where the minutes are kept",
        "minutes are kept at",
        "signature",
    ]
)
