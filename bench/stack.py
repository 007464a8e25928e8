"""Command: serve what the LangChain tutorials build: chunks, FAISS, a search behind FastAPI."""

from pathlib import Path

import typer
import uvicorn
from fastapi import FastAPI
from langchain_community.embeddings import HuggingFaceEmbeddings
from langchain_community.vectorstores import FAISS
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pydantic import BaseModel


class Asked(BaseModel):
    """A question."""

    question: str


def build_app(model: Path, page: str) -> FastAPI:
    """Index a page with the model in a folder; addresses are those of our API."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.create_documents([page])
    store = FAISS.from_documents(chunks, HuggingFaceEmbeddings(model_name=str(model)))
    app = FastAPI()

    @app.get("/health/ready")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/api/v1/ask")
    def ask(asked: Asked) -> dict[str, list[str]]:
        found = store.similarity_search(asked.question, k=4)
        return {"context": [item.page_content for item in found]}

    return app


def main(port: int, model: Path, page: Path) -> None:
    """Serve until stopped."""
    app = build_app(model, page.read_text("utf-8"))
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False)


if __name__ == "__main__":
    typer.run(main)
