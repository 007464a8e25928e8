"""One address of every kind of page, visited by every walk over the pages."""

FRENCH = "Que dit-on des passeports et de la confiance ?"
ENGLISH = "How could AI help call centres?"
DISTRESS = "2024-11-01-s-9f742ebe"

# Leads to the page in the reader's language, and is no page itself.
ROOT = "/"
# In the order of a visit; what is refused or not found comes last.
ADDRESSES = (
    "/{language}/",
    f"/{{language}}/?q={ENGLISH}",
    f"/{{language}}/?q={FRENCH}",
    f"/{{language}}/?q=And+for+staff%3F&h={ENGLISH}",
    "/{language}/?q=Which+meetings+were+held+in+2024%3F",
    "/{language}/?q=How+did+trust+evolve+over+the+meetings%3F",
    "/{language}/?q=Combien+a+co%C3%BBt%C3%A9+le+rattrapage+des+passeports+%3F",
    "/{language}/?q=recette+de+tarte+aux+pommes",
    "/{language}/?q=%3F",
    "/{language}/meetings",
    "/{language}/meetings/2025-03-25",
    f"/{{language}}/passages/{DISTRESS}",
    "/{language}/search",
    "/{language}/search?q=trust+in+2023",
    "/{language}/search?q=IA&meeting=2024-06-27&meeting=2025-03-25&year=2024&text=fr",
    "/{language}/search?q=%3F&meeting=2020-01-01",
    "/{language}/timeline",
    "/{language}/timeline?topic=passeports",
    "/{language}/timeline?topic=tourti%C3%A8re",
    "/{language}/about",
    "/{language}/privacy",
    "/{language}/accessibility",
    "/{language}/changes",
    "/{language}/nowhere",
)
# Pages of errors that the page in a browser has no need to visit again.
ERRORS = (
    "/{language}/meetings/2024-01-01",
    "/{language}/meetings/2024-02-30",
    "/{language}/passages/nothing",
    f"/{{language}}/?q={'a' * 501}",
    "/{language}/search?q=IA&year=20x4",
    "/{language}/download.pdf?q=IA",
    # Served to a browser on this machine only, and for what was kept only.
    "/{language}/feedback",
    "/{language}/feedback/thanks?id=none",
    # For maintainers only.
    "/{language}/desk",
    "/{language}/desk/bring",
    "/{language}/desk/changes",
    "/{language}/desk/hints",
    "/{language}/desk/try",
)
# Files and pieces, not pages.
DOWNLOADS = (
    *(
        f"/{{language}}/download.{form}?q=And+for+staff%3F&h={ENGLISH}&all=1"
        for form in ("docx", "md", "csv", "txt")
    ),
    *(f"/{{language}}/passages/{DISTRESS}/{name}.txt" for name in ("quote", "citation")),
    "/{language}/meetings/2025-03-25/citation.txt",
    *(f"/{{language}}/meetings/2025-03-25/download.{form}" for form in ("docx", "md", "txt")),
    f"/{{language}}/stream?q={ENGLISH}",
)
