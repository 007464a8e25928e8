"""The only room that knows FAISS and BM25: build, keep, swap and search the index."""
