"""The only room that loads a model: texts in, pooled and token vectors out."""
