"""Opens a model: the embedded one without torch, any other through sentence-transformers."""

from pathlib import Path

from threadpoolctl import threadpool_limits

from ccs_qa.encoder.encoder import Encoder, Network
from ccs_qa.encoder.folder import adapter_file, is_embedded, model_folder, read_manifest
from ccs_qa.encoder.session import OnnxSession
from ccs_qa.errors import IndexStaleError


def open_encoder(
    name: str, cache: Path, threads: int, *, wrapped: bool = False, expected: str | None = None
) -> Encoder:
    """Load a model.

    Args:
        name: `embedded`, `embedded-base` (without adapter), `embedded:FILE` (with another
            adapter), or a hub name or folder of a sentence-transformers model.
        threads: Threads that run the embedded model for one text; 0 for all cores.
        wrapped: Whether the embedded model, too, runs through sentence-transformers, as it does
            when an index is built: same vectors, a gigabyte of libraries more.
        expected: Identity that the embedded model must have to be loaded; None for any.

    Raises:
        IndexStaleError: The embedded model is not the expected one.
        ModelError: The embedded model is not prepared or damaged, or the named model
            cannot be loaded.
    """
    # The small products around a network are done sooner by one thread than by waking a second,
    # all the more while requests share two cores: there, two took fifty times as long.
    threadpool_limits(1, "blas")
    if not is_embedded(name):
        # Serving the embedded model never loads torch.
        from ccs_qa.encoder.wrapper import open_model  # noqa: PLC0415 - loads torch

        return open_model(name, cache)
    folder = model_folder(cache, adapter_file(name))
    manifest = read_manifest(folder)
    if expected not in {None, manifest.identity}:
        raise IndexStaleError(what="model", built=expected, now=manifest.identity)
    network: Network = (session := OnnxSession(folder, manifest, threads))
    if wrapped:
        from ccs_qa.encoder.wrapper import wrap_session  # noqa: PLC0415 - the same

        network = wrap_session(session)
    return Encoder(network, manifest.identity, batch=1, prompts=dict(manifest.prompts))
