"""The optional language model: asked, checked, made to draft, served."""
