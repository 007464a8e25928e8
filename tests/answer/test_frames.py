"""A topic gets the same verdict and the same first passage, however a person asks about it."""

from ccs_qa.records import Answer, Language, Question
from ccs_qa.service import QAService

# Plain topics of government and of life; the summaries hold about half of them.
TOPICS: dict[Language, str] = {
    "fr": "les chatbots, le numéro d’assurance sociale, l’identité numérique, les passeports, "
    "la confiance du public, le langage simple, les files d’attente, l’accessibilité, "
    "les communautés autochtones, les délais de traitement, la sécurité des données, "
    "les nouveaux arrivants, la rétroaction des clients, la fraude, les aînés, "
    "l’assurance-emploi, la littératie numérique, les services par téléphone, "
    "les permis de pêche, la pizza, les impôts fonciers, l’énergie nucléaire, les zoos, "
    "les sous-marins, la vaccination, les trottinettes, les oiseaux migrateurs, "
    "le logement étudiant, la chasse au canard, le prix de l’essence, les jeux vidéo, "
    "les timbres-poste, les autoroutes, le recyclage, la justice pénale, les parcs nationaux, "
    "l’inflation, le hockey, la retraite des militaires, les opioïdes",
    "en": "chatbots, the social insurance number, digital identity, passports, public trust, "
    "artificial intelligence, plain language, wait times, accessibility, "
    "Indigenous communities, processing times, data security, newcomers, client feedback, "
    "fraud, seniors, employment insurance, digital literacy, phone services, remote work, "
    "fishing licences, pizza, property taxes, nuclear energy, zoos, submarines, vaccination, "
    "scooters, migratory birds, student housing, duck hunting, the price of gas, video games, "
    "postage stamps, highways, recycling, criminal justice, national parks, inflation, hockey",
}
FRAMES: dict[Language, tuple[str, ...]] = {
    "fr": (
        "Qu’est-ce que le comité a dit sur {} ?",
        "Ont-ils recommandé {} ?",
        "Y a-t-il quelque chose sur {} dans les comptes rendus ?",
    ),
    "en": (
        "What did the committee say about {}?",
        "Did they recommend {}?",
        "Is there anything about {} in the summaries?",
    ),
}


def verdict(answer: Answer) -> tuple[str, str | None]:
    """Tell the status of an answer, and its first passage."""
    hits = [item.hit for item in answer.citations] or list(answer.nearest)
    return answer.status, hits[0].passage.id if hits else None


def test_a_frame_changes_no_verdict(service: QAService) -> None:
    """At most one frame in fifty changes the status, three in a hundred the first passage."""
    pairs = [
        (verdict(service.ask(Question(topic))), verdict(service.ask(Question(frame.format(topic)))))
        for language, topics in TOPICS.items()
        for topic in topics.split(", ")
        for frame in FRAMES[language]
    ]
    assert len(pairs) == 240
    assert sum(bare[0] != framed[0] for bare, framed in pairs) <= 0.02 * len(pairs)
    assert sum(bare[1] != framed[1] for bare, framed in pairs) <= 0.03 * len(pairs)
