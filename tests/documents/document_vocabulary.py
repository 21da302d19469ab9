"""The words that the documents of the set are made of."""

from __future__ import annotations

from collections.abc import Mapping

from signflow.texts import Language

NAMES = (
    "Anna Söderström",
    "Helene Olofsson",
    "Áile Čáppa Ŋŋárgga",
    "Đorđe Šimić-Žunić",
    "Máhtte Ŧuolljá",
    "Łukasz Brzęczyszczykiewicz",
    "Nguyễn Thị Hồng Hạnh",
    "Δημήτρης Παπαδόπουλος",
    "Ольга Щербакова",
    "Väinö Äkäslompolo",
    "Jean-Éric d'Ærøskøbing",
    "Karin af Klinteberg",
    "Þórunn Guðmundsdóttir",
    "Siân ap Rhys",
    "Mehmet Çağlayan",
    "Zoë O'Brien",
    "Ingrid von Platen",
    "Štefan Kováčik",
)
RIGHT_TO_LEFT_NAMES = ("محمد العلي", "שרה כהן", "فاطمة الزهراء", "דוד בן־גוריון")
ORGANISATIONS = ("Haninge", "Nynäshamn", "Södertälje kommun", "Guovdageaidnu", "Region Øst", "Łódź", "Kemijärvi")
PARTIES = ("S", "M", "SD", "C", "V", "KD", "MP", "L")
BODIES: Mapping[Language, tuple[str, ...]] = {
    "sv": ("Kulturnämnden", "Kommunstyrelsen", "Miljö- och byggnadsnämnden", "Rådet för funktionshinderfrågor"),
    "en": ("Planning Committee", "Harbour Board", "Committee on Culture and Leisure", "Youth Council"),
}
# by language, then for notes and for minutes
TITLES: Mapping[Language, tuple[str, str]] = {
    "sv": ("Minnesanteckningar, {body}", "Protokoll, {body}"),
    "en": ("Notes of the {body}", "Minutes of the {body}"),
}
SIGNS: Mapping[Language, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sv": (("Vid anteckningarna", "Justerat"), ("Vid protokollet", "Ordförande", "Justerare")),
    "en": (("Notes taken by", "Adjusted by"), ("Minutes taken by", "Chair", "Adjuster")),
}
TERMS: Mapping[Language, Mapping[str, str]] = {
    "sv": {
        "time": "Tid",
        "place": "Plats",
        "case": "Diarienummer",
        "participants": "Deltagare",
        "absent": "Frånvarande",
        "deciding": "Beslutande",
        "others": "Övriga närvarande",
        "appointed": "Utses att justera",
        "adjustment": "Justeringens tid",
        "name": "Namn",
        "party": "Parti",
        "organisation": "Organisation",
        "role": "Roll",
        "chair": "ordförande",
        "secretary": "sekreterare",
        "decision": "Beslut",
        "that": "att",
        "guests": "sade gästerna.",
        "motions": "Yrkanden",
        "moves": "{name} yrkar bifall till förslaget.",
        "vote": "Votering",
        "votes": "Med {ayes} ja-röster mot {noes} nej-röster bifalls förslaget.",
        "dissents": "Reservationer",
        "conflicts": "Jäv",
        "none": "Inga",
        "items": "Paragrafer {first}–{last}",
        "notice": "Anslagsbevis",
        "body": "Organ",
        "posted": "Datum för anslags uppsättande",
        "taken_down": "Datum för anslags nedtagande",
        "kept": "Förvaringsplats för protokollet",
    },
    "en": {
        "time": "Time",
        "place": "Place",
        "case": "Case number",
        "participants": "Participants",
        "absent": "Absent",
        "deciding": "Members present",
        "others": "Also present",
        "appointed": "Appointed to adjust",
        "adjustment": "Time of adjustment",
        "name": "Name",
        "party": "Party",
        "organisation": "Organisation",
        "role": "Role",
        "chair": "chair",
        "secretary": "secretary",
        "decision": "Decision",
        "that": "that",
        "guests": "said the guests.",
        "motions": "Motions",
        "moves": "{name} moves that the proposal be adopted.",
        "vote": "Vote",
        "votes": "The proposal is adopted by {ayes} ayes to {noes} noes.",
        "dissents": "Dissents",
        "conflicts": "Conflicts of interest",
        "none": "None",
        "items": "Items {first}–{last}",
        "notice": "Proof of notice",
        "body": "Body",
        "posted": "Notice put up on",
        "taken_down": "Notice taken down on",
        "kept": "Where the minutes are kept",
    },
}
WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "sv": ("Måndagen", "Tisdagen", "Onsdagen", "Torsdagen", "Fredagen", "Lördagen", "Söndagen"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Mapping[Language, tuple[str, ...]] = {
    "sv": (
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
SENTENCES: Mapping[Language, tuple[str, ...]] = {
    "sv": (
        "Förvaltningen redogör för det ekonomiska läget efter andra tertialet och för de åtgärder som vidtagits.",
        "Diskussion uppstod kring för- och nackdelar med samordnad upphandling av livsmedelsdistributionen.",
        "Underskottet beräknas till 1\u00a0250\u00a0000 kronor, vilket är 3,5 procent av nämndens budgetram.",
        "Arbetsmarknadsutbildningens genomförandeplan remissbehandlas under hösten (se bilaga 3).",
        "Gruppen tackar för föredragningen och lägger informationen till handlingarna.",
        "Kommundirektören lyfter frågan om krisberedskapsorganisationens bemanning under semesterperioden.",
        "Skolan i Norrbyn har 214 elever, varav 15–20 procent åker skolskjuts mer än 40 minuter.",
        "Enligt 4 kap. 2 § plan- och bygglagen (2010:900) ska samråd ske med dem som berörs.",
        "Återkoppling sker vid nästa möte; underlaget skickas ut senast den 4 oktober.",
        "Representanter från Łódź, Guovdageaidnu och Đà Nẵng besöker kommunen i maj.",
        "Cykelvägen längs Åkersbergavägen färdigställs etappvis – den sista sträckan blir klar 2027.",
        "Ungdomsrådet föreslår att fritidsgårdarna håller öppet till kl. 22.30 på fredagar och lördagar.",
        "Vid tillsynen framkom ”inga väsentliga brister”, men dokumentationen behöver förbättras.",
        "Kostnaderna för vintervägunderhållet har ökat, främst på grund av högre drivmedelspriser.",
    ),
    "en": (
        "The department reports on the economy after the second four months and on the measures taken.",
        "The advantages and drawbacks of co-ordinated procurement were discussed at length.",
        "The deficit is estimated at 1\u00a0250\u00a0000 kronor, or 3.5 per cent of the committee's budget.",
        "The plan for labour-market education is out for consultation during the autumn (see attachment 3).",
        "The group thanks the speakers and takes note of what was said.",
        "The school in Norrbyn has 214 pupils, of whom 15–20 per cent travel by school bus.",
        "Feedback is given at the next meeting; the papers are sent out no later than 4 October.",
        "Representatives of Łódź, Guovdageaidnu and Đà Nẵng will visit the municipality in May.",
        "The cycle path along Åkersbergavägen is finished in stages – the last one will be ready in 2027.",
        "Under chapter 4, section 2 of the Act (2010:900), those who are affected shall be consulted.",
        "The youth council proposes that the youth centres stay open until 22.30 on Fridays and Saturdays.",
        "Inspectors found “no essential shortcomings”, but the documentation needs improvement.",
    ),
}
LINKS = (
    ("plan- och bygglagen", "https://example.org/lag/2010-900"),
    ("https://example.org/handlingar", "https://example.org/handlingar"),
    ("registrator", "mailto:registrator@example.org"),
)
FOREIGN = (
    ("se", "Buorre beaivi, buohkat"),
    ("fi", "Tervetuloa yhteistyöhön"),
    ("pl", "Dziękujemy za współpracę"),
    ("vi", "Cảm ơn các bạn"),
    ("el", "Ευχαριστούμε πολύ"),
    ("uk", "Дякуємо за співпрацю"),
)
RIGHT_TO_LEFT = (("ar", "أهلا وسهلا بكم"), ("he", "ברוכים הבאים"))  # only in documents with names of that kind
PICTURES: Mapping[Language, tuple[str, ...]] = {
    "sv": ("Stapeldiagram: antalet elever per skola, flest i Norrbyn", "Karta över cykelvägen"),
    "en": ("Bar chart: pupils by school, most of them in Norrbyn", "Map of the cycle path"),
}
