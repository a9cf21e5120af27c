"""The sentences themselves: data, nothing else. Keys: language, theme, 0 for bad and 1 for good."""

THEMES: tuple[str, ...] = (
    "delivery",
    "staff",
    "price",
    "product",
    "website",
    "returns",
    "plan",
    "waiting",
)

_EN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delivery": (
        (
            "The delivery came three days after the promised day.",
            "Nobody told me the parcel would be late.",
            "I stayed at home the whole day and the courier never rang.",
            "The box was damaged when the driver finally arrived.",
            "The tracking page said delivered, but nothing was there.",
            "Delivery took far too long, almost two weeks.",
        ),
        (
            "The bike was delivered exactly on the promised day.",
            "Delivery was quick and the driver carried it upstairs.",
            "Tracking was spot on, I knew the hour it would arrive.",
            "It arrived a day early and well packed.",
            "The delivery message was clear and the courier polite.",
        ),
    ),
    "staff": (
        (
            "The person in the store did not seem to care.",
            "Staff could not answer a simple question about the brakes.",
            "The new people in the shop clearly had no training.",
            "I was sent from one colleague to another.",
            "Nobody greeted me and I left without advice.",
        ),
        (
            "The staff took time and really knew their bikes.",
            "Very friendly advice in the store.",
            "The mechanic explained everything with patience.",
            "Your colleague solved it kindly and at once.",
            "I felt welcome from the first minute.",
        ),
    ),
    "price": (
        (
            "It has become too expensive for what it is.",
            "The same lock was twenty euros cheaper elsewhere.",
            "Shipping costs were added at the very end.",
            "Prices went up and the service did not.",
        ),
        (
            "Good value for money.",
            "The price was fair and the discount came off at once.",
            "Cheaper than the other shops I looked at.",
            "Honest prices without surprises.",
        ),
    ),
    "product": (
        (
            "The gears slipped after a week.",
            "The battery does not last half of what was advertised.",
            "The saddle broke within a month.",
            "The quality of the lights is disappointing.",
            "The frame had a scratch out of the box.",
        ),
        (
            "The bike rides like a dream.",
            "Great quality, the battery lasts the whole week.",
            "Solid product, exactly as described.",
            "The child seat is sturdy and easy to fit.",
            "I use it every day and nothing rattles.",
        ),
    ),
    "website": (
        (
            "Checking out took me five attempts.",
            "The payment page kept sending me back to the basket.",
            "I could not find the size chart anywhere on the website.",
            "The app logged me out in the middle of the order.",
        ),
        (
            "Ordering on the website was very easy.",
            "The new checkout is clear and fast.",
            "The app shows everything I need.",
            "Paying took ten seconds.",
        ),
    ),
    "returns": (
        (
            "I am still waiting for my refund.",
            "Returning the shoes was a lot of hassle.",
            "The return label did not work at the counter.",
            "They charged me for sending it back.",
        ),
        (
            "The return was simple and the money came back in two days.",
            "Changing the size was no trouble at all.",
            "Refund arrived before I expected it.",
        ),
    ),
    "plan": (
        (
            "The service plan became much more expensive overnight.",
            "The plan does not cover the repairs I need.",
            "I had to wait four weeks for the yearly inspection in my plan.",
            "Ending the service plan was made difficult.",
        ),
        (
            "The service plan has saved me twice already.",
            "With the plan I never worry about repairs.",
            "The yearly inspection in the plan was thorough.",
        ),
    ),
    "waiting": (
        (
            "I waited days for an answer to my e-mail.",
            "Nobody ever replied to my question.",
            "The chat robot kept repeating itself and no person came.",
            "Half an hour in the phone queue is too long.",
            "I had to contact you four times about the same thing.",
        ),
        (
            "I got an answer within the hour.",
            "One call and it was solved.",
            "Quick reply and a clear solution.",
            "Somebody picked up the phone immediately.",
        ),
    ),
}

_DE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delivery": (
        (
            "Die Lieferung kam vier Tage später als versprochen.",
            "Das Paket war beschädigt und zu spät.",
            "Der Fahrer hat nie geklingelt.",
        ),
        ("Die Lieferung war pünktlich und schnell.", "Das Rad kam genau am zugesagten Tag."),
    ),
    "staff": (
        ("Das Personal war unfreundlich.", "Niemand im Laden kannte sich aus."),
        ("Sehr freundliche Beratung im Laden.", "Der Mechaniker war kompetent und geduldig."),
    ),
    "price": (
        ("Viel zu teuer geworden.", "Woanders kostet das Schloss deutlich weniger."),
        ("Gutes Preis-Leistungs-Verhältnis.", "Der Preis war fair."),
    ),
    "product": (
        ("Die Schaltung ging nach einer Woche kaputt.", "Die Qualität ist enttäuschend."),
        ("Das Rad fährt wunderbar.", "Tolle Qualität, der Akku hält lange."),
    ),
    "website": (
        ("Der Bezahlvorgang brach ständig ab.", "Die Webseite ist unübersichtlich."),
        ("Die Bestellung war ganz einfach.", "Die neue Kasse im Netz ist klar und schnell."),
    ),
    "returns": (
        ("Ich warte noch immer auf mein Geld.", "Die Rücksendung war umständlich."),
        ("Die Rückgabe war unkompliziert.", "Das Geld war nach zwei Tagen zurück."),
    ),
    "plan": (
        ("Der Servicevertrag wurde plötzlich teurer.", "Der Vertrag deckt kaum etwas ab."),
        ("Der Servicevertrag lohnt sich.", "Mit dem Vertrag bin ich sorglos unterwegs."),
    ),
    "waiting": (
        ("Ich habe tagelang auf eine Antwort gewartet.", "Niemand hat auf meine E-Mail reagiert."),
        ("Schnelle Antwort, Problem gelöst.", "Nach einem Anruf war alles erledigt."),
    ),
}

_NL: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delivery": (
        (
            "De levering kwam drie dagen later dan beloofd.",
            "De doos was beschadigd.",
            "De bezorger heeft nooit aangebeld.",
        ),
        ("Netjes op tijd bezorgd.", "De fiets kwam precies op de beloofde dag."),
    ),
    "staff": (
        ("De medewerker had geen zin om te helpen.", "Niemand in de winkel wist het antwoord."),
        ("Vriendelijk personeel met verstand van fietsen.", "Fijn advies in de winkel."),
    ),
    "price": (
        ("Het is te duur geworden.", "Elders was hetzelfde slot goedkoper."),
        ("Goede prijs en kwaliteit.", "Eerlijke prijs zonder verrassingen."),
    ),
    "product": (
        ("De versnelling was na een week stuk.", "De accu gaat veel te snel leeg."),
        ("De fiets rijdt heerlijk.", "Prima kwaliteit, precies zoals beschreven."),
    ),
    "website": (
        ("Afrekenen lukte pas na vijf keer.", "De website is onduidelijk."),
        ("Bestellen ging heel makkelijk.", "De nieuwe kassa op de site werkt snel."),
    ),
    "returns": (
        ("Ik wacht nog steeds op mijn geld.", "Terugsturen was veel gedoe."),
        ("Ruilen ging zonder problemen.", "Het geld stond snel weer op mijn rekening."),
    ),
    "plan": (
        ("Het serviceplan werd ineens veel duurder.", "Het plan dekt bijna niets."),
        ("Het serviceplan is zijn geld waard.", "Met het plan heb ik geen zorgen meer."),
    ),
    "waiting": (
        ("Ik moest dagen wachten op antwoord.", "Niemand reageerde op mijn vraag."),
        ("Snel antwoord gekregen.", "In één telefoontje opgelost."),
    ),
}

_FR: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "delivery": (
        (
            "La livraison est arrivée avec quatre jours de retard.",
            "Le colis était abîmé.",
            "Le livreur n'a jamais sonné.",
        ),
        ("Livraison rapide et le jour promis.", "Le vélo est arrivé bien emballé et à l'heure."),
    ),
    "staff": (
        ("Le personnel n'était pas aimable.", "Personne au magasin ne savait répondre."),
        ("Personnel accueillant et compétent.", "Très bons conseils au magasin."),
    ),
    "price": (
        ("C'est devenu trop cher.", "Le même antivol coûte moins cher ailleurs."),
        ("Bon rapport qualité-prix.", "Le prix était correct."),
    ),
    "product": (
        ("Le dérailleur a lâché après une semaine.", "La qualité est décevante."),
        ("Le vélo roule à merveille.", "Très bonne qualité, la batterie tient longtemps."),
    ),
    "website": (
        ("Le paiement a échoué plusieurs fois.", "Le site n'est pas clair."),
        ("Commander sur le site est très facile.", "Le nouveau paiement est simple et rapide."),
    ),
    "returns": (
        ("J'attends toujours mon remboursement.", "Le retour était compliqué."),
        ("Le retour était simple.", "Remboursé en deux jours."),
    ),
    "plan": (
        ("Le contrat d'entretien a beaucoup augmenté.", "Le contrat ne couvre presque rien."),
        ("Le contrat d'entretien vaut son prix.", "Avec le contrat je roule tranquille."),
    ),
    "waiting": (
        ("J'ai attendu une réponse pendant des jours.", "Personne n'a répondu à mon message."),
        ("Réponse rapide et claire.", "Un seul appel et c'était réglé."),
    ),
}

_BY_LANGUAGE = {"en": _EN, "de": _DE, "nl": _NL, "fr": _FR}
OPINIONS: dict[tuple[str, str, int], tuple[str, ...]] = {
    (language, theme, good): themes[theme][good]
    for language, themes in _BY_LANGUAGE.items()
    for theme in THEMES
    for good in (0, 1)
}

CLOSINGS: dict[tuple[str, int], tuple[str, ...]] = {
    ("en", 0): (
        "I expected better.",
        "I will think twice before I come back.",
        "This is not what I know from you.",
        "Please do something about it.",
        "My friends will hear about this.",
    ),
    ("en", 1): (
        "Keep it up!",
        "I will certainly come back.",
        "I have already told my friends.",
        "Thank you.",
        "Highly recommended.",
    ),
    ("de", 0): ("Das kenne ich besser von Ihnen.", "Ich überlege zu wechseln."),
    ("de", 1): ("Gerne wieder.", "Sehr zu empfehlen."),
    ("nl", 0): ("Dat had ik niet verwacht.", "Ik ga de volgende keer ergens anders heen."),
    ("nl", 1): ("Ga zo door!", "Echt een aanrader."),
    ("fr", 0): ("Je suis déçu.", "J'irai ailleurs la prochaine fois."),
    ("fr", 1): ("Je recommande.", "Merci beaucoup."),
}

_ASKED: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("Where is my parcel? It was promised for yesterday.", "When will my bike be delivered?"),
        ("I was treated badly in your store, whom can I tell?", "Can I book advice in the store?"),
        ("Why was I charged more than the price shown?", "Is my discount still valid?"),
        ("The brakes squeak, what should I do?", "My battery does not charge any more."),
        ("I cannot pay in the web shop, it shows an error.", "How do I change my password?"),
        ("How do I send an article back?", "When do I get my refund?"),
        ("What does the service plan cover?", "I want to end my service plan."),
        ("I wrote last week and nobody answered.", "This is the third time I ask about this."),
    ),
    "de": (
        ("Wo bleibt mein Paket?",),
        ("Ich möchte mich über die Beratung beschweren.",),
        ("Warum wurde mir mehr berechnet?",),
        ("Die Bremsen quietschen, was tun?",),
        ("Ich kann im Netz nicht bezahlen.",),
        ("Wann bekomme ich mein Geld zurück?",),
        ("Ich möchte meinen Servicevertrag kündigen.",),
        ("Ich habe letzte Woche geschrieben und keine Antwort bekommen.",),
    ),
    "nl": (
        ("Waar blijft mijn pakket?",),
        ("Ik ben slecht geholpen in de winkel.",),
        ("Waarom heb ik meer betaald dan de getoonde prijs?",),
        ("Mijn remmen piepen, wat kan ik doen?",),
        ("Ik kan niet afrekenen op de website.",),
        ("Hoe stuur ik iets terug?",),
        ("Ik wil mijn serviceplan opzeggen.",),
        ("Ik schreef vorige week en kreeg geen antwoord.",),
    ),
    "fr": (
        ("Où est mon colis ?",),
        ("J'ai été mal reçu dans votre magasin.",),
        ("Pourquoi ai-je payé plus que le prix affiché ?",),
        ("Mes freins grincent, que faire ?",),
        ("Je n'arrive pas à payer sur le site.",),
        ("Quand serai-je remboursé ?",),
        ("Je veux résilier mon contrat d'entretien.",),
        ("J'ai écrit la semaine dernière, sans réponse.",),
    ),
}
QUESTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    (language, theme): asked[i]
    for language, asked in _ASKED.items()
    for i, theme in enumerate(THEMES)
}

ANSWERS: dict[str, tuple[str, ...]] = {
    "en": (
        "I am sorry to hear that. I have looked it up and put it right.",
        "Thank you for writing. I have asked the depot and will tell you tomorrow.",
        "Your refund is on its way and takes two working days.",
        "I have booked you in with our workshop on Thursday.",
    ),
    "de": ("Das tut mir leid, ich kümmere mich sofort darum.", "Ihre Erstattung ist unterwegs."),
    "nl": ("Wat vervelend, ik ga er direct mee aan de slag.", "Uw terugbetaling is onderweg."),
    "fr": ("Je suis désolé, je m'en occupe tout de suite.", "Votre remboursement est en route."),
}
BOT: dict[str, tuple[str, ...]] = {
    "en": (
        "Hello, I am the digital assistant. Have you looked at our help pages?",
        "I did not understand that. Please choose: delivery, return, plan.",
    ),
    "de": ("Hallo, ich bin der digitale Assistent. Bitte wählen Sie ein Thema.",),
    "nl": ("Hallo, ik ben de digitale assistent. Kies een onderwerp.",),
    "fr": ("Bonjour, je suis l'assistant numérique. Choisissez un thème.",),
}
